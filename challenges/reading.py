"""An attempt as one of the two reads it: which days are done, the cards as they have them, the lines."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.prepared import Prepared, PreparedTogether
from challenges import swapping
from challenges.attempts import challenge_of, position_of
from challenges.catalogue import Activity, Card, Challenge, ChallengeDay
from challenges.counting import Position
from challenges.models import Attempt, CompletedDay, OwnCompletion, Remark
from couples import days
from couples.authored import by_people_of, ids_of
from couples.models import Couple, Partner

# Where a card leads.
LINKS = {
    "timer": ("checkins:phones_down", _("Open the phones-down timer")),
    "dates": ("adventures:plan", _("Plan a date")),
    "wishes": ("adventures:wishes", _("Go to the bucket list")),
    "talk": ("agendas:talk", _("Go to the talk")),
    "look": ("today:look_back", _("Look back on the challenge")),
}


@dataclass(frozen=True)
class Progress:
    """An attempt as one of the two sees it, on their Day."""

    attempt: Attempt
    challenge: Challenge
    begun: date  # the reader's Days, these two
    ended: date | None
    number: int
    rests_from: date | None  # the first Day on which it rests, if it does
    done: frozenset[int]  # of the days it has come to for this reader: for the other it may be further on

    @property
    def today(self) -> ChallengeDay:
        return self.challenge.days[self.number - 1]

    @property
    def at_its_end(self) -> bool:
        return self.number == len(self.challenge)

    @property
    def walked(self) -> bool:
        """Whether it has been walked to its end: it has come to its last day, and waits there for nothing."""
        return self.at_its_end and self.resting

    @property
    def running(self) -> bool:
        return self.attempt.ended_at is None

    @property
    def resting(self) -> bool:
        return self.rests_from is not None

    @property
    def stones(self) -> "list[Stone]":
        """The days of the challenge, each with its state: done or not, today or not; nothing else."""
        today = self.number if self.running and not self.resting else None
        return [
            Stone(day.number, day.title, day.number in self.done, day.number == today)
            for day in self.challenge.days
        ]


@dataclass(frozen=True)
class Stone:
    """One day of a challenge."""

    number: int
    title: str
    done: bool
    today: bool

    @property
    def href(self) -> str:
        return _address(self.number)

    @property
    def said(self) -> str:
        """The day and its state in words."""
        state = [gettext("done")] * self.done + [gettext("today")] * self.today
        return ", ".join([self.title, *state])


@cache
def _address(number: int) -> str:
    """The page of a day, asked for once: it is the same for everybody."""
    return reverse("challenges:day", args=[number])


@dataclass(frozen=True)
class Before:
    """An attempt that is over, with the reader's Days on which it began and ended."""

    id: UUID
    challenge: Challenge
    begun: date
    ended: date


@dataclass(frozen=True)
class ShownCard:
    """One card of a day, as one person sees it."""

    card: Card
    activity: Activity
    counted: bool  # by the reader
    links: Sequence[tuple[str, "str | Promise"]]


@dataclass(frozen=True)
class LeftLine:
    """A line one of the two left on a day."""

    id: UUID
    number: int
    text: str
    own: bool
    taken_back: bool


@dataclass(frozen=True)
class DayDone:
    """A day that is done, as both see it."""

    challenge: Challenge
    day: ChallengeDay


_running_of = Prepared(
    lambda couple: Attempt.objects.running().of(Couple(pk=couple)).with_completed_days(), couple=UUID
)


def progress(partner: Partner, *, now: datetime) -> Progress | None:
    """The progress of the attempt the two are in, on the reader's Day. One query."""
    rows = _running_of(couple=partner.couple_id)
    return _progress(partner, rows, partner.couple, now)


def progress_in(partner: Partner, pk: UUID, *, now: datetime) -> Progress | None:
    """The progress of an attempt of any couple one sat in."""
    rows = list(
        Attempt.objects.seen_by(partner.user).filter(pk=pk).select_related("couple").with_completed_days()
    )
    return _progress(partner, rows, rows[0].couple, now) if rows else None


def latest(partner: Partner, *, now: datetime) -> Progress | None:
    """The progress of the attempt one is in, or of the last one."""
    first = Attempt.objects.seen_by(partner.user).values_list("pk", flat=True).first()
    return progress_in(partner, first, now=now) if first is not None else None


