"""The evening as Today shows it, asked for by one statement."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.prepared import PreparedTogether
from checkins import comes_back, prompt_preferences, reading, replies, thanking
from couples.authored import ids_of
from couples.models import Partner

_READS = PreparedTogether(
    pages=reading.FOR_TODAY,
    back=comes_back.PAGES,
    wrote=reading.WROTE,
    replies=replies.SAID_ON,
    thanks=thanking.GONE_OUT,
    selections=prompt_preferences.SELECTIONS_OF,
)


@dataclass(frozen=True)
class Tonight:
    """The evening of one Day for one of the two, and what stands beside it."""

    evenings: reading.ForToday
    back: comes_back.Returns
    wrote_lately: bool  # since seven of their evenings before
    heard: replies.Hearing | None  # what was said back, where there is a page both can read
    thanks: list[thanking.Thanked]  # the other's, lately; latest first
    apart: bool  # nothing should need one home


def of(partner: Partner, day: date, *, now: datetime) -> Tonight:
    """Read what Today shows of the evening. One query."""
    found = _READS(
        **ids_of(partner),
        **reading.places_of(day),
        **comes_back.places_of(day),
        quiet_since=reading.quiet_from(partner, day),
        quiet_until=day - timedelta(days=1),
        day=day,
        since=thanking.fresh_since(partner, now=now),
        until=now,
    )
    evenings = reading.laid_out(partner, day, found["pages"])
    evening, said = evenings.tonight, sorted(found["replies"], key=lambda one: one.round)
    return Tonight(
        evenings,
        comes_back.laid_out(partner, day, found["back"]),
        bool(found["wrote"]),
        replies.told_apart(partner, evening, said) if evening.shared else None,
        thanking.fresh(partner, found["thanks"], now=now) if partner.couple.paired else [],
        prompt_preferences.chose_apart(partner, day, found["selections"]),
    )
