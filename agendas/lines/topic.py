"""A topic that is brought: one that was parked, or a thorn of one's own. Each person brings one at most."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from agendas.line_kinds import LineKind, Read, Reader, TalkLine, register
from agendas.line_rows import every_one, of_couple
from agendas.models import AgendaItem, Part, Topic
from checkins import reading
from checkins.models import CheckIn
from couples.models import Partner


def rows(agendas: Sequence[UUID]) -> QuerySet[Topic]:
    readable = Q(page__isnull=True) | Exists(CheckIn.objects.revealed().filter(pk=OuterRef("page")))
    # "That morning or not in this talk": what is brought is settled as it is laid out.
    topics = of_couple(Topic.objects.wanted().filter(readable), agendas).filter(laid_out_at__isnull=True)
    topics = topics.filter(last__isnull=False)  # the first talk has no such part (`Agenda.parts`): they wait
    # By seat, one of each at most: an order that doesn't tell who parked theirs when.
    seat = Partner.objects.filter(couple=OuterRef("couple"), user=OuterRef("author")).values("seat")
    found: QuerySet[Topic] = topics.annotate(whose=F("author"), seat=Subquery(seat))
    return found


def read(partner: Partner, ids: Collection[UUID], *, now: datetime) -> dict[UUID, Topic]:
    found = Topic.objects.readable_by(partner).not_taken_back().filter(pk__in=ids)
    return {topic.pk: topic for topic in found.with_keys()}


def page_of(topic: Topic) -> Mapping[Read, UUID]:
    """The page that a thorn's words are read on."""
    return {reading.pages: topic.page_id} if topic.page_id is not None else {}


def line(reader: Reader, item: AgendaItem, topic: Topic) -> TalkLine | None:
    own = topic.author_id == reader.partner.user_id
    by = _("you") if own else topic.author.name
    if topic.page_id is None:
        reason = _("saved for this talk by %(name)s") % {"name": by}
        return TalkLine(item, topic.about, reason, own, feel=topic.feel, need=topic.need, topic=topic)
    page = reader.row(reading.pages, topic.page_id)
    if page is None or not page.thorn:
        return None
    reason = _("%(day)s’s thorn, chosen to bring by %(name)s")
    return TalkLine(item, page.thorn, reason % {"day": reader.named(page.day), "name": by}, own, topic=topic)


KIND = register(
    LineKind(
        name="topic",
        part=Part.WEIGHING,
        place=9,
        rows=rows,
        picked=every_one("seat"),
        read=read,
        line=line,
        refers_to=page_of,
    )
)
