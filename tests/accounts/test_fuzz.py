"""Whatever is sent to the forms of one's data: nothing breaks, and nothing comes in that isn't one's own.

`FUZZ` is how many inputs each form gets (30; 2,000 in `make full`).
"""

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts import exporting
from accounts.models import LongWork, User
from checkins.models import CheckIn
from tests.cast import PASSWORD, pair, person
from tests.fuzzing import KINDS, ODD, WORDS, fuzzed, rawly, undone

pytestmark = pytest.mark.journey  # with the slow ones: a thousand answers
FORMS = ["export", "import_file", "import_take"]
EVERY = {200, 302, 400, 422}
LEAF = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), WORDS, st.dates().map(str))
ANYTHING = st.recursive(
    LEAF, lambda one: st.lists(one, max_size=3) | st.dictionaries(ODD, one, max_size=3), max_leaves=8
)
DATED = st.dictionaries(
    st.sampled_from(["date", "Day", "text", "Entry", "other"]), st.one_of(ANYTHING, LEAF), max_size=4
)


@pytest.fixture
def alice_in(db: None, settings: Any) -> tuple[User, Client]:
    """Alice, signed in a moment ago, whom no limit stops."""
    settings.ACCOUNT_RATE_LIMITS = {"export": "1000000/d/user", "import": "1000000/d/key"}
    alice, bob = person("Alice"), person("Bob")
    pair(alice, bob)
    client = Client()
    client.post(reverse("account_login"), {"login": alice.email, "password": PASSWORD})
    return alice, client


def sent(client: Client, content: bytes) -> Any:
    """The answer to this file; what a preview showed is taken in."""
    file = SimpleUploadedFile("a file", content)
    answer = client.post(reverse("accounts:import_file"), {"file": file})
    assert answer.status_code in {200, 422}
    if sealed := re.search(r'name="sealed" value="([^"]+)"', answer.content.decode()):
        taken = client.post(reverse("accounts:import_take"), {"sealed": sealed[1]})
        assert taken.status_code in {302, 422}
    return answer


def nothing_shared(user: User) -> None:
    assert not CheckIn.objects.own(user).exclude(couple=None, shared_at=None).exists()


@given(private=st.one_of(ODD, st.lists(ODD, max_size=3)), other=ODD)
@fuzzed
def test_an_export_is_asked_for_whatever_is_sent(
    alice_in: tuple[User, Client], private: object, other: str
) -> None:
    alice, client = alice_in
    with undone():
        answer = client.post(reverse("accounts:export"), {"private": private, "state": other, "user": other})
        assert answer.status_code == 302
        assert answer["Location"] == reverse("accounts:export")
        (work,) = LongWork.objects.all()
        assert work.user_id == alice.pk
        assert set(json.loads(work.options)) == {"private"}


@given(content=st.one_of(st.binary(max_size=400), st.binary(max_size=200).map(b"PK".__add__)))
@fuzzed
def test_no_file_of_odd_bytes_breaks_it(alice_in: tuple[User, Client], content: bytes) -> None:
    with undone():
        sent(alice_in[1], content)
        nothing_shared(alice_in[0])


@given(entries=st.lists(DATED, max_size=4), within=st.booleans())
@fuzzed
def test_no_list_of_odd_entries_breaks_it(
    alice_in: tuple[User, Client], entries: list[Any], within: bool
) -> None:
    with undone():
        sent(alice_in[1], json.dumps({"entries": entries} if within else entries).encode())
        nothing_shared(alice_in[0])


@given(data=st.data())
@fuzzed
def test_no_export_that_was_changed_breaks_it(alice_in: tuple[User, Client], data: st.DataObject) -> None:
    """One value of a section is something else, or another section's."""
    alice, client = alice_in
    section = data.draw(st.sampled_from(exporting.sections()))
    names = st.sampled_from([*section.fields, "id", "shared"])
    row = data.draw(st.dictionaries(names, st.one_of(ANYTHING, LEAF), max_size=5))
    whole = {"format": exporting.FORMAT, "version": exporting.VERSION, section.name: [row]}
    with undone():
        sent(client, json.dumps(whole).encode())
        nothing_shared(alice)


@given(sealed=st.one_of(ODD, WORDS, st.binary(max_size=80).map(lambda raw: raw.hex())))
@fuzzed
def test_only_what_was_previewed_is_taken(alice_in: tuple[User, Client], sealed: str) -> None:
    alice, client = alice_in
    with undone():
        answer = client.post(reverse("accounts:import_take"), {"sealed": sealed})
        assert answer.status_code == 422
        assert not CheckIn.objects.own(alice).exists()


@pytest.mark.parametrize("form", FORMS)
@given(body=st.binary(max_size=400), kind=KINDS)
@rawly
def test_raw_bytes_never_break_it(alice_in: tuple[User, Client], form: str, body: bytes, kind: str) -> None:
    with undone():
        answer = alice_in[1].generic("POST", reverse(f"accounts:{form}"), body, content_type=kind)
        assert answer.status_code in EVERY
