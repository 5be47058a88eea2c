"""Whatever is typed into the forms beside the check-in: nothing breaks, and words are stored or come back.

`FUZZ` is how many inputs each form gets (30; 2,000 in `make full`).
"""

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from time_machine import Traveller

from checkins import replies, writing
from checkins.models import Answer, Appreciation, OwnPrompt, Reply, SmallWin
from checkins.words import CheckInText, SaidBack
from tests.cast import NOW, pair, person, seat
from tests.fuzzing import KINDS, ODD, WORDS, fuzzed, plain, rawly, typed_back, undone

pytestmark = pytest.mark.journey  # with the slow ones: a thousand answers
DAY = NOW.date()
FORMS = {
    "thanks": ("checkins:thanks", [], "text"),
    "wins": ("checkins:wins", [], "text"),
    "reply": ("checkins:reply", [DAY], "back"),
    "look": ("checkins:reply_look", [DAY], "sense"),
    "more": ("checkins:more", [DAY], "text"),
    "answer": ("checkins:answer", [DAY], "text"),
    "own question": ("checkins:own_questions", [], "text"),
    "preferences": ("checkins:prompt_preferences", [], "depth"),
    "phones down": ("checkins:begin_quiet", [], "minutes"),
    "our evenings": ("couples:evenings", [], "weekdays"),
    "what comes back": ("checkins:comes_back", [], "kinds"),
    "whether it happened": ("checkins:bud_answer", [DAY], "said"),
    "not again": ("checkins:not_again", [DAY], "said"),
}
KEEPS = {"thanks", "wins", "reply", "answer", "own question"}  # words that are stored, or come back
OTHERS = st.dictionaries(
    st.sampled_from(
        [
            "go",
            "trait",
            "trait_own",
            "feeling",
            "feeling_own",
            "begin_back",
            "begin_sense",
            "sense",
            "more",
            "as_it_is",
            "take_out",
            "seen",
            "seasons",
            "depth",
            "minutes",
            "weekdays",
            "kinds",
            "said",
            "csrfmiddlewaretoken",
        ]
    ),
    st.one_of(ODD, st.lists(ODD, max_size=3), st.integers(-(2**70), 2**70).map(str)),
    max_size=4,
)


@pytest.fixture
def writer(db: None, clock: Traveller) -> Client:
    """Alice, whose partner has a thorn to be heard, and who was said something back to hers."""
    alice, bob = person("Alice"), person("Bob")
    pair(alice, bob)
    for user in (alice, bob):
        writing.write(by=seat(user), day=DAY, words=CheckInText(rose="r", thorn="t"), share=True, now=NOW)
    replies.reply(by=seat(bob), day=DAY, said=SaidBack("heard"), now=NOW)
    client = Client()
    client.force_login(alice, backend="couples.access.SeatedBackend")
    return client


def stored() -> str:
    """Every word that was put away."""
    rows: list[object] = []
    for model in (Appreciation, SmallWin, Answer, OwnPrompt):
        rows += [row.text for row in model.objects.select_related("author__key")]
    rows += [f"{row.back} {row.sense}" for row in Reply.objects.select_related("author__key")]
    return "\n".join(map(str, rows))


@pytest.mark.parametrize("form", sorted(FORMS))
@given(words=WORDS, others=OTHERS)
@fuzzed
def test_nothing_breaks_and_no_word_is_lost(
    writer: Client, form: str, words: str, others: dict[str, object]
) -> None:
    name, arguments, field = FORMS[form]
    with undone():
        answer = writer.post(reverse(name, args=arguments), {**others, field: words})
        assert answer.status_code in {200, 302, 400, 404, 422}, answer.status_code
        if form in KEEPS and answer.status_code in {200, 422}:
            assert typed_back(answer, (field,))[field] == plain(words)
        elif form in KEEPS:
            assert plain(words.strip()).strip() in stored()


@pytest.mark.parametrize("form", sorted(FORMS))
@given(body=st.binary(max_size=400), kind=KINDS)
@rawly
def test_raw_bytes_never_break_it(writer: Client, form: str, body: bytes, kind: str) -> None:
    name, arguments, _ = FORMS[form]
    with undone():
        answer = writer.generic("POST", reverse(name, args=arguments), body, content_type=kind)
        assert answer.status_code in {200, 302, 400, 404, 422}
