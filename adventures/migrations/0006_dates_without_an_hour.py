"""A date of which nobody knows the hour was kept as noon on the clock of whoever told it, which is another date on the
other side of the world; it is kept as that date.
"""

from datetime import UTC, datetime, time, timedelta

from django.db import migrations, models
from django.db.models import Q

from accounts.zones import clock

NOON = time(12)

def date_of(noon, zones):
    """The date on which it was noon, then, in one of these zones. Where it was in none (they have moved since), the date
    it was noon on where most people can have been: thirteen hours ahead rather than eleven behind, ten behind rather
    than fourteen ahead.
    """
    for zone in sorted(zones):
        wall = noon.astimezone(clock(zone))
        if wall.time() == NOON:
            return wall.date()
    return (noon.astimezone(UTC) + timedelta(hours=1, minutes=45)).date()

def zones_of(apps, rows):
    """The zones of those who sit, or sat, in the couples of these dates."""
    found = {}
    seats = apps.get_model("couples", "Partner").objects.filter(user__isnull=False)
    seats = seats.filter(couple__in={row.couple_id for row in rows})
    for couple, zone in seats.values_list("couple", "user__zone"):
        found.setdefault(couple, set()).add(zone)
    return found

def to_dates(apps, schema_editor, most=500):
    DateNight = apps.get_model("adventures", "DateNight")
    left = DateNight.objects.filter(happened_at__isnull=False, minutes=0, happened_on=None).order_by("pk")
    while rows := list(left.only("pk", "couple_id", "starts_at")[:most]):
        zones = zones_of(apps, rows)
        for row in rows:
            row.happened_on = date_of(row.starts_at, zones.get(row.couple_id, ()))
            row.starts_at = datetime.combine(row.happened_on, NOON, tzinfo=UTC)
        DateNight.objects.bulk_update(rows, ["happened_on", "starts_at"])


class Migration(migrations.Migration):

    dependencies = [
        ("adventures", "0005_who_asked_first"),
        ("couples", "0003_a_log_of_ones_own_acts"),
    ]

    operations = [
        migrations.AddField("datenight", "happened_on", models.DateField(blank=True, null=True)),
        migrations.RunPython(to_dates, migrations.RunPython.noop),
        migrations.AddConstraint(
            "datenight",
            models.CheckConstraint(
                condition=Q(("happened_on__isnull", True))
                | Q(("happened_at__isnull", False), ("minutes", 0)),
                name="adventures_date_without_an_hour_happened",
            ),
        ),
    ]
