"""Changing to a new entry of the keyring while people read, write and part, on two web processes that are restarted one
after the other: nobody sees a fault.
"""

import base64
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import count, cycle
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from django.conf import settings
from django.test import override_settings
from django.utils import timezone

from accounts.models import DataKey, User
from accounts.rewrapping import entries_in_use
from adventures.models import Wish
from checkins.models import SmallWin
from tests.cast import just_signed_in, pair, person
from tests.faults.crowd import say
from tests.servers import ROOT, environment_of_tests, free_port, note_migrations

pytestmark = [pytest.mark.fault, pytest.mark.story, pytest.mark.django_db(transaction=True)]

NEW = f"new:{base64.b64encode(os.urandom(32)).decode()}"
FORM = "f" * 32  # what the form's cookie and its field hold
PAIRS, LANES = 40, 3


class Web:
    """One web process, to be restarted with another keyring."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, keyring: list[str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "nearer", "serve", "--port", str(self.port), "--workers", "1"],
            cwd=ROOT,
            env=with_keyring(keyring) | {"NEARER_URL": self.url, "LOG_LEVEL": "ERROR"},
            stdout=subprocess.DEVNULL,
        )
        in_time = time.monotonic() + 300
        while True:
            with suppress(OSError), urlopen(f"{self.url}/health/", timeout=30):
                return
            assert self.process.poll() is None, "it ended"
            assert time.monotonic() < in_time
            time.sleep(0.1)

    def end(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(120)

    def restart(self, keyring: list[str]) -> None:
        self.end()
        self.start(keyring)


def with_keyring(keyring: list[str]) -> dict[str, str]:
    return environment_of_tests() | {"NEARER_KEYRING": ",".join(keyring)}


def nearer(keyring: list[str], *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "nearer", *words],
        cwd=ROOT,
        env=with_keyring(keyring),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


class Visitor:
    """Somebody at a browser, whose every request goes to the next of the webs, or past one that is away."""

    def __init__(self, webs: list[Web], user: User) -> None:
        client = just_signed_in(user)
        self.cookies = f"nearer-form={FORM}; nearer={client.cookies['nearer'].value}"
        self.webs, self.answers = cycle(webs), Counter[int]()

    def ask(self, path: str, **posted: str) -> int:
        form = urlencode(posted | {"csrfmiddlewaretoken": FORM}).encode() if posted else None
        while True:
            try:
                with urlopen(
                    Request(next(self.webs).url + path, form, {"Cookie": self.cookies}), timeout=300
                ) as page:
                    code = page.status
            except HTTPError as error:
                code = error.code
            except OSError:  # it is being restarted
                time.sleep(0.02)
                continue
            self.answers[code] += 1
            return int(code)


class Load:
    """Couples who read and write all the time; every now and then one parts, which makes two keys."""

    def __init__(self, webs: list[Web]) -> None:
        people = [(person(f"One{number}"), person(f"Two{number}")) for number in range(PAIRS)]
        for one, other in people:
            pair(one, other)
        self.couples = [(Visitor(webs, one), Visitor(webs, other)) for one, other in people]
        self.waiting = [self.couples.pop() for _ in range(6)]
        self.ended, self.parted = threading.Event(), 0
        self.written, self._numbers, self._counting = set[int](), count(), threading.Lock()

    def go_on(self, lane: int) -> None:
        mine = self.couples[lane::LANES]
        together = list(mine)
        while not self.ended.is_set():
            for one, other in mine:
                for _ in range(2):  # once at each web
                    one.ask("/today/")
                    other.ask("/shared/")
                if self.ended.is_set():
                    return
                with self._counting:
                    number = next(self._numbers)
                if one.ask("/wins/", text=f"planted win {number}") == 200:
                    self.written.add(number)
            if together:
                one, _ = together.pop()
                one.ask("/settings/part/", part="part")
                self.parted += 1

    def part_across(self, here: Web, there: Web) -> None:
        """Two couples part at one web, which makes two keys each; all four go on at the other."""
        for _ in range(2):
            one, other = self.waiting.pop()
            self.couples.append((one, other))
            one.webs = other.webs = cycle([here])
            one.ask("/settings/part/", part="part")
            one.webs = other.webs = cycle([there])
            for visitor in (one, other):
                visitor.ask("/today/")
                visitor.ask("/wishes/", title="a planted wish")  # sealed under the key of the new couple
                visitor.ask("/wishes/")

    @property
    def answers(self) -> Counter[int]:
        return sum((visitor.answers for couple in self.couples for visitor in couple), Counter[int]())


@contextmanager
def under_load(webs: list[Web]) -> Iterator[Load]:
    load = Load(webs)
    with ThreadPoolExecutor(LANES) as lanes:
        going = [lanes.submit(load.go_on, lane) for lane in range(LANES)]
        try:
            yield load
        finally:
            load.ended.set()
        for lane in going:
            lane.result()


def test_a_new_entry_takes_over_under_load_and_nobody_sees_a_fault() -> None:
    note_migrations()
    old, webs = list(settings.NEARER_KEYRING), [Web(), Web()]
    both, began = [NEW, *old], timezone.now()
    try:
        for web in webs:
            web.start(old)
        with under_load(webs) as load:
            webs[0].restart(both)
            load.part_across(*webs)  # one has it in front, the other hasn't heard of it
            webs[1].restart(both)
            assert entries_in_use() == {old[0].partition(":")[0]}
            # What was under way may be wrapped by the former entry yet: it is said, and the next turn takes it.
            for _ in range(10):
                assert "Wrapped anew" in nearer(both, "keys", "rotate", "--restarted")
                if "still wraps something" not in nearer(both, "keys", "check"):
                    break
            assert entries_in_use() == {"new"}
            load.part_across(*webs)
            webs[0].restart([NEW])
            load.part_across(*reversed(webs))  # one has both still
            webs[1].restart([NEW])
            assert nearer([NEW], "keys", "check") == "Every key opens.\n"
    finally:
        for web in webs:
            web.end()
    said = f"{dict(load.answers)}, {len(load.written)} written, {load.parted} parted"
    say(f"rotation with two webs: {said}, in {(timezone.now() - began).total_seconds():.0f} s")
    assert load.answers.keys() <= {200}
    assert SmallWin.objects.count() == len(load.written) > 0
    assert load.parted > 0
    with override_settings(NEARER_KEYRING=[NEW]):
        wishes = [wish.title for wish in Wish.objects.select_related("couple__key")]
    assert wishes == ["a planted wish"] * 12  # of four people each time, who parted at the other web
    assert not DataKey.objects.exclude(keyring_name="new").exists()
