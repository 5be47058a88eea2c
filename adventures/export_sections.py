"""Sections of wishes, dates and days to remember in an export, and its calendar.

These are joint, whoever wrote them, but for an ask that nobody said yes to: that is whose words it is. What a surprise
hides is its planner's. Of a couple that ended they are the copy that stays: its lists, dates that happened, and those
of one's own.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.export_fields import BY, Chosen, Day, Earlier, Json, Mark, Moment, Number, Words, filled, moment
from accounts.exporting import CHUNK, File, Reader, Section
from adventures import ideas, occasions, proposing, wishing
from adventures.models import DateNight, DateRhythm, Memory, Occasion, SurprisePlan, Wish
from adventures.models.dates import LONGEST, Childcare
from adventures.models.occasions import Ahead, What
from adventures.models.wishes import Cost, Effort, Where
from couples import returning
from couples.exporting import NOT_AGAIN, by, day_of, seats_of, shared
from couples.models import Partner

if TYPE_CHECKING:
    import icalendar  # 3 MB, where the first calendar asks

LINE_LIMIT = 500  # characters of a line left of a date
SHARED = Mark(_("Shared"))
WHERE = Chosen(_("Where"), words=dict(Where.choices))
COST = Chosen(_("Cost"), words=dict(Cost.choices))
WISH = {
    "title": Words(_("Wish"), limit=wishing.TITLE_LIMIT, needed=True),
    "by": BY,
    "before": Earlier(_("Before it was changed"), limit=wishing.TITLE_LIMIT),
    "both": Mark(_("You both want it")),
    "lived": Mark(_("It came true")),
    "effort": Chosen(_("Effort"), words=dict(Effort.choices)),
    "cost": COST,
    "where": WHERE,
    "new": Mark(_("New to both of you")),
    "idea": Words("", limit=ideas.KEY_LIMIT),
    "shared": SHARED,
}
DATE = {
    "title": Words(_("Date"), limit=proposing.TITLE_LIMIT),
    "day": Day(_("Day"), needed=True),
    "starts": Moment(_("Begins")),
    "minutes": Number(_("Minutes"), most=LONGEST),
    "state": Chosen(
        _("State"),
        needed=True,
        words={
            "asked": _("You asked for it"),
            "agreed": _("You both said yes"),
            "postponed": _("Postponed"),
            "happened": _("It happened"),
            "called off": _("Called off"),
        },
    ),
    "surprise": Mark(_("A surprise")),
    "arranged": Chosen(_("Who arranges it"), words=BY.words),
    "plan": Words(_("What is planned"), limit=proposing.PLAN_LIMIT),
    "wear": Words(_("What to wear"), limit=proposing.WEAR_LIMIT),
    "where": WHERE,
    "cost": COST,
    "childcare": Chosen(_("Childcare"), words=dict(Childcare.choices)),
    "phones_away": Mark(_("Phones out of sight")),
    "title_before": Earlier(_("The title before it was changed"), limit=proposing.TITLE_LIMIT),
    "plan_before": Earlier(_("The plan before it was changed"), limit=proposing.PLAN_LIMIT),
    "wear_before": Earlier(_("What to wear, before it was changed"), limit=proposing.WEAR_LIMIT),
    "line": Words(_("Your line about it"), limit=LINE_LIMIT),
    "not_again": NOT_AGAIN,
    "shared": SHARED,
}
OCCASION = {
    "name": Words(_("Whose, or what for"), limit=occasions.NAME_LIMIT, needed=True),
    "what": Chosen(_("Kind of day"), needed=True, words=dict(What.choices)),
    "month": Number(_("Month"), least=1, most=12, needed=True),
    "day": Number(_("Day of the month"), least=1, most=31, needed=True),
    "ahead": Number(_("Days before it that a mail comes"), least=1, most=max(Ahead.values)),
    "by": BY,
    "shared": SHARED,
}
RHYTHM = {"rule": Words(_("How often, as calendars write it"), limit=64, needed=True)}


def wishes(reader: Reader) -> Iterator[Json]:
    """Wishes on each list, by their words."""
    for seat in seats_of(reader):
        found = list(Wish.objects.of(seat.couple).not_taken_back().wanted(reader.user))
        for wish in found:
            wish.couple = seat.couple
        for wish in sorted(found, key=lambda one: (one.title.casefold(), one.title, one.added_at, one.pk)):
            own = wish.author_id == reader.user.pk
            yield {"title": wish.title, "by": by(reader, wish.author_id)} | filled(
                {
                    "before": wish.revisions if own or seat.left_at is None else [],
                    "both": wish.matched,
                    "lived": wish.lived_at is not None,
                    "effort": wish.effort,
                    "cost": wish.cost,
                    "where": wish.where,
                    "new": wish.both_new,
                    "idea": wish.idea,
                    "shared": shared(reader, seat),
                }
            )


def dates(reader: Reader) -> Iterator[Json]:
    """Dates of each couple, in the order of their days, with the line one left."""
    lines = {one.date_id: one for one in Memory.objects.own(reader.user).not_taken_back()}
    came_back = returning.answers(reader.user) if reader.private else {}
    for date_night, seat, state in _dates(reader):
        said = _said(reader, date_night)
        line = lines.get(date_night.pk)
        if line is not None and (reader.private or _was_read(line, seat)):
            said["line"] = line.text
        said["not_again"] = (returning.DATE, date_night.pk) in came_back
        said["shared"] = shared(reader, seat) and _both_know(reader, date_night, seat)
        yield {"day": _day(reader, date_night), "state": state} | filled(said)


def _dates(reader: Reader) -> Iterator[tuple[DateNight, Partner, str]]:
    """The dates that are there for this reader, each with its seat and state."""
    for seat in seats_of(reader):
        # One that was only asked for has no time it stands at, and databases differ in where they put what has none.
        at = Coalesce("starts_at", "asked_for", "made_at")
        rows = DateNight.objects.of(seat.couple).order_by(at, "pk")
        for date_night in rows.iterator(CHUNK):
            date_night.couple = seat.couple
            state = _state(date_night)
            if (reader.private and _is_own(reader, date_night)) or _both_know(reader, date_night, seat):
                yield date_night, seat, state


def _was_read(line: Memory, seat: Partner) -> bool:
    """Whether the other could read it: it was left while they were a couple."""
    return seat.couple.closed_at is None or line.left_at < seat.couple.closed_at


def _both_know(reader: Reader, date_night: DateNight, seat: Partner) -> bool:
    """Whether both know of it: agreed on, or this person's own ask of a few days ago, in their own words. "Not this
    one" changes nothing; nor does another time they ask for make the other's words theirs.
    """
    if date_night.happened_at is not None:
        return seat.couple.paired or reader.private
    if date_night.called_off_at is not None:
        return False
    is_over = seat.left_at is not None
    if date_night.starts_at is not None:
        return not is_over or _is_own(reader, date_night)
    own = date_night.asked_by_id == date_night.made_by_id == reader.user.pk
    return not is_over and own and date_night.is_asked(reader.now)


def _is_own(reader: Reader, date_night: DateNight) -> bool:
    """Whether it is in one's own words alone, and one hasn't taken it back (as `reading.own`)."""
    if date_night.made_by_id != reader.user.pk:
        return False
    if date_night.starts_at is not None:
        return date_night.planner_id == reader.user.pk
    return date_night.withdrawn_at is None or date_night.asked_by_id != reader.user.pk


def _state(date_night: DateNight) -> str:
    if date_night.happened_at is not None:
        return "happened"
    if date_night.called_off_at is not None:
        return "called off"
    if date_night.starts_at is None:
        return "asked"
    return "postponed" if date_night.postponed_at is not None else "agreed"


def _day(reader: Reader, date_night: DateNight) -> str:
    at = date_night.starts_at or date_night.asked_for or date_night.made_at
    return (date_night.happened_on or day_of(reader, at)).isoformat()


def _said(reader: Reader, date_night: DateNight) -> dict[str, Any]:
    """What is said of a date, the plan of one's own surprise in a private export alone."""
    at = date_night.starts_at or date_night.asked_for
    plan = _own_plan(reader, date_night)
    return {
        "title": plan.title if plan else date_night.title,
        "plan": plan.plan if plan else date_night.plan,
        "starts": moment(at) if reader.private and at is not None and date_night.happened_on is None else "",
        "minutes": date_night.minutes or "",
        "surprise": date_night.surprise,
        "arranged": by(reader, date_night.planner_id) if date_night.planner_id else "",
        "wear": date_night.wear,
        "where": date_night.where,
        "cost": date_night.cost,
        "childcare": date_night.childcare,
        "phones_away": date_night.phones_away,
        **{f"{name}_before": texts for name, texts in date_night.revisions.items()},
    }


