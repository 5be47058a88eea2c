"""Rows that one person wrote, read with the people a request has at hand."""

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
            for row in self._result_cache or ():
                self._attach(row)

    def _attach(self, row: Any) -> None:
        author, partner = row.__dict__.get("author_id"), self._partner
        if self._user is not None and author == self._user.pk:
            row.author = self._user
        elif partner is not None and author == partner.user_id:
            row.author = partner.user
        elif partner is not None and partner.other is not None and author == partner.other.user_id:
            row.author = partner.other.user
