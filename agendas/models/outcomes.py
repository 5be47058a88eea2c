"""Models of what comes of a talk: notes, what was said to one another, and what each will do."""

import json
import uuid
from collections.abc import Collection
from typing import Self, TypeVar

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from accounts.sealed import SealedTextField
from accounts.shown import fingerprint
from agendas.models.talks import Agenda, Part
from couples.authored import AuthoredQuerySet
from couples.models import Couple, Partner

N = TypeVar("N", bound="Noted")


class NotedQuerySet(AuthoredQuerySet[N]):
    """Rows of one author that belong to a talk."""

    def shared_with(self, partner: Partner) -> Self:
        """The second door: the other's, of this couple. Shut as soon as the couple is closed."""
        still_open = Couple.objects.filter(pk=partner.couple_id, closed_at__isnull=True)
        return self.filter(
            ~Q(author=partner.user_id), Exists(still_open), self._out(), agenda__couple=partner.couple_id
        )

    def readable_by(self, partner: Partner) -> Self:
        """Rows through both doors, and what the two agreed on while this person sat there."""
        theirs = type(self)(self.model).shared_with(partner).filter(pk=OuterRef("pk"))
        joint = Q(pk__in=[])
        if (agreed := self._agreed()) is not None:
            sat = Partner.objects.filter(couple=OuterRef("agenda__couple"), user=partner.user_id)
            joint = agreed & Q(Exists(sat))
        return self.filter(Q(author=partner.user_id) | Exists(theirs) | joint).with_people_of(partner)

    def in_talks(self, agendas: Collection[uuid.UUID]) -> Self:
        return self.filter(agenda__in=agendas)

    def with_keys(self) -> Self:
        """Rows with the author's key at hand: two people's, whoever wrote."""
        return self.select_related("author__key")

    def _out(self) -> Q:
        """When the other may read it."""
        return Q()

    def _agreed(self) -> Q | None:
        """When it is joint, so that it stays readable for both after parting."""
        return None


class Noted(models.Model):
    """One person's words of a talk, sealed under their key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agenda = models.ForeignKey(Agenda, on_delete=models.CASCADE, related_name="%(class)ss")
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    text = SealedTextField(owner="author")
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class NoteQuerySet(NotedQuerySet["Note"]):
    def _out(self) -> Q:
        return Q(shown_at__isnull=False)

    def _agreed(self) -> Q:
        return Q(agreed_at__isnull=False)

    def on(self, agenda: Agenda, part: int) -> Self:
        return self.filter(agenda=agenda, part=part)

    def settled(self) -> Self:
        """Notes that both have approved and nobody took back."""
        return self.filter(agreed_at__isnull=False, taken_back_at__isnull=True)


class Note(Noted):
    """A note of one person in one part of a talk. Its writer's until they show it by approving it (`shown_at`); once
    the other has approved it from their own sign-in (`agreed_at`: always the other) it can be added to, not changed.
    """

    part = models.PositiveSmallIntegerField(choices=Part)
    earlier = SealedTextField(owner="author")  # what stood there after it could be read, as a JSON list
    shown_at = models.DateTimeField(null=True, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True)
    written_at = models.DateTimeField()

    added: "list[Addition]"  # where a page shows what was added since

    objects = NoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agenda", "author", "part"], name="agendas_note_one_a_part"),
            models.CheckConstraint(
                condition=Q(shown_at__isnull=False) | Q(agreed_at__isnull=True, taken_back_at__isnull=True),
                name="agendas_note_agreed_was_shown",
            ),
        ]

    @property
    def shown(self) -> str:
        """A fingerprint of what stands here, so that approving and changing are on just that."""
        return fingerprint("note", self.text)

    @property
    def revisions(self) -> list[str]:
        """The texts that stood here before it was changed, oldest first."""
        revisions: list[str] = json.loads(self.earlier) if self.earlier else []
        return revisions

    def strip_private(self) -> None:
        """Take what stood there before off this row in memory: who is no partner any more reads what was agreed on."""
        self.earlier = ""

    def keep_revision(self) -> None:
        """Remember what stands here before it is written over."""
        self.earlier = json.dumps([*self.revisions, self.text], ensure_ascii=False)


class AdditionQuerySet(AuthoredQuerySet["Addition"]):
    def beside(self, notes: Collection[uuid.UUID]) -> "AdditionQuerySet":
        """Additions to these notes, in the order they were written."""
        return self.filter(note__in=notes).select_related("author__key").order_by("added_at", "pk")

    def in_talk(self, agenda: Agenda) -> "AdditionQuerySet":
        """Additions to what came of this talk, in the order they were written."""
        return self.filter(Q(agenda=agenda) | Q(note__agenda=agenda)).order_by("added_at", "pk")

    def left_over(self, agenda: Agenda) -> "AdditionQuerySet":
        """Additions in this talk to notes that went with their writer's account, in the order they were written."""
        return self.filter(note=None, agenda=agenda).order_by("added_at", "pk")

    def readable_by(self, partner: Partner) -> "AdditionQuerySet":
        """Additions of one's own, and the other's as long as they are a couple: what was agreed on is the note, not
        what one saw differently since.
        """
        still_open = Couple.objects.filter(pk=partner.couple_id, closed_at__isnull=True)
        theirs = Q(Exists(still_open), note__agenda__couple=partner.couple_id)
        return self.filter(Q(author=partner.user_id) | theirs).with_people_of(partner)


class Addition(models.Model):
    """An addition, "I see this differently now", which either makes to a note that both have approved. It outlives
    the note, where that goes with its writer's account.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agenda = models.ForeignKey(Agenda, on_delete=models.CASCADE, null=True, related_name="+")  # of the note
    note = models.ForeignKey(Note, on_delete=models.SET_NULL, null=True, related_name="additions")
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    text = SealedTextField(owner="author")
    added_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)

    objects = AdditionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"addition {self.pk}"


class SayingQuerySet(NotedQuerySet["Saying"]):
    def hopes(self) -> Self:
        return self.filter(kind=Saying.Kind.HOPE, taken_back_at__isnull=True)


class Saying(Noted):
    """A line in "what felt loving": one thing the other did that was noticed, or one thing that would do its writer
    good.

    A hope comes back, to the one it was told to and nobody else, until the next talk.
    """

    class Kind(models.TextChoices):
        NOTICED = "noticed"
        HOPE = "hope"

    kind = models.CharField(max_length=8, choices=Kind)
    said_at = models.DateTimeField()

    objects = SayingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agenda", "author", "kind"],
                condition=Q(taken_back_at__isnull=True),
                name="agendas_saying_one_a_kind",
            )
        ]


class ActionQuerySet(NotedQuerySet["Action"]):
    def open(self) -> Self:
        """Actions neither done, let go nor taken back."""
        return self.filter(done_at__isnull=True, dropped_at__isnull=True, taken_back_at__isnull=True)

    def _agreed(self) -> Q:
        return Q(who=Action.Who.WE)


class Action(Noted):
    """An action: "I'll …" or "We'll …", never "you". One that is neither done, carried on nor let go falls away by
    itself.
    """

    class Who(models.TextChoices):
        I = "i"  # noqa: E741  # as people say it
        WE = "we"

    who = models.CharField(max_length=2, choices=Who)
    part = models.PositiveSmallIntegerField(choices=Part)
    added_at = models.DateTimeField()
    carried_to = models.ForeignKey(
        Agenda, on_delete=models.SET_NULL, null=True, blank=True, related_name="carried"
    )
    done_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)

    objects = ActionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(dropped_at__isnull=True),
                name="agendas_action_done_or_let_go",
            )
        ]
