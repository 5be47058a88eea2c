"""Work that takes longer than a page may."""

import uuid
from datetime import datetime

from django.db import models

from accounts.models.keys import SealedFile
from accounts.models.people import Session, User
from accounts.sealed import SealedTextField


class LongWorkQuerySet(models.QuerySet["LongWork"]):
    def claimable(self, now: datetime) -> "LongWorkQuerySet":
        """Work that is due and free: waiting, or claimed and its lease ran out. The oldest first."""
        waiting = models.Q(state=LongWork.State.WAITING, due_at__lte=now)
        stale = models.Q(state=LongWork.State.CLAIMED, lease_until__lt=now)
        return self.filter(waiting | stale, expires_at__gt=now).order_by("asked_at")

    def in_hand(self, now: datetime) -> "LongWorkQuerySet":
        """Work that somebody does just now: their lease holds."""
        return self.filter(state=LongWork.State.CLAIMED, lease_until__gte=now)

    def claimed_by(self, owner: uuid.UUID) -> "LongWorkQuerySet":
        return self.filter(owner=owner, state=LongWork.State.CLAIMED)

    def of(self, user: User, kind: str) -> "LongWorkQuerySet":
        return self.filter(user=user, kind=kind)

    def ready(self, now: datetime) -> "LongWorkQuerySet":
        return self.filter(state=LongWork.State.READY, expires_at__gt=now)

    def for_session(self, session: uuid.UUID, now: datetime) -> "LongWorkQuerySet":
        """Work of whoever is signed in by this session, and may be."""
        signed_in = Session.objects.filter(pk=session, signed_in_at__isnull=False, expire_date__gt=now)
        return self.filter(user__is_active=True, user__in=signed_in.values("user"))

    def over(self, now: datetime) -> "LongWorkQuerySet":
        """Work whose time is over, whatever came of it."""
        return self.filter(expires_at__lte=now)


class LongWork(models.Model):
    """One piece of work that takes longer than a page may, for one person: one of a kind at a time (`long_work`)."""

    class State(models.TextChoices):
        WAITING = "waiting"
        CLAIMED = "claimed"
        READY = "ready"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="long_work")
    kind = models.CharField(max_length=32)
    options = SealedTextField(owner="user")  # JSON: what exactly was asked for
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    owner = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    written = models.PositiveBigIntegerField(default=0)  # bytes so far
    file = models.OneToOneField(
        SealedFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="work"
    )

    objects = LongWorkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="accounts_longwork_one_of_a_kind"),
            models.CheckConstraint(
                condition=models.Q(state="claimed", owner__isnull=False, lease_until__isnull=False)
                | (~models.Q(state="claimed") & models.Q(owner__isnull=True, lease_until__isnull=True)),
                name="accounts_longwork_claimed_is_who_and_until",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(state__in=["waiting", "claimed"]),
                name="accounts_longwork_unsettled",
            ),
            models.Index(fields=["expires_at"], name="accounts_longwork_expires"),
        ]

    def __str__(self) -> str:
        return f"long work {self.pk}"

    @property
    def is_underway(self) -> bool:
        return self.state in {self.State.WAITING, self.State.CLAIMED}

    @property
    def has_failed(self) -> bool:
        return self.state == self.State.FAILED
