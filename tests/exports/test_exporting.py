"""The archive itself: one ZIP that is the same for the same rows, whatever it is written to."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import jsonschema  # type: ignore[import-untyped]  # its stubs are a package of their own
import pytest
from django.apps import apps

from accounts import exporting
from accounts.models import User
from accounts.sealed import SealedTextField
from checkins.words import CheckInText
from tests.adventures.scenarios import agreed, happened
from tests.cast import NOW
from tests.exports import published
from tests.exports.archive import data_of, exported, files_of
from tests.house import OURS, ROOT
from tests.months_before import A_DAY, live_months
from tests.private_acts import ACTS, EVENING, WORDS, shares_first, write
from tests.scenes import once
from tests.written import perform


def test_it_is_one_zip_of_these_files(alice: User) -> None:
    with zipfile.ZipFile(io.BytesIO(exported(alice, private=True, now=NOW))) as archive:
        assert archive.testzip() is None
        assert (
            {"index.html", "nearer.json"}
            <= set(archive.namelist())
            <= {"dates.ics", "index.html", "nearer.json"}
        )
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_same_rows_give_the_same_bytes(alice: User, bob: User) -> None:
    for user in (alice, bob):
        write(user, share=True, now=EVENING)
    first = exported(alice, private=True, now=EVENING)
    assert exported(alice, private=True, now=EVENING) == first
    to = io.BytesIO()
    exporting.write(alice, private=True, now=EVENING, to=to)
    assert to.getvalue() == first


@pytest.mark.parametrize("private", [False, True])
def test_it_keeps_to_the_published_schema(alice: User, bob: User, private: bool) -> None:
    live_months(alice, bob)
    evenings = {act: EVENING + number * A_DAY for number, act in enumerate(ACTS)}  # one each
    for act, now in evenings.items():
        perform(act, alice, now)
    write(bob, share=True, now=evenings[shares_first])
    now = max(evenings.values())
    jsonschema.validate(data_of(alice, private=private, now=now), json.loads(published.PLACE.read_text()))


def test_the_published_schema_is_what_the_sections_say() -> None:
    assert published.PLACE.read_text() == published.text(), "make schema"


def test_every_model_with_words_has_a_section_or_a_reason() -> None:
    page = (ROOT / "docs" / "export.md").read_text()
    told = {label for section in exporting.sections() for label in section.models}
    for room in OURS:
        for model in apps.get_app_config(room).get_models():
            label = f"{room}.{model.__name__}"
            if any(isinstance(field, SealedTextField) for field in model._meta.fields):
                assert (label in told) != (f"* `{label}`: " in page), label


def test_every_section_is_in_the_document() -> None:
    page = (ROOT / "docs" / "export.md").read_text()
    for section in exporting.sections():
        assert f"| `{section.name}` |" in page, section.name


def test_the_page_holds_every_word_and_no_script(alice: User, bob: User) -> None:
    words = CheckInText("<script>alert(1)</script>", "a & b", "two\nlines", note="a note", closeness="4")
    write(alice, share=False, now=EVENING, words=words)
    page = files_of(exported(alice, private=True, now=EVENING))["index.html"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page
    assert "src=" not in page
    assert "http" not in page
    assert "a &amp; b" in page
    assert "two\nlines" in page


@pytest.mark.parametrize("private", [False, True])
def test_the_calendar_has_hours_with_what_is_ones_own_alone(alice: User, bob: User, private: bool) -> None:
    late = datetime(2026, 11, 21, 0, 30, tzinfo=UTC)  # of the evening before
    agreed(alice, bob, "the late show", at=late, now=NOW)
    happened(alice, bob, "the museum", at=NOW - timedelta(days=2))
    calendar = files_of(exported(alice, private=private, now=NOW))["dates.ics"]
    assert "the late show" in calendar
    begun = re.findall(r"DTSTART.*", calendar.replace("\r", ""))
    times = set(re.findall(r"T\d{6}", calendar))
    if private:
        assert begun == ["DTSTART:20261116T190000Z", "DTSTART:20261121T003000Z"]
    else:
        assert begun == ["DTSTART;VALUE=DATE:20261116", "DTSTART;VALUE=DATE:20261120"]
        assert times == {"T000000"}  # when it was written, which has to have one
        assert "DTEND" not in calendar


# --- the evening ---------------------------------------------------------------------------------


def test_a_page_both_can_read_is_in_it_without_what_is_ones_own(alice: User, bob: User) -> None:
    write(bob, share=True, now=EVENING)
    words = replace(WORDS, kept=frozenset({"bud"}), note="a note", closeness="2")
    write(alice, share=True, now=EVENING, words=words)
    row = {"day": "2026-11-18", "rose": "planted frost", "thorn": "planted queue"}
    assert data_of(alice, private=False, now=EVENING)["evenings"] == [row]
    assert data_of(alice, private=True, now=EVENING)["evenings"] == [
        {
            **row,
            "bud": "planted broth",
            "kept": ["bud"],
            "note": "a note",
            "closeness": "2",
            "shared": True,
        }
    ]


def test_a_thorn_is_in_it_for_thirty_days(alice: User, bob: User) -> None:
    only_a_thorn = CheckInText(thorn="planted queue")
    for user in (alice, bob):
        write(user, share=True, now=EVENING, words=only_a_thorn)
    for days, there in ((29, True), (30, False)):
        later = EVENING + timedelta(days=days)
        assert ("evenings" in data_of(alice, private=False, now=later)) is there
        assert "evenings" in data_of(alice, private=True, now=later)


@pytest.mark.parametrize("act", ACTS)
def test_what_nobody_else_can_read_changes_no_byte(
    alice: User, bob: User, act: Callable[[User, datetime], None]
) -> None:
    live_months(alice, bob)
    with_nothing = once("months before, exported", lambda: exported(alice, private=False, now=EVENING))
    perform(act, alice, EVENING)
    assert exported(alice, private=False, now=EVENING) == with_nothing
