"""An evening's page: one check-in per person and Day, and the draft it is written in."""

import json
import uuid
from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Length

from accounts.models import User
from accounts.sealed import BLANK, SealedTextField
from checkins.models.exchanged import ExchangedQuerySet
from checkins.words import LINES, NEARNESS, PRIVATE_SIDE, CheckInText
from couples.authored import AuthoredQuerySet
from couples.models import Couple, Partner

# What the other never reads, whatever is shared.
PRIVATE = (*(f"{kind}_kept" for kind in LINES), *PRIVATE_SIDE)


class Line(NamedTuple):
    """One line as a page shows it."""

    kind: str  # of LINES
    text: str
    revisions: list[str]  # what stood there before, oldest first; "" if it wasn't there
    more: str = ""  # what was added once it had been said back


class CheckInQuerySet(ExchangedQuerySet["CheckIn"]):
    put_down, left_open = "shared_at", Q(open_at__isnull=False)

    def shared_with(self, partner: Partner) -> "CheckInQuerySet":
        """The second door: what the other shared in this couple, on Days that `partner` shared as well or that the
        other left open, without what they keep to themselves.

        Shut as soon as the couple is closed.
        """
        return self._shared_with(partner).defer(*PRIVATE)

    def readable_by(self, partner: Partner) -> "CheckInQuerySet":
        """Pages through both doors, in one query, asked last of all. Only `checkins.reading` goes through: it takes
        the private side off the other's pages. A union, because each half has an index of its own: an OR reads
        everybody's evenings.
        """
        return self.own(partner.user_id).union(self._shared_with(partner), all=True)

    def revealed(self) -> "CheckInQuerySet":
        """Pages that the other of their couple can read. For what counts and lists pages: it reads no words."""
        return self.filter(
            Q(open_at__isnull=False) | self._is_answered,
            couple__isnull=False,
            shared_at__isnull=False,
            taken_back_at__isnull=True,
        )

    def heard(self, kept_since: datetime) -> "CheckInQuerySet":
        """Pages that the other can read, or that were written with nobody beside one; and evenings said aloud. Of those
        kept, the ones since that moment: it is when somebody alone sat down.
        """
        aloud = Q(shared_at__isnull=True, kept_at__isnull=True)
        open_now = Q(open_at__isnull=False) | self._is_answered
        revealed = Q(open_now, couple__isnull=False, shared_at__isnull=False, taken_back_at__isnull=True)
        return self.filter(aloud | Q(couple__paired=False) | Q(kept_at__gte=kept_since) | revealed)

    def open_alone(self, since: datetime) -> "CheckInQuerySet":
        """Pages that somebody alone since then finds among what they wrote: not what they kept from somebody before."""
        return self.filter(Q(shared_at__isnull=False) | Q(kept_at__gte=since))

    def waiting_in(self, couple: Couple) -> "CheckInQuerySet":
        """Pages shared with this couple that the other of it couldn't read so far."""
        shut = self.filter(open_at__isnull=True, taken_back_at__isnull=True)
        return shut.filter(~self._is_answered, couple=couple, shared_at__isnull=False)

    def open_to_both(self) -> "CheckInQuerySet":
        """Pages of a couple that is still open, where both shared theirs and neither took it back."""
        theirs = CheckIn.objects.filter(
            ~Q(author=OuterRef("author")),
            couple=OuterRef("couple"),
            day=OuterRef("day"),
            shared_at__isnull=False,
            taken_back_at__isnull=True,
        )
        return self.filter(
            Exists(theirs),
            couple__closed_at__isnull=True,
            shared_at__isnull=False,
            taken_back_at__isnull=True,
        )

    def holding(self, kind: str) -> "CheckInQuerySet":
        """Pages with words in this line, as far as its length tells: nothing is opened."""
        return self.alias(size=Length(kind)).filter(size__gt=BLANK)

    def on_any(self, on: Collection[date]) -> "CheckInQuerySet":
        return self.filter(day__in=on)

    def of_the_same_day(self) -> "CheckInQuerySet":
        """The pages of the Day of a page, in a question about that page's answers."""
        return self.filter(day=OuterRef(OuterRef("day")))

    def with_keys(self) -> "CheckInQuerySet":
        """Pages with the author's key at hand, so that reading the words costs no further query."""
        return self.select_related("author__key")


