from django.db import migrations
from django.db.models import Exists, F, OuterRef, Q


def keep(apps, schema_editor):
    """What waited in couples that ended is its writer's, as it is from now on whenever two part."""
    for name, put_down, kept in (
        ("CheckIn", "shared_at", {"kept_at": F("shared_at"), "shared_at": None, "couple": None}),
        ("Answer", "written_at", {"couple": None}),
    ):
        rows = apps.get_model("checkins", name).objects
        theirs = rows.filter(
            ~Q(author=OuterRef("author")),
            couple=OuterRef("couple"),
            day=OuterRef("day"),
            **{f"{put_down}__isnull": False},
        )
        ended = rows.filter(~Exists(theirs), couple__closed_at__isnull=False)
        if name == "CheckIn":
            ended = ended.filter(shared_at__isnull=False, open_at__isnull=True, taken_back_at__isnull=True)
        ended.update(**kept)


class Migration(migrations.Migration):
    dependencies = [
        ("checkins", "0004_prompt_preferences_and_selections"),
        ("couples", "0004_quietly_ended"),
    ]

    operations = [migrations.RunPython(keep, migrations.RunPython.noop)]
