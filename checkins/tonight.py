"""The evening as Today shows it, asked for by one statement."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.prepared import PreparedTogether
from checkins import comes_back, prompt_preferences, reading, replies, thanking
from couples import days
from couples.authored import ids_of
from couples.models import ASK_LIFE, Partner

_READS = PreparedTogether(
    pages=reading.BETWEEN,
    back=comes_back.PAGES,
    wrote=reading.WROTE,
    said=thanking.SAID,
    replies=replies.SAID_ON,
    thanks=thanking.GONE_OUT,
    selections=prompt_preferences.SELECTIONS_OF,
)


@dataclass(frozen=True)
class Tonight:
    """The evening of one Day for one of the two, and what stands beside it."""

    evenings: reading.ForToday
    back: comes_back.Returns
    heard_on: date | None  # the latest Day, lately, of which the other has something of one's own
    thanked: bool  # one's own thank-you went out within a fortnight
    heard: replies.Hearing | None  # what was said back, where there is a page both can read
    thanks: list[thanking.Thanked]  # the other's, lately; latest first
    apart: bool  # nothing should need one home


def of(partner: Partner, day: date, *, now: datetime) -> Tonight:
    """Read what Today shows of the evening. One query."""
    found = _READS(
        **ids_of(partner),
        **reading.places_of(day),
        **comes_back.places_of(day),
        quiet_since=reading.quiet_from(partner, day - ASK_LIFE),
        kept_since=now + timedelta(days=1) if partner.couple.paired else partner.sat_at,
        quiet_until=day - timedelta(days=1),
        day=day,
        said_since=now - thanking.A_WHILE,
        since=thanking.fresh_since(partner, now=now),
        until=now,
    )
    evenings = reading.laid_out(partner, day, found["pages"])
    said_on = [days.day_of(one.goes_out_at, partner.user.tz) for one in found["said"]]
    evening, said = evenings.tonight, sorted(found["replies"], key=lambda one: one.round)
    return Tonight(
        evenings,
        comes_back.laid_out(partner, day, found["back"]),
        max([*(one.day for one in found["wrote"]), *said_on], default=None),
        bool(said_on),
        replies.told_apart(partner, evening, said) if evening.shared else None,
        thanking.fresh(partner, found["thanks"], now=now) if partner.couple.paired else [],
        prompt_preferences.chose_apart(partner, day, found["selections"]),
    )
