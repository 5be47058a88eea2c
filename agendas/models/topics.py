"""Models of what each brings: a topic parked for the talk, or a thorn of their own that they chose."""

import uuid
from collections.abc import Collection

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from accounts.sealed import SealedTextField
from agendas.models.talks import Agenda, AgendaItem
from checkins.models import CheckIn
from couples.authored import AuthoredQuerySet
from couples.models import Couple, Partner


class TopicQuerySet(AuthoredQuerySet["Topic"]):
    def shared_with(self, partner: Partner) -> "TopicQuerySet":
        """The second door: what the other brought to a talk of this couple. Shut as soon as the couple is closed."""
        still_open = Couple.objects.filter(pk=partner.couple_id, closed_at__isnull=True)
        return self.filter(
            ~Q(author=partner.user_id), Exists(still_open), _brought(), couple=partner.couple_id
        )

    def readable_by(self, partner: Partner) -> "TopicQuerySet":
        """Topics through both doors."""
        theirs = Topic.objects.shared_with(partner).filter(pk=OuterRef("pk"))
        return self.filter(Q(author=partner.user_id) | Exists(theirs)).with_people_of(partner)

    def waiting(self, couple: Couple) -> "TopicQuerySet":
        """Topics parked for a talk of this couple and not talked about yet, in the order they were parked."""
        return self.filter(couple=couple, talked_at__isnull=True).order_by("parked_at", "pk")

    def in_couples(self, couples: Collection[uuid.UUID]) -> "TopicQuerySet":
        return self.filter(couple__in=couples, talked_at__isnull=True)

    def not_taken_back(self) -> "TopicQuerySet":
        return self.filter(taken_back_at__isnull=True)

    def brought_to(self, agenda: Agenda) -> "TopicQuerySet":
        """Topics laid out for this talk: one of each person at most."""
        lines = AgendaItem.objects.filter(agenda=agenda, kind="topic", source=OuterRef("pk"))
        return self.filter(Exists(lines))

    def with_keys(self) -> "TopicQuerySet":
        return self.select_related("author__key")

    def wanted(self) -> "TopicQuerySet":
        """Topics their writers bring to the next talk."""
        return self.filter(wanted_at__isnull=False, talked_at__isnull=True)


def _brought() -> Exists:
    return Exists(AgendaItem.objects.filter(kind="topic", source=OuterRef("pk")))


class Topic(models.Model):
    """A topic to talk about: in one's own words, or a thorn of one's own (`page`), whose words stand where they are.

    Nobody else's until the talk it is brought to is laid out; then its title (`about`) is, and in the talk the rest.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="topics", db_index=False)
    couple = models.ForeignKey(Couple, on_delete=models.CASCADE, related_name="topics")
    page = models.ForeignKey(CheckIn, on_delete=models.CASCADE, null=True, blank=True, related_name="topics")
    about = SealedTextField(owner="author")
    feel = SealedTextField(owner="author")
    need = SealedTextField(owner="author")
    parked_at = models.DateTimeField()
    wanted_at = models.DateTimeField(null=True, blank=True)  # to be brought next time
    talked_at = models.DateTimeField(null=True, blank=True)
    taken_back_at = models.DateTimeField(
        null=True, blank=True
    )  # of what was brought: before, it is simply gone

    objects = TopicQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["author", "couple"],
                condition=Q(wanted_at__isnull=False, talked_at__isnull=True),
                name="agendas_topic_one_is_brought",
            )
        ]
        indexes = [models.Index(fields=["author", "parked_at"], name="agendas_topic_author")]

    def __str__(self) -> str:
        return f"topic {self.pk}"
