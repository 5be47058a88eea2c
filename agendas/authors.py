"""The two people at hand, for the rows of either."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from accounts.models import User
from couples.models import Partner


def with_authors(partner: Partner, rows: Iterable[Any]) -> list[Any]:
    """Rows with the people at hand that the request already has."""
    people: dict[UUID, User] = {partner.user_id: partner.user}
    if partner.other is not None:
        people[partner.other.user_id] = partner.other.user
    found = list(rows)
    for row in found:
        row.author = people.get(row.author_id, row.author)
    return found
