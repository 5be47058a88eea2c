"""The model of what the two are working towards together."""

import uuid
from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.formats import number_format

from accounts.models import User
from accounts.sealed import SealedTextField
from accounts.shown import fingerprint
from couples.models import Couple


class GoalQuerySet(models.QuerySet["Goal"]):
    def of(self, couple: Couple) -> "GoalQuerySet":
        return self.filter(couple=couple).order_by("added_at", "pk")

    def open(self) -> "GoalQuerySet":
        return self.filter(ended_at__isnull=True)

    def added_by(self, user: User) -> "GoalQuerySet":
        return self.filter(by=user)

    def kept_from(self, user: User) -> "GoalQuerySet":
        """Goals of couples that this person sat in and that are closed, with their keys at hand: a copy to read."""
        before = self.filter(couple__partners__user=user, couple__closed_at__isnull=False)
        return before.select_related("couple__key").order_by("added_at", "pk")


class Goal(models.Model):
    """A joint goal: what for, until when, and how much of what and how far they are, where it has a number. One total
    for the two, never a share of one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    couple = models.ForeignKey(Couple, on_delete=models.CASCADE, related_name="goals")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")  # for the limit only
    name = SealedTextField(owner="couple")
    unit = SealedTextField(owner="couple")
    target = SealedTextField(owner="couple")  # decimal digits; "" of a goal without a number
    total = SealedTextField(owner="couple")  # decimal digits
    due_on = models.DateField(null=True, blank=True)
    added_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)  # reached or let go: it doesn't matter which

    objects = GoalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(changed_at__gte=models.F("added_at")), name="agendas_goal_in_time"
            )
        ]

    def __str__(self) -> str:
        return f"goal {self.pk}"

    @property
    def shown(self) -> str:
        """A fingerprint of what stands here, so that a change is on just that."""
        due = self.due_on.isoformat() if self.due_on else ""
        return fingerprint("goal", self.name, self.target, self.total, self.unit, due)

    @property
    def is_measured(self) -> bool:
        """Whether it has a number to reach."""
        return bool(self.target)

    @property
    def is_counted(self) -> bool:
        """Whether they have said how far they are."""
        return Decimal(self.total or "0") > 0

    @property
    def target_text(self) -> str:
        """The target, as people write it here."""
        return _text(self.target)

    @property
    def total_text(self) -> str:
        return _text(self.total)

    @property
    def width(self) -> str:
        """The width it is drawn with: 100 is all of it."""
        return f"{100 * self.share:.1f}"

    @property
    def share(self) -> float:
        """The share of it that is there, from 0 to 1."""
        target = Decimal(self.target or "0")
        return float(min(Decimal(self.total or "0") / target, Decimal(1))) if target else 0.0


def _text(amount: str) -> str:
    number = Decimal(amount or "0")
    places = 0 if number == number.to_integral_value() else 2
    return number_format(number, decimal_pos=places, use_l10n=True, force_grouping=True)
