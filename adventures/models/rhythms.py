"""The rhythm of dates that two people agreed on."""

import uuid

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from accounts.zones import validate_zone
from couples.models import Couple


class DateRhythmQuerySet(models.QuerySet["DateRhythm"]):
    def current(self) -> "DateRhythmQuerySet":
        return self.filter(ended_at__isnull=True)

    def of(self, couple: Couple) -> "DateRhythmQuerySet":
        return self.filter(couple=couple)


class DateRhythm(models.Model):
    """A rhythm of dates, which the two agreed on: a recurrence rule (RFC 5545) on the clock it was agreed on."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    couple = models.ForeignKey(Couple, on_delete=models.CASCADE, related_name="date_rhythms", db_index=False)
    rule = models.CharField(max_length=64)
    begins_on = models.DateField()
    at = models.TimeField()
    zone = models.CharField(max_length=64, validators=[validate_zone])
    agreed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    # Whose turn it is to plan; nobody's unless they switched it on. What was before isn't kept.
    turn = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = DateRhythmQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["couple"], condition=Q(ended_at__isnull=True), name="adventures_rhythm_one_stands"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("agreed_at")),
                name="adventures_rhythm_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"date rhythm {self.pk}"
