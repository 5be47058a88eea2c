from django.db import migrations
from django.db.models import F


def fill(apps, schema_editor):
    """Whoever arranges it wrote it; of what both arrange, whoever asked, while nobody has asked for another time since."""
    dates = apps.get_model("adventures", "DateNight").objects.filter(made_by=None)
    dates.filter(planner__isnull=False).update(made_by=F("planner"))
    dates.filter(planner=None, asked_at=F("made_at")).update(made_by=F("asked_by"))


class Migration(migrations.Migration):

    dependencies = [
        ("adventures", "0004_whose_words"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
