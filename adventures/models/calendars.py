"""What a person's own calendar is told."""

import uuid

from django.db import models

from accounts.models import User
from couples.models import Partner


class CalendarQuerySet(models.QuerySet["Calendar"]):
    def own(self, user: User) -> "CalendarQuerySet":
        """The only door: those of the seats this person sits or sat in."""
        return self.filter(seat__user=user)


class Calendar(models.Model):
    """One seat's calendar: whether it shows titles, and the hash of its secret address while there is one.

    It belongs to the seat, so that it goes on answering what it showed when that is left.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    seat = models.OneToOneField(Partner, on_delete=models.CASCADE, related_name="calendar")
    titled = models.BooleanField(default=False)
    raised = models.PositiveIntegerField(default=0)  # so that no version number goes back when titles go
    address_hash = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001  # no address isn't an empty one

    objects = CalendarQuerySet.as_manager()

    def __str__(self) -> str:
        return f"calendar {self.pk}"
