"""The evening's page as people post it: limits, what is typed kept, and nothing that breaks it."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from time_machine import Traveller

from accounts.models import User
from checkins import writing
from checkins.models import CheckIn, Draft
from checkins.words import LINES, CheckInText
from tests.cast import NOW, seat
from tests.fuzzing import ODD, WORDS, fuzzed, plain, typed_back

SignIn = Callable[[User], Client]
SAVE, WRITE, TODAY = "/evening/2026-11-18/save/", "/evening/", "/today/"
DAY = NOW.date()
pytestmark = pytest.mark.usefixtures("clock")


def plainly(response: Any) -> str:
    """A page without form tokens and nonces, which differ each time."""
    hidden = r'(name="(csrfmiddlewaretoken|tab)" value|nonce)="[^"]*"'
    return re.sub(hidden, "", response.content.decode())


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
        CheckIn.objects.all().delete()
        assert client.post(SAVE, {"rose": "the frost", "go": go})["Location"] == TODAY
        pages.append(plainly(client.get(TODAY)))
    assert "Your check-in is saved." in pages[0]  # the line, too
    assert pages[0] == pages[1]


def test_the_others_page_does_not_tell_that_one_wrote(alice: User, bob: User, signed_in: SignIn) -> None:
    client = signed_in(bob)
    pages = []
    for share in (None, False, True):
        if share is not None:
            writing.write(
                by=seat(alice), day=DAY, words=CheckInText(rose="x", bud="", thorn=""), share=share, now=NOW
            )
        pages += [plainly(client.get(path)) for path in (TODAY, WRITE)]
    assert pages[0] == pages[2] == pages[4]
    assert pages[1] == pages[3] == pages[5]


def hidden(response: Any) -> dict[str, str]:
    """What the form carries unseen, as a browser sends it back."""
    fields = re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', response.content.decode())
    return {name: html.unescape(value) for name, value in fields if name != "csrfmiddlewaretoken"}


def ticked(response: Any) -> set[str]:
    """The boxes and choices that stand ticked."""
    page = " ".join(response.content.decode().split())  # an attribute may stand on a line of its own
    boxes = re.findall(
        r'<input type="(?:checkbox|radio)" name="(\w+)"(?: value="(\d?)")?[^>]* checked ?>', page
    )
    return {f"{name}={value}" if value else name for name, value in boxes if name != "closeness" or value}


def test_what_was_written_is_offered_again_and_changed_with_a_mark_once_it_was_read(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    client = signed_in(alice)
    client.post(SAVE, {"rose": "the frost <b>", "go": "share"})
    assert typed_back(client.get(WRITE))["rose"] == "the frost <b>"
    signed_in(bob).post(SAVE, {"bud": "the ferry", "go": "share"})
    page = client.get(WRITE)
    assert "Change your check-in" in page.content.decode()
    assert client.post(SAVE, hidden(page) | {"rose": "the thaw", "go": "share"}).status_code == 302
    for user in (alice, bob):
        shown = html.unescape(signed_in(user).get(TODAY).content.decode())
        assert "the thaw" in shown
        assert "the frost <b>" in shown
        assert "Line changed: show the earlier words" in shown


@pytest.mark.parametrize("change", [{"go": "keep"}, {"go": "share", "keep_rose": "on"}])
def test_what_was_read_is_not_kept_any_more_and_the_words_come_back(
    alice: User, bob: User, signed_in: SignIn, change: dict[str, str]
) -> None:
    client = signed_in(alice)
    client.post(SAVE, {"rose": "the frost", "go": "share"})
    page = client.get(WRITE)  # still with its boxes: he shares a moment later
    signed_in(bob).post(SAVE, {"bud": "the ferry", "go": "share"})
    answer = client.post(SAVE, hidden(page) | {"rose": "the thaw"} | change)
    assert answer.status_code == 422
    assert "no longer kept" in answer.content.decode()
    assert typed_back(answer)["rose"] == "the thaw"
    assert stored(alice)["rose"] == "the frost"


EVERYTHING = {
    "rose": "the frost",
    "bud": "the ferry",
    "thorn": "x" * 1001,
    "note": "a note",
    "closeness": "4",
    "keep_bud": "on",
    "open": "on",
}


def test_after_an_error_every_word_and_tick_is_still_there(alice: User, bob: User, signed_in: SignIn) -> None:
    answer = signed_in(alice).post(SAVE, EVERYTHING | {"go": "share"})
    assert answer.status_code == 422
    names = ("rose", "bud", "thorn", "note")
    assert typed_back(answer, names) == {name: EVERYTHING[name] for name in names}
    assert ticked(answer) == {"keep_bud", "open", "closeness=4"}


@pytest.mark.parametrize("go", ["aloud", "start", "talked", "draft"])
def test_what_was_typed_on_the_way_is_a_draft_however_long(
    alice: User, bob: User, signed_in: SignIn, go: str
) -> None:
    client = signed_in(alice)
    assert client.post(SAVE, hidden(client.get(WRITE)) | EVERYTHING | {"go": go}).status_code == 302
    answer = client.get(WRITE)
    names = ("rose", "bud", "thorn", "note")
    assert typed_back(answer, names) == {name: EVERYTHING[name] for name in names}
    assert ticked(answer) == {"keep_bud", "open", "closeness=4"}
    assert not CheckIn.objects.filter(shared_at__isnull=False).exists()


def test_a_note_alone_can_be_kept_but_not_shared(alice: User, bob: User, signed_in: SignIn) -> None:
    client = signed_in(alice)
    refused = client.post(SAVE, {"note": "only this", "go": "share"})
    assert refused.status_code == 422
    assert typed_back(refused, ("note",)) == {"note": "only this"}
    assert client.post(SAVE, {"note": "only this", "go": "keep"}).status_code == 302
    assert CheckIn.objects.own(alice).with_keys().get().note == "only this"


def test_every_line_kept_is_nothing_to_share_and_says_so(alice: User, bob: User, signed_in: SignIn) -> None:
    answer = signed_in(alice).post(SAVE, {"rose": "x", "keep_rose": "on", "go": "share"})
    assert answer.status_code == 422
    assert "Untick one" in html.unescape(answer.content.decode())
    assert not CheckIn.objects.exists()


def test_a_note_beyond_its_limit_says_by_how_much(alice: User, signed_in: SignIn) -> None:
    answer = signed_in(alice).post(SAVE, {"rose": "x", "note": "n" * 5003, "go": "keep"})
    assert answer.status_code == 422
    assert "3 characters over the 5,000" in answer.content.decode()
    assert typed_back(answer, ("note",))["note"] == "n" * 5003


def test_so_does_one_beside_we_talked(alice: User, signed_in: SignIn) -> None:
    typed = {"rose": "x", "note": "n" * 5003, "closeness": "4", "go": "talked"}
    answer = signed_in(alice).post(SAVE, typed)
    assert answer.status_code == 422
    assert "3 characters over the 5,000" in answer.content.decode()
    assert typed_back(answer, ("note",))["note"] == "n" * 5003
    assert ticked(answer) == {"closeness=4"}
    assert not CheckIn.objects.exists()


def test_a_late_form_is_shown_what_stands_and_counts_when_sent_again(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    client = signed_in(alice)
    late = client.get(WRITE)
    client.post(SAVE, hidden(client.get(WRITE)) | {"rose": "from the phone", "go": "share"})
    answer = client.post(SAVE, hidden(late) | {"rose": "from the laptop", "go": "share"})
    assert answer.status_code == 422
    shown = html.unescape(answer.content.decode())
    assert "Already saved:" in shown
    assert "from the phone" in shown
    assert typed_back(answer)["rose"] == "from the laptop"
    assert stored(alice)["rose"] == "from the phone"
    again = client.post(SAVE, hidden(answer) | {"rose": "from the laptop", "go": "share"})
    assert again.status_code == 302
    assert stored(alice)["rose"] == "from the laptop"


# --- the draft that keeps itself ---------------------------------------------------------------------

DRAFT = "/evening/2026-11-18/draft/"


def test_a_kept_draft_says_so_and_hands_on_its_version(alice: User, signed_in: SignIn) -> None:
    client = signed_in(alice)
    form = hidden(client.get(WRITE))
    answer = client.post(DRAFT, form | {"rose": "the fro", "stroke": "1"}).content.decode()
    assert "Draft saved." in answer
    assert 'name="version" id="id_version" value="1" data-hx-swap-oob="true"' in answer
    assert typed_back(signed_in(alice).get(WRITE))["rose"] == "the fro"


def test_a_draft_that_is_behind_too_long_or_too_late_says_that(
    alice: User, signed_in: SignIn, clock: Traveller
) -> None:
    client = signed_in(alice)
    behind = hidden(client.get(WRITE))
    client.post(DRAFT, hidden(client.get(WRITE)) | {"rose": "newer", "stroke": "1"})
    said = [
        client.post(DRAFT, behind | {"rose": "older", "stroke": "1"}),
        client.post(DRAFT, behind | {"rose": "x" * 20_001}),
    ]
    clock.move_to(NOW.replace(day=19, hour=12))
    said.append(client.post(DRAFT, behind | {"rose": "late"}))
    for answer, words in zip(said, ("another window", "too long", "is closed"), strict=True):
        assert answer.status_code == 200
        assert words in answer.content.decode()
        assert "Draft saved" not in answer.content.decode()
    clock.move_to(NOW)
    assert typed_back(client.get(WRITE))["rose"] == "newer"


# --- which evening -----------------------------------------------------------------------------------


def test_yesterdays_page_until_noon_then_the_words_come_back(
    alice: User, signed_in: SignIn, clock: Traveller
) -> None:
    client = signed_in(alice)
    clock.move_to(NOW.replace(day=19, hour=11, minute=59))
    form = hidden(client.get("/evening/2026-11-18/"))
    clock.move_to(NOW.replace(day=19, hour=12))
    answer = client.post(SAVE, form | {"rose": "late", "go": "keep"})
    assert answer.status_code == 422
    assert "That evening is closed" in answer.content.decode()
    assert typed_back(answer)["rose"] == "late"
    assert client.get("/evening/2026-11-18/")["Location"] == "/evenings/2026-11-18/"
    clock.move_to(NOW.replace(day=19, hour=11, minute=59))
    assert client.post(SAVE, form | {"rose": "late", "go": "keep"})["Location"] == "/evenings/2026-11-18/"


@pytest.mark.parametrize(
    "day", ["2026-13-01", "2026-02-30", "0001-01-01", "9999-12-31", "1899-12-31", "2200-01-01", "26-1-1"]
)
def test_what_is_no_evening_has_no_page(alice: User, signed_in: SignIn, day: str) -> None:
    client = signed_in(alice)
    for path in (f"/evening/{day}/", f"/evenings/{day}/", f"/kept/{day[:-3]}/"):
        assert client.get(path, follow=True).status_code == 404 or path == "/kept/2026-02/"


@pytest.mark.parametrize("day", ["2026-11-19", "2099-12-31", "2000-01-01"])
def test_another_evening_is_closed(alice: User, signed_in: SignIn, day: str) -> None:
    client = signed_in(alice)
    assert client.get(f"/evening/{day}/")["Location"] == f"/evenings/{day}/"
    assert client.get(f"/evenings/{day}/").status_code == 200
    assert client.post(f"/evening/{day}/save/", {"rose": "x", "go": "keep"}).status_code == 422
    assert not CheckIn.objects.exists()


def test_five_minutes_run_on_the_server_and_end(alice: User, signed_in: SignIn, clock: Traveller) -> None:
    client = signed_in(alice)
    assert "Until about" not in client.get("/evening/2026-11-18/aloud/").content.decode()
    client.post(SAVE, {"go": "start"})
    clock.shift(120)
    page = client.get("/evening/2026-11-18/aloud/").content.decode()
    assert "Until about 19:05" in page
    assert 'begin="-120s"' in page
    clock.shift(181)
    assert "Until about" not in client.get("/evening/2026-11-18/aloud/").content.decode()


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
    assert signed_in(alice).post(SAVE, {"rose": "x" * 5_000_000}).status_code in {400, 413}


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
        "open_at": "2020-01-01",
        "taken_back_at": "2020-01-01",
        "talked_at": "2020-01-01",
        "earlier": '{"rose": ["x"]}',
        "rose_kept": "x",
        "id": "x",
    }
    signed_in(alice).post(SAVE, planted | {"rose": "the frost", "go": "share"})
    row = CheckIn.objects.get()
    assert (row.author_id, row.day, row.shared_at, row.couple_id) == (alice.pk, DAY, NOW, before)
    assert (row.open_at, row.taken_back_at, row.talked_at, row.version) == (None, None, None, 1)


def test_half_past_midnight_on_the_page(alice: User, signed_in: SignIn, clock: Traveller) -> None:
    clock.move_to(NOW.replace(day=19, hour=0, minute=30))
    client = signed_in(alice)
    client.post(SAVE, {"rose": "late", "go": "keep"})
    assert CheckIn.objects.get().day == DAY
    clock.move_to(NOW.replace(day=19, hour=4, minute=0))
    assert typed_back(client.get(WRITE))["rose"] == ""


@pytest.fixture
def writer(alice: User, signed_in: SignIn) -> Client:
    return signed_in(alice)


BOX = st.sampled_from([{}, {"keep_rose": "on"}, {"keep_thorn": "1", "open": "x"}, {"closeness": "3"}])
ODD_FIELDS = st.dictionaries(
    st.sampled_from(["version", "tab", "stroke", "closeness", "keep_bud", "open", "csrfmiddlewaretoken"]),
    st.one_of(ODD, st.integers(-(2**70), 2**70).map(str)),
    max_size=3,
)


@given(
    rose=WORDS, bud=WORDS, thorn=WORDS, note=WORDS, box=BOX, go=st.sampled_from(["share", "keep", "", "\0"])
)
@fuzzed
def test_whatever_is_typed_is_stored_or_comes_back(
    writer: Client, alice: User, rose: str, bud: str, thorn: str, note: str, box: dict[str, str], go: str
) -> None:
    CheckIn.objects.all().delete()
    words = {"rose": rose, "bud": bud, "thorn": thorn, "note": note}
    answer = writer.post(SAVE, words | box | {"go": go})
    if answer.status_code == 302:
        page = CheckIn.objects.own(alice).with_keys().get().words
        found = {name: getattr(page, name) for name in words}
        assert found == {name: plain(typed.strip()).strip() for name, typed in words.items()}
    else:
        assert answer.status_code == 422
        assert typed_back(answer, tuple(words)) == {name: plain(typed) for name, typed in words.items()}


@given(
    rose=WORDS,
    odd=ODD_FIELDS,
    go=st.sampled_from(["share", "keep", "aloud", "start", "talked", "draft"]),
    auto=st.booleans(),
)
@fuzzed
def test_whatever_the_other_fields_hold_nothing_breaks_and_the_words_are_somewhere(
    writer: Client, alice: User, rose: str, odd: dict[str, str], go: str, auto: bool
) -> None:
    CheckIn.objects.all().delete()
    Draft.objects.all().delete()
    answer = writer.post(DRAFT if auto else SAVE, {"rose": rose, "go": go} | odd)
    wanted = plain(rose.strip()).strip()
    kept = [row.words.rose for row in with_keys(CheckIn, alice) + with_keys(Draft, alice)]
    if auto:
        assert answer.status_code == 200
        assert wanted in kept or "Draft saved" not in answer.content.decode() or not wanted
    elif answer.status_code == 302:
        assert wanted in kept or not wanted
    else:
        assert answer.status_code == 422
        assert typed_back(answer)["rose"] == plain(rose)


def with_keys(model: Any, user: User) -> list[Any]:
    return list(model.objects.own(user).select_related("author__key"))


@given(body=st.binary(max_size=400))
@fuzzed
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


TYPED = {
    "rose": "typed for an hour",
    "note": "a private hour",
    "keep_rose": "on",
    "closeness": "5",
    "version": "7",
    "tab": "a-hidden-name",
    "stroke": "12",
    "go": "share",
}


def _hands_back(answer: Any) -> None:
    page = answer.content.decode()
    areas = re.findall(r"<textarea[^>]*>\n?(.*?)</textarea>", page, re.DOTALL)
    assert areas == ["typed for an hour", "a private hour"]
    assert "a-hidden-name" not in page


def test_signed_out_the_words_are_handed_back(client: Client, db: None) -> None:
    answer = client.post(SAVE, TYPED)
    assert answer.status_code == 403
    _hands_back(answer)
    assert not CheckIn.objects.exists()


def test_a_form_that_outlived_its_token_hands_the_words_back(alice: User, signed_in: SignIn) -> None:
    strict = signed_in(alice)
    strict.handler.enforce_csrf_checks = True
    answer = strict.post(SAVE, TYPED)
    assert answer.status_code == 403
    _hands_back(answer)
    assert not CheckIn.objects.exists()
