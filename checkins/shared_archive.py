"""The words of the two so far, to read in one go: revealed words only, latest first, a month at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.prepared import Prepared, PreparedTogether
from checkins import own_months, questions, reading
from checkins.models import Appreciation, CheckIn, SmallWin
from checkins.models.thanks import SharedLineQuerySet
from checkins.words import KIND_WORDS, LINES
from couples import days
from couples.authored import by_people_of, ids_of
from couples.models import Partner

A_DAY = timedelta(days=1)
KINDS = ("page", *LINES, "thanks", "win", "answer")


class By(NamedTuple):
    """The ink and the name of whoever said a line."""

    ink: str
    name: str


@dataclass(frozen=True)
class ArchivedLine:
    """One line of one of the two."""

    kind: str  # of KINDS
    text: str
    own: bool
    by: By  # who said it
    more: str = ""  # the trait a thank-you names, a bit more about a thorn, or the question of an answer
    taken_back: bool = False
    changed: bool = False  # once it could be read; what it said first stands on its evening's page
    take_back: str = ""  # where one's own line can be taken back

    @property
    def kind_word(self) -> str:
        return str(KIND_WORDS[self.kind])

    @property
    def classes(self) -> SafeString:
        """The names of its looks, all of them ours: whose it is, and of what kind."""
        return SafeString(f"by-{self.by.ink} is-{self.kind}{' is-own' if self.own else ''}")

    @property
    def is_words_alone(self) -> bool:
        """Whether there is nothing to be said of it but its words."""
        return bool(self.text) and not (self.taken_back or self.more or self.changed or self.take_back)


@dataclass(frozen=True)
class ArchivedDay:
    """The words of one Day of the reader's."""

    day: date
    said: list[ArchivedLine]

    @property
    def iso(self) -> str:
        return self.day.isoformat()

    @property
    def name(self) -> str:
        return f"{WEEKDAYS[self.day.weekday()]} {self.day.day}"

    @property
    def has_evening(self) -> bool:
        """Whether a page of that evening is among it, which can be opened by itself."""
        return any(line.kind in LINES for line in self.said)


@dataclass(frozen=True)
class Week:
    """The Days of one week, Monday to Sunday, as far as they lie in the month and aren't ahead."""

    first: date
    last: date
    days: list[ArchivedDay]  # latest first
    back: int  # how many weeks before this one


@dataclass(frozen=True)
class Month:
    """The lines of a month, read at once: for its page, and for what the two are to find alike."""

    first: date
    today: date  # the reader's Day
    lines: list[
        tuple[date, date, ArchivedLine]
    ]  # each with the Day it stands on, and the one on which it is alike

    def by_day(self, *, alike: bool = False) -> list[ArchivedDay]:
        """The Days on which something was said, latest first.

        What one said oneself stands on the Day it was said. Where the two are to find it `alike`, it stands on the Day
        of the next 17:00, as for the other: on one's own clock, as the other's isn't told; two zones may put it a Day
        apart.
        """
        last = days.last_of_month(self.first)
        found = ((day_alike if alike else day, line) for day, day_alike, line in self.lines)
        return _by_day((day, line) for day, line in found if self.first <= day <= last)

    def weeks(self) -> list[Week]:
        """The weeks in which something was said, latest first."""
        found = groupby(self.by_day(), key=lambda one: _monday(one.day))
        return [_week(monday, list(in_it), self.first, self.today) for monday, in_it in found]


def read(partner: Partner, first: date, *, now: datetime) -> Month:
    """Read the month that begins on `first`. One query."""
    return Month(first, days.day_of(now, partner.user.tz), list(_everything(partner, first, now)))


