"""What a person wants to be reminded of, and the ledger of what was promised and what became of it.

The ledger is the truth; Celery and Redis are only the doorbell.
"""

import uuid
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import User
from couples import days
from reminders import kinds

LEASE = timedelta(seconds=3 * settings.EMAIL_TIMEOUT)


class Channel(models.TextChoices):
    EMAIL = "email"


class ChoiceQuerySet(models.QuerySet["Choice"]):
    def of(self, user: User) -> "ChoiceQuerySet":
        return self.filter(user=user, channel=Channel.EMAIL)

    def due(self, before: datetime) -> "ChoiceQuerySet":
        """Choices whose next reminder comes up before this moment."""
        return self.filter(next_at__lte=before)


class Choice(models.Model):
    """What a person wants by which channel, at what time on their own clock."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="choices")
    kind = models.CharField(max_length=32)
    channel = models.CharField(max_length=16, choices=Channel, default=Channel.EMAIL)
    wanted = models.BooleanField()
    at = models.TimeField()
    next_at = models.DateTimeField(null=True, blank=True)

    objects = ChoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "channel"], name="reminders_choice_one_each"),
            models.CheckConstraint(
                condition=Q(wanted=True, next_at__isnull=False) | Q(wanted=False, next_at__isnull=True),
                name="reminders_choice_is_due_when_wanted",
            ),
        ]
        indexes = [models.Index(fields=["next_at"], condition=Q(wanted=True), name="reminders_choice_due")]

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel}"

    def set(self, *, wanted: bool, at: time | None = None, now: datetime) -> None:
        """Switch it on or off, at a time; the next one is the first such time after `now`."""
        self.wanted = wanted
        if at is not None:
            self.at = at
        self.reckon(after=now)
        self.save()

    def reckon(self, *, after: datetime) -> None:
        """Set `next_at` to the first wanted moment after `after`, on the person's clock."""
        self.next_at = days.next_at(after, self.at, self.user.tz)[1] if self.wanted else None


class State(models.TextChoices):
    PENDING = "pending"
    CLAIMED = "claimed"
    SENT = "sent"
    SKIPPED = "skipped"
    EXPIRED = "expired"
    DEAD = "dead"


SETTLED = (State.SENT, State.SKIPPED, State.EXPIRED, State.DEAD)


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def claimable(self, now: datetime) -> "ReminderQuerySet":
        """Due and free: never claimed, put back for later, or claimed by somebody whose lease ran out."""
        free = Q(state=State.PENDING) & (Q(not_before__isnull=True) | Q(not_before__lte=now))
        stale = Q(state=State.CLAIMED, lease_until__lt=now)
        return self.filter(free | stale, due_at__lte=now).order_by("due_at")

    def unsettled(self) -> "ReminderQuerySet":
        return self.filter(state__in=[State.PENDING, State.CLAIMED])

    def settled_before(self, moment: datetime) -> "ReminderQuerySet":
        return self.filter(settled_at__lt=moment)

    def held(self, owner: uuid.UUID) -> "ReminderQuerySet":
        """Claimed by `owner`, and still theirs."""
        return self.filter(owner=owner, state=State.CLAIMED)

    def skip(self, reason: str, *, now: datetime) -> int:
        """Settle what is unsettled here without sending it. Whoever holds one finds out at the renewal."""
        return self.unsettled().update(
            state=State.SKIPPED, reason=reason, settled_at=now, owner=None, lease_until=None
        )


def new_message_id() -> str:
    """The Message-ID of one reminder, fixed before its first try so that every copy carries the same."""
    return f"<{uuid.uuid4()}@{settings.ALLOWED_HOSTS[0]}>"


class Reminder(models.Model):
    """One promise: this person, this kind, this thing (`key`: their Day, or the thing's id), this channel, once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=32)
    key = models.CharField(max_length=64)
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

    objects = ReminderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "key", "channel"], name="reminders_reminder_once"
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
            )
        ]

    def __str__(self) -> str:
        return f"reminder {self.pk}"

    @property
    def day(self) -> date:
        """The Day this reminder is about."""
        return date.fromisoformat(self.key)

    @property
    def registered(self) -> "kinds.Kind | None":
        return kinds.get(self.kind)
