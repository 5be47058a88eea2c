"""A couple's attempt at a challenge, the days of it that are done, and what each of the two did on them.

That a day is done belongs to both. Who counted it, for which card, what was swapped and whether touch is hidden is each
one's own, and sealed under their key.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts import withdrawals
from accounts.models import User
from accounts.sealed import SealedTextField
from challenges.catalogue import ID_LIMIT
from challenges.counting import Start
from couples import days
from couples.authored import AuthoredQuerySet
from couples.models import Couple, Partner


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def running(self) -> "AttemptQuerySet":
        return self.filter(ended_at__isnull=True)

    def of(self, couple: Couple) -> "AttemptQuerySet":
        return self.filter(couple=couple)

    def between(self, first: datetime, last: datetime) -> "AttemptQuerySet":
        """Attempts that ran at some time from `first` to before `last`. One that nobody ended ran for as long as
        something was done on it.
        """
        left_off = Q(ended_at__isnull=True, active_at__gte=first)
        return self.filter(left_off | Q(ended_at__gte=first), begun_at__lt=last)

    def seen_by(self, user: User) -> "AttemptQuerySet":
        """Attempts of every couple this person sat in, each with the seat they had in it; latest first."""
        return (
            self.filter(couple__partners__user=user)
            .annotate(seat=F("couple__partners__seat"))
            .order_by("-begun_at")
        )

    def with_completed_days(self) -> models.QuerySet["Attempt", "Attempt"]:
        """Attempts, once for each day that is done, its number as `done`; once with None where none is."""
        completed = models.FilteredRelation(
            "completed_days", condition=Q(completed_days__done_at__isnull=False)
        )
        return self.annotate(completed=completed, done=F("completed__number"))


class Attempt(models.Model):
    """A couple's (of one or two) run of one challenge. Nothing says who began, woke or ended it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    couple = models.ForeignKey(Couple, on_delete=models.CASCADE, related_name="attempts")
    challenge = models.CharField(max_length=ID_LIMIT)  # its id in the catalogue
    again = models.PositiveSmallIntegerField(default=0)  # how often they had begun it before
    begun_at = models.DateTimeField()
    # From when its days are counted, and which of them it was then on the clock of each seat: challenges/counting.py
    # says how. Moments, which each reader turns into Days of their own: a Day of the other's would tell where they are.
    from_at = models.DateTimeField()
    first_seat_from = models.PositiveSmallIntegerField(default=1)
    second_seat_from = models.PositiveSmallIntegerField(default=1)
    active_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    # Only of rows read `with_completed_days`.
    done: int | None
    # Only of rows `seen_by` somebody.
    seat: int

    objects = AttemptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["couple"], condition=Q(ended_at__isnull=True), name="challenges_attempt_one_runs"
            ),
            models.CheckConstraint(
                condition=Q(first_seat_from__gte=1, second_seat_from__gte=1),
                name="challenges_attempt_from_a_stone",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("begun_at")),
                name="challenges_attempt_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.pk}"

    def number_from(self, seat: int) -> int:
        """The day it had come to at `from_at`, on the clock of whoever has this seat; for good, once it has ended."""
        return self.first_seat_from if seat == 1 else self.second_seat_from

    def keep_awake(self, moment: datetime) -> None:
        """Count it from `moment` on, as if something that both can see was done then. Doesn't save."""
        self.from_at = self.active_at = moment

    def count_from(self, numbers: Mapping[int, int], now: datetime) -> None:
        """Count it from these days, by seat: from now, or the later moment for which it was woken. Doesn't save."""
        self.first_seat_from, self.second_seat_from = numbers[1], numbers[2]
        self.from_at = max(now, self.from_at)

    def start(self, seat: int, tz: ZoneInfo) -> Start:
        """The start from which whoever has this seat counts, on a clock in `tz`."""
        return Start(days.day_of(self.from_at, tz), self.number_from(seat), days.day_of(self.active_at, tz))


class CompletedDayQuerySet(models.QuerySet["CompletedDay"]):
    def in_attempts_of(self, user: User) -> "CompletedDayQuerySet":
        """Completed days of every couple this person sat in, each with the seat they had in it."""
        mine = self.filter(attempt__couple__partners__user=user).select_related("attempt__couple")
        return mine.annotate(seat=F("attempt__couple__partners__seat"))

    def done(self) -> "CompletedDayQuerySet":
        return self.filter(done_at__isnull=False)