def _week(monday: date, found: list[ArchivedDay], first: date, today: date) -> Week:
    last = min(monday + 6 * A_DAY, days.last_of_month(first), max(today, found[0].day))
    return Week(max(monday, first), last, found, (_monday(today) - monday).days // 7)


def _monday(day: date) -> date:
    return day - day.weekday() * A_DAY


def said_to_nobody(partner: Partner, first: date) -> list[ArchivedDay]:
    """One's own thank-yous and small wins of this month that are in no couple, brought in or noted alone, latest first.
    One query, or none: somebody alone finds them among what they wrote.
    """
    return _by_day(_to_nobody(partner, first)) if partner.couple.paired else []


def _to_nobody(partner: Partner, first: date) -> Iterator[tuple[date, ArchivedLine]]:
    tz = partner.user.tz
    since, until = days.starts(first, tz), days.ends(days.last_of_month(first), tz)
    found = _TO_NOBODY(user=partner.user_id, since=since, until=until)
    for kind, rows in found.items():
        for row in _latest_first(by_people_of(partner, rows)):
            yield days.day_of(row.goes_out_at, tz), _said(kind, row, partner, more=getattr(row, "trait", ""))


def _by_day(lines: Iterable[tuple[date, ArchivedLine]]) -> list[ArchivedDay]:
    found: dict[date, list[ArchivedLine]] = {}
    for day, said in lines:
        found.setdefault(day, []).append(said)
    order = {name: number for number, name in enumerate(KINDS)}
    return [
        ArchivedDay(day, sorted(found[day], key=lambda one: (order[one.kind], one.own)))
        for day in sorted(found, reverse=True)
    ]


def months(partner: Partner, first: date, *, now: datetime) -> tuple[date | None, date | None]:
    """The first days of the months before and after the one that begins on `first`, as far as there can be words. Of
    somebody alone, of the nearest with words, which may be of long before they came: one query.
    """
    tz = partner.user.tz
    began, today = days.day_of(partner.user.joined_at, tz), days.day_of(now, tz)
    if not partner.couple.paired:
        nearest, later = own_months.neighbours(partner, first, today, openly=True)
        this_month = today.replace(day=1)
        return nearest, later or (this_month if first < this_month else None)
    earlier = (first - timedelta(days=1)).replace(day=1)
    later = days.last_of_month(first) + timedelta(days=1)
    return (
        earlier if earlier >= began.replace(day=1) else None,
        later if later <= today else None,
    )


def _everything(partner: Partner, first: date, now: datetime) -> Iterator[tuple[date, date, ArchivedLine]]:
    last, tz = days.last_of_month(first), partner.user.tz
    rows = _MONTH(**ids_of(partner), **_moments_of(partner, first, last, now), first=first, last=last)
    for day, line in _lines(partner, rows["pages"], now):
        yield day, day, line
    for kind, name in (("thanks", "thanks"), ("win", "wins")):
        for row in _there(partner, rows[name], now):
            alike = days.next_at(row.goes_out_at, days.AFTERNOON, tz)[0]
            said = _said(kind, row, partner, more=getattr(row, "trait", ""))
            yield days.day_of(row.appears_at(partner), tz), alike, said
    for answer, question in questions.revealed(partner, rows["answers"], rows["own"]):
        own, gone = answer.author_id == partner.user_id, answer.taken_back_at is not None
        line = ArchivedLine("answer", answer.text, own, _by(partner, own), question, taken_back=gone)
        yield answer.day, answer.day, line


def _lines(partner: Partner, pages: list[CheckIn], now: datetime) -> Iterator[tuple[date, ArchivedLine]]:
    """The lines of evenings that both can read; of one's own where one is alone."""
    for evening in reading.side_by_side(partner, pages, days.day_of(now, partner.user.tz)):
        mine = evening.mine if evening.readable or reading.is_open_alone(evening.mine, partner) else None
        for page, own in ((evening.theirs, False), (mine, True)):
            by = _by(partner, own)
            if page is None:
                continue
            if page.taken_back_at is not None:
                yield evening.day, ArchivedLine("page", "", own, by, taken_back=True)
                continue
            for line in page.shown:
                if line.text or line.revisions:
                    changed = bool(line.revisions)
                    yield evening.day, ArchivedLine(line.kind, line.text, own, by, line.more, changed=changed)


def wins(
    partner: Partner, first: date, last: date, *, now: datetime, most: int
) -> list[tuple[date, ArchivedLine]]:
    """The latest small wins of these Days that stand, by either, latest first: never more than `most`. One query.

    What isn't to be seen is left out before they are counted off: what the other notes, or takes back, before one's
    next 17:00 takes no place of what is there. Of one Day one's own come last, and are the first to fall off, whenever
    the other's were said: the two are cut off only by their Days.
    """
    tz, moments = partner.user.tz, _moments_of(partner, first, last, now)
    reached = days.last_at(min(now, days.at(last, days.AFTERNOON, tz)), days.AFTERNOON, tz)
    rows = SmallWin.objects.said().standing().between(moments["since"], moments["until"])
    rows = rows.filter(couple=partner.couple) if partner.couple.paired else rows
    theirs = rows.shared_with(partner, now=reached - timedelta(microseconds=1))
    found = _newest(rows.own(partner.user), most).union(_newest(theirs, most), all=True)
    here = _here(partner, list(found), first, last, now)
    here.sort(key=lambda one: (-one[0].toordinal(), one[1].author_id == partner.user_id))
    return [(day, _said("win", row, partner)) for day, row in here[:most]]


def _newest(rows: SharedLineQuerySet[SmallWin], most: int) -> SharedLineQuerySet[SmallWin]:
    """The latest of these, as a half of a union, which SQLite lets cut off nothing itself."""
    return SmallWin.objects.filter(pk__in=rows.order_by("-goes_out_at", "-pk").values("pk")[:most])


Line = type[Appreciation] | type[SmallWin]


def _between(
    model: Line, partner: Partner, *, since: datetime, until: datetime, now: datetime
) -> SharedLineQuerySet[Any]:
    """What came to be there between these moments, by either."""
    return model.objects.said().between(since, until).readable_by(partner, now=now)


def _prepared(model: Line) -> Prepared[Any]:
    def build(*, user: UUID, couple: UUID, **moments: datetime) -> SharedLineQuerySet[Any]:
        return _between(model, Partner(user=User(pk=user), couple_id=couple), **moments)

    return Prepared(build, user=UUID, couple=UUID, since=datetime, until=datetime, now=datetime)


_MONTH = PreparedTogether(
    pages=reading.BETWEEN,
    thanks=_prepared(Appreciation),
    wins=_prepared(SmallWin),
    answers=questions.ANSWERS,
    own=questions.OWN_QUESTIONS,
)


def _own_to_nobody(model: Line) -> Prepared[Any]:
    return Prepared(
        lambda user, since, until: (
            model.objects.own(User(pk=user)).to_nobody().standing().between(since, until)
        ),
        user=UUID,
        since=datetime,
        until=datetime,
    )


_TO_NOBODY = PreparedTogether(thanks=_own_to_nobody(Appreciation), win=_own_to_nobody(SmallWin))


def _moments_of(partner: Partner, first: date, last: date, now: datetime) -> dict[str, datetime]:
    """The moments between which these Days of the reader's lie, with a Day before them; and now."""
    tz = partner.user.tz
    until = min(days.ends(last, tz), now + timedelta(microseconds=1))
    return {"since": days.starts(first, tz) - A_DAY, "until": until, "now": now}


def _here(
    partner: Partner, rows: list[Any], first: date, last: date, now: datetime
) -> list[tuple[date, Any]]:
    """Of these what came to be there on these Days of the reader's, latest first."""
    tz = partner.user.tz
    here = [(days.day_of(row.appears_at(partner), tz), row) for row in _there(partner, rows, now)]
    return [(day, row) for day, row in here if first <= day <= last]


def _there(partner: Partner, rows: list[Any], now: datetime) -> list[Any]:
    """Of these what is there, latest first."""
    there = [row for row in _latest_first(by_people_of(partner, rows)) if row.is_there(partner, now)]
    if partner.couple.paired:  # what one said to somebody else, or alone, isn't between these two
        there = [row for row in there if row.couple_id == partner.couple_id]
    return there


def _latest_first(rows: Iterable[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: (row.goes_out_at, row.pk), reverse=True)


def _said(kind: str, row: Any, partner: Partner, *, more: str = "") -> ArchivedLine:
    own, gone = row.author_id == partner.user_id, row.taken_back_at is not None
    where = reverse(f"checkins:{kind}_take_back", args=[row.pk]) if own and not gone else ""
    return ArchivedLine(kind, row.text, own, _by(partner, own), more, taken_back=gone, take_back=where)


def _by(partner: Partner, own: bool) -> By:
    seat = partner if own else partner.other
    return By(seat.ink, seat.user.name) if seat is not None else By("", "")
