"""Rosa and Theo: a linked, verified couple with a month of evenings, made through the rooms' own verbs."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from accounts import joining
from accounts.models import User
from checkins import replies, thanking, writing
from checkins.models import CheckIn
from checkins.words import CheckInText
from config.demo import challenge, dates, evenings, talks
from config.demo.evenings import EVENINGS, Lines
from config.demo.people import PASSWORD, PEOPLE, Person
from couples import days, pairing
from couples.models import Partner
from couples.seats import lock
from reminders import preferences

ZONE = "Europe/London"
FIRST_EVENING = max(ago for ago, _, _ in EVENINGS)


@transaction.atomic
def seed(*, now: datetime | None = None) -> None:
    """Make the couple once; a demo somebody has been playing in is left as it is. Tonight stays unwritten."""
    now = now or timezone.now()
    if User.objects.filter(email__in=[person.email for person in PEOPLE]).exists():
        return
    begun = now - timedelta(days=FIRST_EVENING + 1)
    rosa, theo = (_join(person, now=begun) for person in PEOPLE)
    locked = lock(rosa, theo)
    couple = pairing.join([locked[rosa.pk], locked[theo.pk]], now=begun)
    seats = {seat.user_id: seat for seat in couple.partners.live().with_keys()}
    by_name = {seat.user.name: seat for seat in seats.values()}
    # In the order it happened: what came after a talk wasn't there when it was laid out.
    _weeks(by_name, range(talks.HELD, FIRST_EVENING + 1), now=now)
    talks.hold(by_name, now=now)
    _weeks(by_name, range(talks.HELD), now=now)
    for ago in evenings.ALOUD:
        for seat in seats.values():
            evening = _evening(seat, ago, now)
            writing.talk(by=seat, day=evening, now=days.at(evening, time(21, 30), seat.user.tz))
    for seat in seats.values():
        _change(seat, now=now)
    _hear(seats, now=now)
    dates.lay_out(by_name, now=now)
    talks.lay_out(by_name, now=now)
    for person in (rosa, theo):
        preferences.rezone(user=person, now=now)  # the reminders begin tonight, not a month ago


def _join(person: Person, *, now: datetime) -> User:
    user = User(email=person.email, name=person.name, zone=ZONE)
    user.set_password(PASSWORD)
    joining.join(user, now=now)
    EmailAddress.objects.create(user=user, email=person.email, verified=True, primary=True)
    return user


def _weeks(by_name: dict[str, Partner], ago: range, *, now: datetime) -> None:
    """The evenings so many days ago, the thank-yous, the small wins, the challenge and the dates."""
    for days_ago, hers, his in EVENINGS:
        if days_ago in ago:
            _write(by_name["Rosa"], days_ago, hers, at=time(20, 41), now=now)
            _write(by_name["Theo"], days_ago, his, at=time(21, 7), now=now)
    _say(by_name, ago, now=now)
    challenge.act_out(by_name, ago, now=now)
    dates.plan(by_name, ago, now=now)


def _evening(by: Partner, ago: int, now: datetime) -> date:
    return days.day_of(now, by.user.tz) - timedelta(days=ago)


def _write(by: Partner, ago: int, lines: Lines | None, *, at: time, now: datetime) -> None:
    if lines is None:
        return
    which, day = (by.user.name, ago), _evening(by, ago, now)
    closeness, note = evenings.PRIVATE.get(which, ("", ""))
    kept = frozenset({evenings.KEPT_LINES[which]} if which in evenings.KEPT_LINES else ())
    words = CheckInText(*lines, note=note, closeness=closeness, kept=kept, open=which in evenings.OPEN)
    share = which not in evenings.KEPT
    writing.write(by=by, day=day, words=words, share=share, now=days.at(day, at, by.user.tz))


def _change(by: Partner, *, now: datetime) -> None:
    """What was changed the morning after."""
    for (name, ago), (kind, line) in evenings.CHANGED.items():
        if name == by.user.name:
            day = _evening(by, ago, now)
            stood = CheckIn.objects.own(by.user).on(day).with_keys().get().words
            words = replace(stood, **{kind: line})  # type: ignore[arg-type]  # a line's name
            morning = days.at(day + timedelta(days=1), time(8, 12), by.user.tz)
            writing.write(by=by, day=day, words=words, share=True, now=morning)


def _hear(seats: dict[UUID, Partner], *, now: datetime) -> None:
    """What each said back to the other's thorn, and that it was heard."""
    by_name = {seat.user.name: seat for seat in seats.values()}
    for (name, ago), rounds in evenings.HEARD.items():
        by, other = by_name[name], next(seat for seat in seats.values() if seat.user.name != name)
        day = _evening(by, ago, now)
        moment = days.at(day, time(21, 20), by.user.tz)
        for said, more in rounds:
            replies.reply(by=by, day=day, said=said, now=moment)
            if more:
                replies.a_bit_more(by=other, day=day, text=more, now=moment)
            else:
                replies.heard(by=other, day=day, now=moment)


def _say(by_name: dict[str, Partner], when: range, *, now: datetime) -> None:
    """Thank-yous and small wins of so many days ago."""
    for name, ago, text, trait, keep in evenings.THANKS:
        if ago in when:
            by = by_name[name]
            moment = days.at(_evening(by, ago, now), time(21, 30), by.user.tz)
            thanking.say_thanks(by=by, text=text, trait=trait, keep=keep, now=moment)
    for name, ago, text in evenings.WINS:
        if ago in when:
            by = by_name[name]
            thanking.note_win(by=by, text=text, now=days.at(_evening(by, ago, now), time(21, 30), by.user.tz))