def _own_plan(reader: Reader, date_night: DateNight) -> SurprisePlan | None:
    if not (reader.private and date_night.hidden):
        return None
    plan: SurprisePlan | None = SurprisePlan.objects.own(reader.user).filter(date=date_night.pk).first()
    return plan


def days_to_remember(reader: Reader) -> Iterator[Json]:
    """Birthdays and anniversaries on each list, in the order of the year."""
    for seat in seats_of(reader):
        found = list(Occasion.objects.of(seat.couple))
        for one in found:
            one.couple = seat.couple
        for one in sorted(found, key=lambda row: (row.month, row.day, row.name, row.added_at, row.pk)):
            row = {"name": one.name, "what": one.what, "month": one.month, "day": one.day, "ahead": one.ahead}
            yield row | {"by": by(reader, one.author_id)} | filled({"shared": shared(reader, seat)})


def rhythms(reader: Reader) -> Iterator[Json]:
    """The rhythm of dates the two agreed on."""
    for seat in seats_of(reader):
        if seat.left_at is None:
            for rhythm in DateRhythm.objects.of(seat.couple).current():
                yield {"rule": rhythm.rule}


def calendar(reader: Reader) -> Iterator[bytes]:
    """The dates both said yes to, as a calendar file. It says of each no more than nearer.json does: their hours in a
    private export alone.
    """
    import icalendar

    empty = icalendar.Calendar()
    empty.add("prodid", "-//plans//EN")
    empty.add("version", "2.0")
    begin, end = empty.to_ical().split(b"END:VCALENDAR")
    yield bytes(begin)
    for date_night, _seat, state in _dates(reader):
        if state in {"agreed", "happened"}:
            yield bytes(_event(reader, date_night).to_ical())
    yield b"END:VCALENDAR" + end


