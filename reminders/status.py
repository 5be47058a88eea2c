"""How the promises stand, for whoever runs this installation: numbers and reasons, nobody's name."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count
from django.utils.crypto import constant_time_compare

from reminders.models import Choice, Reminder, Suppression, Tick

A_DAY = timedelta(days=1)
SILENT = timedelta(minutes=2)  # a worker that hasn't been round for so long isn't there
ROUND = "reminders"


@dataclass(frozen=True)
class Standing:
    """What there is, what became of the last day's, and how far behind it all is."""

    unsettled: dict[str, int]  # by state
    settled: dict[str, int]  # by state and reason, of the last 24 hours
    lag: float  # seconds the oldest due reminder waits
    planner_lag: float  # seconds the oldest wish waits to be written into the ledger
    suppressed: int  # addresses known not to exist
    last_round: datetime | None  # None: no worker ever came up
    silent: bool  # whether the worker is missing

    def as_dict(self) -> dict[str, object]:
        return {
            **self.__dict__,
            "last_round": self.last_round.isoformat() if self.last_round else None,
        }


def standing(*, now: datetime) -> Standing:
    unsettled = Reminder.objects.unsettled()
    settled = Reminder.objects.settled_since(now - A_DAY)
    by_reason = settled.values_list("state", "reason").annotate(n=Count("pk")).order_by("state", "reason")
    by_state = unsettled.values_list("state").annotate(n=Count("pk")).order_by("state")
    oldest = Reminder.objects.claimable(now).values_list("due_at", flat=True).first()
    behind = Choice.objects.due(now).order_by("next_at").values_list("next_at", flat=True).first()
    last = Tick.objects.filter(name=ROUND).values_list("at", flat=True).first()
    return Standing(
        unsettled=dict(by_state),
        settled={f"{state} {reason}".strip(): count for state, reason, count in by_reason},
        lag=max((now - oldest).total_seconds(), 0) if oldest else 0.0,
        planner_lag=max((now - behind).total_seconds(), 0) if behind else 0.0,
        suppressed=Suppression.objects.count(),
        last_round=last,
        silent=last is None or now - last > SILENT,
    )


def note_round(*, now: datetime) -> None:
    """A worker has been round."""
    Tick.objects.update_or_create(name=ROUND, defaults={"at": now})


def may_ask(authorization: str) -> bool:
    """Whether this `Authorization` header carries the operator's token (`NEARER_STATUS_TOKEN`)."""
    token = settings.NEARER_STATUS_TOKEN
    return bool(token) and constant_time_compare(authorization, f"Bearer {token}")
