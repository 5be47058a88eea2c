"""What happened on a path is kept as moments, which each of the two reads as Days of their own; it was kept as Days of
whoever acted.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import migrations, models

ROLLOVER = time(4)  # as couples.days has it

def moment_of(day, zones):
    """The moment from which it is this Day for everybody in these zones; noon in UTC where nobody is left."""
    if not zones:
        return datetime.combine(day, time(12), tzinfo=UTC)
    return max(datetime.combine(day, ROLLOVER, tzinfo=ZoneInfo(zone)).astimezone(UTC) for zone in zones)

def day_of(moment, zones):
    """The latest Day this moment is for anybody in these zones."""
    local = (moment.astimezone(ZoneInfo(zone)) for zone in zones or ["UTC"])
    return max((wall - timedelta(hours=ROLLOVER.hour)).date() for wall in local)

def zones_of(apps, attempts):
    """The zones of those who sit, or sat, in each of these attempts' couples."""
    Partner = apps.get_model("couples", "Partner")
    found = {}
    seats = Partner.objects.filter(couple__in={attempt.couple_id for attempt in attempts})
    for couple, zone in seats.values_list("couple", "user__zone"):
        found.setdefault(couple, set()).add(zone)
    return found

def in_batches(apps, convert, most=500):
    """Converts every attempt, with its stones that are done, a few hundred at a time."""
    Attempt, Stone = apps.get_model("challenges", "Attempt"), apps.get_model("challenges", "Stone")
    last = None
    while True:
        rows = Attempt.objects.order_by("pk")
        batch = list((rows.filter(pk__gt=last) if last else rows)[:most])
        if not batch:
            return
        last, zones = batch[-1].pk, zones_of(apps, batch)
        stones = Stone.objects.filter(attempt__in=batch).select_related("attempt")
        for row in (*batch, *stones):
            convert(row, zones.get(getattr(row, "attempt", row).couple_id))
            row.save()

def to_moments(apps, schema_editor):
    def convert(row, zones):
        for name in ("from", "active", "done"):
            day = getattr(row, f"{name}_on", None)
            if day is not None:
                setattr(row, f"{name}_at", moment_of(day, zones))
        if hasattr(row, "from_on"):
            row.second_seat_from = row.first_seat_from

    in_batches(apps, convert)

def to_days(apps, schema_editor):
    def convert(row, zones):
        for name in ("from", "active", "done"):
            moment = getattr(row, f"{name}_at", None)
            if moment is not None:
                setattr(row, f"{name}_on", day_of(moment, zones))
        if hasattr(row, "from_at"):
            row.first_seat_from = max(row.first_seat_from, row.second_seat_from)

    in_batches(apps, convert)

class Migration(migrations.Migration):

    dependencies = [
        ("challenges", "0001_initial"),
        ("couples", "0003_a_log_of_ones_own_acts"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="attempt", name="challenges_attempt_from_a_stone"),
        migrations.RenameField(model_name="attempt", old_name="from_number", new_name="first_seat_from"),
        migrations.AddField(
            model_name="attempt", name="second_seat_from", field=models.PositiveSmallIntegerField(default=1)
        ),
        migrations.AddField(model_name="attempt", name="from_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="attempt", name="active_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="stone", name="done_at", field=models.DateTimeField(blank=True, null=True)),
        migrations.AlterField(model_name="attempt", name="from_on", field=models.DateField(null=True)),
        migrations.AlterField(model_name="attempt", name="active_on", field=models.DateField(null=True)),
        migrations.RunPython(to_moments, to_days),
    ]
