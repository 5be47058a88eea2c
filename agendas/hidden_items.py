"""A rose may be left out of a talk by its writer, who alone knows."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from agendas.errors import TalkBegun
from agendas.models import AgendaItem
from couples.models import Partner
from couples.seats import lock_couple


@transaction.atomic
def leave_out(*, by: Partner, item_id: UUID, now: datetime) -> None:
    """Leave one's own rose out. Twice is once. Raises `AgendaItem.DoesNotExist` or `TalkBegun`."""
    _set(by, item_id, now)


@transaction.atomic
def put_back(*, by: Partner, item_id: UUID) -> None:
    """Put one's own rose back. Twice is once. Raises `AgendaItem.DoesNotExist` or `TalkBegun`."""
    _set(by, item_id, None)


def _set(by: Partner, item_id: UUID, left_out_at: datetime | None) -> None:
    lock_couple(by)
    item = AgendaItem.objects.by(by.user).filter(kind="rose").select_related("agenda").get(pk=item_id)
    if item.agenda.begun_at is not None:
        raise TalkBegun
    if (item.left_out_at is None) != (left_out_at is None):
        item.left_out_at = left_out_at
        item.save(update_fields=["left_out_at"])
