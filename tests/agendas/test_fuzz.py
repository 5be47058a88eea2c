"""Whatever is typed into the talk's forms: nothing breaks, and words are stored or come back.

`FUZZ` is how many inputs each form gets (30; 2,000 in `make full`).
"""

import html
from collections.abc import Iterator
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from hypothesis import example, given
from hypothesis import strategies as st

from agendas import building, goals, meeting
from agendas.models import Action, Note, Saying, Topic
from tests.agendas.scenarios import LAYS_OUT, STARTS, agree, evening
from tests.cast import NOW, pair, person, seat
from tests.fuzzing import KINDS, ODD, WORDS, fuzzed, plain, rawly, typed_back, undone

pytestmark = pytest.mark.journey  # with the slow ones: a thousand answers
FORMS = {
    "park": ("agendas:park", "about"),
    "rhythm": ("agendas:rhythm", "at"),
    "move": ("agendas:move", "day"),
    "bring": ("agendas:bring", "bring"),
    "goals": ("agendas:goals", "name"),
    "part": ("agendas:now_part", "to"),
    "swap": ("agendas:now_swap", "seat"),
    "longer": ("agendas:now_longer", "length"),
    "note": ("agendas:now_note", "text"),
    "will": ("agendas:now_will", "will"),
    "say": ("agendas:say", "hope"),
}
KEEPS = {"park", "note", "will"}  # words that are stored, or come back
TALKS = ["go", "feel", "need", "stood", "part", "turn", "tick", "who", "to", "read", "noticed"]
OTHERS = st.dictionaries(
    st.sampled_from([*TALKS, "every", "weekday", "minutes", "at", "target", "unit", "total", "due_on"]),
    st.one_of(ODD, st.lists(ODD, max_size=3), st.integers(-(2**70), 2**70).map(str)),
    max_size=4,
)


@pytest.fixture
def writer(db: None) -> Iterator[Client]:
    """Alice, in a talk that was begun."""
    alice, bob = person("Alice"), person("Bob")
    pair(alice, bob)
    evening(alice, NOW.date().replace(day=1), "long ago")
    agree(alice, bob, now=NOW)
    goals.add(by=seat(bob), details=goals.GoalDetails("sea", Decimal(9)), now=NOW)
    building.build_due(now=LAYS_OUT)
    with time_machine.travel(STARTS, tick=False):
        meeting.begin(by=seat(alice), now=STARTS)
        client = Client()
        client.force_login(alice, backend="couples.access.SeatedBackend")
        yield client


def stored() -> str:
    """Every word that was put away."""
    rows = [
        row.text for model in (Note, Action, Saying) for row in model.objects.select_related("author__key")
    ]
    rows += [topic.about for topic in Topic.objects.with_keys()]
    return "\n".join(rows)


@pytest.mark.parametrize("form", sorted(FORMS))
@given(words=WORDS, others=OTHERS)
@example(
    words="0\r", others={"go": "", "noticed": "0"}
)  # the notes are saved, and the line is too short to be
@fuzzed
def test_nothing_breaks_and_no_word_is_lost(
    writer: Client, form: str, words: str, others: dict[str, object]
) -> None:
    name, field = FORMS[form]
    if form == "note":
        others = {**others, "part": "1", "stood": ""}
    if form == "will":
        others = {**others, "who": "i"}
    with undone():
        answer = writer.post(reverse(name), {**others, field: words})
        assert answer.status_code in {200, 302, 400, 404, 422}, answer.status_code
        if not words.strip():  # blank is no note, and what else was wrong shows the page without it
            return
        if form in KEEPS and answer.status_code in {200, 422}:
            if form == "will":  # a line, not a box
                assert plain(words).strip() in plain(html.unescape(answer.content.decode()))
            else:
                there = typed_back(answer, (field,))[field]
                kept = (
                    there == plain(words).strip() and there in stored()
                )  # what else was wrong shows the page with it
                assert there == plain(words) or kept
        elif form in KEEPS and answer.status_code == 302:
            assert plain(words.strip()).strip() in stored()


@pytest.mark.parametrize("form", sorted(FORMS))
@given(body=st.binary(max_size=400), kind=KINDS)
@rawly
def test_raw_bytes_never_break_it(writer: Client, form: str, body: bytes, kind: str) -> None:
    name, _ = FORMS[form]
    with undone():
        answer = writer.generic("POST", reverse(name), body, content_type=kind)
        assert answer.status_code in {200, 302, 400, 404, 422}
