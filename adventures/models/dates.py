"""Date nights: asked for, agreed on, moved, happened."""

import json
import uuid
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.sealed import SealedTextField
from accounts.shown import fingerprint
from adventures.errors import DateSavedTooOften
from adventures.models.wishes import Cost, Where, Wish
from couples import days
from couples.models import ASK_LIFE, ASK_REST, Couple, Partner

if TYPE_CHECKING:
    from adventures.models.surprises import SurprisePlan

USUAL_MINUTES = 180
LONGEST = 16 * 60  # minutes
CHANGES = 20  # of what could already be read
LATELY = timedelta(days=30)  # so long a date that passed can still be said to have happened
EARLY = timedelta(days=2)  # before its Day anywhere on earth: when the mails of a date are promised


class State(StrEnum):
    """The states of a date as one of the two sees it. Pages and other rooms tell them apart by this alone."""

    ASKS = "asks"  # the other asks for it, or for another time of it
    ASKED = "asked"  # one asked oneself
    STANDS = "stands"  # it is ahead, or going on
    PASSED = "passed"  # its time is over, and nobody said yet whether it happened
    POSTPONED = "postponed"
    HAPPENED = "happened"
    OWN = "own"  # nothing is to be done about it any more, and the words are one's own


class Childcare(models.TextChoices):
    NOTHING = "nothing", _("Nothing to arrange")
    ARRANGED = "arranged", _("Arranged")
    OPEN = "open", _("Still to arrange")


def within(first: date, last: date, begins: datetime, ends: datetime) -> Q:
    """Beginning from `begins` to before `ends`; of what has no hour, on the dates from `first` to `last`."""
    with_an_hour = Q(happened_on__isnull=True, starts_at__gte=begins, starts_at__lt=ends)
    return with_an_hour | Q(happened_on__gte=first, happened_on__lte=last)


def table_at(now: datetime) -> dict[str, datetime]:
    """The moments that what is on the table by now goes by."""
    return {"asked_since": now - ASK_LIFE, "stood_since": now - LATELY}


class DateNightQuerySet(models.QuerySet["DateNight"]):
    def of(self, couple: Couple) -> "DateNightQuerySet":
        return self.filter(couple=couple)

    def live(self) -> "DateNightQuerySet":
        """Dates that neither happened nor were called off."""
        return self.filter(happened_at__isnull=True, called_off_at__isnull=True)

    def standing(self) -> "DateNightQuerySet":
        """Dates at a time both said yes to, and not put off."""
        return self.live().filter(starts_at__isnull=False, postponed_at__isnull=True)

    def never_stood(self) -> "DateNightQuerySet":
        """Asked for, and no yes yet; taken back or not."""
        return self.filter(starts_at__isnull=True)

    def made_by(self, user: User) -> "DateNightQuerySet":
        """Dates this person wrote, in whatever couple."""
        return self.filter(made_by=user)

    def since(self, moment: datetime) -> "DateNightQuerySet":
        """Asked for after that moment."""
        return self.filter(asked_at__gt=moment)

    def at(self, moment: datetime) -> "DateNightQuerySet":
        return self.filter(starts_at=moment)

    def begun_by(self, moment: datetime) -> "DateNightQuerySet":
        """Begun by then."""
        return self.filter(starts_at__lte=moment)

    def after(self, moment: datetime) -> "DateNightQuerySet":
        """Beginning after that moment, the next first."""
        return self.filter(starts_at__gt=moment).order_by("starts_at", "pk")

    def happened(self) -> "DateNightQuerySet":
        return self.filter(happened_at__isnull=False)

    def agreed_on(self) -> "DateNightQuerySet":
        """Dates both said yes to, put off or over as well, and not called off."""
        return self.filter(
            Q(starts_at__isnull=False) | Q(happened_at__isnull=False), called_off_at__isnull=True
        )

    def called_off(self) -> "DateNightQuerySet":
        return self.filter(called_off_at__isnull=False)

    def on_the_table(self, now: datetime) -> "DateNightQuerySet":
        """Dates that are ahead, asked for, put off, or passed lately without a word about it."""
        return self.open_since(now, **table_at(now))

    def open_since(self, now: datetime, asked_since: datetime, stood_since: datetime) -> "DateNightQuerySet":
        """Dates that wait for an answer, or stand or stood at a time after `stood_since`."""
        fresh = Q(asked_at__gt=asked_since, asked_for__gt=now, withdrawn_at__isnull=True)
        return self.live().filter(fresh | Q(starts_at__gt=stood_since))

    def between(self, first: datetime, last: datetime) -> "DateNightQuerySet":
        """Standing or happened, and beginning from `first` to before `last`."""
        return self.filter(
            starts_at__gte=first, starts_at__lt=last, postponed_at__isnull=True, called_off_at__isnull=True
        )

    def due(self, now: datetime) -> "DateNightQuerySet":
        """Dates whose mails are to be promised by now."""
        return self.filter(due_at__lte=now).order_by("due_at")

    def in_calendars(self) -> "DateNightQuerySet":
        """Dates that once stood at a time both agreed on, cancelled since or not: the latest first."""
        return self.filter(starts_at__isnull=False, happened_on__isnull=True).order_by("-starts_at", "-pk")

    def seen_by(self, user: User) -> "DateNightQuerySet":
        """Dates of every couple this person sat in, the present one and those before."""
        return self.filter(couple__partners__user=user)

    def planned_alone_by(self, user: User, now: datetime) -> "DateNightQuerySet":
        """Still ahead, from when this person was on their own."""
        alone = self.seen_by(user).filter(couple__paired=False, couple__closed_at__isnull=False)
        return alone.standing().filter(starts_at__gt=now)

    def latest_first(self) -> "DateNightQuerySet":
        return self.order_by("-starts_at", "pk")


