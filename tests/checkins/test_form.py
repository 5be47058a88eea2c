"""The evening's page as people post it: limits, what is typed kept, and nothing that breaks it."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from time_machine import Traveller

from accounts.models import User
from checkins import writing
from checkins.models import LINES, CheckIn
from tests.cast import NOW, seat

SignIn = Callable[[User], Client]
SAVE, WRITE, TODAY = "/evening/save/", "/evening/", "/today/"
DAY = NOW.date()
pytestmark = pytest.mark.usefixtures("clock")


def typed_back(response: Any) -> dict[str, str]:
    """What stands in the three fields, as a browser would show and send it (line breaks as LF)."""
    page = response.content.decode()
    found = {}
    for kind in LINES:
        area = re.search(rf'<textarea[^>]*name="{kind}"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
        assert area, kind
        found[kind] = plain(html.unescape(area[1]))
    return found


def plain(words: str) -> str:
    return words.replace("\r\n", "\n").replace("\r", "\n")


def plainly(response: Any) -> str:
    """A page without form tokens and nonces, which differ each time."""
    return re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]*"', "", response.content.decode())


def stored(user: User) -> dict[str, str]:
    row = CheckIn.objects.own(user).on(DAY).with_keys().get()
    return {kind: getattr(row, kind) for kind in LINES}


@pytest.mark.parametrize(
    ("go", "shared"), [("share", True), ("keep", False), (None, False), ("nonsense", False)]
)
def test_it_is_shared_only_by_the_button_that_says_so(
    alice: User, signed_in: SignIn, go: str | None, shared: bool
) -> None:
    answer = signed_in(alice).post(SAVE, {"rose": "the frost"} | ({"go": go} if go else {}))
    assert answer["Location"] == TODAY
    assert (CheckIn.objects.own(alice).get().shared_at is not None) == shared


def test_after_either_button_ones_own_page_is_the_same_to_the_byte(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    pages = []
    for user, go in ((alice, "share"), (alice, "keep")):
        client = signed_in(user)
        client.post(SAVE, {"rose": "the frost", "go": go})
        pages.append(plainly(client.get(TODAY)))
    assert pages[0] == pages[1]


def test_the_others_page_does_not_tell_that_one_wrote(alice: User, bob: User, signed_in: SignIn) -> None:
    client = signed_in(bob)
    pages = []
    for share in (None, False, True):
        if share is not None:
            writing.write(
                by=seat(alice), day=DAY, lines={"rose": "x", "bud": "", "thorn": ""}, share=share, now=NOW
            )
        pages += [plainly(client.get(path)) for path in (TODAY, WRITE)]
    assert pages[0] == pages[2] == pages[4]
    assert pages[1] == pages[3] == pages[5]


def test_what_was_written_is_offered_again_until_both_are_open(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    client = signed_in(alice)
    client.post(SAVE, {"rose": "the frost <b>", "go": "share"})
    assert typed_back(client.get(WRITE))["rose"] == "the frost <b>"
    signed_in(bob).post(SAVE, {"bud": "the ferry", "go": "share"})
    assert client.get(WRITE)["Location"] == TODAY
    late = client.post(SAVE, {"rose": "something else", "go": "share"})
    assert late.status_code == 422
    assert typed_back(late)["rose"] == "something else"
    assert stored(alice)["rose"] == "the frost <b>"
    assert "the ferry" in client.get(TODAY).content.decode()


@pytest.mark.parametrize("break_", ["\n", "\r\n", "\r"])
def test_a_line_break_counts_as_one_however_it_is_sent(alice: User, signed_in: SignIn, break_: str) -> None:
    words = break_.join(["é" * 499, "b" * 500])  # 1,000 as a person counts
    assert signed_in(alice).post(SAVE, {"rose": words, "go": "keep"}).status_code == 302
    assert stored(alice)["rose"] == plain(words)


@pytest.mark.parametrize(("over", "said"), [(1, "one character over"), (234, "234 characters over")])
def test_beyond_a_thousand_it_says_by_how_much_and_keeps_every_word(
    alice: User, signed_in: SignIn, over: int, said: str
) -> None:
    words = {"rose": "a" * (1000 + over), "bud": "kept too", "thorn": ""}
    answer = signed_in(alice).post(SAVE, words | {"go": "share"})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert typed_back(answer) == words
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize("words", [{}, {"rose": ""}, {"rose": "  \n ", "thorn": "\t"}])
def test_nothing_at_all_is_asked_about_kindly(alice: User, signed_in: SignIn, words: dict[str, str]) -> None:
    answer = signed_in(alice).post(SAVE, words | {"go": "share"})
    assert answer.status_code == 422
    assert "One line is enough" in answer.content.decode()
    assert not CheckIn.objects.exists()


def test_a_nul_is_refused_and_the_rest_kept(alice: User, signed_in: SignIn) -> None:
    answer = signed_in(alice).post(SAVE, {"rose": "a\0b", "bud": "stays", "go": "share"})
    assert answer.status_code == 422
    assert typed_back(answer)["bud"] == "stays"
    assert not CheckIn.objects.exists()


def test_a_megabyte_comes_back(alice: User, signed_in: SignIn) -> None:
    words = "wordy " * 174_762
    answer = signed_in(alice).post(SAVE, {"rose": words, "go": "share"})
    assert answer.status_code == 422
    assert typed_back(answer)["rose"] == words


def test_far_too_much_is_refused_without_an_error(alice: User, signed_in: SignIn) -> None:
    assert signed_in(alice).post(SAVE, {"rose": "x" * 4_000_000}).status_code in {400, 413}


BIDI = "\u202eevening\u202c \u2066good\u2069 👩‍❤️‍👩 \u200d e\u0301"


def test_writing_directions_and_emoji_come_back_as_they_were(alice: User, signed_in: SignIn) -> None:
    client = signed_in(alice)
    client.post(SAVE, {"rose": BIDI, "go": "keep"})
    assert stored(alice)["rose"] == BIDI
    assert BIDI in html.unescape(client.get(TODAY).content.decode())


def test_markup_stays_words(alice: User, bob: User, signed_in: SignIn) -> None:
    planted = "<script>alert(1)</script>{{ 7|add:7 }}"
    signed_in(alice).post(SAVE, {"rose": planted, "go": "share"})
    signed_in(bob).post(SAVE, {"rose": "x", "go": "share"})
    for user in (alice, bob):
        page = signed_in(user).get(TODAY).content.decode()
        assert "<script>alert" not in page
        assert planted in html.unescape(page)


def test_other_fields_change_nothing(alice: User, bob: User, signed_in: SignIn) -> None:
    """Every model field added to the form: none is taken."""
    before = seat(alice).couple_id
    planted = {
        "author": bob.pk,
        "couple": "",
        "day": "2020-01-01",
        "shared_at": "2020-01-01",
        "kept_at": "",
        "id": "x",
    }
    signed_in(alice).post(SAVE, planted | {"rose": "the frost", "go": "share"})
    row = CheckIn.objects.get()
    assert (row.author_id, row.day, row.shared_at, row.couple_id) == (alice.pk, DAY, NOW, before)


def test_half_past_midnight_on_the_page(alice: User, signed_in: SignIn, clock: Traveller) -> None:
    clock.move_to(NOW.replace(day=19, hour=0, minute=30))
    client = signed_in(alice)
    client.post(SAVE, {"rose": "late", "go": "keep"})
    assert CheckIn.objects.get().day == DAY
    clock.move_to(NOW.replace(day=19, hour=4, minute=0))
    assert typed_back(client.get(WRITE))["rose"] == ""


ODD = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]), st.sampled_from("\0\r\n\u202e\u2066<>&\"'{}%\ufeff\ufffe")
    ),
    max_size=60,
)
WORDS = st.one_of(ODD, st.integers(990, 1010).map("ä".__mul__), ODD.map(lambda words: words * 40))


@pytest.fixture
def writer(alice: User, signed_in: SignIn) -> Client:
    return signed_in(alice)


@given(rose=WORDS, bud=WORDS, thorn=WORDS, go=st.sampled_from(["share", "keep", "", "\0"]))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_typed_is_stored_or_comes_back(
    writer: Client, alice: User, rose: str, bud: str, thorn: str, go: str
) -> None:
    words = {"rose": rose, "bud": bud, "thorn": thorn}
    answer = writer.post(SAVE, words | {"go": go})
    if answer.status_code == 302:
        assert stored(alice) == {kind: plain(typed.strip()).strip() for kind, typed in words.items()}
    else:
        assert answer.status_code == 422
        assert typed_back(answer) == {kind: plain(typed) for kind, typed in words.items()}


@given(body=st.binary(max_size=400))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_raw_bytes_never_break_it(writer: Client, body: bytes) -> None:
    raw = b"rose=" + body
    answer = writer.post(SAVE, raw, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in {302, 400, 422}


def test_repeated_and_missing_parameters_never_break_it(writer: Client) -> None:
    for body in (
        "rose=a&rose=b&go=share&go=keep",
        "",
        "go=share",
        "rose[]=a&rose=%FF%FE",
        "rose=%ud800&bud=%ED%A0%80",
    ):
        answer = writer.post(SAVE, body.encode(), content_type="application/x-www-form-urlencoded")
        assert answer.status_code in {302, 422}, body


@pytest.mark.parametrize("path", [SAVE, WRITE])
def test_only_the_right_methods(writer: Client, path: str) -> None:
    wrong = "get" if path == SAVE else "post"
    assert getattr(writer, wrong)(path).status_code == 405


def test_signed_out_the_words_are_handed_back(client: Client, db: None) -> None:
    answer = client.post(SAVE, {"rose": "typed for an hour", "go": "share"})
    assert answer.status_code == 403
    assert "typed for an hour" in answer.content.decode()
    assert not CheckIn.objects.exists()


def test_a_form_that_outlived_its_token_hands_the_words_back(alice: User, signed_in: SignIn) -> None:
    strict = signed_in(alice)
    strict.handler.enforce_csrf_checks = True
    answer = strict.post(SAVE, {"rose": "typed for an hour", "go": "share"})
    assert answer.status_code == 403
    assert "typed for an hour" in answer.content.decode()
    assert not CheckIn.objects.exists()
