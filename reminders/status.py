"""The state of the promises, for whoever runs this installation: well or not, and why the machine isn't.

From twenty accounts on there are numbers and reasons as well, nobody's name. With fewer a number is somebody's: that
one mail was skipped tells that it was paused, stopped, or that a page is written already. What is said then depends on
no person's act: whether a worker was round, and whether the mail server answers it.
"""

import logging
import smtplib
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count
from django.utils.crypto import constant_time_compare

from accounts.crowd import is_few
from accounts.smtp import EmailBackend, worker_connection
from reminders.models import Choice, Reminder, Suppression, Tick

log = logging.getLogger(__name__)

A_DAY = timedelta(days=1)
SILENT = timedelta(minutes=2)  # a worker that hasn't been round for so long isn't there, nor such a beat
KNOCKS = timedelta(minutes=5)  # so often the mail server is asked whether it is there
UNANSWERED = timedelta(minutes=15)  # one that hasn't answered for so long isn't
ROUND, KNOCKED, ANSWERED = "reminders", "mail server asked", "mail server answered"
REFUSED = "mail server refused"  # the sender
NEXT_BACKUP, LISTED = "next backup", "withdrawals listed"
BEAT, WORKER = "beat", "worker"
SENTENCES = {BEAT: "No beat has rung lately.", WORKER: "No worker has been round lately."}
UNLISTED = timedelta(minutes=15)
PERMANENT = 500  # SMTP's: what stays so however often it is asked


@dataclass(frozen=True)
class Numbers:
    """Numbers of what there is, what became of the last day's, and how far behind it all is."""

    unsettled: dict[str, int]  # by state
    settled: dict[str, int]  # by state and reason, of the last 24 hours
    lag: float  # seconds the oldest due reminder waits
    planner_lag: float  # seconds the oldest wish waits to be written into the ledger
    suppressed: int  # addresses known not to exist
    last_round: str | None  # when a worker was last round; None: none ever came up


@dataclass(frozen=True)
class Report:
    """A report on the machine: why it isn't well, if it isn't; and the numbers, where they are nobody's."""

    why: list[str]
    numbers: Numbers | None

    @property
    def well(self) -> bool:
        return not self.why

    def as_dict(self) -> dict[str, object]:
        return {"well": self.well, "why": self.why} | (asdict(self.numbers) if self.numbers else {})


def report(*, now: datetime) -> Report:
    ticks = dict(Tick.objects.values_list("name", "at"))
    return Report(_why(ticks, now), None if is_few() else _numbers(ticks.get(ROUND), now))


def _why(ticks: dict[str, datetime], now: datetime) -> list[str]:
    last, answered, refused = ticks.get(ROUND), ticks.get(ANSWERED), ticks.get(REFUSED)
    if last is None:
        return ["No worker ever came up."]
    if who := _silent(ticks, now):
        return [SENTENCES[who]]
    if refused is not None and (answered is None or refused > answered):
        return ["The mail server refuses the sender: EMAIL_FROM is to be one that it lets us write as."]
    if answered is None or now - answered > UNANSWERED:
        return ["The mail server doesn't answer."]
    if (listed := ticks.get(LISTED)) is not None and now - listed > UNLISTED:
        return ["The list of withdrawals can't be written (NEARER_WITHDRAWALS)."]
    if (due := ticks.get(NEXT_BACKUP)) is not None and now - due > A_DAY:
        return ["No backup was made lately."]
    return []


def backup_due() -> datetime | None:
    """The moment at which the next backup is due; None where nothing said that any is made by itself."""
    return Tick.objects.filter(name=NEXT_BACKUP).values_list("at", flat=True).first()


def silent(*, now: datetime) -> str:
    """The part that hasn't been heard of lately, the beat or a worker; nothing where both were."""
    return _silent(dict(Tick.objects.values_list("name", "at")), now)


def _silent(ticks: dict[str, datetime], now: datetime) -> str:
    """A worker says nothing where no beat rings, so the beat is named first; one of an older Nearer keeps no note."""
    beat, rounds = ticks.get(BEAT), [ticks[name] for name in (ROUND, LISTED) if name in ticks]
    worked = any(_is_lately(at, now) for at in rounds)
    if beat is None:
        return "" if worked else BEAT
    return BEAT if not _is_lately(beat, now) else "" if worked else WORKER


def _is_lately(at: datetime, now: datetime) -> bool:
    return -SILENT <= now - at <= SILENT  # a clock may be put back


def _numbers(last: datetime | None, now: datetime) -> Numbers:
    settled = Reminder.objects.settled_since(now - A_DAY)
    by_reason = settled.values_list("state", "reason").annotate(n=Count("pk")).order_by("state", "reason")
    by_state = Reminder.objects.unsettled().values_list("state").annotate(n=Count("pk")).order_by("state")
    oldest = Reminder.objects.claimable(now).values_list("due_at", flat=True).first()
    behind = Choice.objects.due(now).order_by("next_at").values_list("next_at", flat=True).first()
    return Numbers(
        unsettled=dict(by_state),
        settled={f"{state} {reason}".strip(): count for state, reason, count in by_reason},
        lag=max((now - oldest).total_seconds(), 0) if oldest else 0.0,
        planner_lag=max((now - behind).total_seconds(), 0) if behind else 0.0,
        suppressed=Suppression.objects.count(),
        last_round=last.isoformat() if last else None,
    )


def note_round(*, now: datetime) -> None:
    """Note that a worker has been round."""
    _tick(ROUND, now)


def note_beat(*, now: datetime) -> None:
    """Note that the beat rings."""
    _tick(BEAT, now)


def note_listed(*, now: datetime) -> None:
    """Note that the list of withdrawals can be written, whether or not there was anything to write."""
    _tick(LISTED, now)


def expect_backup(*, at: datetime | None) -> None:
    """Note when the next backup is due; None: none is made by itself."""
    if at is None:
        Tick.objects.filter(name=NEXT_BACKUP).delete()
    else:
        _tick(NEXT_BACKUP, at)


def knock(*, now: datetime) -> None:
    """Ask the mail server now and then whether it is there and takes us for the sender, mail for anybody or not."""
    lately = Tick.objects.filter(name=KNOCKED, at__gt=now - KNOCKS, at__lte=now)  # a clock may be put back
    if lately.exists():
        return
    _tick(KNOCKED, now)
    connection = worker_connection()
    try:
        connection.open()
        if isinstance(connection, EmailBackend):
            connection.name_sender()
        connection.close()
    except smtplib.SMTPSenderRefused as error:
        log.warning("the mail server refuses the sender: %d", error.smtp_code)
        connection.close()
        if error.smtp_code >= PERMANENT:
            _tick(REFUSED, now)
    except (smtplib.SMTPException, OSError) as error:
        log.warning("the mail server doesn't answer: %s", type(error).__name__)
    else:
        _tick(ANSWERED, now)


def _tick(name: str, now: datetime) -> None:
    Tick.objects.update_or_create(name=name, defaults={"at": now})


def may_ask(authorization: str) -> bool:
    """Whether this `Authorization` header carries the operator's token (`NEARER_STATUS_TOKEN`)."""
    token = settings.NEARER_STATUS_TOKEN
    return bool(token) and constant_time_compare(authorization, f"Bearer {token}")
