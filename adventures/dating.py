"""Date nights: answering an ask, postponing, calling off, that it happened, and saying what it is to be.

A date has at most one time that stands and at most one that is asked for. A yes makes the one that is asked for stand;
a "not this one" is known only to who said it; "another time" is an ask the other way round. What needed two to begin,
one ends alone. Each act locks the two people first, so that acts follow each other; each says what it answers to, so
that nobody agrees to what they didn't see.
"""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from adventures import reminding
from adventures.access import get_locked_date, lock_couple
from adventures.confirming import confirm
from adventures.errors import DateChanged, DateGone, DayNotReached, WishGone
from adventures.models import DateNight, DateRhythm, Wish
from adventures.proposing import Details
from adventures.surprises import own_plan, reveal
from couples import days
from couples.models import Couple, Partner


@transaction.atomic
def accept(*, by: Partner, date_id: UUID, to: datetime, shown: str, now: datetime) -> DateNight:
    """Say yes to what the other asks for: the time, and what is `shown` of it. Twice is once.

    Raises `Gone` or `DateChanged`.
    """
    date_night = get_locked_date(by, date_id)
    if date_night.stands and date_night.starts_at == to:
        return date_night
    if not date_night.is_asked_of(by, now):
        raise DateGone
    if date_night.asked_for != to or date_night.shown != shown:
        raise DateChanged
    confirm(date_night, now=now)
    date_night.save()
    return date_night


@transaction.atomic
def set_aside(*, by: Partner, date_id: UUID, to: datetime, now: datetime) -> None:
    """Say "not this one" to the time the other asks for: `by` isn't shown it again, and nobody else can tell.

    Twice is once. Raises `Gone` or `DateChanged`.
    """
    date_night = get_locked_date(by, date_id)
    if not date_night.is_asked_of(by, now):
        raise DateGone
    if date_night.asked_for != to:
        raise DateChanged
    if date_night.set_aside_at is None:
        date_night.set_aside(now=now)
        date_night.save(update_fields=["set_aside_at"])


@transaction.atomic
def postpone(*, by: Partner, date_id: UUID, stood: datetime, now: datetime) -> None:
    """Postpone a date: either, alone. It waits for another time. Twice is once.

    An ask for another time goes on while it is open; one that has faded is forgotten, as now there is no time at all.
    Raises `Gone` or `DateChanged`.
    """
    date_night = get_locked_date(by, date_id)
    if date_night.postponed_at is not None and date_night.starts_at == stood:
        return
    if not date_night.stands:
        raise DateGone
    if date_night.starts_at != stood:
        raise DateChanged
    reminding.call_off(date_night, now=now)
    date_night.postpone(now=now)
    date_night.save()


@transaction.atomic
def call_off(*, by: Partner, date_id: UUID, now: datetime) -> None:
    """Call off what was agreed on: either, alone. Twice is once. Raises `Gone`."""
    date_night = get_locked_date(by, date_id, live=False)
    if date_night.happened_at is not None or date_night.starts_at is None:
        raise DateGone
    if date_night.called_off_at is None:
        reminding.call_off(date_night, now=now)
        date_night.call_off(now=now)
        date_night.save()


@transaction.atomic
def happened(*, by: Partner, date_id: UUID, now: datetime) -> DateNight:
    """Mark a date as one that happened: either may, once it has begun; whoever is surprised by it, once it is over.

    What it hid is revealed, and the wish behind it fulfilled. Twice is once. Raises `Gone`.
    """
    date_night = get_locked_date(by, date_id, live=False)
    if date_night.happened_at is not None:
        return date_night
    if not date_night.stands or date_night.starts_at is None or not date_night.may_have_happened(by, now):
        raise DateGone
    reveal(date_night)
    date_night.mark_happened(now=now)
    date_night.save()
    _live(date_night, now)
    pass_turn(date_night)
    return date_night


