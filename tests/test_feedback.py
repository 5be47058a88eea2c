"""After every act one line says what happened and where it is found again; what one tap does, another can undo."""

import ast
from collections import defaultdict
from dataclasses import fields

import pytest

from accounts import undoing
from tests.access_table import TABLE as ACCESS
from tests.feedback_table import TABLE, Feedback
from tests.house import OURS, tracked

REFUSED = {"405", "308"}
WAYS_BACK = ("undo", "page", "asks", "form", "without")


def sentences() -> dict[str, str]:
    """Every text that the views of a room, and what they hand to be said, have."""
    found: dict[str, str] = defaultdict(str)
    for source in tracked("*.py"):
        if source.room in OURS and "migrations" not in source.path.parts:
            texts = (node.value for node in ast.walk(source.tree) if isinstance(node, ast.Constant))
            found[source.room] += "\n".join(text for text in texts if isinstance(text, str))
    return found


SENTENCES = sentences()


def test_every_route_that_changes_something_says_so() -> None:
    takes = {
        name
        for name, verdict in ACCESS.items()
        if {verdict.answer(group, "POST") for group in ("alone", "two")} - REFUSED
        and not name.startswith("moved")
    }
    assert len(takes) > 130
    assert set(TABLE) == takes


@pytest.mark.parametrize(("name", "one"), TABLE.items())
def test_what_it_says_is_said_in_its_room(name: str, one: Feedback) -> None:
    assert [bool(one.line), bool(one.part), bool(one.silent)].count(True) == 1
    assert one.line in SENTENCES[name.split(":", maxsplit=1)[0]]


@pytest.mark.parametrize(("name", "one"), TABLE.items())
def test_there_is_one_way_back_or_a_reason_for_none(name: str, one: Feedback) -> None:
    assert [bool(getattr(one, way)) for way in WAYS_BACK].count(True) == 1
    if one.undo:
        assert one.undo in undoing._verbs
    if one.asks:  # by a page of its own, before anything is done
        assert ACCESS[name].answer("two", "GET") != "405"


def test_nothing_is_registered_that_no_act_offers() -> None:
    assert {one.undo for one in TABLE.values()} - {""} == set(undoing._verbs)


def test_the_table_has_no_column_that_nothing_reads() -> None:
    assert {field.name for field in fields(Feedback)} == {"line", "part", "silent", *WAYS_BACK}
