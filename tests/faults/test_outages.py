"""A day without workers, and Redis away.

`FAULT_OUTAGE` is how many people are due in the outage (600, more than are planned at once; 10000), `FAULT_REDIS` for
how many seconds Redis is away (5; 60).
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
import redis
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.smtp import LEASE
from reminders import delivery, planning
from reminders.models import Reminder, State
from tests.cast import NOW
from tests.faults.crowd import (
    A_DAY,
    A_MINUTE,
    DUE,
    KIND,
    SENT,
    Hands,
    became,
    crowd,
    environment_of_workers,
    promise,
    say,
    wait_until_settled,
)
from tests.faults.scripted_smtp import ScriptedSMTP
from tests.servers import ROOT, free_port, redis_binary

pytestmark = [
    pytest.mark.fault,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("sqlite" in os.environ["DATABASE_URL"], reason="SQLite has one writer at a time"),
]

DUE_IN_OUTAGE = int(os.environ.get("FAULT_OUTAGE", "600"))


def test_after_a_day_without_workers_nothing_stale_goes_out_and_the_next_evening_comes_once(
    smtp: ScriptedSMTP,
) -> None:
    """Half of them are in the ledger when the workers go, half still have to be planned."""
    in_time = crowd(DUE_IN_OUTAGE // 2, next_at=DUE)
    planning.plan(now=NOW)
    unplanned = crowd(DUE_IN_OUTAGE - len(in_time), next_at=DUE)
    assert Reminder.objects.count() == len(in_time)
    began = time.monotonic()

    def tick(now: datetime) -> None:
        planning.plan(now=now)
        delivery.deliver(clock=Hands(now))

    back = NOW + A_DAY
    tick(back)
    stale = len(smtp.arrivals)
    for moment in (DUE + A_DAY, DUE + A_DAY, DUE + A_DAY + A_MINUTE):
        tick(moment)
    copies, tomorrow = smtp.copies(), (NOW + A_DAY).date().isoformat()
    due_then = set(Reminder.objects.filter(key=tomorrow).values_list("message_id", flat=True))
    stale += len(copies.keys() - due_then)
    say(
        f"24 h outage: {DUE_IN_OUTAGE} due, {stale} stale, next evening's {len(copies)} mails, "
        f"{copies.total() - len(copies)} twice in {time.monotonic() - began:.1f} s"
    )
    assert stale == 0
    assert set(copies.values()) == {1}
    assert {one.to for one in smtp.arrivals} == {user.email for user in in_time + unplanned}
    assert len(copies) == DUE_IN_OUTAGE
    over = Reminder.objects.exclude(key=tomorrow).values_list("state", "reason")
    assert Counter(over) == {("expired", "too late"): DUE_IN_OUTAGE}


REDIS_AWAY = float(os.environ.get("FAULT_REDIS", "5"))


class Redis:
    """One of our own, to be killed."""

    def __init__(self) -> None:
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [redis_binary(), "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self.process = subprocess.Popen(
            [*command, "--appendonly", "no", "--dir", tempfile.gettempdir()], stdout=subprocess.DEVNULL
        )
        in_time = time.monotonic() + 120
        while True:
            with suppress(redis.ConnectionError), redis.Redis(port=self.port) as asked:
                assert asked.info("server")["process_id"] == self.process.pid
                return
            assert time.monotonic() < in_time
            time.sleep(0.02)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(60)


# As every installation has it (supervisord, Compose, systemd): what ends is started again. Celery's worker may end,
# rather than wait, when its broker goes.
AGAIN = 'while :; do "$@"; sleep 1; done'


@contextmanager
def web_worker_and_beat(smtp: ScriptedSMTP, broker: Redis) -> Iterator[str]:
    """The three processes of an installation on this test's database. Gives its address."""
    port, here = free_port(), Path(sys.executable).parent
    url = f"http://localhost:{port}"
    environment = environment_of_workers(smtp) | {
        "REDIS_URL": f"redis://127.0.0.1:{broker.port}/0",
        "NEARER_URL": url,
    }
    celery = [here / "celery", "-A", "config"]
    with tempfile.TemporaryDirectory(prefix="nearer-faults-") as folder, ExitStack() as ending:
        for command in (
            [sys.executable, "-m", "config.server", "--port", port],
            [*celery, "worker", "--concurrency", 2],
            [*celery, "beat", "--schedule", f"{folder}/beat"],
        ):
            log = ending.enter_context((Path(folder) / "log").open("ab"))
            process = subprocess.Popen(
                ["sh", "-c", AGAIN, "sh", *(str(part) for part in command)],
                env=environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            ending.callback(process.wait, 60)
            ending.callback(os.killpg, process.pid, signal.SIGKILL)
        in_time = time.monotonic() + 300
        while True:
            with suppress(OSError), urlopen(f"{url}/health/", timeout=30):
                break
            assert time.monotonic() < in_time, (Path(folder) / "log").read_text()
            time.sleep(0.1)
        yield url


FORM = "f" * 32  # what the form's cookie and its field hold


class Visitor:
    """Somebody at a browser, signed in; counts what the pages answer."""

    def __init__(self, url: str, user: User) -> None:
        self.url, self.answers, self.slowest = url, Counter[int](), 0.0
        client = Client()
        client.force_login(user, backend="couples.access.SeatedBackend")
        self.session = f"; nearer={client.cookies['nearer'].value}"

    def ask(self, path: str, *, stranger: bool = False, **posted: str) -> None:
        form = urlencode(posted | {"csrfmiddlewaretoken": FORM}).encode() if posted else None
        cookies = f"nearer-form={FORM}{'' if stranger else self.session}"
        began = time.monotonic()
        try:
            with urlopen(Request(self.url + path, form, {"Cookie": cookies}), timeout=300) as page:
                self.answers[page.status] += 1
        except HTTPError as error:
            self.answers[error.code] += 1
        self.slowest = max(self.slowest, time.monotonic() - began)

    def look_around(self) -> None:
        self.ask("/account/login/", stranger=True)
        self.ask("/account/login/", stranger=True, login=f"{uuid4()}@example.test", password="not this one")
        self.ask("/account/login/code/", stranger=True, email=f"{uuid4()}@example.test")
        self.ask("/today/")
        self.ask("/settings/reminders/")

    def ask_for_one(self) -> None:
        self.ask(f"/settings/reminders/{KIND}/send/", now="now")


def test_redis_goes_away_for_a_while_and_nobody_sees_it(smtp: ScriptedSMTP) -> None:
    broker = Redis()
    broker.start()
    now = timezone.now()
    people = crowd(16, next_at=now + A_DAY)
    try:
        with web_worker_and_beat(smtp, broker) as url:
            visitors = [Visitor(url, user) for user in people]
            for visitor in visitors[:4]:
                visitor.ask_for_one()
            wait_until_settled(300)
            assert smtp.copies().total() == 4
            smtp.pace = 0.3
            promise(crowd(20, next_at=now + A_DAY), due=timezone.now(), expires=timezone.now() + A_DAY)
            visitors[5].ask_for_one()
            time.sleep(1)
            broker.kill()
            away = time.monotonic() + REDIS_AWAY
            ours = promise(crowd(20, next_at=now + A_DAY), due=timezone.now(), expires=timezone.now() + A_DAY)
            waiting = deque(visitors)

            def browse() -> None:
                while time.monotonic() < away:
                    visitor = waiting.popleft()
                    visitor.ask_for_one()
                    visitor.look_around()
                    waiting.append(visitor)

            with ThreadPoolExecutor(2) as lanes:
                for lane in [lanes.submit(browse) for _ in range(2)]:
                    lane.result()
            broker.start()
            back = time.monotonic()
            stood = Reminder.objects.filter(state=State.SENT).count()
            for visitor in visitors:
                visitor.look_around()
            while Reminder.objects.filter(state=State.SENT).count() == stood:
                assert time.monotonic() < back + LEASE.total_seconds() + 300
                time.sleep(0.05)
            took = time.monotonic() - back
            smtp.pace = 0
            wait_until_settled(300)
    finally:
        broker.kill()
    answers = sum((visitor.answers for visitor in visitors), Counter[int]())
    copies, rows = smtp.copies(), Reminder.objects.count()
    failed = sum(count for code, count in answers.items() if code >= 500)
    say(
        f"Redis away {REDIS_AWAY:g} s: answers {dict(answers)}, {failed} failed, slowest "
        f"{max(visitor.slowest for visitor in visitors):.1f} s; {rows} reminders, {len(copies)} in, "
        f"{copies.total() - len(copies)} twice, on again {took:.1f} s after it was back"
    )
    assert failed == 0
    assert answers.keys() <= {200, 429}
    assert {became(row) for row in ours} == {SENT}
    assert set(copies.values()) == {1}
    assert set(Reminder.objects.values_list("state", flat=True)) == {State.SENT}
    assert copies.keys() >= set(
        Reminder.objects.values_list("message_id", flat=True)
    )  # beside the signing-in mails