@transaction.atomic
def fulfil(*, by: Partner, wish_id: UUID, day: date, now: datetime) -> DateNight:
    """Mark a wish as one that came true: what was planned of it and is over happened; without a plan, the Day becomes a
    memory.

    Nothing is kept of the hour, as nobody is to know when somebody said so, nor of the clock. Twice is once. Raises
    `Gone`, or `DayNotReached` where that day hasn't come.
    """
    lock_couple(by)
    if day > days.day_of(now, by.user.tz):
        raise DayNotReached
    wish = Wish.objects.of(by.couple).not_taken_back().filter(pk=wish_id).select_for_update().first()
    if wish is None:
        raise WishGone
    wish.couple = by.couple
    of_it = DateNight.objects.of(by.couple).filter(wish=wish)
    planned = (
        of_it.happened().first() if wish.lived_at is not None else of_it.standing().begun_by(now).first()
    )
    if planned is not None:
        planned.couple = by.couple
        return happened(by=by, date_id=planned.pk, now=now)
    date_night = DateNight(couple=by.couple, made_at=now, title=wish.title, wish=wish, where=wish.where)
    date_night.mark_happened_on(day, now=now)
    date_night.save()
    _live(date_night, now)
    return date_night


@transaction.atomic
def change(*, by: Partner, date_id: UUID, details: Details, stood: str) -> DateNight:
    """Put what is planned in other words: whoever arranges it. The words before are kept beside them, for both. The
    other's ask is nobody's own words from here on.

    `stood` names what was read when it was changed. Raises `Gone`, `DateChanged` or `DateSavedTooOften`.
    """
    date_night = get_locked_date(by, date_id)
    if date_night.planner_id not in {None, by.user_id}:
        raise DateGone
    surprise_plan = own_plan(by, date_night)
    if date_night.fingerprint(surprise_plan) != stood:
        raise DateChanged
    before = date_night.revisions
    date_night.revise("wear", details.wear)
    if surprise_plan is not None:
        surprise_plan.title, surprise_plan.plan = details.title, details.plan
        surprise_plan.save()
    else:
        date_night.rewordings += date_night.title != details.title
        date_night.revise("title", details.title)
        date_night.revise("plan", details.plan)
    is_asked_only = date_night.starts_at is None
    if is_asked_only and date_night.made_by_id != by.user_id and date_night.revisions != before:
        date_night.made_by = None  # from here on in the words of both, as an ask made anew
    date_night.cost, date_night.childcare = details.cost, details.childcare
    date_night.where, date_night.phones_away = details.where, details.phones_away
    date_night.save()
    return date_night


def parted(*, couple: Couple, now: datetime) -> None:
    """Call off the mails of a couple that ended; nothing else about its dates changes.

    What was asked for beside what stands goes, so that whoever asked may erase themselves later and take nothing along.
    """
    for date_night in DateNight.objects.of(couple).standing().select_for_update(of=("self",)):
        date_night.couple = couple
        reminding.call_off(date_night, now=now)
    date_nights = DateNight.objects.of(couple)
    date_nights.update(due_at=None)
    date_nights.filter(starts_at__isnull=False).update(
        asked_by=None, asked_for=None, asked_at=None, set_aside_at=None, withdrawn_at=None
    )
    DateRhythm.objects.current().of(couple).update(ended_at=now)


def leaving(*, user: User, now: datetime) -> None:
    """Delete what a person whose account is being erased asked for and nobody said yes to: it goes with their words.

    What the other had asked for stays theirs, whoever asked for another time since.
    """
    theirs = Q(made_by=user) | Q(made_by=None)  # of a former release, where nobody knows
    DateNight.objects.seen_by(user).never_stood().filter(theirs).delete()


def paired(*, couple: Couple, now: datetime) -> None:
    """Leave what each had planned alone where it was: nothing is promised of it any more."""
    people = [seat.user_id for seat in couple.partners.all()]
    alone = Couple.objects.filter(partners__user__in=people, paired=False, closed_at__isnull=False)
    DateNight.objects.filter(couple__in=alone, due_at__isnull=False).update(due_at=None)
    DateRhythm.objects.current().filter(couple__in=alone).update(ended_at=now)


def _live(date_night: DateNight, now: datetime) -> None:
    wish = date_night.wish_id
    if wish is not None:
        Wish.objects.of(date_night.couple).open().filter(pk=wish).update(lived_at=now)


def pass_turn(date_night: DateNight) -> None:
    """Pass the turn to plan to the other, where they take turns."""
    rhythm = DateRhythm.objects.current().of(date_night.couple).filter(turn__isnull=False).first()
    if rhythm is not None:
        people = User.objects.filter(seats__couple=date_night.couple, seats__left_at__isnull=True)
        rhythm.turn = next((one for one in people if one.pk != rhythm.turn_id), None)
        rhythm.save(update_fields=["turn"])