def _event(reader: Reader, date_night: DateNight) -> "icalendar.Event":
    import icalendar

    at, plan = date_night.starts_at, _own_plan(reader, date_night)
    event = icalendar.Event()
    event.add("uid", str(date_night.pk))
    if reader.private and at is not None and date_night.happened_on is None:
        event.add("dtstamp", at.astimezone(UTC))
        event.add("dtstart", at.astimezone(UTC))
        event.add("dtend", at.astimezone(UTC) + timedelta(minutes=date_night.minutes))
    else:
        day = date.fromisoformat(_day(reader, date_night))
        event.add("dtstamp", datetime(day.year, day.month, day.day, tzinfo=UTC))
        event.add("dtstart", day)
    nameless = gettext("A surprise") if date_night.hidden else gettext("A date")
    event.add("summary", (plan.title if plan else date_night.title) or nameless)
    return event


SECTIONS = (
    Section("wishes", _("Bucket list"), 100, WISH, wishes, ("adventures.Wish",), heading="title"),
    Section(
        "dates", _("Dates"), 110, DATE, dates,
        ("adventures.DateNight", "adventures.SurprisePlan", "adventures.Memory"), heading="title",
    ),
    Section(
        "days_to_remember", _("Days to remember"), 120, OCCASION, days_to_remember,
        ("adventures.Occasion",), heading="name",
    ),
    Section("date_rhythm", _("How often you mean to have a date"), 130, RHYTHM, rhythms, ("adventures.DateRhythm",)),
    File("dates.ics", calendar),
)  # fmt: skip  # a section a line, to be looked through
