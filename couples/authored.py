"""Rows that one person wrote, read with the people a request has at hand."""

from collections.abc import Iterable
from typing import Any, Self, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import OuterRef
from django.db.models.query import ModelIterable

from accounts.models import User
from couples.models import Partner

M = TypeVar("M", bound=models.Model)


class AuthoredQuerySet(models.QuerySet[M]):
    """Rows with an `author`, under whose key their words are sealed.

    Whoever is at hand already becomes the author of their rows, so that opening the words asks for nobody's key.
    """

    _user: User | None = None
    _partner: Partner | None = None

    def own(self, user: User | UUID | OuterRef) -> Self:
        """The first door: one's own rows, in whatever couple they were written."""
        found = self.filter(author=user)
        found._user = user if isinstance(user, User) else None
        return found

    def with_people_of(self, partner: Partner) -> Self:
        """Rows as they are, with `partner` and whoever sits beside them as the authors of theirs."""
        found = self.all()
        found._partner = partner
        return found

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]  # Django's own hook, without types
        clone._user, clone._partner = self._user, self._partner
        return clone

    def _fetch_all(self) -> None:
        asked = self._result_cache is None
        super()._fetch_all()
        if asked and self._iterable_class is ModelIterable:
            at_hand = [] if self._user is None else [self._user]
            _attach(self._result_cache or (), at_hand + _people_of(self._partner))


def ids_of(partner: Partner) -> dict[str, UUID]:
    """The places of a prepared read that a seat fills: whose it is, and in which couple."""
    return {"user": partner.user_id, "couple": partner.couple_id}


def by_people_of(partner: Partner, rows: list[M]) -> list[M]:
    """Rows of a prepared read with `partner` and whoever sits beside them as the authors of theirs."""
    _attach(rows, _people_of(partner))
    return rows


def _people_of(partner: Partner | None) -> list[User]:
    if partner is None:
        return []
    return [partner.user] if partner.other is None else [partner.user, partner.other.user]


def _attach(rows: Iterable[Any], people: list[User]) -> None:
    at_hand = {person.pk: person for person in reversed(people)}
    for row in rows:
        author = at_hand.get(row.__dict__.get("author_id"))
        if author is not None:
            row.author = author
