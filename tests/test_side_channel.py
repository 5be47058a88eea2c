"""Private acts can't be noticed: Bob's pages are the same, byte for byte, with and without what Alice did."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.hooks import rezoned
from accounts.models import User
from checkins import answering, drafts, prompt_preferences, thanking, writing
from checkins.models import Appreciation, CheckIn
from checkins.words import Base, Words
from couples import days, pairing
from reminders import preferences
from tests.cast import EVENINGS, seat
from tests.scenes import once

PAGES = (
    "today:today",
    "checkins:write",
    "checkins:evenings",
    "/evenings/2026-11/",
    "/evenings/2026-11-18/",
    "/evening/2026-11-18/",
    "/evening/2026-11-18/aloud/",
    "challenges:challenge",
    "challenges:habits",
    "challenges:cards",
    "checkins:gesture",
    "checkins:phones_down",
    "agendas:talk",
    "agendas:bring",
    "agendas:goals",
    "agendas:talks",
    "couples:evenings",
    "checkins:question",
    "checkins:own_questions",
    "checkins:taste",
    "checkins:thanks",
    "checkins:wins",
    "checkins:together",
    "couples:invite",
    "accounts:more",
    "accounts:settings",
    "reminders:settings",
)
EVENING = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)
WORDS = Words("planted frost", "planted broth", "planted queue")
SignIn = Callable[[User], Client]


def seen(client: Client, pages: tuple[str, ...] = PAGES) -> dict[str, str]:
    """What somebody sees on their pages: bodies and headers, tokens masked."""
    found = {}
    for page in pages:
        answer = client.get(page if page.startswith("/") else reverse(page))
        hidden = r'(name="(?:csrfmiddlewaretoken|tab)" value|nonce)="[^"]+"'
        body = re.sub(hidden, r"\1", answer.content.decode())
        headers = {key: value for key, value in answer.items() if key != "Content-Security-Policy"}
        found[page] = f"{answer.status_code}\n{headers}\n{body}"
    return found


def write(user: User, *, share: bool, now: datetime, words: Words = WORDS) -> CheckIn:
    day = days.day_of(now, user.tz)
    return writing.write(by=seat(user), day=day, words=words, share=share, now=now)


def draft(user: User, words: Words, now: datetime, version: int = 0, stroke: int = 1) -> int:
    base = Base(version, "a tab", stroke)
    return drafts.keep(by=seat(user), day=days.day_of(now, user.tz), words=words, base=base, now=now)


def shares_first(alice: User, now: datetime) -> None:
    write(alice, share=True, now=now)


def keeps(alice: User, now: datetime) -> None:
    write(alice, share=False, now=now)


def edits_what_she_shared(alice: User, now: datetime) -> None:
    write(alice, share=True, now=now)
    write(alice, share=True, now=now, words=replace(WORDS, bud=""))


def takes_to_keeping(alice: User, now: datetime) -> None:
    write(alice, share=True, now=now)
    write(alice, share=False, now=now)


def begins_a_draft(alice: User, now: datetime) -> None:
    draft(alice, WORDS, now)


def changes_her_draft(alice: User, now: datetime) -> None:
    version = draft(alice, WORDS, now)
    draft(alice, replace(WORDS, rose="planted thaw", note="planted note"), now, version, stroke=2)


def writes_a_private_note(alice: User, now: datetime) -> None:
    write(alice, share=False, now=now, words=Words(note="planted note", closeness="1"))


def shares_but_keeps_a_line(alice: User, now: datetime) -> None:
    write(alice, share=True, now=now, words=replace(WORDS, kept=frozenset({"thorn"}), note="planted note"))


def says_that_they_talked(alice: User, now: datetime) -> None:
    writing.talk(by=seat(alice), day=days.day_of(now, alice.tz), now=now)


def says_so_and_takes_it_back(alice: User, now: datetime) -> None:
    says_that_they_talked(alice, now)
    writing.not_yet(by=seat(alice), day=days.day_of(now, alice.tz), now=now)


def takes_back_what_nobody_read(alice: User, now: datetime) -> None:
    write(alice, share=True, now=now)
    writing.take_back(by=seat(alice), day=days.day_of(now, alice.tz), now=now)


def throws_a_draft_away(alice: User, now: datetime) -> None:
    draft(alice, WORDS, now)
    drafts.discard(by=seat(alice), day=days.day_of(now, alice.tz))


def changes_her_settings(alice: User, now: datetime) -> None:
    alice.theme, alice.code_sign_in, alice.inbox_shared, alice.zone = "dark", False, True, "Europe/Lisbon"
    alice.save()
    rezoned.announce(user=alice, before="Europe/London", now=now)


def stops_her_mails(alice: User, now: datetime) -> None:
    preferences.stop(user=alice, kind="check_in", now=now)


def blocks_bob(alice: User, now: datetime) -> None:
    pairing.block("bob@example.test", by=alice, now=now)


def keeps_a_thank_you(alice: User, now: datetime) -> None:
    thanking.thank(by=seat(alice), text="planted thanks", trait="kind", keep=True, now=now)


def keeps_one_and_takes_it_back(alice: User, now: datetime) -> None:
    row = thanking.thank(by=seat(alice), text="planted thanks", trait="", keep=True, now=now)
    thanking.take_back(by=seat(alice), model=Appreciation, pk=row.pk, now=now)


def answers_the_question(alice: User, now: datetime) -> None:
    day = days.day_of(now, alice.tz)
    answering.answer(by=seat(alice), day=day, text="planted answer", now=now)


def says_they_talked_about_it(alice: User, now: datetime) -> None:
    answering.talk(by=seat(alice), day=days.day_of(now, alice.tz), now=now)


def chooses_to_go_deeper(alice: User, now: datetime) -> None:
    prompt_preferences.choose(by=seat(alice), depth=3, seasons=["illness", "far-apart"], now=now)


ACTS = [
    keeps_a_thank_you,
    keeps_one_and_takes_it_back,
    answers_the_question,
    says_they_talked_about_it,
    chooses_to_go_deeper,
    shares_first,
    keeps,
    edits_what_she_shared,
    takes_to_keeping,
    begins_a_draft,
    changes_her_draft,
    writes_a_private_note,
    shares_but_keeps_a_line,
    says_that_they_talked,
    says_so_and_takes_it_back,
    takes_back_what_nobody_read,
    throws_a_draft_away,
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
        before = once("he did nothing", lambda: seen(client))
        act(alice, EVENING)
        assert seen(client) == before


@pytest.mark.parametrize("act", ACTS)
def test_bob_who_kept_his_evening_sees_the_same(
    alice: User, bob: User, signed_in: SignIn, act: Callable[[User, datetime], None]
) -> None:
    with time_machine.travel(EVENING, tick=False):
        write(bob, share=False, now=EVENING)
        client = signed_in(bob)
        before = once("he kept his evening", lambda: seen(client))
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
    alice: User, bob: User, signed_in: SignIn, act: Callable[[User, datetime], None]
) -> None:
    with time_machine.travel(EVENING, tick=False):
        write(bob, share=True, now=EVENING)
        client = signed_in(bob)
        before = once("he shared and waits", lambda: seen(client))
        act(alice, EVENING)
        assert seen(client) == before


def test_once_both_are_open_what_she_keeps_changes_nothing_for_him(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    with time_machine.travel(EVENING, tick=False):
        for user in (alice, bob):
            write(user, share=True, now=EVENING)
        client = signed_in(bob)
        before = seen(client)
        write(alice, share=True, now=EVENING, words=replace(WORDS, note="planted note", closeness="1"))
        draft(alice, Words("planted thaw"), EVENING, version=2)
        assert seen(client) == before


@pytest.mark.parametrize(
    "words", [WORDS, replace(WORDS, note="a note", closeness="4", kept=frozenset({"rose"}))]
)
def test_her_own_today_is_the_same_after_keeping_and_after_sharing(
    alice: User, bob: User, signed_in: SignIn, words: Words
) -> None:
    with time_machine.travel(EVENING, tick=False):
        client = signed_in(alice)
        pictures = []
        for share in (False, True, False):
            write(alice, share=share, now=EVENING, words=words)
            pictures.append(seen(client, ("today:today", "/evenings/2026-11-18/", "checkins:evenings")))
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
            evening_pages = ("today:today", "checkins:write", "checkins:evenings", f"/evenings/{day}/")
            others = ("checkins:question", "checkins:together", "checkins:thanks", f"/question/{day}/")
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
    busy = a_month(bob, client, lambda evening, now: private[evening % len(private)](alice, now))
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
