"""What the other can see is said once, and says all of it: the include, its pages and docs/privacy.md hold together."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from couples import pairing

PAGE = (Path(settings.BASE_DIR) / "docs" / "privacy.md").read_text()
CHAPTER = "## What the other can see, as it is said\n"
# A cell of "who sees it" that lets in a field's owner and the operator alone. Any other way to say it counts as seen.
OWN = re.compile(r"nobody\b.*|(operator|oneself|its author|that person|the inviter|whoever said it)\b[^;]*")
OTHER = re.compile(r"\b(couple|partner|other)\b")


INCLUDED = render_to_string("components/what_they_see.html").strip()


def is_seen(cell: str) -> bool:
    return OWN.fullmatch(cell) is None or OTHER.search(cell) is not None


def seen_fields(page: str) -> list[str]:
    """The fields that somebody else may see, by the tables of a privacy page."""
    found = []
    for model, chapter in re.findall(r"^## (\w+\.\w+): .*?$(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL):
        cell = ""
        for name, given in re.findall(r"^\| `(\w+)` \| .*? \| (.*?) \| ", chapter, re.MULTILINE):
            cell = given.replace("the same", cell, 1) if given.startswith("the same") else given
            found += [f"{model}.{name}"] if is_seen(cell) else []
    return sorted(found)


def said_of(page: str) -> dict[str, list[str]]:
    """What is said of each line's fields, by the table that names them."""
    rows = re.findall(
        r"^\| ([A-Z].*?) \| (.*?) \|$", page.partition(CHAPTER)[2].partition("\n## ")[0], re.MULTILINE
    )
    return {
        lead: [
            f"{model}.{name}"
            for model, names in re.findall(r"(\w+\.\w+): ((?:`\w+`(?:, )?)+)", fields)
            for name in re.findall(r"`(\w+)`", names)
        ]
        for lead, fields in rows
    }


def leads() -> list[str]:
    """The first words of each line of what they can see."""
    seen, _ = re.findall(r'<ul class="seen">(.*?)</ul>', INCLUDED, re.DOTALL)
    return re.findall(r"<li>\s*<b>(.*?):?</b>", seen)


def test_every_field_the_other_may_see_is_said_once() -> None:
    said = [field for fields in said_of(PAGE).values() for field in fields]
    assert sorted(said) == seen_fields(PAGE)
    assert len(set(said)) == len(said)


def test_every_line_of_the_list_has_its_fields() -> None:
    assert list(said_of(PAGE)) == leads()
    assert all(said_of(PAGE).values())


@pytest.mark.parametrize(
    ("cell", "seen"),
    [
        ("the partner, from tomorrow", True),
        ("oneself; whoever has the address", True),
        ("anybody with the link", True),
        ("the same, on paper", True),
        ("oneself, operator", False),
        ("nobody", False),
    ],
)
def test_a_new_field_is_noticed(cell: str, seen: bool) -> None:
    row = f"\n| `planted` | a thing | {cell} | plain | never |\n"
    page = PAGE.replace("| `rose` |", "| `before` | a thing | the couple | plain | never |\n| `rose` |")
    page = page.replace("| `rose` |", f"{row.strip()}\n| `rose` |", 1)
    assert ("checkins.CheckIn.planted" in seen_fields(page)) == seen


def test_four_pages_say_it_and_say_the_same(
    alice: User, dana: User, signed_in: Callable[[User], Client]
) -> None:
    code = pairing.invite(by=dana, now=timezone.now()).code
    pages = [
        Client().get(reverse("accounts:safety")),
        Client().get(reverse("accounts:privacy")),
        Client().get(reverse("couples:invited", args=[code]), follow=True),
        signed_in(alice).get(reverse("couples:invite")),
    ]
    assert [page.content.decode().count(INCLUDED) for page in pages] == [1, 1, 1, 1]


def test_ending_the_pairing_is_a_tap_away_from_where_one_looks_for_it(
    alice: User, bob: User, dana: User, signed_in: Callable[[User], Client]
) -> None:
    way = f'href="{reverse("couples:part")}"'
    for name in ("accounts:more", "accounts:settings", "couples:block", "couples:invite"):
        assert way in signed_in(alice).get(reverse(name)).content.decode(), name
        assert way not in signed_in(dana).get(reverse(name)).content.decode(), name
    assert way in Client().get(reverse("accounts:safety")).content.decode()
