"""Rows are typed by their keys, and the database refuses to promise the same twice.

Nothing is held for long on a big table: rows are typed in batches of their own, and PostgreSQL makes an index while
others write. Broken off, it is run again. Backwards there is nothing to fill: what this release writes has a key, too.
"""

from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Cast

from reminders import former_keys

BATCH = 1000
TYPED = ["day", "about", "starts_at"]


def fill(apps, editor):
    rows = apps.get_model("reminders", "Reminder").objects.filter(day=None, about=None)
    days = rows.filter(key__regex=r"^[0-9]")
    for ids in batches(days):
        days.filter(pk__in=ids).update(day=Cast("key", models.DateField()))
    taken = set()
    others = rows.exclude(key__startswith=former_keys.ASKED) | rows.filter(kind="date_file")
    for settled in (False, True):  # what is still to be sent keeps its thing, where both are of the same
        for ids in batches(others.filter(settled_at__isnull=not settled)):
            type_things(others.filter(pk__in=ids), taken)


def batches(rows):
    """The ids of these rows, so many at a time, each row once."""
    after = None
    while ids := list((rows.filter(pk__gt=after) if after else rows).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield ids
        after = ids[-1]


def type_things(rows, taken):
    found = list(rows.annotate(zone=F("user__zone")))
    for row in found:
        former_keys.read(row, row.zone)
        promise = row.user_id, row.kind, row.channel, row.about, row.starts_at or row.day
        if row.day is not None and promise in taken:
            row.about = row.pk
        taken.add(promise)
    rows.model.objects.bulk_update(found, TYPED)


class AddUniqueConstraint(migrations.AddConstraint):
    """Django's, without holding up whoever writes meanwhile (PostgreSQL)."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        sql = str(self.constraint.create_sql(model, schema_editor))
        # One that was broken off stays behind, and is no good.
        schema_editor.execute(f"DROP INDEX IF EXISTS {schema_editor.quote_name(self.constraint.name)}")
        schema_editor.execute(sql.replace("CREATE UNIQUE INDEX", "CREATE UNIQUE INDEX CONCURRENTLY", 1))


def once(name, *fields, **condition):
    return AddUniqueConstraint(
        "reminder",
        models.UniqueConstraint(
            fields=["user", "kind", "channel", *fields], condition=Q(**condition), name=f"reminders_reminder_once_{name}"
        ),
    )


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ("reminders", "0004_typed"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        once("a_day", "day", about__isnull=True, day__isnull=False),
        once("a_thing_and_day", "about", "day", about__isnull=False, day__isnull=False, starts_at__isnull=True),
        once("a_thing_and_time", "about", "starts_at", about__isnull=False, day__isnull=False, starts_at__isnull=False),
    ]
