"""Topics each brings to the talk: parked during the week, or a thorn of their own. One at a time; the rest waits."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Window
from django.db.models.functions import RowNumber

from accounts import withdrawals
from accounts.errors import Gone
from accounts.undoing import CannotUndo, State, row_of, state
from agendas.errors import NobodyToTalkTo, TopicGone
from agendas.models import Agenda, AgendaItem, Topic
from checkins import reading
from checkins.models import CheckIn
from couples import days
from couples.models import Partner
from couples.seats import lock, lock_both

A_PRESS = timedelta(minutes=10)  # the same words again within it are a second press of the button
LOOK_BACK = timedelta(days=7)  # so far back one's own thorns are offered
LINE = [field.name for field in AgendaItem._meta.fields]
LONG_LOOK = timedelta(weeks=4)  # and so far a thorn that keeps coming back is looked for


@dataclass(frozen=True)
class TopicWords:
    """A topic in one's own words."""

    about: str
    feel: str = ""
    need: str = ""


@transaction.atomic
def park(*, by: Partner, words: TopicWords, now: datetime) -> Topic:
    """Put something off until the talk. The first one waiting is brought by itself. Raises `NobodyToTalkTo`."""
    _lock(by)
    waiting = waiting_of(by)
    for topic in waiting:
        if topic.parked_at > now - A_PRESS and words_of(topic) == words:
            return topic
    brought = any(topic.wanted_at is not None for topic in waiting)
    return Topic.objects.create(
        author=by.user,
        couple=by.couple,
        about=words.about,
        feel=words.feel,
        need=words.need,
        parked_at=now,
        wanted_at=None if brought else now,
    )


@transaction.atomic
def bring(*, by: Partner, topic_id: UUID | None, now: datetime) -> None:
    """Bring this one to the next talk, or none: the others wait. Twice is once.

    Raises `TopicGone` or `NobodyToTalkTo`.
    """
    _lock(by)
    waiting = waiting_of(by)
    if topic_id is not None and topic_id not in {topic.pk for topic in waiting}:
        raise TopicGone
    _want(waiting, topic_id, now)


@transaction.atomic
def bring_thorn(*, by: Partner, day: date, now: datetime) -> Topic:
    """Bring one's own thorn of that Day, which the other can read already.

    Raises `TopicGone` or `NobodyToTalkTo`; twice is once.
    """
    _lock(by)
    offered = thorns(by, own_evenings(by, now=now), now=now)
    page = next((page for page in offered if page.day == day), None)
    if page is None:
        raise TopicGone
    waiting = waiting_of(by)
    found = next((topic for topic in waiting if topic.page_id == page.pk), None)
    if found is None:
        _want(waiting, None, now)
        return Topic.objects.create(author=by.user, couple=by.couple, page=page, parked_at=now, wanted_at=now)
    _want(waiting, found.pk, now)
    return found


@transaction.atomic
def not_this_time(*, by: Partner, topic_id: UUID) -> dict[str, Any] | None:
    """Take one's own topic off the talk it was laid out for, unless it was talked about: it waits. Raises `Gone`.

    Returns what was there until now; twice is once: None.
    """
    lock_both(by)
    topic = _own(by, topic_id)
    lines = list(_on_the_table(topic))
    if topic.talked_at is not None or (topic.wanted_at is None and not lines):
        return None
    before = {"wanted_at": None if topic.wanted_at is None else str(topic.wanted_at)}
    found = {"topic": str(topic.pk), **before, "lines": [state(line, LINE) for line in lines]}
    _off_the_table(topic)
    topic.wanted_at = None
    topic.save(update_fields=["wanted_at"])
    return found


@transaction.atomic
def bring_after_all(
    *, by: Partner, topic: str, wanted_at: str | None, lines: list[State], now: datetime
) -> None:
    """Bring a topic again that was to wait, in its place on the list. Raises `CannotUndo` where another is brought by
    now, or the talk was begun.
    """
    _lock(by)
    waiting = waiting_of(by)
    found = next((one for one in waiting if str(one.pk) == topic), None)
    if found is None or any(one.wanted_at is not None for one in waiting):
        raise CannotUndo
    for line in lines:
        _lay_out_again(by, line)
    found.wanted_at = None if wanted_at is None else datetime.fromisoformat(wanted_at)
    found.save(update_fields=["wanted_at"])


def _lay_out_again(by: Partner, line: State) -> None:
    agenda = UUID(line["agenda"] or "")
    ahead = Agenda.objects.of(by.couple).open().filter(pk=agenda, begun_at__isnull=True)
    taken = AgendaItem.objects.by(by.user).filter(agenda=agenda, kind="topic")
    if not ahead.exists() or taken.exists():
        raise CannotUndo
    AgendaItem.objects.create(**row_of(AgendaItem, line))


