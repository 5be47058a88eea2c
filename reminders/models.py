"""Models of what a person wants to be reminded of, and the ledger of what was promised and what became of it.

The ledger is the truth; Celery and Redis are only the doorbell.
"""

import uuid
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import models, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When

from accounts import withdrawals
from accounts.models import User
from couples import days
from reminders import kinds
from reminders.former_keys import FormerKey
from reminders.kinds import EVERY_DAY, OccasionalKind

FURTHEST = timedelta(days=15)  # once a week, and twice that where a zone leaves out a day, as Apia did


class Channel(models.TextChoices):
    EMAIL = "email"


class ChoiceQuerySet(models.QuerySet["Choice"]):
    def of(self, user: User) -> "ChoiceQuerySet":
        return self.filter(user=user, channel=Channel.EMAIL)

    def due(self, before: datetime) -> "ChoiceQuerySet":
        """Choices whose next reminder comes up before this moment."""
        return self.filter(wanted=True, next_at__lte=before)

    def out_of_reach(self, now: datetime) -> "ChoiceQuerySet":
        """Choices whose next reminder lies further ahead than any can: the clock was wrong when it was reckoned."""
        return self.filter(wanted=True, next_at__gt=now + FURTHEST)

    def wanted_in(self, couples: Iterable[uuid.UUID], kinds: Iterable[str]) -> "ChoiceQuerySet":
        """Choices of the people in these couples who want these kinds: with the person at hand, and the couple as
        `couple`.
        """
        seats = self.annotate(couple=F("user__seats__couple"), left_at=F("user__seats__left_at"))  # one join
        here = seats.filter(couple__in=couples, left_at__isnull=True, kind__in=kinds, wanted=True)
        return here.select_related("user")

    def soonest(self) -> models.QuerySet["Choice", Any]:
        """The ids, the one due first first: read from the index alone."""
        return self.order_by("next_at").values_list("pk", flat=True)


class Choice(models.Model):
    """A choice of what a person wants by which channel, at what time on their own clock."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="choices")
    kind = models.CharField(max_length=32)
    channel = models.CharField(max_length=16, choices=Channel, default=Channel.EMAIL)
    wanted = models.BooleanField()
    at = models.TimeField()
    weekdays = models.CharField(max_length=7, default=EVERY_DAY)  # of the Day, as digits; Monday is 0
    next_at = models.DateTimeField(null=True, blank=True)

    couple: uuid.UUID  # only of rows read by `wanted_in`

    objects = ChoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "channel"], name="reminders_choice_one_each"),
            models.CheckConstraint(
                condition=Q(wanted=True) | Q(next_at__isnull=True),
                name="reminders_choice_is_due_only_when_wanted",
            ),
            models.CheckConstraint(condition=~Q(weekdays=""), name="reminders_choice_has_a_weekday"),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], include=["id"], condition=Q(wanted=True), name="reminders_choice_due"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel}"

    def set(
        self, *, wanted: bool, at: time | None = None, weekdays: str | None = None, now: datetime
    ) -> None:
        """Switch it on or off, at a time on some weekdays; the next one is the first such time after `now`.

        What was planned for later under the old wish is planned anew.
        """
        self.wanted = wanted
        self.at = self.at if at is None else at
        self.weekdays = self.weekdays if weekdays is None else weekdays
        self.compute_next_at(after=now)
        with transaction.atomic():
            if not self._state.adding and Choice.objects.filter(pk=self.pk).exclude(wanted=wanted).exists():
                act = "wanted" if wanted else "stopped"
                withdrawals.note(
                    act, person=withdrawals.who(self.user_id), kind=self.kind, channel=self.channel
                )
            self.save()
            if self.next_at is not None:
                Reminder.objects.of(self.user, self.kind).still_ahead(now).delete()

    def compute_next_at(self, *, after: datetime) -> None:
        """Set `next_at` to the first wanted moment after `after`, on the person's clock."""
        due = self.wanted and not isinstance(kinds.get(self.kind), OccasionalKind)
        self.next_at = days.next_at(after, self.at, self.user.tz, self.on)[1] if due else None

    @property
    def on(self) -> frozenset[int]:
        """The weekdays; Monday is 0."""
        return frozenset(map(int, self.weekdays))


