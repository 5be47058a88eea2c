"""Topics that are brought to a talk, as one of the two reads them on its page, and the pages that thorns stand on."""

from datetime import datetime
from uuid import UUID

from accounts.prepared import Prepared, PreparedTogether
from agendas.line_kinds import Reader, TalkLine
from agendas.lines import topic
from agendas.models import Agenda, AgendaItem, Topic
from agendas.models.topics import TopicQuerySet
from checkins import reading
from checkins.models import CheckIn
from checkins.models.evenings import CheckInQuerySet
from couples import days
from couples.authored import by_people_of, ids_of
from couples.models import Partner


def lines(partner: Partner, agenda: Agenda, *, now: datetime) -> list[TalkLine]:
    """The lines of what is brought: the titles, visible from the morning on. One query."""
    found, today = _BROUGHT(**ids_of(partner), agenda=agenda.pk), days.day_of(now, partner.user.tz)
    topics = {row.pk: row for row in by_people_of(partner, found["topics"])}
    pages = reading.by_id(partner, found["pages"], today)
    reader = Reader(partner, agenda, today, {topic.read: topics, reading.pages: pages})
    items = sorted(found["items"], key=lambda item: (item.added_at, item.rank, item.pk))
    read = (topic.KIND.line_of(reader, item) for item in items)
    return [line for line in read if line is not None]


def _topics(*, user: UUID, couple: UUID, agenda: UUID) -> TopicQuerySet:
    partner = Partner(user_id=user, couple_id=couple)
    return Topic.objects.readable_by(partner).brought_to(Agenda(pk=agenda)).not_taken_back()


def _pages(*, user: UUID, couple: UUID, agenda: UUID) -> CheckInQuerySet:
    of_topics = _topics(user=user, couple=couple, agenda=agenda).values("page")
    return CheckIn.objects.filter(pk__in=of_topics).readable_by(Partner(user_id=user, couple_id=couple))


_BROUGHT = PreparedTogether(
    items=Prepared(
        lambda agenda: AgendaItem.objects.filter(agenda=agenda, kind=topic.KIND.name).laid_out(), agenda=UUID
    ),
    topics=Prepared(
        lambda user, couple, agenda: _topics(user=user, couple=couple, agenda=agenda).with_keys(),
        user=UUID,
        couple=UUID,
        agenda=UUID,
    ),
    pages=Prepared(_pages, user=UUID, couple=UUID, agenda=UUID),
)
