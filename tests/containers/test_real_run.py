"""docker-compose.yml for real: both images built, every container started, two people at Caddy's door, and then each
container killed in turn. `make containers-real`; without an engine it is skipped, and says so.
"""

import http.client
import logging
import signal
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import FrameType
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserType

from tests.containers.catcher import Catcher
from tests.containers.engine import NAME, Containers, docker, engine, trusting
from tests.fixtures import CHROMIUM_FLAGS, chromium
from tests.journeys.person import Person, evening_zone

pytestmark = pytest.mark.slow
log = logging.getLogger(__name__)
STAYING = (
    "mail-catcher",
    "beat",
    "backup",
    "worker",
    "redis",
    "postgres",
    "web",
    "caddy",
)  # in the order they are killed
ALICES = ("the planted frost on the fence", "planted broth for friday", "a planted queue at the chemist")
NOTE = """async ([token, text]) => {
    try {
        const body = new URLSearchParams({csrfmiddlewaretoken: token, text});
        const answer = await fetch("/wins/", {method: "POST", body, signal: AbortSignal.timeout(20000)});
        return answer.ok && answer.redirected && new URL(answer.url).pathname == "/wins/";
    } catch { return false; }
}"""


def _ended(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt  # so that what was started is ended


@pytest.fixture(scope="module")
def containers() -> Iterator[Containers]:
    """Built, started, all well; and nothing of it is left afterwards."""
    if not (version := engine()):
        pytest.skip("No container engine answers on this machine: nothing was built or started.")
    running, before = Containers(), signal.signal(signal.SIGTERM, _ended)
    try:
        began = time.monotonic()
        running.build()
        log.info("engine %s: images built in %.0f s", version, time.monotonic() - began)
        began = time.monotonic()
        running.start()
        log.info("all well %.0f s after the start", time.monotonic() - began)
        yield running
    finally:
        left = running.end()
        signal.signal(signal.SIGTERM, before)
    assert left == []


@pytest.fixture
def window(containers: Containers, browser_type: BrowserType) -> Iterator[Browser]:
    """A browser that finds the installation by its name. Whether Caddy's certificate holds is a test of its own."""
    rules = f"--host-resolver-rules=MAP {NAME}:443 127.0.0.1:{containers.port}"
    flags = [*CHROMIUM_FLAGS, rules, "--ignore-certificate-errors"]
    opened = browser_type.launch(executable_path=chromium(), args=flags)
    yield opened
    opened.close()


def test_all_are_there_as_nobody_with_nothing_to_write_on(containers: Containers) -> None:
    running = containers.running()
    assert set(running) == set(STAYING)
    for service, container in running.items():
        assert containers.is_well(container), service
        host = containers.seen(container)["HostConfig"]
        assert host["ReadonlyRootfs"], service
        assert host["Memory"] > 0, service
        assert docker("exec", container, "id", "-u").stdout.strip() != "0", service
        written = docker("exec", container, "sh", "-c", "echo x > /etc/planted", check=False)
        assert written.returncode != 0, service
    _say_figures(containers, list(running.values()))


def _say_figures(containers: Containers, running: list[str]) -> None:
    size = int(docker("image", "inspect", "-f", "{{.Size}}", containers.image).stdout)
    log.info("the image has %.0f MB", size / 1e6)
    stats = docker("stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}", *running).stdout
    log.info("memory:\n%s", stats.replace(f"{containers.project}-", ""))


def test_caddys_own_authority_signed_the_name(containers: Containers) -> None:
    trust = trusting(containers.authority())
    with socket.create_connection(("127.0.0.1", containers.port), 10) as plain:
        with trust.wrap_socket(plain, server_hostname=NAME) as door:  # raises where it doesn't hold
            door.sendall(f"GET /health/ HTTP/1.0\r\nHost: {NAME}\r\n\r\n".encode())
            answer = http.client.HTTPResponse(door)
            answer.begin()
            assert answer.status == 200


def test_visitors_are_told_apart_by_their_own_addresses(containers: Containers) -> None:
    """Five wrong passwords are enough from one place; none were yet from the next, nor by the other kind of address."""

    with containers.visitor() as one, containers.visitor() as other:
        assert one((4, 6), (6, 1)) == [False] * 5 + [True, False]
        assert other((4, 1), (6, 5)) == [False] * 5 + [True]  # of IPv6 both have the same /64: one place


def test_a_health_check_tells_the_truth(containers: Containers) -> None:
    """It fails while what its part needs answers nobody, and is well again afterwards."""
    running = containers.running()
    for part, needed in (("web", "postgres"), ("worker", "redis")):
        assert containers.says_it_is_well(running[part]), part
        with containers.paused(running[needed]):
            assert not containers.says_it_is_well(running[part]), part
        until = time.monotonic() + 60
        while not containers.says_it_is_well(running[part]):
            assert time.monotonic() < until, part


def test_two_people_keep_what_they_wrote_whatever_is_killed(containers: Containers, window: Browser) -> None:
    zone = evening_zone()
    offset = datetime.now(UTC).astimezone(ZoneInfo(zone)).utcoffset() or timedelta(0)
    mails = Catcher(f"http://127.0.0.1:{containers.mail_port}")
    alice, bob = (Person(window, containers.url, mails, name) for name in ("Alice", "Bob"))

    due = meet(alice, bob, zone, offset)
    assert len(_reminders(alice, due)) == 1
    assert datetime.now(UTC) >= due
    alice.write(*ALICES)

    bob.go("/settings/reminders/")
    bobs_due = bob.set_reminder(offset, minutes=3)
    alice.go("/wins/")
    noted: list[str] = []
    for service in STAYING:
        noted += kill_and_go_on(containers, service, alice)
        log.info("%d small wins were noted so far", len(noted))
    assert len(_reminders(bob, bobs_due)) == 1  # due while others were killed

    alice.go("/shared/")  # still signed in
    assert [text for text in noted if text not in alice.page.content()] == []
    bob.go("/shared/")
    assert "planted win" not in bob.page.content()  # they are there for him at his next 17:00
    bob.write("a planted blackbird", "the planted train", "a planted umbrella")
    assert all(line in bob.page.content() for line in ALICES)
    assert "planted" not in containers.logs()


def meet(hers: Person, his: Person, zone: str, offset: timedelta) -> datetime:
    """Both sign up with the code that was mailed, and pair. Returns when her reminder is due."""
    hers.sign_up(zone)
    due = hers.set_reminder(offset, minutes=2)
    hers.press("form[action='/partner/invite/'] [type=submit]")
    his.go(hers.page.locator("[data-copy]").get_attribute("data-copy") or "")
    his.press("a[href*='/account/signup/']")
    his.sign_up(zone, start=his.page.url)
    his.press("main form[method=post] [type=submit]")
    for one in (his, hers):
        one.go("/partner/words/")
        one.press("form[action='/partner/words/same/'] [type=submit]")
    his.go("/partner/")
    assert hers.name in his.text()
    return due


def kill_and_go_on(containers: Containers, service: str, writer: Person) -> list[str]:
    """Kill it while she writes on. Returns what she was told is noted, once it has come back and she can write."""
    container = containers.running()[service]
    killed, noted = containers.seen(container)["State"]["Pid"], [_note(writer, service, 0)]
    containers.kill(container)
    began = time.monotonic()
    well = written = 0.0
    while not (well and written):
        assert time.monotonic() < began + 150, (service, well, written, containers.logs()[-6000:])
        text = _note(writer, service, round((time.monotonic() - began) * 1000))
        noted.append(text)
        state = containers.seen(container)["State"]
        back = state["Running"] and state["Pid"] != killed
        written = written or (time.monotonic() - began if back and text else 0)
        well = well or (time.monotonic() - began if back and containers.is_well(container) else 0)
    log.info("%s: written again %.1f s after it was killed, well after %.0f s", service, written, well)
    return [text for text in noted if text]


def _note(person: Person, *words: object) -> str:
    """Note a small win. Returns its text; nothing where that wasn't acknowledged."""
    text = "planted win " + " ".join(map(str, words)) + "."
    token = person.page.locator("main [name=csrfmiddlewaretoken]").first.input_value()
    return text if person.page.evaluate(NOTE, [token, text]) else ""


def _reminders(person: Person, due: datetime) -> list[object]:
    """Those that came (they alone carry List-Unsubscribe) until one was there, or it is overdue."""
    until = max(due, datetime.now(UTC)) + timedelta(seconds=120)
    while True:
        found: list[object] = [mail for mail in person.mailbox.to(person.email) if mail["List-Unsubscribe"]]
        if found or datetime.now(UTC) > until:
            return found
        time.sleep(1)