class Quiet(models.Model):
    """Hours and days when a person wants nothing at all: between two times each night, and until a day."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="quiet")
    begins = models.TimeField(null=True, blank=True)
    ends = models.TimeField(null=True, blank=True)
    paused_until = models.DateField(null=True, blank=True)  # their Day; from its start mails come again

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(begins__isnull=True, ends__isnull=True)
                | (Q(begins__isnull=False, ends__isnull=False) & ~Q(begins=models.F("ends"))),
                name="reminders_quiet_from_and_until",
            )
        ]

    def __str__(self) -> str:
        return f"quiet of {self.pk}"

    def set(self, *, begins: time | None, ends: time | None, paused_until: date | None) -> None:
        """Keep these hours quiet, and everything until a day; None for neither."""
        self.begins, self.ends, self.paused_until = begins, ends, paused_until
        self.save()

    def holds(self, wall: time) -> bool:
        """Whether a clock showing `wall` stands in the quiet hours, which may run over midnight."""
        if self.begins is None or self.ends is None:
            return False
        if self.begins < self.ends:
            return self.begins <= wall < self.ends
        return wall >= self.begins or wall < self.ends

    def over_at(self, moment: datetime) -> datetime | None:
        """The moment (UTC) the quiet hours around `moment` end on the person's clock, or None outside of them."""
        local = self.user.local(moment)
        if self.ends is None or not self.holds(local.time()):
            return None
        first = days.instant(local.date(), self.ends, self.user.tz)
        second = datetime.combine(local.date(), self.ends.replace(fold=1), self.user.tz).astimezone(UTC)
        tomorrow = days.instant(local.date() + timedelta(days=1), self.ends, self.user.tz)
        return next(end for end in (first, second, tomorrow) if end > moment)  # a night may have it twice

    def is_paused(self, day: date) -> bool:
        """Whether nothing is to come on the person's Day `day`."""
        return self.paused_until is not None and day < self.paused_until


class Suppression(models.Model):
    """A person's address that mail servers say doesn't exist: nothing is sent there until they ask for a mail again.

    Bound to the address: another one is tried as ever.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="suppression")
    address_hash = models.CharField(max_length=64)
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"suppression of {self.pk}"


class Tick(models.Model):
    """The time the worker last did one of its rounds: how anyone knows that it is there at all."""

    name = models.CharField(max_length=32, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"tick {self.name}"


class State(models.TextChoices):
    PENDING = "pending"
    CLAIMED = "claimed"
    SENT = "sent"
    SKIPPED = "skipped"
    EXPIRED = "expired"
    DEAD = "dead"


SETTLED = (State.SENT, State.SKIPPED, State.EXPIRED, State.DEAD)


def settled(state: State, reason: str = "", *, now: datetime) -> dict[str, Any]:
    """Return what a row is set to when it is over, in one of `SETTLED`."""
    return {"state": state, "reason": reason, "settled_at": now, "owner": None, "lease_until": None}


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def claimable(self, now: datetime) -> "ReminderQuerySet":
        """Reminders that are due and free: never claimed, put back, or claimed by somebody whose lease ran out."""
        free = Q(state=State.PENDING) & (Q(not_before__isnull=True) | Q(not_before__lte=now))
        stale = Q(state=State.CLAIMED, lease_until__lt=now)
        return self.filter(free | stale, due_at__lte=now).order_by("due_at")

    def of(self, user: User, kind: str) -> "ReminderQuerySet":
        return self.filter(user=user, kind=kind)

    def still_ahead(self, now: datetime) -> "ReminderQuerySet":
        """Reminders planned for later and in nobody's hands, or called off before they were due."""
        return self.filter(state__in=[State.PENDING, State.SKIPPED], due_at__gt=now)

    def promised(self) -> "ReminderQuerySet":
        """Reminders promised by a choice or a room, not asked for there and then."""
        return self.filter(day__isnull=False)

    def unsettled(self) -> "ReminderQuerySet":
        return self.filter(state__in=[State.PENDING, State.CLAIMED])

    def with_delivery_state(self) -> "ReminderQuerySet":
        """Reminders with all that is asked right before sending, in one query: the person as they are now, whether
        their address is proven, and whether they want this kind.
        """
        proven = EmailAddress.objects.filter(
            user=OuterRef("user"), email__iexact=OuterRef("user__email"), verified=True
        )
        wanted = Choice.objects.filter(
            user=OuterRef("user"), kind=OuterRef("kind"), channel=OuterRef("channel"), wanted=True
        )
        return self.select_related("user__quiet", "user__suppression").annotate(
            proven=Exists(proven), wanted=Exists(wanted), chosen_at=Subquery(wanted.values("at")[:1])
        )

    def with_last_look(self, row: "Reminder") -> "ReminderQuerySet":
        """Add what the kind of `row` says of it now: why there is nothing to remind of, as `kind_skips`."""
        kind = row.to_look_at
        return self.with_reasons(kind.reasons(row) if kind is not None else {})

    def with_reasons(self, reasons: "kinds.Reasons") -> "ReminderQuerySet":
        """Add the first of these reasons that holds now, or "", as `kind_skips`."""
        cases = [When(condition, then=Value(reason)) for reason, condition in reasons.items()]
        return self.annotate(kind_skips=Case(*cases, default=Value(""), output_field=models.CharField()))

    def settled_before(self, moment: datetime) -> "ReminderQuerySet":
        return self.filter(settled_at__lt=moment)

    def settled_since(self, moment: datetime) -> "ReminderQuerySet":
        return self.filter(settled_at__gte=moment)

    def sent_since(self, moment: datetime) -> "ReminderQuerySet":
        return self.filter(state=State.SENT, settled_at__gt=moment)

    def being_sent(self, now: datetime) -> "ReminderQuerySet":
        """Reminders in somebody's hands, whose lease still holds."""
        return self.filter(state=State.CLAIMED, lease_until__gte=now)

    def claimed_by(self, owner: uuid.UUID) -> "ReminderQuerySet":
        """Reminders claimed by `owner`, and still theirs."""
        return self.filter(owner=owner, state=State.CLAIMED)

    def skip(self, reason: str, *, now: datetime) -> int:
        """Settle what is unsettled here without sending it. Whoever holds one finds out at the renewal."""
        return self.unsettled().update(**settled(State.SKIPPED, reason, now=now))


