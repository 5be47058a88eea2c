"""Private acts can't be noticed: Bob's pages are the same, byte for byte, with and without what Alice did."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from checkins import writing
from couples import days, pairing
from reminders import choosing
from tests.cast import seat

PAGES = (
    "today:today",
    "checkins:write",
    "couples:invite",
    "accounts:more",
    "accounts:settings",
    "reminders:settings",
)
EVENING = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)
LINES = {"rose": "planted frost", "bud": "planted broth", "thorn": "planted queue"}
SignIn = Callable[[User], Client]


def seen(client: Client, pages: tuple[str, ...] = PAGES) -> dict[str, str]:
    """What somebody sees on their pages: bodies and headers, tokens masked."""
    found = {}
    for page in pages:
        answer = client.get(reverse(page))
        body = re.sub(r'(name="csrfmiddlewaretoken" value|nonce)="[^"]+"', r"\1", answer.content.decode())
        headers = {key: value for key, value in answer.items() if key != "Content-Security-Policy"}
        found[page] = f"{answer.status_code}\n{headers}\n{body}"
    return found


def write(user: User, *, share: bool, now: datetime, lines: dict[str, str] = LINES) -> None:
    writing.write(by=seat(user), day=days.day_of(now, user.tz), lines=lines, share=share, now=now)


def shares_first(alice: User, now: datetime) -> None:
    write(alice, share=True, now=now)


def keeps(alice: User, now: datetime) -> None:
    write(alice, share=False, now=now)


def edits_what_she_shared(alice: User, now: datetime) -> None:
    write(alice, share=True, now=now)
    write(alice, share=True, now=now, lines=LINES | {"bud": ""})


def takes_to_keeping(alice: User, now: datetime) -> None:
    write(alice, share=True, now=now)
    write(alice, share=False, now=now)


def changes_her_settings(alice: User, now: datetime) -> None:
    alice.theme, alice.code_sign_in, alice.inbox_shared, alice.zone = "dark", False, True, "Europe/Lisbon"
    alice.save()
    choosing.rezone(user=alice, now=now)


def stops_her_mails(alice: User, now: datetime) -> None:
    choosing.stop(user=alice, kind="check_in", now=now)


def blocks_bob(alice: User, now: datetime) -> None:
    pairing.block("bob@example.test", by=alice, now=now)


ACTS = [
    shares_first,
    keeps,
    edits_what_she_shared,
    takes_to_keeping,
    changes_her_settings,
    stops_her_mails,
    blocks_bob,
]


@pytest.mark.parametrize("act", ACTS)
def test_bob_sees_the_same_whatever_alice_did(
    alice: User, bob: User, signed_in: SignIn, act: Callable[[User, datetime], None]
) -> None:
    with time_machine.travel(EVENING, tick=False):
        client = signed_in(bob)
        before = seen(client)
        act(alice, EVENING)
        assert seen(client) == before


@pytest.mark.parametrize("act", ACTS)
def test_bob_who_kept_his_evening_sees_the_same(
    alice: User, bob: User, signed_in: SignIn, act: Callable[[User, datetime], None]
) -> None:
    with time_machine.travel(EVENING, tick=False):
        write(bob, share=False, now=EVENING)
        client = signed_in(bob)
        before = seen(client)
        act(alice, EVENING)
        assert seen(client) == before


def test_bob_who_shared_sees_the_same_until_she_shares(alice: User, bob: User, signed_in: SignIn) -> None:
    with time_machine.travel(EVENING, tick=False):
        write(bob, share=True, now=EVENING)
        client = signed_in(bob)
        before = seen(client)
        keeps(alice, EVENING)
        assert seen(client) == before
        shares_first(alice, EVENING)
        assert "planted frost" in seen(client)["today:today"]  # the comparison does see a difference


def test_her_own_today_is_the_same_after_keeping_and_after_sharing(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    with time_machine.travel(EVENING, tick=False):
        client = signed_in(alice)
        keeps(alice, EVENING)
        kept = seen(client)["today:today"]
        shares_first(alice, EVENING)
        assert seen(client)["today:today"] == kept


def test_thirty_evenings_leave_no_pattern(alice: User, bob: User, signed_in: SignIn) -> None:
    """Bob shares every evening. Alice keeps, or does nothing: over a month he can't tell one from the other."""
    pictures: dict[bool, list[str]] = {True: [], False: []}
    client = signed_in(bob)
    for evening in range(30):
        now = EVENING + timedelta(days=evening)
        with time_machine.travel(now, tick=False):
            write(bob, share=True, now=now)
            if evening % 3:
                keeps(alice, now)
            page = seen(client, ("today:today",))["today:today"]
        dateless = re.sub(r"[A-Z][a-z]+day evening, \d+ [A-Z][a-z]+|'Content-Length': '\d+'", "DATE", page)
        pictures[bool(evening % 3)].append(dateless)
    assert len(set(pictures[True]) | set(pictures[False])) == 1
    assert date(2026, 11, 18) == EVENING.date()