@transaction.atomic
def take_back(*, by: Partner, topic_id: UUID, now: datetime) -> None:
    """Take one's own topic away: gone where it wasn't talked about; else "taken back" stays. Raises `Gone`."""
    lock(by.user)
    topic = _own(by, topic_id)
    if topic.talked_at is None:
        _off_the_table(topic)
        withdrawals.removed(topic)
        topic.delete()
    elif topic.taken_back_at is None:
        topic.about, topic.feel, topic.need, topic.page = "", "", "", None
        topic.taken_back_at = now
        withdrawals.emptied(topic, "page")
        topic.save()


def talked(agenda: Agenda, *, now: datetime) -> None:
    """Mark what was brought as talked about: the talk has gone past it, and it needn't be brought again."""
    brought = AgendaItem.objects.filter(agenda=agenda, kind="topic").values("source")
    Topic.objects.in_couples([agenda.couple_id]).filter(pk__in=brought).update(talked_at=now, wanted_at=None)


def promote(couples: Collection[UUID], *, now: datetime) -> None:
    """Promote what somebody parked first, where they bring nothing yet. Set-based."""
    waiting = Topic.objects.in_couples(couples)
    brings = waiting.filter(author=OuterRef("author"), couple=OuterRef("couple"), wanted_at__isnull=False)
    place = Window(
        RowNumber(),
        partition_by=[F("author"), F("couple")],
        order_by=[F("parked_at").asc(), F("pk").asc()],
    )
    first = waiting.filter(~Exists(brings)).annotate(place=place).filter(place=1)
    ids = list(first.values_list("pk", flat=True))
    if ids:
        Topic.objects.filter(pk__in=ids).update(wanted_at=now)


def waiting_of(partner: Partner) -> list[Topic]:
    """One's own topics that wait or are brought, as they were parked."""
    found = list(Topic.objects.own(partner.user).waiting(partner.couple).select_related("page"))
    for topic in found:
        if topic.page is not None:
            topic.page.author = partner.user
    return found


def own_evenings(partner: Partner, *, now: datetime) -> list[reading.Evening]:
    """One's evenings of the last weeks, latest first. One query."""
    today = days.day_of(now, partner.user.tz)
    return reading.between(partner, today - LONG_LOOK, today, now=now)


def thorns(partner: Partner, evenings: Iterable[reading.Evening], *, now: datetime) -> list[CheckIn]:
    """One's own thorns of the last days that the other can read, latest first: what there is to choose from."""
    since = days.day_of(now, partner.user.tz) - LOOK_BACK
    pages = [one.mine for one in evenings if one.readable and one.mine is not None and one.day >= since]
    return [page for page in pages if page.taken_back_at is None and page.thorn]


def thorns_of(evenings: Iterable[reading.Evening]) -> dict[date, str]:
    """One's own thorns, shared or kept, by Day: for the writer's eyes alone."""
    words = {one.day: one.mine.words.thorn for one in evenings if one.mine is not None}
    return {day: thorn for day, thorn in words.items() if thorn}


def words_of(topic: Topic) -> TopicWords:
    return TopicWords(topic.about, topic.feel, topic.need)


def _want(waiting: Collection[Topic], topic_id: UUID | None, now: datetime) -> None:
    """Bring one of these and no other. A thorn that isn't brought isn't kept as a topic: it is still a thorn."""
    for topic in waiting:
        if topic.pk == topic_id or topic.wanted_at is None:
            continue
        if topic.page_id is not None and not _is_on_the_table(topic):
            topic.delete()
        else:
            topic.wanted_at = None
            topic.save(update_fields=["wanted_at"])
    if topic_id is not None:
        Topic.objects.filter(pk=topic_id, wanted_at__isnull=True).update(wanted_at=now)


def _is_on_the_table(topic: Topic) -> bool:
    return AgendaItem.objects.filter(kind="topic", source=topic.pk).exists()


def _on_the_table(topic: Topic) -> QuerySet[AgendaItem]:
    return AgendaItem.objects.filter(kind="topic", source=topic.pk, agenda__closed_at__isnull=True)


def _off_the_table(topic: Topic) -> None:
    _on_the_table(topic).delete()


def _own(by: Partner, topic_id: UUID) -> Topic:
    topic = Topic.objects.own(by.user).filter(pk=topic_id).first()
    if topic is None:
        raise Gone
    return topic


def _lock(by: Partner) -> None:
    if not lock_both(by):
        raise NobodyToTalkTo