def new_message_id() -> str:
    """The Message-ID of one reminder, fixed before its first try so that every copy carries the same."""
    return f"<{uuid.uuid4()}@{settings.ALLOWED_HOSTS[0]}>"


class Reminder(models.Model):
    """One promise: this person, this kind, this Day of theirs or this thing, this channel, once.

    `day` is None where somebody asked for the mail there and then. `about` is the thing's id, where it is about one;
    `starts_at` when that begins, as it was promised: moved, it is another promise.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=32)
    day = models.DateField(null=True, blank=True)
    about = models.UUIDField(null=True, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    key = FormerKey(max_length=64)
    channel = models.CharField(max_length=16, choices=Channel, default=Channel.EMAIL)
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    owner = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=255, unique=True, default=new_message_id)
    reason = models.CharField(max_length=64, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    # Only of rows read `with_delivery_state`.
    proven: bool
    wanted: bool
    chosen_at: time | None
    # Only of rows read `with_last_look`.
    kind_skips: str

    objects = ReminderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "key", "channel"], name="reminders_reminder_once"
            ),
            # A row is in one of these three at most; what is asked for there and then in none.
            models.UniqueConstraint(
                fields=["user", "kind", "channel", "day"],
                condition=Q(about__isnull=True, day__isnull=False),
                name="reminders_reminder_once_a_day",
            ),
            models.UniqueConstraint(
                fields=["user", "kind", "channel", "about", "day"],
                condition=Q(about__isnull=False, day__isnull=False, starts_at__isnull=True),
                name="reminders_reminder_once_a_thing_and_day",
            ),
            models.UniqueConstraint(
                fields=["user", "kind", "channel", "about", "starts_at"],
                condition=Q(about__isnull=False, day__isnull=False, starts_at__isnull=False),
                name="reminders_reminder_once_a_thing_and_time",
            ),
            models.CheckConstraint(
                condition=Q(state=State.CLAIMED, owner__isnull=False, lease_until__isnull=False)
                | (~Q(state=State.CLAIMED) & Q(owner__isnull=True, lease_until__isnull=True)),
                name="reminders_reminder_claimed_is_who_and_until",
            ),
            models.CheckConstraint(
                condition=Q(state__in=SETTLED, settled_at__isnull=False)
                | (~Q(state__in=SETTLED) & Q(settled_at__isnull=True)),
                name="reminders_reminder_settled_is_dated",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=[State.PENDING, State.CLAIMED]),
                name="reminders_reminder_unsettled",
            ),
            # What all workers send within an hour is counted before each batch.
            models.Index(
                fields=["settled_at"], condition=Q(state=State.SENT), name="reminders_reminder_sent"
            ),
        ]

    def __str__(self) -> str:
        return f"reminder {self.pk}"

    @property
    def promise(self) -> tuple[uuid.UUID | None, date | datetime | None]:
        """The promise to this person that a mail of this kind keeps: once."""
        return self.about, self.starts_at or self.day

    @property
    def file(self) -> "kinds.File | None":
        """The file that goes along with this mail, as it is now."""
        asked = self.attachment
        return asked.file(self.user, self.about) if asked is not None and self.about is not None else None

    @property
    def attachment(self) -> "kinds.Attachment | None":
        return kinds.attachment(self.kind)

    @property
    def to_look_at(self) -> "kinds.Kind | None":
        """The kind that has a say in whether this goes out; none where it was asked for there and then."""
        return self.registered if self.day is not None else None

    @property
    def registered(self) -> "kinds.Kind | None":
        return kinds.get(self.kind)
