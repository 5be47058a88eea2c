"""Private acts can't be noticed: Bob's pages are the same, byte for byte, with and without what Alice did.

A page is asked for again if what it is made of has changed (`tests/sights.py`); all of them are in `make full`.
"""

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from django.test import Client

from accounts.models import User
from checkins import comes_back, thanking
from checkins.models import CheckIn
from checkins.words import CheckInText
from tests.cast import EVENINGS, browser_of, seat
from tests.months_before import A_DAY, OF_HERS, live_months
from tests.private_acts import (
    ACTS,
    EVENING,
    JOURNAL,
    RETURNING,
    WORDS,
    SignIn,
    answers_the_question,
    begins_a_draft,
    changes_her_draft,
    chooses_to_go_deeper,
    draft,
    edits_what_she_shared,
    keeps,
    keeps_a_thank_you,
    keeps_one_and_takes_it_back,
    notes_many_wins,
    notes_many_wins_and_takes_them_back,
    says_so_and_takes_it_back,
    says_that_they_talked,
    says_they_talked_about_it,
    seen,
    shares_but_keeps_a_line,
    shares_first,
    sight,
    stops_her_mails,
    takes_back_what_nobody_read,
    takes_to_keeping,
    write,
    writes_a_private_note,
)
from tests.scenes import once, stage
from tests.written import perform


@pytest.mark.parametrize("act", ACTS)
def test_bob_sees_the_same_whatever_alice_did(
    alice: User, bob: User, act: Callable[[User, datetime], None]
) -> None:
    with time_machine.travel(EVENING, tick=False):
        live_months(alice, bob)
        client = browser_of(bob)
        before = once("he did nothing", lambda: sight(client))
        perform(act, alice, EVENING)
        assert before.again(client) == before.bodies


@pytest.mark.parametrize("act", ACTS)
def test_bob_who_kept_his_evening_sees_the_same(
    alice: User, bob: User, act: Callable[[User, datetime], None]
) -> None:
    with time_machine.travel(EVENING, tick=False):
        live_months(alice, bob)
        stage.play("he kept his evening", lambda: write(bob, share=False, now=EVENING))
        client = browser_of(bob)
        before = once("he kept his evening", lambda: sight(client))
        perform(act, alice, EVENING)
        assert before.again(client) == before.bodies


def test_the_months_before_could_leak(alice: User, bob: User) -> None:
    """Each page has something of both on it, and nothing of what is hers alone."""
    with time_machine.travel(EVENING, tick=False):
        live_months(alice, bob)
        his = once("he did nothing", lambda: sight(browser_of(bob))).bodies
        hers = seen(browser_of(alice))
    for page, said in {
        "today:today": ("a date of a year ago",),
        "today:looking_back": (
            "A month ago",
            "Half a year ago",
            "A year ago",
            "rose 184 of Alice",
        ),
        "today:looked_forward": ("bud 33 of Bob",),
        "/looking-back/2025-11/": ("a date of a year ago", "An old rose"),
        "/looking-back/2026-10/page/": ("thanks 44 of Alice", "rose 33 of Bob"),
        "today:closeness": ("<path",),
        "today:look_back": ("Thirty small days",),
    }.items():
        assert [words for words in said if words not in his[page]] == [], page
    assert [page for page, body in his.items() if OF_HERS in body] == []
    assert "a date of a year ago" in hers["today:today"]
    assert OF_HERS in hers["checkins:kept"]


COMES_BACK = ("today:today", "today:looking_back", "today:looked_forward")


def evenings(client: Client) -> list[str]:
    """What comes back on the evenings of a turn, in which one thing of each kind comes back."""
    pages: list[str] = []
    for ahead in range(comes_back.TURN):
        with time_machine.travel(EVENING + ahead * A_DAY, tick=False):
            pages += seen(client, COMES_BACK).values()
    return pages


@pytest.mark.parametrize("act", RETURNING)
def test_what_she_says_of_what_comes_back_is_hers(
    alice: User, bob: User, act: Callable[[User, datetime], None]
) -> None:
    """On none of the evenings on which each of these comes back. On hers it does something."""
    with time_machine.travel(EVENING, tick=False):
        live_months(alice, bob)
        his, hers = browser_of(bob), browser_of(alice)
        before = once("a turn of his", lambda: evenings(his)), once("a turn of hers", lambda: evenings(hers))
        for said in ("Did it happen?", "A month ago", "An old rose", "This time last year", "A year ago"):
            assert any(said in page for page in before[0][:: len(COMES_BACK)]), said
        perform(act, alice, EVENING)
        assert evenings(his) == before[0]
        assert evenings(hers) != before[1]


def test_no_page_of_the_month_has_what_she_did_alone(alice: User, bob: User) -> None:
    """All of it, on evenings on which nothing of hers was there yet; seen on the first of the month after."""
    live_months(alice, bob)
    hers = {page.day for page in CheckIn.objects.own(alice)}
    november = [EVENING.replace(day=number) for number in range(1, 31)]
    free = [now for now in november if now.date() not in {*hers, *JOURNAL}]
    pages = ("/looking-back/2026-11/page/", "/looking-back/2026-11/", *COMES_BACK)
    with time_machine.travel(november[-1] + A_DAY, tick=False):
        client = browser_of(bob)
        before = seen(client, pages)
        acts = [act for act in ACTS if act is not keeps_a_thank_you]  # which is his in the end
        for act, now in zip(acts, itertools.cycle(free), strict=False):
            perform(act, alice, now)
        assert seen(client, pages) == before
        assert "rose 17 of Alice" in before[pages[0]]
        assert pages[0] in before["today:today"]


