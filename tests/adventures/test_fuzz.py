"""Whatever is typed into the forms of wishes and dates: nothing breaks, and words are stored or come back.

`FUZZ` is how many inputs each form gets (30; 2,000 in `make full`).
"""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from adventures import occasions, wishing
from adventures.models import DateNight, Memory, Occasion, SurprisePlan, Wish
from tests.adventures.scenarios import agreed, asked, happened
from tests.cast import NOW, pair, person, seat
from tests.fuzzing import ODD, WORDS, fuzzed, plain, typed_back, undone

pytestmark = pytest.mark.journey  # with the slow ones: thousands of answers
# Which page, which field the words go into, and where words that can't stay have to come back.
FORMS = {
    "plan": ("/dates/plan/", "title"),
    "plan, its words": ("/dates/plan/", "plan"),
    "what to wear": ("/dates/plan/", "wear"),
    "wish": ("/wishes/", "title"),
    "changed wish": ("/wishes/{wish}/", "title"),
    "ask": ("/wishes/{wish}/ask/", "when"),
    "idea": ("/wishes/ideas/", "where"),
    "rhythm": ("/dates/rhythm/", "at"),
    "turns": ("/dates/rhythm/turns/", "turns"),
    "day of the year": ("/dates/days/", "name"),
    "changed day": ("/dates/days/{day}/", "name"),
    "yes": ("/dates/{asked}/yes/", "to"),
    "not this one": ("/dates/{asked}/not-this-one/", "to"),
    "another time": ("/dates/{asked}/another-time/", "day"),
    "put off": ("/dates/{stands}/put-off/", "stood"),
    "changed plan": ("/dates/{own}/change/", "plan"),
    "take back": ("/dates/{asked}/take-back/", "to"),
    "line": ("/dates/{was}/line/", "text"),
    "not again": ("/dates/{was}/not-again/", "said"),
    "titles": ("/settings/calendar/", "titled"),
}
OTHERS = st.dictionaries(
    st.sampled_from(
        [
            "what", "title", "when", "day", "at", "who", "back_by", "anyway", "where", "cost", "childcare", "effort",
            "both_new", "every", "weekday", "month", "ahead", "name", "text", "wear", "plan", "to", "phones_away",
        ]
    ),
    st.one_of(
        ODD,
        st.lists(ODD, max_size=3),
        st.integers(-(2**70), 2**70).map(str),
        st.sampled_from(["own", "surprise", "i", "2026-12-01", "19:30", "on", "out", "9999-12-31", "0001-01-01"]),
    ),
    max_size=6,
)  # fmt: skip  # several values a line, to be looked through


@pytest.fixture
def desk(db: None) -> Iterator[tuple[Client, dict[str, UUID]]]:
    """Alice with Bob, one of everything, and the addresses of it."""
    alice, bob = person("Alice"), person("Bob")
    pair(alice, bob)
    at = NOW + timedelta(days=3)
    with time_machine.travel(NOW, tick=False):
        client = Client()
        client.force_login(alice, backend="couples.access.SeatedBackend")
        found = {
            "wish": wishing.wish(by=seat(alice), words=wishing.WishWords("the ferry"), now=NOW).pk,
            "asked": asked(bob, "his", at=at, now=NOW).pk,
            "stands": agreed(bob, alice, "stands", at=at, now=NOW).pk,
            "own": agreed(alice, bob, "own", at=at, now=NOW).pk,
            "was": happened(alice, bob, "was", at=NOW - timedelta(days=2)).pk,
            "day": occasions.add(
                by=seat(alice), words=occasions.OccasionWords("other", "a day", 1, 1), now=NOW
            ).pk,
        }
        yield client, found


def stored() -> str:
    """Every word there is, as it is stored."""
    found = [
        *(word for one in Wish.objects.select_related("couple__key") for word in (one.title, one.earlier)),
        *(
            word
            for one in DateNight.objects.select_related("couple__key")
            for word in (one.title, one.plan, one.wear)
        ),
        *(
            word
            for one in SurprisePlan.objects.select_related("author__key")
            for word in (one.title, one.plan)
        ),
        *(one.text for one in Memory.objects.select_related("author__key")),
        *(one.name for one in Occasion.objects.select_related("couple__key")),
    ]
    return "\n".join(found)


@pytest.mark.parametrize("form", sorted(FORMS))
@given(words=WORDS, others=OTHERS)
@fuzzed
def test_nothing_breaks_and_no_word_is_lost(
    desk: tuple[Client, dict[str, UUID]], form: str, words: str, others: dict[str, object]
) -> None:
    client, found = desk
    path, field = FORMS[form]
    with undone():
        answer = client.post(path.format(**found), {**others, field: words})
        assert answer.status_code in {200, 302, 400, 404, 405, 422}, answer.status_code
        if answer.status_code == 422 and field in {"title", "plan", "wear", "name", "text"}:
            assert typed_back(answer, (field,))[field] == plain(words)
        elif answer.status_code == 302 and field in {"plan", "text"}:
            assert plain(words.strip()).strip() in stored()


@given(form=st.sampled_from(sorted(FORMS)), body=st.binary(max_size=400))
@fuzzed
def test_raw_bytes_never_break_it(desk: tuple[Client, dict[str, UUID]], form: str, body: bytes) -> None:
    client, found = desk
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = client.generic("POST", FORMS[form][0].format(**found), body, content_type=kind)
        assert answer.status_code in {200, 302, 400, 404, 405, 422}


PAGES = ["/dates/", "/dates/plan/", "/wishes/", "/wishes/ideas/", "/memories/", "/memories/before/"]


@given(
    page=st.sampled_from(PAGES),
    query=st.dictionaries(
        st.sampled_from(["month", "wish", "idea", "day", "page", "where", "cost", "effort", "new", "apart"]),
        st.one_of(
            ODD,
            st.integers(-(2**70), 2**70).map(str),
            st.sampled_from(["9999-12", "0001-01", "2026-00", "9999-12-31", "0001-01-01"]),
        ),
        max_size=4,
    ),
)
@fuzzed
def test_no_address_breaks_a_page(
    desk: tuple[Client, dict[str, UUID]], page: str, query: dict[str, str]
) -> None:
    assert desk[0].get(page, query).status_code in {200, 400}


@given(token=ODD)
@fuzzed
def test_no_token_breaks_the_calendar(db: None, token: str) -> None:
    client = Client()
    assert client.get(f"/calendar/{token.replace('/', '')}.ics").status_code in {400, 404}