class CheckIn(models.Model):
    """Rose, bud and thorn of one person's Day, sealed under their key: shared with the couple, kept, or said aloud.

    `rose`, `bud` and `thorn` are what is shared when the page is; a line kept for oneself stands in its own column, so
    that whoever reads `rose` can't read too much.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Both are found through the indexes below, which begin with them.
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="check_ins", db_index=False)
    couple = models.ForeignKey(
        Couple, on_delete=models.SET_NULL, null=True, blank=True, related_name="check_ins", db_index=False
    )
    day = models.DateField()
    rose = SealedTextField(owner="author")
    bud = SealedTextField(owner="author")
    thorn = SealedTextField(owner="author")
    rose_kept = SealedTextField(owner="author", null=True)
    bud_kept = SealedTextField(owner="author", null=True)
    thorn_kept = SealedTextField(owner="author", null=True)
    # What its writer added to the thorn after it was said back: "there's a bit more".
    thorn_more = SealedTextField(owner="author", null=True)
    note = SealedTextField(owner="author", null=True)
    closeness = SealedTextField(owner="author", null=True)  # "1" (far off) … "5" (very close), or ""
    # {"rose": [what stood there first, …], …}: only of lines that were changed after they could be read
    earlier = SealedTextField(owner="author", null=True)
    shared_at = models.DateTimeField(null=True, blank=True)
    kept_at = models.DateTimeField(null=True, blank=True)
    talked_at = models.DateTimeField(null=True, blank=True)  # "we talked", as this person says
    open_at = models.DateTimeField(null=True, blank=True)  # left open: read without an answer
    taken_back_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)

    # Of one's own page, as `checkins.reading` reads it: whether the other can't read the thorn any more.
    thorn_is_back = False
    # Only of rows `with_read_by_both`.
    both_read: bool

    objects = CheckInQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["author", "day"], name="checkins_checkin_one_a_person_and_day"),
            models.CheckConstraint(
                condition=Q(shared_at__isnull=True) | Q(kept_at__isnull=True),
                name="checkins_checkin_shared_or_kept",
            ),
            models.CheckConstraint(
                condition=Q(shared_at__isnull=False) | Q(kept_at__isnull=False) | Q(talked_at__isnull=False),
                name="checkins_checkin_shared_kept_or_aloud",
            ),
            models.CheckConstraint(
                condition=Q(shared_at__isnull=True, couple__isnull=True) | Q(shared_at__isnull=False),
                name="checkins_checkin_unshared_is_nobody_elses",
            ),
            models.CheckConstraint(
                condition=Q(open_at__isnull=True, taken_back_at__isnull=True) | Q(shared_at__isnull=False),
                name="checkins_checkin_open_or_taken_back_was_shared",
            ),
        ]
        indexes = [models.Index(fields=["couple", "day"], name="checkins_checkin_couple_day")]

    def __str__(self) -> str:
        return f"check-in {self.pk}"

    def is_open_alone(self, since: datetime) -> bool:
        """Whether it is one of those `open_alone`."""
        return self.shared_at is not None or (self.kept_at is not None and self.kept_at >= since)

    @property
    def lines(self) -> list[tuple[str, str]]:
        """The lines that hold words (of a shared page: what the other may read), as (kind, words), in their order."""
        return [(kind, words) for kind in LINES if (words := getattr(self, kind))]

    @property
    def kept_lines(self) -> list[tuple[str, str]]:
        """The lines its writer kept, as (kind, words). Raises `Withheld` on the other's page."""
        return [(kind, words) for kind in LINES if (words := getattr(self, f"{kind}_kept"))]

    @property
    def revisions(self) -> dict[str, list[str]]:
        """The texts that stood in each line before it was changed, oldest first. "" is a line that wasn't there."""
        revisions: dict[str, list[str]] = json.loads(self.earlier) if self.earlier else {}
        return revisions

    @property
    def shown(self) -> list[Line]:
        """The lines that hold words, or did once they could be read, with what stood there before; but for a thorn that
        is its writer's again.
        """
        return [line for line in self._shown if line.kind != "thorn" or not self.thorn_is_back]

    @property
    def _shown(self) -> list[Line]:
        revisions = self.revisions
        more = {"thorn": self.thorn_more or ""}
        shown = (
            Line(kind, getattr(self, kind), revisions.get(kind, []), more.get(kind, "")) for kind in LINES
        )
        return [line for line in shown if line.text or line.revisions]

    @property
    def kept_shown(self) -> list[Line]:
        """The lines that stand behind the closed row: the lines its writer kept, and a thorn that is theirs again."""
        back = [line for line in self._shown if line.kind == "thorn"] if self.thorn_is_back else []
        return [*(Line(kind, text, []) for kind, text in self.kept_lines), *back]

    @property
    def nearness(self) -> str:
        """The closeness it had for its writer, as a word, or "". Raises `Withheld` on the other's page."""
        return str(NEARNESS.get(self.closeness or "", ""))

    @property
    def words(self) -> CheckInText:
        """The words that stand here, as their writer wrote them. Raises `Withheld` on the other's page."""
        kept = dict(self.kept_lines)
        lines = {kind: kept.get(kind) or getattr(self, kind) for kind in LINES}
        return CheckInText(
            **lines,
            **{name: getattr(self, name) or "" for name in PRIVATE_SIDE},
            kept=frozenset(kept),
            open=self.open_at is not None,
        )

    def put(self, words: CheckInText) -> None:
        """Write `words` on the page, each line where it belongs. Nothing is stored yet."""
        for kind, line in words.lines.items():
            setattr(self, kind, words.offered[kind])
            setattr(self, f"{kind}_kept", line if kind in words.kept else "")
        self.put_private_side(words)

    def put_private_side(self, words: CheckInText) -> None:
        for name, text in words.private.items():
            setattr(self, name, text)

    def keep_revisions(self, kinds: Collection[str]) -> None:
        """Keep what stands in these lines before they are written over."""
        revisions = self.revisions
        for kind in kinds:
            revisions.setdefault(kind, []).append(getattr(self, kind))
        self.earlier = json.dumps(revisions, ensure_ascii=False) if revisions else ""

    def strip_thorn(self) -> None:
        """Take the thorn off this row in memory, with what was added to it and what stood there before."""
        revisions = {kind: stood for kind, stood in self.revisions.items() if kind != "thorn"}
        self.earlier = json.dumps(revisions, ensure_ascii=False) if revisions else ""
        self.thorn = self.thorn_more = ""

    def strip_private(self) -> None:
        """Take the private side off this row in memory: from here on reading it raises `Withheld`."""
        for name in PRIVATE:
            self.__dict__.pop(name, None)


