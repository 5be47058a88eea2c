"""Sections of reminders in an export: what one chose, in a private export alone."""

from collections.abc import Iterator

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from accounts.export_fields import Day, Json, Mark, Several, Words, filled
from accounts.exporting import Reader, Section
from reminders import kinds
from reminders.models import Choice, Quiet

CHOICE = {
    "kind": Words(_("Reminder"), limit=32, needed=True),
    "wanted": Mark(_("On")),
    "at": Words(_("At"), limit=5, needed=True),
    "weekdays": Several(_("On these days"), words={str(number): name for number, name in WEEKDAYS.items()}),
}
QUIET = {
    "begins": Words(_("Quiet from"), limit=5),
    "ends": Words(_("Until"), limit=5),
    "paused_until": Day(_("No reminders before")),
}


def choices(reader: Reader) -> Iterator[Json]:
    """Reminders, as they are chosen."""
    known = {kind.name for kind in kinds.every()}
    for one in Choice.objects.of(reader.user).order_by("kind"):
        if one.kind in known:
            row = {"kind": one.kind, "wanted": one.wanted, "weekdays": sorted(one.weekdays)}
            yield filled(row | {"at": f"{one.at:%H:%M}"})


def quiet(reader: Reader) -> Iterator[Json]:
    """Hours and days without reminders."""
    for one in Quiet.objects.filter(pk=reader.user.pk):
        begins, ends = (f"{at:%H:%M}" if at else "" for at in (one.begins, one.ends))
        until = one.paused_until.isoformat() if one.paused_until else ""
        if row := filled({"begins": begins, "ends": ends, "paused_until": until}):
            yield row


SECTIONS = (
    Section(
        "reminders", _("Reminders"), 960, CHOICE, choices, ("reminders.Choice",), heading="kind", private=True
    ),
    Section("quiet_hours", _("Quiet hours"), 970, QUIET, quiet, ("reminders.Quiet",), private=True),
)
