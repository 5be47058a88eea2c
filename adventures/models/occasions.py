"""Birthdays and anniversaries: the days of a year two people would rather not be surprised by."""

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.sealed import SealedTextField
from couples.models import Couple, Partner


class What(models.TextChoices):
    BIRTHDAY = "birthday", _("Birthday")
    ANNIVERSARY = "anniversary", _("Anniversary")
    OTHER = "other", _("Another day")


class Ahead(models.IntegerChoices):
    """The number of days before it that a mail comes."""

    DAY = 1, _("The day before")
    THREE = 3, _("Three days before")
    WEEK = 7, _("A week before")
    TWO_WEEKS = 14, _("Two weeks before")


class OccasionQuerySet(models.QuerySet["Occasion"]):
    def of(self, couple: Couple) -> "OccasionQuerySet":
        return self.filter(couple=couple).order_by("month", "day", "pk")

    def by(self, user: User) -> "OccasionQuerySet":
        return self.filter(author=user)

    def kept_from(self, user: User) -> "OccasionQuerySet":
        """Occasions of closed couples this person sat in, alone or with somebody, to read and to bring along."""
        return self.filter(couple__partners__user=user, couple__closed_at__isnull=False).order_by(
            "-added_at", "pk"
        )

    def due(self, now: datetime) -> "OccasionQuerySet":
        """Occasions whose mails are to be promised by now."""
        return self.filter(due_at__lte=now).order_by("due_at")

    def out_of_reach(self, now: datetime) -> "OccasionQuerySet":
        """Occasions whose mails lie further ahead than a year: the clock was wrong when that was reckoned."""
        return self.filter(due_at__gt=now + timedelta(days=370))


class Occasion(models.Model):
    """One day of every year. Joint, like a kitchen calendar; whoever wrote it down changes it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    couple = models.ForeignKey(Couple, on_delete=models.CASCADE, related_name="occasions")
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    what = models.CharField(max_length=12, choices=What)
    name = SealedTextField(owner="couple")
    month = models.PositiveSmallIntegerField()
    day = models.PositiveSmallIntegerField()
    ahead = models.PositiveSmallIntegerField(default=Ahead.WEEK)  # days before it, a mail comes
    added_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)

    objects = OccasionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(month__gte=1, month__lte=12, day__gte=1, day__lte=31),
                name="adventures_occasion_is_a_day",
            )
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="adventures_occasion_due")
        ]

    def __str__(self) -> str:
        return f"occasion {self.pk}"

    def is_of(self, partner: Partner) -> bool:
        return self.author_id == partner.user_id
