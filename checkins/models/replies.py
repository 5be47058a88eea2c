"""Models of what one says back to the other's thorn, so that it is heard."""

import uuid
from collections.abc import Collection
from datetime import date

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from accounts.sealed import SealedTextField
from checkins.models.evenings import CheckIn
from checkins.words import SaidBack
from couples.authored import AuthoredQuerySet
from couples.models import Couple, Partner


class ReplyQuerySet(AuthoredQuerySet["Reply"]):
    def shared_with(self, partner: Partner) -> "ReplyQuerySet":
        """The second door: what the other said back to `partner`'s thorns. Shut as soon as the couple is closed."""
        still_open = Couple.objects.filter(pk=partner.couple_id, closed_at__isnull=True)
        return self.filter(
            ~Q(author=partner.user_id),
            Exists(still_open),
            couple=partner.couple_id,
            page__author=partner.user_id,
        )

    def readable_by(self, partner: Partner) -> "ReplyQuerySet":
        """Replies through both doors."""
        theirs = Reply.objects.shared_with(partner).filter(pk=OuterRef("pk"))
        return self.filter(Q(author=partner.user_id) | Exists(theirs)).with_people_of(partner)

    def on(self, day: date) -> "ReplyQuerySet":
        return self.filter(day=day)

    def beside(self, pages: Collection[uuid.UUID]) -> "ReplyQuerySet":
        """Replies to the thorns of these pages, in the order they were said."""
        return self.filter(page__in=pages).order_by("page", "round")

    def open(self) -> "ReplyQuerySet":
        """Replies neither answered nor taken back."""
        return self.filter(heard_at__isnull=True, more_at__isnull=True, taken_back_at__isnull=True)


class Reply(models.Model):
    """A listening reply in up to three steps: said back, the feeling named, why it makes sense. Each may be empty.

    The thorn's writer answers "that's it" (`heard_at`) or "there's a bit more" (`more_at`): it is always they who do,
    so no column says by whom.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="replies")
    couple = models.ForeignKey(
        Couple, on_delete=models.SET_NULL, null=True, blank=True, related_name="replies"
    )
    # Gone with the page's writer; the words said back stay with whoever said them.
    page = models.ForeignKey(
        CheckIn, on_delete=models.SET_NULL, null=True, blank=True, related_name="replies", db_index=False
    )
    day = models.DateField()  # of the thorn
    round = models.PositiveSmallIntegerField()
    back = SealedTextField(owner="author")
    feeling = SealedTextField(owner="author")
    sense = SealedTextField(owner="author")
    ending = SealedTextField(owner="author")  # "more": ends with "Is there more?"
    sent_at = models.DateTimeField()
    heard_at = models.DateTimeField(null=True, blank=True)
    more_at = models.DateTimeField(null=True, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    objects = ReplyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["page", "round"], name="checkins_reply_one_a_round"),
            models.CheckConstraint(condition=Q(round__in=[1, 2]), name="checkins_reply_two_rounds"),
            models.CheckConstraint(
                condition=Q(heard_at__isnull=True) | Q(more_at__isnull=True),
                name="checkins_reply_heard_or_more",
            ),
        ]

    def __str__(self) -> str:
        return f"reply {self.pk}"

    @property
    def words(self) -> SaidBack:
        """The words that were said."""
        return SaidBack(self.back, self.feeling, self.sense, self.ending == "more")
