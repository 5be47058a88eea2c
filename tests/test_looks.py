"""The tool that compares pages before and after: what it masks, what it overlooks, what it must notice."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests import looks, pictures

PAGE = """<!doctype html>
<html lang="en"><head><title>x</title><link rel="stylesheet" href="/static/css/all.css"></head>
<body><p class="{kind}">Good evening,  <b>Alice</b>.</p>
  <textarea>
  a line</textarea></body></html>"""


def folder(top: Path, css: str, *pages: str) -> Path:
    """As `take` would leave it after one test that saw these pages."""
    (top / "pages").mkdir(parents=True)
    (top / "static" / "css").mkdir(parents=True)
    (top / "static" / "css" / "all.css").write_text(css)
    for number, page in enumerate(pages):
        (top / "pages" / f"{hash(page)}.html").write_text(page)
        with (top / "seen-one.tsv").open("a") as seen:
            seen.write(f"tests/test_x.py::test_{number}\t{hash(page)}\n")
    return top


def test_what_changes_from_run_to_run_is_masked() -> None:
    page = (
        '<input name="csrfmiddlewaretoken" value="{token}"><a href="/{pk}/"><script nonce="{nonce}">'
        '<link href="/static/css/x.{digest}.css">'
    )
    one = page.format(
        token="a" * 64, pk="1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed", nonce="a/b==", digest="0" * 12
    )
    two = page.format(
        token="b" * 64, pk="9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d", nonce="c+d==", digest="1" * 12
    )
    assert looks.masked(one) == looks.masked(two)
    assert "/static/css/x.css" in looks.masked(one)


def test_only_whitespace_between_words_and_elements_is_overlooked() -> None:
    laid_out = PAGE.replace("<p ", "\n  <p\n    ").replace(",  <b>", ",\n  <b>")
    assert looks.Folded(PAGE).parts == looks.Folded(laid_out).parts
    for change in (("Alice", "Bob"), ("  a line", "a line"), ("{kind}", "other"), ("<b>Alice</b>", "Alice")):
        assert looks.Folded(PAGE).parts != looks.Folded(PAGE.replace(*change)).parts


def test_chance_is_the_same_in_each_run_and_never_twice_in_one() -> None:
    one, other = looks.Chance(), looks.Chance()
    one.begin("a test")
    other.begin("a test")
    other.urandom(12)
    assert one.urandom(16) == other.urandom(16) != one.urandom(16)


def compared(before: Path, after: Path) -> "subprocess.CompletedProcess[str]":
    """The command, in a process of its own: the journeys' browser is at work in this one."""
    command = [sys.executable, "-m", "tests.looks", "compare", str(before), str(after)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.journey
def test_pictures_tell_a_margin_and_overlook_what_nobody_sees(
    tmp_path: Path,
) -> None:
    pages = [PAGE.replace("{kind}", kind) for kind in ("plain", "wide")]
    before = folder(tmp_path / "before", ".wide { margin: 1rem }", *pages)
    same = folder(tmp_path / "same", ".wide { margin: 16px; --unseen: 1 }", *pages)
    other = folder(tmp_path / "other", ".wide { margin: 17px }", *pages)
    assert compared(before, same).returncode == 0
    found = compared(before, other)
    assert (found.returncode, "test_1: " in found.stdout) == (1, True)
    assert len(list((other / "differences").glob("*.png"))) == 2 * len(pictures.WAYS)
