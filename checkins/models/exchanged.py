"""Words of a Day that each of the two puts down and that open once both have: a page, or the answer to a question."""

from collections.abc import Collection
from datetime import date
from typing import ClassVar, Self, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q

from couples.authored import AuthoredQuerySet
from couples.models import Couple, Partner

M = TypeVar("M", bound=models.Model)


class ExchangedQuerySet(AuthoredQuerySet[M]):
    """Rows of one person and Day, with the `put_down` column that says when their words were given to the couple."""

    put_down: ClassVar[str]
    left_open: ClassVar[Q] = Q()  # the rows that the other may read without having put theirs down

    def by_other(self, partner: Partner, day: date) -> Self:
        """The words the other put down on that Day in this couple, whether they can be read or not."""
        return self.on(day).filter(~Q(author=partner.user_id), couple=partner.couple_id, **self._is_put_down)

    def on(self, day: date | OuterRef) -> Self:
        return self.filter(day=day)

    def in_couples(self, couples: Collection[UUID]) -> Self:
        return self.filter(couple__in=couples)

    def between(self, first: date, last: date) -> Self:
        """The Days from `first` to `last`, both included."""
        return self.filter(day__range=(first, last))

    def _shared_with(self, partner: Partner) -> Self:
        """Words the other put down in this couple, on Days on which `partner` did as well or that the other left open.

        Shut as soon as the couple is closed.
        """
        own = self.model._default_manager.filter(
            author=partner.user_id, couple=partner.couple_id, day=OuterRef("day"), **self._is_put_down
        )
        still_open = Couple.objects.filter(pk=partner.couple_id, closed_at__isnull=True)
        return self.filter(
            ~Q(author=partner.user_id),
            self.left_open | Exists(own),
            Exists(still_open),
            couple=partner.couple_id,
            **self._is_put_down,
        )

    def read_by_both(self) -> Self:
        """Words that both of their couple can read, or could until it ended: what waited then is nobody else's."""
        over = Q(couple__closed_at__isnull=False)
        return self.filter(
            over | self.left_open | self._is_answered,
            couple__isnull=False,
            taken_back_at__isnull=True,
            **self._is_put_down,
        )

    def with_read_by_both(self) -> Self:
        """Words, each with `both_read`: whether they are `read_by_both`."""
        both = self.model._default_manager.read_by_both().filter(pk=OuterRef("pk"))  # type: ignore[attr-defined]  # ours
        return self.annotate(both_read=Exists(both))

    @property
    def _is_answered(self) -> Exists:
        """Whether the other of a row's couple put theirs down on its Day."""
        theirs = self.model._default_manager.filter(
            ~Q(author=OuterRef("author")), couple=OuterRef("couple"), day=OuterRef("day"), **self._is_put_down
        )
        return Exists(theirs)

    @property
    def _is_put_down(self) -> dict[str, bool]:
        return {f"{self.put_down}__isnull": False}
