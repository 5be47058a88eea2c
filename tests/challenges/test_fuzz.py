"""Whatever is typed into a challenge's forms: nothing breaks, and words are stored or come back.

`FUZZ` is how many inputs each form gets (30; 2,000 in `make full`).
"""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from challenges.models import Remark
from tests.cast import NOW, pair, person
from tests.challenges.scenarios import begin_together
from tests.fuzzing import KINDS, ODD, WORDS, fuzzed, plain, rawly, typed_back, undone

pytestmark = pytest.mark.journey  # with the slow ones: a thousand answers
FORMS = {
    "line": ("/challenge/1/line/", "text"),
    "count": ("/challenge/1/count/", "card"),
    "uncount": ("/challenge/1/uncount/", "card"),
    "swap": ("/challenge/1/swap/", "card"),
    "start": ("/challenge/start/", "challenge"),
    "yes": ("/asks/0123/yes/", "ask"),
    "habits": ("/challenge/habits/", "what"),
    "cards": ("/settings/cards/", "touch"),
}
OTHERS = st.dictionaries(
    st.sampled_from(["card", "text", "what", "mail", "weekdays", "at", "touch", "number"]),
    st.one_of(ODD, st.lists(ODD, max_size=3), st.integers(-(2**70), 2**70).map(str)),
    max_size=4,
)


@pytest.fixture
def writer(db: None) -> Iterator[Client]:
    """Alice, in a challenge with Bob."""
    alice, bob = person("Alice"), person("Bob")
    pair(alice, bob)
    with time_machine.travel(NOW, tick=False):
        begin_together(alice, bob, now=NOW)
        client = Client()
        client.force_login(alice, backend="couples.access.SeatedBackend")
        yield client


@pytest.mark.parametrize("form", sorted(FORMS))
@given(words=WORDS, others=OTHERS)
@fuzzed
def test_nothing_breaks_and_no_word_is_lost(
    writer: Client, form: str, words: str, others: dict[str, object]
) -> None:
    path, field = FORMS[form]
    with undone():
        answer = writer.post(path, {**others, field: words})
        assert answer.status_code in {200, 302, 400, 404, 422}, answer.status_code
        if form == "line" and answer.status_code == 422:
            assert typed_back(answer, (field,))[field] == plain(words)
        elif form == "line" and answer.status_code == 302:
            assert plain(words.strip()).strip() in Remark.objects.select_related("author__key").get().text


@pytest.mark.parametrize("form", sorted(FORMS))
@given(body=st.binary(max_size=400), kind=KINDS)
@rawly
def test_raw_bytes_never_break_it(writer: Client, form: str, body: bytes, kind: str) -> None:
    with undone():
        answer = writer.generic("POST", FORMS[form][0], body, content_type=kind)
        assert answer.status_code in {200, 302, 400, 404, 422}
