"""The plan of a surprise, until it is told or has happened."""

from django.db import models

from accounts.models import User
from accounts.sealed import SealedTextField
from adventures.models.dates import DateNight
from adventures.models.wishes import Wish
from couples.authored import AuthoredQuerySet


class SurprisePlanQuerySet(AuthoredQuerySet["SurprisePlan"]):
    """The plans of surprises; their only door is `own`: what oneself plans."""


class SurprisePlan(models.Model):
    """The plan of a surprise. In a table and under a key of its planner's; told or happened, its words go to the
    date.
    """

    date = models.OneToOneField(
        DateNight, on_delete=models.CASCADE, primary_key=True, related_name="surprise_plan"
    )
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    title = SealedTextField(owner="author")
    plan = SealedTextField(owner="author")
    wish = models.ForeignKey(Wish, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = SurprisePlanQuerySet.as_manager()

    class Meta:
        db_table = "adventures_secret"  # its words are sealed for a column of this table

    def __str__(self) -> str:
        return f"surprise plan of {self.pk}"
