"""The page of dates: what is asked, what is next, the month, what was lately. What a surprise hides isn't read here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse

from adventures import calendar, near, occasions, reading
from adventures.calendar import Entry
from adventures.models import DateRhythm, Occasion
from adventures.models.dates import State, table_at
from adventures.proposing import FARTHEST
from adventures.reading import A_DAY, DateCard
from couples.authored import by_people_of, ids_of
from couples.models import Partner


@dataclass(frozen=True)
class Board:
    """Contents of the page of dates."""

    ahead: Sequence[
        tuple[DateCard, Sequence[Entry]]
    ]  # what the other asks for first, then in the order of their times; with what is in the way of a yes
    lately: Sequence[DateCard]  # that happened, latest first
    month: calendar.Month
    rhythm: DateRhythm | None  # that they agreed on


def read(partner: Partner, first: date, *, now: datetime) -> Board:
    """The page of dates with the month that begins on `first`.

    One query, and whatever other rooms have what that takes.
    """
    begins, ends = calendar.bounds(first, partner)
    shown = dict(zip(("first", "last"), calendar.dates(first), strict=True))
    found = near.BOARD(**ids_of(partner), **shown, begins=begins, ends=ends, now=now, **table_at(now))
    cards = reading.seen_of(partner, found["dates"], now)
    happened = [card for card in cards if card.state is State.HAPPENED]
    happened.sort(key=lambda card: card.date.starts_at or now, reverse=True)
    asked = [card.when for card in cards if card.state is State.ASKS and card.when is not None]
    earliest = min([begins, *(at - A_DAY for at in asked)])
    latest_of_all = max([ends, *(at + A_DAY for at in asked)])
    entries = reading.entries_of(partner, cards) + calendar.of_others(partner, earliest, latest_of_all)
    today = partner.user.local(now).date()
    remembered = _days_to_remember(partner, found["occasions"], begins, ends)
    month = calendar.month(first, [*entries, *remembered], today=today, until=today + FARTHEST)
    ahead = [card for card in cards if card.state is not State.HAPPENED and _is_near(card, now)]
    ahead.sort(key=lambda card: card.state is not State.ASKS)
    return Board(
        [(card, _in_the_way(entries, card)) for card in ahead],
        reading.with_these_lines(partner, happened[: near.LATELY], by_people_of(partner, found["lines"])),
        month,
        next(iter(found["rhythm"]), None),
    )


def _in_the_way(entries: Sequence[Entry], card: DateCard) -> list[Entry]:
    """Of these what leaves no room for what the other asks for."""
    if card.state is not State.ASKS or card.when is None:
        return []
    own = reverse("adventures:date", args=[card.date.pk])
    others = [entry for entry in entries if entry.href != own]
    return reading.clashing(others, card.when, card.date.minutes)


def _is_near(card: DateCard, now: datetime) -> bool:
    """Whether it is listed above the month, rather than standing only in the month that is looked at."""
    at = card.date.starts_at
    return card.state in {State.ASKS, State.ASKED} or at is None or at > now - timedelta(days=30)


def _days_to_remember(
    partner: Partner, rows: Iterable[Occasion], begins: datetime, ends: datetime
) -> list[Entry]:
    first = partner.user.local(begins).date()
    last = partner.user.local(ends).date()
    coming = occasions.among(partner, rows, first, within=last - first - timedelta(days=1))
    href = reverse("adventures:occasions")
    return [Entry("occasion", one.occasion.name, href, one.on) for one in coming]
