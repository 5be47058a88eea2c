"""Lines that two people leave of a date that happened."""

import uuid

from django.db import models
from django.db.models import Q

from accounts.models import User
from accounts.sealed import SealedTextField
from adventures.models.dates import DateNight
from couples.authored import AuthoredQuerySet
from couples.models import Partner


class MemoryQuerySet(AuthoredQuerySet["Memory"]):
    def shared_with(self, partner: Partner) -> "MemoryQuerySet":
        """The second door: the other's lines of this couple's dates, until it is closed."""
        return self.filter(
            ~Q(author=partner.user_id), date__couple=partner.couple_id, date__couple__closed_at__isnull=True
        )

    def readable_by(self, partner: Partner) -> "MemoryQuerySet":
        """Memories through both doors, in one query."""
        return (self.own(partner.user) | self.shared_with(partner)).with_people_of(partner)

    def not_taken_back(self) -> "MemoryQuerySet":
        """Memories not taken back."""
        return self.filter(taken_back_at__isnull=True)


class Memory(models.Model):
    """A line one of the two leaves of a date that happened. For both."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    date = models.ForeignKey(DateNight, on_delete=models.CASCADE, related_name="memories")
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    text = SealedTextField(owner="author")
    left_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)

    objects = MemoryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["date", "author"],
                condition=Q(taken_back_at__isnull=True),
                name="adventures_memory_one_standing_a_person",
            )
        ]

    def __str__(self) -> str:
        return f"memory {self.pk}"
