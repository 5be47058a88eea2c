"""Phones down: a while for the two that the server counts, so that every screen shows the same."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import F, Q

from couples.models import Couple


class QuietTimeQuerySet(models.QuerySet["QuietTime"]):
    def of(self, couple: Couple) -> "QuietTimeQuerySet":
        return self.filter(couple=couple)

    def running(self, now: datetime) -> "QuietTimeQuerySet":
        """Times that aren't over yet. One that began a moment "later", by another server's clock, runs as well."""
        return self.filter(ends_at__gt=now)

    def over(self, first: datetime, last: datetime) -> "QuietTimeQuerySet":
        """Times that began from `first` on and were over before `last`."""
        return self.filter(started_at__gte=first, ends_at__lt=last)

    def latest_first(self) -> "QuietTimeQuerySet":
        return self.order_by("-ends_at")


class QuietTime(models.Model):
    """A time of so many minutes with phones down. Nothing says who began it, or who was there."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    couple = models.ForeignKey(Couple, on_delete=models.CASCADE, related_name="quiet_times", db_index=False)
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    objects = QuietTimeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("started_at")), name="checkins_quiettime_ends_after_it_began"
            )
        ]
        indexes = [models.Index(fields=["couple", "ends_at"], name="checkins_quiettime_couple")]

    def __str__(self) -> str:
        return f"quiet time {self.pk}"