class CompletedDay(models.Model):
    """One day of an attempt, once anybody did anything on it. Done as soon as either counts it, and for good."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attempt = models.ForeignKey(
        Attempt, on_delete=models.CASCADE, related_name="completed_days", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    done_at = models.DateTimeField(null=True, blank=True)

    # Only of rows `in_attempts_of` somebody.
    seat: int

    objects = CompletedDayQuerySet.as_manager()

    class Meta:
        db_table = "challenges_stone"  # its name until 2026-11; rows stay where they are
        constraints = [
            models.UniqueConstraint(fields=["attempt", "number"], name="challenges_stone_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="challenges_stone_counted_from_one"),
        ]

    def __str__(self) -> str:
        return f"completed day {self.pk}"


class OwnCompletionQuerySet(AuthoredQuerySet["OwnCompletion"]):
    def on(self, attempt: Attempt) -> "OwnCompletionQuerySet":
        """Completions of one attempt, each with its day's number."""
        return self.of(attempt).annotate(number=F("completed_day__number"))  # type: ignore[no-redef]  # declared for readers

    def of(self, attempt: Attempt) -> "OwnCompletionQuerySet":
        return self.filter(completed_day__attempt=attempt)


class OwnCompletion(models.Model):
    """A completion, "I'd count that", by one person. Only they know that it was theirs, and for which card."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    completed_day = models.ForeignKey(
        CompletedDay,
        on_delete=models.CASCADE,
        related_name="own_completions",
        db_column="stone_id",
        db_index=False,
    )
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    cards = SealedTextField(owner="author")  # "words", "close", or both with a space between

    # Only of rows `on` an attempt.
    number: int

    objects = OwnCompletionQuerySet.as_manager()

    class Meta:
        db_table = "challenges_mark"  # sealed words are bound to the name of their table
        constraints = [
            models.UniqueConstraint(fields=["completed_day", "author"], name="challenges_mark_one_a_person")
        ]

    def __str__(self) -> str:
        return f"own completion {self.pk}"


class SwapQuerySet(AuthoredQuerySet["Swap"]):
    def of(self, attempt: Attempt) -> "SwapQuerySet":
        return self.filter(attempt=attempt)


class Swap(models.Model):
    """A count of how often one person swapped the cards of a day. It changes their own page, nobody else's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="swaps", db_index=False)
    number = models.PositiveSmallIntegerField()
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    turns = SealedTextField(owner="author")  # "words=1 close=2"

    objects = SwapQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "number", "author"], name="challenges_swap_one_a_person_and_day"
            )
        ]

    def __str__(self) -> str:
        return f"swap {self.pk}"


class RemarkQuerySet(AuthoredQuerySet["Remark"]):
    def shared_with(self, partner: Partner) -> "RemarkQuerySet":
        """The second door: the other's lines on this couple's attempts, until it is closed."""
        still_open = Couple.objects.filter(pk=partner.couple_id, closed_at__isnull=True)
        return self.filter(
            ~Q(author=partner.user_id), Exists(still_open), completed_day__attempt__couple=partner.couple_id
        )

    def readable_by(self, partner: Partner) -> "RemarkQuerySet":
        """Remarks through both doors, in one query, asked last of all."""
        return self.own(partner.user).union(self.shared_with(partner), all=True).with_people_of(partner)

    def on(self, attempt: Attempt) -> "RemarkQuerySet":
        """Remarks of one attempt, each with its day's number."""
        here = self.filter(completed_day__attempt=attempt)
        return here.annotate(number=F("completed_day__number"))  # type: ignore[no-redef]  # it is declared for readers

    def not_taken_back(self) -> "RemarkQuerySet":
        """Remarks not taken back."""
        return self.filter(taken_back_at__isnull=True)


class Remark(models.Model):
    """A line one of the two left on a day, about how it went. For both."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    completed_day = models.ForeignKey(
        CompletedDay,
        on_delete=models.CASCADE,
        related_name="remarks",
        db_column="stone_id",
        db_index=False,
    )
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    text = SealedTextField(owner="author")
    left_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)

    # Only of rows `on` an attempt.
    number: int

    objects = RemarkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["completed_day", "author"],
                condition=Q(taken_back_at__isnull=True),
                name="challenges_remark_one_standing_a_person",
            )
        ]
        indexes = [models.Index(fields=["completed_day"], name="challenges_remark_stone")]

    def __str__(self) -> str:
        return f"remark {self.pk}"

    def take_back(self, now: datetime) -> None:
        """Take its words away for both; that there were some stays."""
        self.text, self.taken_back_at = "", now
        withdrawals.emptied(self)
        self.save()


class Cards(models.Model):
    """A person's wish for cards without touch. Nobody else's, ever."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="cards")
    touch = SealedTextField(owner="user")  # "yes" or "no"

    def __str__(self) -> str:
        return f"cards of {self.pk}"


class HabitQuerySet(AuthoredQuerySet["Habit"]):
    def own(self, user: User | uuid.UUID | OuterRef) -> Self:
        """The only door: one's own, the first first."""
        return super().own(user).order_by("kept_at", "pk")


class Habit(models.Model):
    """An act from a challenge that one person means to keep. Theirs alone, in whatever couple."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="habits")
    what = SealedTextField(owner="author")  # challenge, number and title, with a stroke between
    kept_at = models.DateTimeField()

    objects = HabitQuerySet.as_manager()

    def __str__(self) -> str:
        return f"habit {self.pk}"