class DateNight(models.Model):
    """One date. At most one time stands; at most one is asked for. Who put it off or called it off isn't kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    couple = models.ForeignKey(Couple, on_delete=models.CASCADE, related_name="dates", db_index=False)
    made_at = models.DateTimeField()
    title = SealedTextField(owner="couple")  # "" of a surprise
    plan = SealedTextField(owner="couple")
    # {"title": [what stood there first, …], …}: only of words that were changed after both could read them
    earlier = SealedTextField(owner="couple")
    wish = models.ForeignKey(Wish, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    planner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # Whose words these are until both have said yes: whoever asked first.
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    phones_away = models.BooleanField(default=False)
    # What everyone may know, of a surprise too.
    surprise = models.BooleanField(default=False)
    where = models.CharField(max_length=8, choices=Where, blank=True)
    cost = models.CharField(max_length=8, choices=Cost, blank=True)
    wear = SealedTextField(owner="couple")
    childcare = models.CharField(max_length=8, choices=Childcare, blank=True)
    minutes = models.PositiveSmallIntegerField(default=USUAL_MINUTES)  # 0 of what has no hour
    tell_asked_at = models.DateTimeField(null=True, blank=True)  # the other would rather know
    told_at = models.DateTimeField(null=True, blank=True)
    # What is asked for, and who asked. Setting it aside is known only to the one who did.
    asked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    asked_for = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    set_aside_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)  # by who asked
    # What stands; kept when it is put off or called off, as calendars have to be told which evening is free again.
    starts_at = models.DateTimeField(null=True, blank=True)
    postponed_at = models.DateTimeField(null=True, blank=True)
    called_off_at = models.DateTimeField(null=True, blank=True)
    happened_at = models.DateTimeField(null=True, blank=True)
    # Of what nobody had planned: its date, the same for both wherever they are. It has no hour: `starts_at` is noon of
    # that date in UTC, and says only where it comes among the others.
    happened_on = models.DateField(null=True, blank=True)
    # How often calendars were told something else: of the time, of the words.
    moves = models.PositiveIntegerField(default=0)
    rewordings = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)  # when its mails are to be promised

    objects = DateNightQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    asked_for__isnull=True,
                    asked_at__isnull=True,
                    set_aside_at__isnull=True,
                    withdrawn_at__isnull=True,
                )
                | Q(asked_for__isnull=False, asked_at__isnull=False),
                name="adventures_date_asked_is_what_and_when",
            ),
            models.CheckConstraint(
                condition=Q(surprise=False) | Q(where__in=[Where.HOME, Where.OUT], minutes__lte=LONGEST),
                name="adventures_date_no_surprise_away",
            ),
            models.CheckConstraint(
                condition=Q(happened_at__isnull=True)
                | Q(starts_at__isnull=False, postponed_at__isnull=True, called_off_at__isnull=True),
                name="adventures_date_happened_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(postponed_at__isnull=True) | Q(starts_at__isnull=False),
                name="adventures_date_postpones_a_time",
            ),
            models.CheckConstraint(
                condition=Q(happened_on__isnull=True) | Q(happened_at__isnull=False, minutes=0),
                name="adventures_date_without_an_hour_happened",
            ),
        ]
        indexes = [
            models.Index(fields=["couple", "starts_at"], name="adventures_date_calendar"),
            models.Index(
                fields=["couple"],
                condition=Q(happened_at__isnull=True, called_off_at__isnull=True),
                name="adventures_date_live",
            ),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="adventures_date_due"),
        ]

    def __str__(self) -> str:
        return f"date {self.pk}"

    @property
    def stands(self) -> bool:
        """Whether there is a time both said yes to."""
        return self.starts_at is not None and self.postponed_at is None and self.called_off_at is None

    def day(self, tz: ZoneInfo) -> date | None:
        """The Day it belongs to for a reader in `tz`; of what has no hour, its date."""
        if self.happened_on is not None or self.starts_at is None:
            return self.happened_on
        return days.day_of(self.starts_at, tz)

    @property
    def is_open_surprise(self) -> bool:
        """A surprise that is a surprise no more."""
        return self.told_at is not None or self.happened_at is not None

    @property
    def hidden(self) -> bool:
        """Whether what is planned is kept from the other."""
        return self.surprise and not self.is_open_surprise

    def state_for(self, partner: Partner, now: datetime) -> State | None:
        """The state it is in for `partner`, or None where it isn't there for them (any more)."""
        if self.called_off_at is not None:
            return None
        if self.happened_at is not None:
            return State.HAPPENED
        if self.stands and self.is_over(now):
            return State.PASSED
        if self.is_asked(now) and not self.is_asked_of(partner, now):
            return State.ASKED
        if self.is_asked(now) and self.set_aside_at is None:
            return State.ASKS
        if self.starts_at is None:
            return None
        return State.POSTPONED if self.postponed_at is not None else State.STANDS

    def is_asked(self, now: datetime) -> bool:
        """Whether there is an ask that can still be answered."""
        return (
            self.asked_at is not None
            and self.asked_for is not None
            and self.asked_at > now - ASK_LIFE
            and self.asked_for > now
            and self.withdrawn_at is None
            and self.called_off_at is None
        )

    def is_asked_of(self, partner: Partner, now: datetime) -> bool:
        """Whether the other asks `partner` for something that can still be answered."""
        return self.is_asked(now) and self.asked_by_id != partner.user_id

    def rests(self, partner: Partner, now: datetime) -> bool:
        """Whether `partner` asked and found no yes, less than thirty days ago."""
        return (
            self.asked_at is not None
            and self.asked_by_id == partner.user_id
            and self.asked_at > now - ASK_REST
            and not self.is_asked(now)
        )

    # What changes its state. None of it saves, and none calls off mails: `adventures/confirming.py` and
    # `adventures/dating.py` do, before a time changes.

    def ask(self, *, by: User, to: datetime, now: datetime) -> None:
        """Ask for this time, instead of any that was asked for."""
        self.asked_by, self.asked_for, self.asked_at = by, to, now
        self.set_aside_at = self.withdrawn_at = None

    def confirm(self) -> None:
        """Make the time that is asked for the one that stands."""
        self.moves += self.starts_at is not None
        self.starts_at, self.postponed_at = self.asked_for, None
        self.due_at = self.starts_at - EARLY if self.starts_at is not None else None
        self._forget_ask()

    def withdraw(self, *, now: datetime) -> None:
        """Take back what is asked for; with no time that stands, nothing is left of the date."""
        self.withdrawn_at = now
        if self.starts_at is None:
            self.called_off_at = now

    def set_aside(self, *, now: datetime) -> None:
        """Say "not this one" to the time that is asked for."""
        self.set_aside_at = self.set_aside_at or now

    def postpone(self, *, now: datetime) -> None:
        """Put off what stands. An ask for another time goes on while it is open."""
        if not self.is_asked(now):
            self._forget_ask()
        self.postponed_at, self.due_at = now, None
        self.moves += 1

    def call_off(self, *, now: datetime) -> None:
        """Call off what stands or stood, and whatever is asked for beside it."""
        self.moves += self.stands
        self.called_off_at, self.due_at = now, None
        self._forget_ask()

    def mark_happened(self, *, now: datetime) -> None:
        """Mark the date at the time that stands as one that was."""
        self.happened_at, self.due_at = now, None
        self._forget_ask()

    def mark_happened_on(self, day: date, *, now: datetime) -> None:
        """Mark a day as a date that nobody had planned: it has no hour, so that nothing is told by one."""
        self.happened_on, self.happened_at, self.minutes = day, now, 0
        self.starts_at = datetime.combine(day, days.NOON, tzinfo=UTC)

    def reveal_plan(self, plan: "SurprisePlan | None") -> None:
        """Put what a surprise hides where both read it; of what hides nothing any more, nothing changes."""
        if not self.hidden:
            return
        self.rewordings += 1
        if plan is not None:
            self.title, self.plan, self.wish_id = plan.title, plan.plan, plan.wish_id

    def _forget_ask(self) -> None:
        self.asked_by = self.asked_for = self.asked_at = self.set_aside_at = self.withdrawn_at = None

    def is_over(self, now: datetime) -> bool:
        """Whether the time that stands, or stood, is over."""
        return self.starts_at is not None and self.starts_at + timedelta(minutes=self.minutes) <= now

    def may_have_happened(self, partner: Partner, now: datetime) -> bool:
        """Whether `partner` may say that it was: it has begun, or for whoever is surprised by it, it is over."""
        if self.hidden and self.planner_id != partner.user_id:
            return self.is_over(now)
        return self.starts_at is not None and self.starts_at <= now

    @property
    def revisions(self) -> dict[str, list[str]]:
        """The words that stood in title, plan and wear before they were changed, oldest first. "" is one that wasn't
        there.
        """
        revisions: dict[str, list[str]] = json.loads(self.earlier) if self.earlier else {}
        return revisions

    def revise(self, name: str, words: str) -> None:
        """Put these words there, and remember what stood there, if somebody else could read it. Doesn't save.

        Raises `DateSavedTooOften`.
        """
        stood = getattr(self, name)
        if stood != words and self.couple.paired:
            revisions = self.revisions
            if len(revisions.get(name, ())) >= CHANGES:
                raise DateSavedTooOften(name)
            revisions.setdefault(name, []).append(stood)
            self.earlier = json.dumps(revisions, ensure_ascii=False)
        setattr(self, name, words)

    @property
    def shown(self) -> str:
        """A fingerprint of what the other is shown of it, so that a yes is to just that."""
        return self.fingerprint(None)

    def fingerprint(self, surprise_plan: "SurprisePlan | None") -> str:
        """A fingerprint of what is planned, with what is hidden of it where its planner reads that."""
        words = [self.title, self.plan, self.wear, self.where, self.cost, self.childcare, self.phones_away]
        hidden = [] if surprise_plan is None else [surprise_plan.title, surprise_plan.plan]
        return fingerprint("date", *words, self.minutes, self.hidden, *hidden)

    @property
    def asked_until(self) -> datetime | None:
        """The moment an ask fades by itself."""
        if self.asked_at is None or self.asked_for is None:
            return None
        return min(self.asked_at + ASK_LIFE, self.asked_for)