class DraftQuerySet(AuthoredQuerySet["Draft"]):
    def on(self, day: date) -> "DraftQuerySet":
        return self.filter(day=day)

    def between(self, first: date, last: date) -> "DraftQuerySet":
        return self.filter(day__range=(first, last))


class Draft(models.Model):
    """A draft of what somebody is writing, before they share or keep it. Nobody else's, ever; gone once it is put
    away.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts", db_index=False)
    day = models.DateField()
    rose = SealedTextField(owner="author")
    bud = SealedTextField(owner="author")
    thorn = SealedTextField(owner="author")
    note = SealedTextField(owner="author")
    closeness = SealedTextField(owner="author")
    ticks = SealedTextField(owner="author")  # the boxes that are ticked: "thorn open"
    version = models.PositiveIntegerField()
    tab = models.CharField(max_length=32)
    save_number = models.PositiveIntegerField(default=0, db_column="stroke")

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["author", "day"], name="checkins_draft_one_a_person_and_day")
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}"

    @property
    def lines(self) -> list[tuple[str, str]]:
        """The lines that hold words, as (kind, words), in their order."""
        return [(kind, words) for kind in LINES if (words := getattr(self, kind))]

    @property
    def shown(self) -> list[Line]:
        return [Line(kind, text, []) for kind, text in self.lines]

    @property
    def words(self) -> CheckInText:
        ticks = set(self.ticks.split())
        lines = {kind: getattr(self, kind) for kind in LINES}
        return CheckInText(
            **lines,
            **{name: getattr(self, name) or "" for name in PRIVATE_SIDE},
            kept=frozenset(ticks & set(LINES)),
            open="open" in ticks,
        )

    def put(self, words: CheckInText) -> None:
        """Write `words` into the draft. Nothing is stored yet."""
        for name, text in (words.lines | words.private).items():
            setattr(self, name, text)
        self.ticks = " ".join([*sorted(words.kept), *(["open"] if words.open else [])])
