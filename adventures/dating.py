"""Date nights: answering an ask, postponing, calling off, that it happened, and saying what it is to be.

A date has at most one time that stands and at most one that is asked for. A yes makes the one that is asked for stand;
a "not this one" is known only to who said it; "another time" is an ask the other way round. What needed two to begin,
one ends alone. Each act holds the two people first, so that acts follow each other; each says what it answers to, so
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
    night = get_locked_date(by, date_id)
    if night.stands and night.starts_at == to:
        return night
    if not night.is_asked_of(by, now):
        raise DateGone
    if night.asked_for != to or night.shown != shown:
        raise DateChanged
    confirm(night, now=now)
    night.save()
    return night


@transaction.atomic
def set_aside(*, by: Partner, date_id: UUID, to: datetime, now: datetime) -> None:
    """Say "not this one" to the time the other asks for: `by` isn't shown it again, and nobody else can tell.

    Twice is once. Raises `Gone` or `DateChanged`.
    """
    night = get_locked_date(by, date_id)
    if not night.is_asked_of(by, now):
        raise DateGone
    if night.asked_for != to:
        raise DateChanged
    if night.set_aside_at is None:
        night.set_aside(now=now)
        night.save(update_fields=["set_aside_at"])


@transaction.atomic
def postpone(*, by: Partner, date_id: UUID, stood: datetime, now: datetime) -> None:
    """Postpone a date: either, alone. It waits for another time. Twice is once.

    An ask for another time goes on while it is open; one that has faded is forgotten, as now there is no time at all.
    Raises `Gone` or `DateChanged`.
    """
    night = get_locked_date(by, date_id)
    if night.postponed_at is not None and night.starts_at == stood:
        return
    if not night.stands:
        raise DateGone
    if night.starts_at != stood:
        raise DateChanged
    reminding.call_off(night, now=now)
    night.postpone(now=now)
    night.save()


@transaction.atomic
def call_off(*, by: Partner, date_id: UUID, now: datetime) -> None:
    """Call off what was agreed on: either, alone. Twice is once. Raises `Gone`."""
    night = get_locked_date(by, date_id, live=False)
    if night.happened_at is not None or night.starts_at is None:
        raise DateGone
    if night.called_off_at is None:
        reminding.call_off(night, now=now)
        night.call_off(now=now)
        night.save()


@transaction.atomic
def happened(*, by: Partner, date_id: UUID, now: datetime) -> DateNight:
    """Say that a date was: either does, once its time has come; of what is still a surprise the other only once it is
    over.

    A surprise is one no more; the wish behind it is lived. Twice is once. Raises `Gone`.
    """
    night = get_locked_date(by, date_id, live=False)
    if night.happened_at is not None:
        return night
    if not night.stands or night.starts_at is None or not night.may_have_happened(by, now):
        raise DateGone
    reveal(night)
    night.mark_happened(now=now)
    night.save()
    _live(night, now)
    _pass_turn(night)
    return night


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
    wish = Wish.objects.of(by.couple).standing().filter(pk=wish_id).select_for_update().first()
    if wish is None:
        raise WishGone
    wish.couple = by.couple
    of_it = DateNight.objects.of(by.couple).filter(wish=wish)
    before = of_it.happened().first() if wish.lived_at is not None else of_it.standing().before(now).first()
    if before is not None:
        before.couple = by.couple
        return happened(by=by, date_id=before.pk, now=now)
    night = DateNight(couple=by.couple, made_at=now, title=wish.title, wish=wish, where=wish.where)
    night.mark_happened_on(day, now=now)
    night.save()
    _live(night, now)
    return night


@transaction.atomic
def change(*, by: Partner, date_id: UUID, details: Details, stood: str) -> DateNight:
    """Put what is planned in other words: whoever arranges it. The words before are kept beside them, for both.

    `stood` names what was read when it was changed. Raises `Gone` or `DateChanged`.
    """
    night = get_locked_date(by, date_id)
    if night.planner_id not in {None, by.user_id}:
        raise DateGone
    surprise_plan = own_plan(by, night)
    if night.fingerprint(surprise_plan) != stood:
        raise DateChanged
    night.revise("wear", details.wear)
    if surprise_plan is not None:
        surprise_plan.title, surprise_plan.plan = details.title, details.plan
        surprise_plan.save()
    else:
        night.rewordings += night.title != details.title
        night.revise("title", details.title)
        night.revise("plan", details.plan)
    night.cost, night.childcare = details.cost, details.childcare
    night.where, night.phones_away = details.where, details.phones_away
    night.save()
    return night


def parted(*, couple: Couple, now: datetime) -> None:
    """The couple ended: nothing is promised of its dates any more, and nothing about them changes.

    What was asked for beside what stands goes, so that whoever asked may erase themselves later and take nothing along.
    """
    for night in DateNight.objects.of(couple).standing().select_for_update(of=("self",)):
        night.couple = couple
        reminding.call_off(night, now=now)
    nights = DateNight.objects.of(couple)
    nights.update(due_at=None)
    nights.filter(starts_at__isnull=False).update(
        asked_by=None, asked_for=None, asked_at=None, set_aside_at=None, withdrawn_at=None
    )
    DateRhythm.objects.standing().of(couple).update(ended_at=now)


def leaving(*, user: User, now: datetime) -> None:
    """An account is about to be erased: what this person asked for and nobody said yes to goes with their words.

    What the other had asked for stays theirs, whoever asked for another time since.
    """
    theirs = Q(made_by=user) | Q(made_by=None)  # of a former release, where nobody knows
    DateNight.objects.seen_by(user).never_stood().filter(theirs).delete()


def paired(*, couple: Couple, now: datetime) -> None:
    """Leave what each had planned alone where it was: nothing is promised of it any more."""
    people = [seat.user_id for seat in couple.partners.all()]
    alone = Couple.objects.filter(partners__user__in=people, paired=False, closed_at__isnull=False)
    DateNight.objects.filter(couple__in=alone, due_at__isnull=False).update(due_at=None)
    DateRhythm.objects.standing().filter(couple__in=alone).update(ended_at=now)


def _live(night: DateNight, now: datetime) -> None:
    wish = night.wish_id
    if wish is not None:
        Wish.objects.of(night.couple).open().filter(pk=wish).update(lived_at=now)


def _pass_turn(night: DateNight) -> None:
    """It is the other's turn to plan now, where they take turns."""
    rhythm = DateRhythm.objects.standing().of(night.couple).filter(turn__isnull=False).first()
    if rhythm is not None:
        people = User.objects.filter(seats__couple=night.couple, seats__left_at__isnull=True)
        rhythm.turn = next((one for one in people if one.pk != rhythm.turn_id), None)
        rhythm.save(update_fields=["turn"])