@pytest.mark.parametrize("act", [notes_many_wins, notes_many_wins_and_takes_them_back])
def test_what_she_notes_now_takes_no_place_of_what_is_there(
    alice: User, bob: User, act: Callable[[User, datetime], None]
) -> None:
    """Until his next 17:00, and taken back before it never."""
    a_week_ago = EVENING - timedelta(days=7)
    for user in (alice, bob):
        for number in range(3):
            thanking.note_win(by=seat(user), text=f"a win of {user.name} {number}", now=a_week_ago)
    with time_machine.travel(EVENING, tick=False):
        client = browser_of(bob)
        before = sight(client)
        perform(act, alice, EVENING)
        assert before.again(client) == before.bodies
    assert "a win of Bob 2" in before.bodies["today:looking_back"]
    with time_machine.travel(EVENING + timedelta(days=1), tick=False):
        shown = seen(client, ("today:looking_back",))["today:looking_back"]
    assert ("planted win" in shown) is (act is notes_many_wins)


def test_bob_who_shared_sees_the_same_until_she_shares(alice: User, bob: User, signed_in: SignIn) -> None:
    with time_machine.travel(EVENING, tick=False):
        write(bob, share=True, now=EVENING)
        client = signed_in(bob)
        before = sight(client)
        keeps(alice, EVENING)
        assert before.again(client) == before.bodies
        shares_first(alice, EVENING)
        assert "planted frost" in before.again(client)["today:today"]  # the comparison does see a difference


# Where he waits, these let him read her page: that is no private act.
SHARING = {
    shares_first,
    shares_but_keeps_a_line,
    edits_what_she_shared,
    takes_to_keeping,
    takes_back_what_nobody_read,
}


@pytest.mark.parametrize("act", [act for act in ACTS if act not in SHARING])
def test_bob_who_waits_sees_the_same_whatever_she_did(
    alice: User, bob: User, act: Callable[[User, datetime], None]
) -> None:
    with time_machine.travel(EVENING, tick=False):
        live_months(alice, bob)
        stage.play("he shared and waits", lambda: write(bob, share=True, now=EVENING))
        client = browser_of(bob)
        before = once("he shared and waits", lambda: sight(client))
        perform(act, alice, EVENING)
        assert before.again(client) == before.bodies


def test_once_both_are_open_what_she_keeps_changes_nothing_for_him(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    with time_machine.travel(EVENING, tick=False):
        for user in (alice, bob):
            write(user, share=True, now=EVENING)
        client = signed_in(bob)
        before = sight(client)
        write(alice, share=True, now=EVENING, words=replace(WORDS, note="planted note", closeness="1"))
        draft(alice, CheckInText("planted thaw"), EVENING, version=2)
        assert before.again(client) == before.bodies


@pytest.mark.parametrize(
    "words", [WORDS, replace(WORDS, note="a note", closeness="4", kept=frozenset({"rose"}))]
)
def test_her_own_today_is_the_same_after_keeping_and_after_sharing(
    alice: User, bob: User, signed_in: SignIn, words: CheckInText
) -> None:
    with time_machine.travel(EVENING, tick=False):
        client = signed_in(alice)
        pictures = []
        for share in (False, True, False):
            write(alice, share=share, now=EVENING, words=words)
            pictures.append(seen(client, ("today:today", "/evenings/2026-11-18/", "checkins:kept")))
        assert pictures[0] == pictures[1] == pictures[2]


def a_month(bob: User, client: Client, private: Callable[[int, datetime], None]) -> list[dict[str, str]]:
    """What Bob sees of a month of evenings: he shares, keeps or does nothing, she does what `private` says."""
    pictures = []
    for evening in range(EVENINGS):
        now = EVENING + timedelta(days=evening)
        day = f"{now:%Y-%m-%d}"
        with time_machine.travel(now, tick=False):
            private(evening, now)
            if evening % 3:
                write(bob, share=evening % 3 == 1, now=now)
            evening_pages = ("today:today", "checkins:write", "checkins:kept", f"/evenings/{day}/")
            others = ("checkins:question", "checkins:shared", "checkins:thanks", f"/question/{day}/")
            pictures.append(seen(client, evening_pages + others))
    return pictures


def test_a_month_of_evenings_leaves_no_pattern(alice: User, bob: User, signed_in: SignIn) -> None:
    """A month of private acts, a different one each evening, against the same month in which she did nothing."""
    private = [
        keeps,
        keeps_one_and_takes_it_back,
        answers_the_question,
        says_they_talked_about_it,
        chooses_to_go_deeper,
        begins_a_draft,
        changes_her_draft,
        writes_a_private_note,
        says_that_they_talked,
        says_so_and_takes_it_back,
        takes_back_what_nobody_read,
        stops_her_mails,
    ]
    client = signed_in(bob)
    with transaction.atomic():
        quiet = a_month(bob, client, lambda evening, now: None)
        transaction.set_rollback(True)
    busy = a_month(bob, client, lambda evening, now: perform(private[evening % len(private)], alice, now))
    assert busy == quiet
    assert len({picture["today:today"] for picture in busy}) > 3  # the pictures do differ among themselves
    assert not any("planted" in body for picture in busy[:1] for body in picture.values())


def test_no_page_names_a_row(alice: User, bob: User, signed_in: SignIn) -> None:
    with time_machine.travel(EVENING, tick=False):
        rows = [write(user, share=True, now=EVENING).pk for user in (alice, bob)]
        ids = [
            str(one) for one in (*rows, alice.pk, bob.pk, alice.key_id, seat(alice).pk, seat(alice).couple_id)
        ]
        for page, body in seen(signed_in(bob)).items():
            found = [one for one in ids if one in body or one.replace("-", "") in body]
            assert found == [], page
