"""A day of a thousand couples in four zones, by a clock that is moved on from one evening to the next: real workers and
beats, two of each, and every hour one of them is killed.

`DAY_COUPLES` is how many couples there are.
"""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from datetime import time as wall_time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from accounts.models import User
from couples import days
from couples.models import Couple, Partner
from reminders.models import Choice, Reminder
from tests.faults.crowd import KIND, crowd, environment_of_workers, say
from tests.faults.moved_clock import MovedClock
from tests.faults.scripted_smtp import ScriptedSMTP
from tests.servers import ROOT, note_migrations

pytestmark = [
    pytest.mark.fault,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("sqlite" in os.environ["DATABASE_URL"], reason="SQLite has one writer at a time"),
]

COUPLES = int(os.environ.get("DAY_COUPLES", "1000"))
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Sydney")
HALF_PAST_EIGHT, OTHERS = wall_time(20, 30), (wall_time(18, 5), wall_time(22, 10))
AN_HOUR = timedelta(hours=1)
BEFORE = timedelta(seconds=20)  # the clock is put to so long before a mail is due
PATIENCE = 240  # seconds a wave may take
LAG = timedelta(seconds=60)


class Processes:
    """Two workers and two beats; one that is killed is started again, as by any supervisor."""

    def __init__(self, folder: Path, clock: MovedClock, environment: dict[str, str]) -> None:
        nearer = (sys.executable, "-m", "tests.faults.moved_clock", str(clock.file))
        beat, worker = (*nearer, "beat", "--schedule"), (*nearer, "worker")
        self.commands = {
            "worker 1": [*worker, "--hostname", "one@here"],
            "worker 2": [*worker, "--hostname", "two@here"],
            "beat 1": [*beat, str(folder / "beat-1")],
            "beat 2": [*beat, str(folder / "beat-2")],
        }
        self.log, self.environment = folder / "log", environment
        self.running = {name: self._start(name) for name in self.commands}

    def _start(self, name: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self.commands[name], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )

    def kill(self, name: str) -> None:
        self.running[name].kill()
        self.running[name].wait(10)
        self.running[name] = self._start(name)

    def end(self) -> None:
        for process in self.running.values():
            process.kill()
            process.wait(10)


def a_town(now: datetime) -> list[User]:
    """So many couples, a quarter in each zone; nine of ten people want the mail at half past eight."""
    people: list[User] = []
    for zone in ZONES:
        some = crowd(2 * COUPLES // len(ZONES), zone=zone)
        people += some
        # Each two of them sit in the couple of the first.
        for one, other in zip(some[::2], some[1::2], strict=True):
            couple = Couple.objects.get(partners__user=one)
            Couple.objects.filter(partners__user=other).update(closed_at=now)
            Couple.objects.filter(pk=couple.pk).update(paired=True)
            Partner.objects.filter(user=other).update(left_at=now)
            Partner.objects.create(couple=couple, user=other, seat=2, sat_at=now)
    choices = list(Choice.objects.filter(kind=KIND).select_related("user").order_by("pk"))
    for number, choice in enumerate(choices):
        choice.at = OTHERS[number // 10 % len(OTHERS)] if number % 10 == 0 else HALF_PAST_EIGHT
        choice.next_at = days.next_at(now, choice.at, ZoneInfo(choice.user.zone))[1]
    Choice.objects.bulk_update(choices, ["at", "next_at"], batch_size=500)
    return people


def hours(start: datetime) -> Iterator[tuple[datetime, list[datetime]]]:
    """Each hour of the day, with the moments in it at which mails are due."""
    wished = Choice.objects.filter(kind=KIND, next_at__isnull=False).values_list("next_at", flat=True)
    due = sorted({moment for moment in wished if moment is not None})
    for number in range(24):
        begins = start + number * AN_HOUR
        yield begins, [moment for moment in due if begins <= moment < begins + AN_HOUR]


@pytest.fixture
def clock(tmp_path: Path) -> MovedClock:
    noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    return MovedClock(tmp_path, noon + timedelta(days=1))


def test_a_day_of_a_thousand_couples(clock: MovedClock, smtp: ScriptedSMTP, tmp_path: Path) -> None:
    note_migrations()
    chance, began, start = random.Random(20), time.monotonic(), clock.now()
    people = a_town(start)
    running = Processes(tmp_path, clock, environment_of_workers(smtp))
    killed, lags, seen = Counter[str](), list[timedelta](), 0
    try:
        for hour, moments in hours(start):
            victim = chance.choice(sorted(running.commands))
            clock.move_to(hour)
            for moment in moments:
                clock.move_to(moment - BEFORE)
                wave = Choice.objects.filter(kind=KIND, next_at=moment).count()
                in_time, struck = time.monotonic() + PATIENCE, moment is not moments[0]
                while len(smtp.arrivals) < seen + wave or Reminder.objects.unsettled().exists():
                    if not struck and len(smtp.arrivals) >= seen + wave // 4:  # in the middle of it
                        running.kill(victim)
                        killed[victim.split()[0]] += 1
                        struck = True
                    assert time.monotonic() < in_time, (moment, wave, running.log.read_text()[-3000:])
                    time.sleep(0.05)
                arrived = [clock.at(one.at) - moment for one in smtp.arrivals[seen:]]
                seen = len(smtp.arrivals)
                lags += arrived
                say(
                    f"{moment:%H:%M} UTC: {wave} due, {len(arrived)} came, the last {max(arrived).seconds} s after"
                )
            if not moments:
                running.kill(victim)
                killed[victim.split()[0]] += 1
                time.sleep(1)
        clock.move_to(start + 24 * AN_HOUR)
    finally:
        running.end()
    copies = smtp.copies()
    twice = copies.total() - len(copies)
    became = Counter(Reminder.objects.filter(due_at__lt=start + 24 * AN_HOUR).values_list("state", "reason"))
    lags.sort()
    say(
        f"a day of {COUPLES} couples: {len(people)} due, {dict(became)}, {len(copies)} in, {twice} twice after "
        f"{dict(killed)} killed; lag median {lags[len(lags) // 2].total_seconds():.0f} s, of 99 in 100 "
        f"{lags[len(lags) * 99 // 100].total_seconds():.0f}, longest {lags[-1].total_seconds():.0f} s; "
        f"took {time.monotonic() - began:.0f} s"
    )
    assert dict(became) == {("sent", ""): len(people)}
    assert {one.to for one in smtp.arrivals} == {user.email for user in people}
    assert killed.total() == 24
    assert twice <= killed["worker"]  # a mail that was handed over and not yet settled
    assert lags[0] >= timedelta(0)
    assert lags[-1] <= LAG