def ended(partner: Partner) -> list[Before]:
    """The attempts that are over, of every couple one sat in, latest first."""
    tz = partner.user.tz
    return [
        Before(row.pk, challenge_of(row), days.day_of(row.begun_at, tz), days.day_of(row.ended_at, tz))
        for row in Attempt.objects.seen_by(partner.user)
        if row.ended_at is not None
    ]


def days_done(partner: Partner, ids: Collection[UUID], *, now: datetime) -> dict[UUID, DayDone]:
    """The days, of these, that are done and come to, in attempts of couples this person sat in. One query."""
    found = {}
    for row in CompletedDay.objects.done().in_attempts_of(partner.user).filter(pk__in=ids) if ids else []:
        challenge = challenge_of(row.attempt)
        day = challenge.day(row.number)
        if day is not None and row.number <= _position(partner, row.attempt, row.seat, now).number:
            found[row.pk] = DayDone(challenge, day)
    return found


_OWN = PreparedTogether(
    swaps=swapping.SWAPS,
    touch=swapping.CARDS,
    counted=Prepared(
        lambda user, attempt: OwnCompletion.objects.own(user).on(Attempt(pk=attempt)), user=UUID, attempt=UUID
    ),
)

_LINES = Prepared(
    lambda user, couple, attempt: Remark.objects.on(Attempt(pk=attempt)).readable_by(
        Partner(user=User(pk=user), couple_id=couple)
    ),
    user=UUID,
    couple=UUID,
    attempt=UUID,
)


def cards(partner: Partner, progress: Progress, day: ChallengeDay) -> list[ShownCard]:
    """A day's two cards as this person has them: swapped, without touch, counted. One query."""
    rows = _OWN(user=partner.user_id, attempt=progress.attempt.pk)
    turns = swapping.swapped(by_people_of(partner, rows["swaps"]), day.number)
    touch = swapping.is_for_touch(partner.user, rows["touch"])
    own = [row for row in by_people_of(partner, rows["counted"]) if row.number == day.number]
    counted = own[0].cards.split() if own else []
    found = []
    for card in Card:
        activity = day.activity(card, touch=touch, again=progress.attempt.again, swapped=turns.get(card, 0))
        found.append(ShownCard(card, activity, card.value in counted, links(activity)))
    return found


def links(activity: Activity) -> "list[tuple[str, str | Promise]]":
    """The links an activity leads by."""
    return [(reverse(page), title) for page, title in (LINKS[name] for name in activity.links)]


def lines(partner: Partner, progress: Progress) -> list[LeftLine]:
    """The lines left on an attempt, as far as this person may read it and has come, day by day. One query.

    Of one day the other's come first, whoever left theirs first, and what was taken back before what stands.
    """
    found = []
    rows = _LINES(**ids_of(partner), attempt=progress.attempt.pk)
    for row in by_people_of(partner, rows):
        own = row.author_id == partner.user_id
        if not own and row.number > progress.number:
            continue
        found.append(LeftLine(row.pk, row.number, row.text, own, row.taken_back_at is not None))
    return sorted(found, key=lambda line: (line.number, line.own, not line.taken_back, line.id))


def latest_of(lines: Sequence[LeftLine], *, without: int) -> LeftLine | None:
    """The line, of these, that stands on the latest other day, the other's before one's own: not the one that was left
    last, as that would tell when.
    """
    others = [line for line in lines if line.number != without and not line.taken_back]
    return max(others, key=lambda line: (line.number, not line.own), default=None)


def _progress(partner: Partner, rows: Sequence[Attempt], couple: Couple, now: datetime) -> Progress | None:
    """The progress told by these rows, one for each day that is done."""
    if not rows:
        return None
    attempt = rows[0]
    attempt.couple = couple
    here = _position(partner, attempt, getattr(attempt, "seat", partner.seat), now)
    done = frozenset(row.done for row in rows if row.done is not None and row.done <= here.number)
    tz = partner.user.tz
    begun = days.day_of(attempt.begun_at, tz)
    ended = days.day_of(attempt.ended_at, tz) if attempt.ended_at is not None else None
    return Progress(attempt, challenge_of(attempt), begun, ended, here.number, here.rests_from, done)


def _position(partner: Partner, attempt: Attempt, seat: int, now: datetime) -> Position:
    """The position of an attempt for whoever has, or had, this seat: one that is over stays where it was."""
    if attempt.ended_at is not None:
        return Position(attempt.number_from(seat))
    return position_of(attempt, partner, days.day_of(now, partner.user.tz))
