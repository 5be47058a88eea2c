"""The talk: how often two people hold one, each agenda, and the lines that were laid out for it."""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.zones import clock, validate_zone
from couples.models import Couple


class Part(models.IntegerChoices):
    """The parts of a talk, in their order; which of them one has, its `Agenda.parts` say."""

    THANKS = 1, _("Thank-yous")
    RIGHT = 2, _("What went right")
    WEIGHING = 3, _("What is weighing on us")
    TRACK = 4, _("Are we on track")
    LOVING = 5, _("What felt loving")
    AHEAD = 6, _("The time ahead")


LAID_OUT_BEFORE = timedelta(hours=15)  # of its beginning: an evening's talk in its morning


class Every(models.TextChoices):
    WEEK = "week"
    MONTH = "month"  # on the first such weekday


class RhythmQuerySet(models.QuerySet["Rhythm"]):
    def current(self) -> "RhythmQuerySet":
        return self.filter(ended_at__isnull=True)

    def of(self, couples: Collection[uuid.UUID]) -> "RhythmQuerySet":
        return self.filter(couple__in=couples)


class Rhythm(models.Model):
    """A rhythm of talks the two agreed on: how often, on which weekday, at what time on which clock, for how long."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    couple = models.ForeignKey(Couple, on_delete=models.CASCADE, related_name="rhythms", db_index=False)
    every = models.CharField(max_length=5, choices=Every)
    weekday = models.PositiveSmallIntegerField()  # of the Day; Monday is 0
    at = models.TimeField()
    # The clock it was agreed on: where either of them is later changes nothing, so that a zone can't be told by it.
    zone = models.CharField(max_length=64, validators=[validate_zone])
    minutes = models.PositiveSmallIntegerField()
    agreed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = RhythmQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["couple"],
                condition=Q(ended_at__isnull=True),
                name="agendas_rhythm_one_stands_a_couple",
            ),
            models.CheckConstraint(condition=Q(minutes__in=[20, 30, 60]), name="agendas_rhythm_length"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="agendas_rhythm_weekday"),
        ]

    def __str__(self) -> str:
        return f"rhythm {self.pk}"

    @property
    def tz(self) -> ZoneInfo:
        return clock(self.zone)


class AgendaQuerySet(models.QuerySet["Agenda"]):
    def of(self, couple: Couple) -> "AgendaQuerySet":
        return self.filter(couple=couple)

    def open(self) -> "AgendaQuerySet":
        """Agendas that are ahead, laid out or being held: neither skipped nor over."""
        return self.filter(closed_at__isnull=True)

    def held(self) -> "AgendaQuerySet":
        """Talks that were begun."""
        return self.filter(begun_at__isnull=False)

    def due(self, now: datetime) -> "AgendaQuerySet":
        """Agendas for which a worker has something to do by now."""
        return self.filter(due_at__lte=now).order_by("due_at")

    def seen_by(self, user: User) -> "AgendaQuerySet":
        """Agendas of every couple this person sat in, the present one and those before."""
        return self.filter(couple__partners__user=user).annotate(seat=F("couple__partners__seat"))

    def in_calendar(self, first: datetime, last: datetime) -> "AgendaQuerySet":
        """Agendas for a month: begun in these days, or ahead (wherever that is); not those that were left out."""
        begun = Q(begun_at__isnull=False, starts_at__gte=first, starts_at__lt=last)
        return self.filter(begun | Q(closed_at__isnull=True)).order_by("starts_at")

    def begun_before(self, moment: datetime) -> "AgendaQuerySet":
        return self.filter(begun_at__lt=moment)

    def between(self, first: datetime, last: datetime) -> "AgendaQuerySet":
        """Agendas begun from `first` to before `last`."""
        return self.filter(begun_at__gte=first, begun_at__lt=last)


class Agenda(models.Model):
    """One talk of a couple: when it is, what was laid out for it, and how far they are.

    Nothing says who began it, swapped turns, took a break or had enough: any of that is either's.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    couple = models.ForeignKey(Couple, on_delete=models.CASCADE, related_name="agendas", db_index=False)
    slot = models.DateField()  # the Day of the rhythm it stands for, wherever it was moved
    starts_at = models.DateTimeField()
    zone = models.CharField(max_length=64)
    minutes = models.PositiveSmallIntegerField()
    since_on = models.DateField()  # the first Day it is built from
    # The talk begun before it, however many were left out between.
    previous = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    due_at = models.DateTimeField(null=True, blank=True)  # when a worker next has something to do
    laid_out_at = models.DateTimeField(null=True, blank=True)
    begun_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # Being held. Times are the server's; every screen shows the same.
    part = models.PositiveSmallIntegerField(choices=Part, default=Part.THANKS)
    speaks = models.PositiveSmallIntegerField(null=True, blank=True)  # the seat whose turn it is
    turn = models.PositiveIntegerField(default=0)  # how many turns were begun
    turn_began_at = models.DateTimeField(null=True, blank=True)
    turn_ends_at = models.DateTimeField(null=True, blank=True)
    rests_at = models.DateTimeField(null=True, blank=True)  # since when it rests
    break_until = models.DateTimeField(null=True, blank=True)
    touched_at = models.DateTimeField(null=True, blank=True)  # when anything was last done

    # Only of rows `seen_by` somebody: which seat was theirs.
    seat: int

    objects = AgendaQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["couple", "slot"], name="agendas_agenda_one_a_slot"),
            models.UniqueConstraint(
                fields=["couple"], condition=Q(closed_at__isnull=True), name="agendas_agenda_one_open"
            ),
            models.CheckConstraint(
                condition=Q(begun_at__isnull=True) | Q(laid_out_at__isnull=False),
                name="agendas_agenda_begun_was_laid_out",
            ),
            models.CheckConstraint(
                condition=Q(begun_at__isnull=False) | Q(ended_at__isnull=True, touched_at__isnull=True),
                name="agendas_agenda_ended_was_begun",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(due_at__isnull=True),
                name="agendas_agenda_closed_is_not_due",
            ),
            models.CheckConstraint(
                condition=Q(speaks__isnull=True, turn_began_at__isnull=True, turn_ends_at__isnull=True)
                | Q(speaks__in=[1, 2], turn_began_at__isnull=False, turn_ends_at__gte=F("turn_began_at")),
                name="agendas_agenda_turn_is_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(break_until__isnull=True) | Q(rests_at__isnull=False),
                name="agendas_agenda_break_is_rest",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="agendas_agenda_due"),
        ]

    def __str__(self) -> str:
        return f"agenda {self.pk}"

    @property
    def is_first(self) -> bool:
        """Whether this couple began no talk before it; one that was left out doesn't count."""
        return self.previous_id is None

    @property
    def parts(self) -> list[Part]:
        """The parts it has, in their order. In the first talk of a couple nothing is weighed."""
        return [part for part in Part if part != Part.WEIGHING or not self.is_first]

    @property
    def was_weighed(self) -> bool:
        """Whether the two have come to what is weighing on them, where turns are taken: they are there, or took one."""
        return self.part == Part.WEIGHING or self.turn > 0

    @property
    def is_laid_out(self) -> bool:
        return self.laid_out_at is not None

    @property
    def is_running(self) -> bool:
        """Whether it was begun and isn't over."""
        return self.begun_at is not None and self.ended_at is None


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    def laid_out(self) -> "AgendaItemQuerySet":
        """Items in their order: as they were added, and never otherwise; without roses that were left out."""
        return self.filter(left_out_at__isnull=True).order_by("part", "added_at", "rank", "pk")

    def of_part(self, part: int) -> "AgendaItemQuerySet":
        return self.filter(part=part)

    def by(self, user: User) -> "AgendaItemQuerySet":
        return self.filter(author=user)


class AgendaItem(models.Model):
    """One item of an agenda. It refers to its source and copies nothing: whoever may not read that reads nothing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agenda = models.ForeignKey(Agenda, on_delete=models.CASCADE, related_name="items", db_index=False)
    part = models.PositiveSmallIntegerField(choices=Part)
    kind = models.CharField(max_length=8)  # a name of agendas.line_kinds
    source = models.UUIDField()
    author = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    added_at = models.DateTimeField()
    rank = models.PositiveIntegerField()
    left_out_at = models.DateTimeField(null=True, blank=True)  # by its author, who alone knows

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agenda", "kind", "source"], name="agendas_item_once"),
            models.UniqueConstraint(
                fields=["agenda", "author"], condition=Q(kind="topic"), name="agendas_item_one_topic_each"
            ),
        ]
        indexes = [models.Index(fields=["source"], name="agendas_item_source")]

    def __str__(self) -> str:
        return f"item {self.pk}"
