"""Questions for the two: what each would like to be asked, their own questions, and what they answered."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.db.models import Exists, Q

from accounts.models import User
from accounts.sealed import SealedTextField
from checkins.models.exchanged import ExchangedQuerySet
from couples.authored import AuthoredQuerySet
from couples.models import ASK_LIFE, Couple, Partner


class PromptPreferenceQuerySet(models.QuerySet["PromptPreference"]):
    def of(self, people: Iterable[User]) -> "PromptPreferenceQuerySet":
        return self.filter(user__in=people)


class PromptPreference(models.Model):
    """A person's wish for how deep they are asked, and about which seasons of life. Nobody else's, ever."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="prompt_preference"
    )
    depth = SealedTextField(owner="user")  # "1" light, "2" warmer, "3" deep
    seasons = SealedTextField(owner="user")  # their ids, with spaces between

    objects = PromptPreferenceQuerySet.as_manager()

    class Meta:
        db_table = "checkins_taste"

    def __str__(self) -> str:
        return f"prompt preference of {self.pk}"


class PromptSelectionQuerySet(models.QuerySet["PromptSelection"]):
    def of(self, couple: Couple) -> "PromptSelectionQuerySet":
        return self.filter(couple=couple).order_by("first_day")


class PromptSelection(models.Model):
    """The Day from which on a couple is asked from which part of the deck: the gentler of two private choices.

    Written when that changes, for the next Day, so that tonight's question stays and none comes twice.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    couple = models.ForeignKey(
        Couple, on_delete=models.CASCADE, related_name="prompt_selections", db_index=False
    )
    first_day = models.DateField()
    depth = SealedTextField(owner="couple")
    seasons = SealedTextField(owner="couple")

    objects = PromptSelectionQuerySet.as_manager()

    class Meta:
        db_table = "checkins_deal"
        constraints = [
            models.UniqueConstraint(fields=["couple", "first_day"], name="checkins_deal_one_a_day")
        ]

    def __str__(self) -> str:
        return f"prompt selection {self.pk}"


class OwnPromptQuerySet(AuthoredQuerySet["OwnPrompt"]):
    def shared_with(self, partner: Partner) -> "OwnPromptQuerySet":
        """The second door: the other's questions in this couple, until it is closed."""
        still_open = Couple.objects.filter(pk=partner.couple_id, closed_at__isnull=True)
        theirs = self.filter(~Q(author=partner.user_id), Exists(still_open), couple=partner.couple_id)
        return theirs.with_people_of(partner)

    def readable_by(self, partner: Partner) -> "OwnPromptQuerySet":
        """Questions through both doors, in one query, asked last of all."""
        return self.own(partner.user).union(self.shared_with(partner), all=True).with_people_of(partner)

    def with_keys(self) -> "OwnPromptQuerySet":
        return self.select_related("author__key")

    def not_taken_back(self) -> "OwnPromptQuerySet":
        """Questions not taken back."""
        return self.filter(taken_back_at__isnull=True)

    def waiting(self, now: datetime) -> "OwnPromptQuerySet":
        """Questions the other may still say yes to: they fade after seven days."""
        return self.not_taken_back().filter(agreed_on__isnull=True, asked_at__gt=now - ASK_LIFE)


class OwnPrompt(models.Model):
    """A question one of the two wrote, signed. It joins the deck once the other says "yes, ask us"."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="own_prompts")
    couple = models.ForeignKey(
        Couple, on_delete=models.SET_NULL, null=True, blank=True, related_name="own_prompts"
    )
    text = SealedTextField(owner="author")
    asked_at = models.DateTimeField()
    agreed_on = models.DateField(null=True, blank=True)  # the Day after which it is in the deck
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_on = models.DateField(null=True, blank=True)  # the Day after which it is out of the deck

    objects = OwnPromptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True, taken_back_on__isnull=True)
                | Q(taken_back_at__isnull=False, taken_back_on__isnull=False),
                name="checkins_ownprompt_taken_back_at_and_on",
            )
        ]

    def __str__(self) -> str:
        return f"own prompt {self.pk}"

    def is_waiting(self, now: datetime) -> bool:
        """Whether the other may still say yes to it."""
        return self.taken_back_at is None and self.agreed_on is None and self.asked_at > now - ASK_LIFE


class AnswerQuerySet(ExchangedQuerySet["Answer"]):
    put_down = "written_at"

    def readable_by(self, partner: Partner) -> "AnswerQuerySet":
        """Answers through both doors, in one query, asked last of all. A union, because each half has an index of its
        own.
        """
        return self.own(partner.user).union(self.shared_with(partner), all=True).with_people_of(partner)

    def shared_with(self, partner: Partner) -> "AnswerQuerySet":
        """The second door: the other's answers of Days that `partner` answered as well. Shut once the couple closed."""
        return self._shared_with(partner)

    def open_alone(self, since: datetime) -> "AnswerQuerySet":
        """Answers that somebody alone since then finds among what they wrote: as with pages, not what waited before."""
        return self.filter(Q(couple__isnull=False) | Q(written_at__gte=since))

    def waiting_in(self, couple: Couple) -> "AnswerQuerySet":
        """Answers written in this couple that the other of it couldn't read so far."""
        return self.filter(~self._is_answered, couple=couple)


class Answer(models.Model):
    """An answer of one of the two to the question of a Day, in writing (opens once both have) or aloud."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="answers", db_index=False)
    couple = models.ForeignKey(
        Couple, on_delete=models.SET_NULL, null=True, blank=True, related_name="answers", db_index=False
    )
    day = models.DateField()
    prompt = models.CharField(max_length=64)  # its id in the deck, or that of an own one
    text = SealedTextField(owner="author")
    written_at = models.DateTimeField(null=True, blank=True)
    talked_at = models.DateTimeField(null=True, blank=True)  # "we talked about it", as this person says
    taken_back_at = models.DateTimeField(null=True, blank=True)

    # Only of rows `with_read_by_both`.
    both_read: bool

    objects = AnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["author", "day"], name="checkins_answer_one_a_person_and_day"),
            models.CheckConstraint(
                condition=Q(written_at__isnull=False) | Q(talked_at__isnull=False),
                name="checkins_answer_written_or_aloud",
            ),
        ]
        indexes = [models.Index(fields=["couple", "day"], name="checkins_answer_couple_day")]

    def __str__(self) -> str:
        return f"answer {self.pk}"

    def is_open_alone(self, since: datetime) -> bool:
        """Whether it is one of those `open_alone`."""
        return self.couple_id is not None or (self.written_at is not None and self.written_at >= since)
