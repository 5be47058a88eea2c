"""Two years before the demo's month, for looking back on: rows in sets, as they would be had it been lived."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from adventures.models import DateNight, Memory
from agendas.models import Agenda, Note, Part
from challenges import catalogue
from challenges.models import Attempt, CompletedDay
from checkins.models import Appreciation, CheckIn, QuietTime, SmallWin
from config.demo import couple
from config.demo.people import PEOPLE
from config.demo.years_words import BUDS, DATES, MEMORIES, NOTES, ROSES, THANKS, THORNS, WINS, line
from couples import days
from couples.models import Couple, Partner

EVENINGS = 730
BATCH = 500
# Each: from how many evenings ago on, and how often.
DATE_EVERY, TALK_EVERY, PHONES_EVERY, WIN_EVERY, THANKS_EVERY = 12, 14, 9, 11, 13
CHALLENGES = (
    (690, "thirty-days", 26),
    (330, "seven-evenings", 6),
    (200, "thirty-days", 21),
)  # ago, which, days done


@transaction.atomic
def add(*, evenings: int = EVENINGS, now: datetime | None = None) -> bool:
    """Add the evenings before the demo's own, and what was done on them. Returns whether they weren't there yet."""
    now = now or timezone.now()
    couple.seed(now=now)
    seats = list(Partner.objects.live().filter(user__email__in=[one.email for one in PEOPLE]).with_keys())
    seats.sort(key=lambda seat: seat.seat)
    theirs = seats[0].couple
    today = days.day_of(now, seats[0].user.tz)
    last = days.day_of(theirs.opened_at, seats[0].user.tz)
    first = today - timedelta(days=evenings)
    if last < today - timedelta(days=couple.FIRST_EVENING + 7):
        return False
    past = [first + timedelta(days=number) for number in range((last - first).days)]
    _open_earlier(theirs, seats, days.starts(first, seats[0].user.tz))
    for seat in seats:
        _evenings(seat, theirs, past)
        _said(seat, theirs, past)
    _dates(theirs, seats, past)
    _quiet_times(theirs, past)
    _talks(theirs, seats, past)
    _challenges(theirs, today, evenings)
    return True


def _open_earlier(theirs: Couple, seats: Sequence[Partner], moment: datetime) -> None:
    """Let the two have come, and have paired, at that moment."""
    people = [seat.user_id for seat in seats]
    User.objects.filter(pk__in=people).update(joined_at=moment)
    Couple.objects.filter(partners__user__in=people).update(opened_at=moment)
    Partner.objects.filter(user__in=people).update(sat_at=moment)


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=UTC)


def _is_written(seat: Partner, number: int) -> bool:
    """Whether this evening has a page: most do; some weeks one is away, some evenings are just evenings."""
    away = (number // 7) % (9 + seat.seat) == 4
    return not away and (number * 7 + seat.seat * 3) % 10 < 8


def _evenings(seat: Partner, theirs: Couple, past: Sequence[date]) -> None:
    rows = []
    for number, day in enumerate(past):
        if not _is_written(seat, number):
            continue
        own = number + seat.seat * 350
        kept = number % 17 == 3
        row = CheckIn(
            author=seat.user,
            couple=None if kept else theirs,
            day=day,
            rose=line(ROSES, own),
            bud=line(BUDS, own) if number % 3 else "",
            thorn=line(THORNS, own) if number % 4 == 1 else "",
            note="",
            closeness=str(1 + (number * number + seat.seat) % 5) if number % 2 else "",
            earlier="",
            shared_at=None if kept else _at(day, 20, number % 60),
            kept_at=_at(day, 20, 5) if kept else None,
        )
        rows.append(row)
    CheckIn.objects.bulk_create(rows, batch_size=BATCH)


def _said(seat: Partner, theirs: Couple, past: Sequence[date]) -> None:
    wins, thanks = [], []
    for number, day in enumerate(past):
        at, own = _at(day, 21), number + seat.seat * 205
        if own % (2 * WIN_EVERY) == WIN_EVERY:
            text = line(WINS, own // WIN_EVERY + 5 * seat.seat)
            wins.append(SmallWin(author=seat.user, couple=theirs, text=text, written_at=at, goes_out_at=at))
        if own % (2 * THANKS_EVERY) == THANKS_EVERY:
            text = line(THANKS, own // THANKS_EVERY + 11 * seat.seat)
            thanks.append(
                Appreciation(
                    author=seat.user, couple=theirs, text=text, trait="", written_at=at, goes_out_at=at
                )
            )
    SmallWin.objects.bulk_create(wins, batch_size=BATCH)
    Appreciation.objects.bulk_create(thanks, batch_size=BATCH)


def _dates(theirs: Couple, seats: Sequence[Partner], past: Sequence[date]) -> None:
    rows, lines = [], []
    for number, day in enumerate(past[5::DATE_EVERY]):
        at = _at(day, 18, 30)
        row = DateNight(
            couple=theirs,
            made_at=at - timedelta(days=5),
            made_by=seats[number % 2].user,
            title=line(DATES, number),
            plan="",
            earlier="",
            wear="",
            starts_at=at,
            happened_at=at + timedelta(hours=3),
        )
        rows.append(row)
        for seat in seats:
            if (number + seat.seat) % 3:
                text = line(MEMORIES, number + 31 * seat.seat)
                lines.append(Memory(date=row, author=seat.user, text=text, left_at=at + timedelta(hours=4)))
    DateNight.objects.bulk_create(rows, batch_size=BATCH)
    Memory.objects.bulk_create(lines, batch_size=BATCH)


def _quiet_times(theirs: Couple, past: Sequence[date]) -> None:
    rows = []
    for number, day in enumerate(past[3::PHONES_EVERY]):
        at = _at(day, 20, 15)
        rows.append(
            QuietTime(couple=theirs, started_at=at, ends_at=at + timedelta(minutes=30 if number % 3 else 15))
        )
    QuietTime.objects.bulk_create(rows, batch_size=BATCH)


def _talks(theirs: Couple, seats: Sequence[Partner], past: Sequence[date]) -> None:
    talks: list[Agenda] = []
    notes = []
    for number, day in enumerate(past[9::TALK_EVERY]):
        at, over = _at(day, 19), _at(day, 19, 35)
        writer = seats[number % 2]
        talk = Agenda(
            couple=theirs,
            slot=day,
            starts_at=at,
            zone=writer.user.zone,
            minutes=30,
            since_on=day - timedelta(days=TALK_EVERY),
            previous=talks[-1] if talks else None,
            laid_out_at=at - timedelta(hours=12),
            begun_at=at,
            ended_at=over,
            closed_at=over,
            part=Part.AHEAD,
            touched_at=over,
        )
        talks.append(talk)
        notes.append(
            Note(
                agenda=talk,
                author=writer.user,
                part=Part.TRACK,
                text=line(NOTES, number),
                earlier="",
                written_at=over,
                shown_at=over,
                agreed_at=over,
            )
        )
    Agenda.objects.bulk_create(talks, batch_size=BATCH)
    Note.objects.bulk_create(notes, batch_size=BATCH)


def _challenges(theirs: Couple, today: date, evenings: int) -> None:
    attempts, done = [], []
    for ago, challenge, count in CHALLENGES:
        found = catalogue.get(challenge)
        if ago > evenings or found is None:
            continue
        begun = _at(today - timedelta(days=ago), 19)
        ended = begun + timedelta(days=len(found) + 4)
        attempt = Attempt(
            couple=theirs, challenge=challenge, begun_at=begun, from_at=begun, active_at=ended, ended_at=ended
        )
        attempts.append(attempt)
        done += [
            CompletedDay(attempt=attempt, number=number, done_at=begun + timedelta(days=number - 1))
            for number in range(1, count + 1)
        ]
    Attempt.objects.bulk_create(attempts)
    CompletedDay.objects.bulk_create(done, batch_size=BATCH)
