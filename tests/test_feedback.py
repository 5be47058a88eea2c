"""After every act one line says what happened and where it is found again; what one tap does, another can undo."""

import ast
import re
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


PAGES = {"/".join(one.path.parts[1:]): one.text for one in tracked("templates/*.html")}
BOXES = re.compile(
    r"\bcrispy(_field)?\b|form-control|form-select|type=\"(radio|checkbox)\"|<textarea|{% element "
)
SUMMARIES = {"components/form_errors.html", "components/forms_errors.html"}
NO_SUMMARY = {
    "adventures/ideas.html": "a filter: whatever it isn't is looked for as nothing",
    "agendas/now.html": "one form with three boxes, of which the one that came back has the cursor",
    "busy.html": "words are given back to be sent again",
    "not_saved.html": "words are given back to be copied",
}


def drawn_by(name: str) -> set[str]:
    """The templates a page is drawn with: what it extends and includes, and so on."""
    found, left = set(), [name]
    while left:
        one = left.pop()
        if one in PAGES and one not in found:
            found.add(one)
            left += re.findall(r'{% (?:include|extends) "([^"]+)"', PAGES[one])
    return found


def pages_with(pattern: re.Pattern[str]) -> list[str]:
    """The pages with something that looks so, in them or in what they are drawn with."""
    whole = [name for name, text in PAGES.items() if "{% extends" in text and "emails/" not in name]
    return sorted(
        name
        for name in whole
        if any(pattern.search(re.sub(r"{% load .*?%}", "", PAGES[one])) for one in drawn_by(name))
    )


def test_every_form_that_comes_back_has_its_summary() -> None:
    with_boxes = pages_with(BOXES)
    assert len(with_boxes) > 40
    without = {name for name in with_boxes if not drawn_by(name) & SUMMARIES}
    assert without == set(NO_SUMMARY)


def test_every_form_says_that_it_is_on_its_way() -> None:
    """The script stands on every page there is, and nothing else takes a form's sending out of its hands."""
    assert "js/sending.js" in PAGES["base.html"]
    with_forms = pages_with(re.compile(r"<form\b"))
    assert len(with_forms) > 80
    assert [name for name in with_forms if "base.html" not in drawn_by(name)] == []
    others = [one for one in tracked("static/js/*.js") if one.path.name != "sending.js"]
    assert [
        str(one) for one in others if re.search(r"stop(Immediate)?Propagation|\.submit\(", one.text)
    ] == []
