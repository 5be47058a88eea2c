"""Whether pages look the same before and after a change of templates or styles.

    python -m tests.looks take FOLDER [tests …]    runs tests and keeps every page they were answered, and static/
    python -m tests.looks compare BEFORE AFTER     compares two such folders, first as documents, then as pictures

Taking is running the fast tests (or those that are named) with this module as a pytest plugin: chance and the clock are
the same in every run, and what no reader sees of a page (tokens, ids, hashes of files) is masked. Without `-p
tests.looks` nothing of it is loaded.
"""

import argparse
import collections
import contextlib
import difflib
import functools
import hashlib
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.pictures import LARGEST, WAYS, cameras, looks_alike, skeleton

ROOT = Path(__file__).resolve().parent.parent
EVENING = datetime(2026, 11, 29, 19, 0, tzinfo=UTC)  # when every test begins that says nothing else
FOLDER = "LOOKS"  # the variable that tells the plugin where to keep what it sees

# --- Taking: a pytest plugin ----------------------------------------------------------------------

MASKS = [
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "uuid"),
    (re.compile(r"(?<=csrfmiddlewaretoken\" value=\")\w+|(?<=nonce=\")[^\"]+"), "token"),
    (re.compile(r"(?<=[/\"])[\w-]+:\w{6}:[\w-]{27,43}(?=[/\"?&])"), "signed"),
    (re.compile(r"(/static/[\w./-]+?)\.[0-9a-f]{12}(\.\w+)"), r"\1\2"),
]


def masked(page: str) -> str:
    """A page without what differs from one run to the next and is never read."""
    for pattern, mask in MASKS:
        page = pattern.sub(mask, page)
    return page


class Chance:
    """Random bytes that are the same in each run: a stream for each test (or scene) and each length asked for."""

    def __init__(self) -> None:
        self.begin("")

    def begin(self, name: str) -> None:
        """Begin anew, as this test or scene always does."""
        self.name, self.drawn = name, collections.Counter[int]()
        random.seed(name)

    def urandom(self, size: int) -> bytes:
        """As `os.urandom`."""
        self.drawn[size] += 1
        return hashlib.shake_256(f"{self.name} {size} {self.drawn[size]}".encode()).digest(size)


class Keeper:
    """What a run saw: each distinct page once, and which test saw which, in order."""

    def __init__(self, folder: Path, worker: str) -> None:
        self.pages, self.test = folder / "pages", ""
        self.pages.mkdir(parents=True, exist_ok=True)
        self.seen = (folder / f"seen-{worker}.tsv").open("w")

    def keep(self, response: Any) -> None:
        if (
            not self.test
            or response.streaming
            or not response.get("Content-Type", "").startswith("text/html")
        ):
            return
        page = masked(response.content.decode())
        name = hashlib.sha256(page.encode()).hexdigest()[:20]
        with contextlib.suppress(FileExistsError), (self.pages / f"{name}.html").open("x") as file:
            file.write(page)
        self.seen.write(f"{self.test}\t{name}\n")


def pytest_configure(config: pytest.Config) -> None:
    """Put chance and the keeper in place, in the processes that run tests."""
    if FOLDER not in os.environ:
        return
    from django.core.handlers.base import BaseHandler

    from tests import scenes

    chance, keeper = Chance(), Keeper(Path(os.environ[FOLDER]), os.environ.get("PYTEST_XDIST_WORKER", "one"))
    os.urandom = chance.urandom
    random._urandom = chance.urandom  # type: ignore[attr-defined]  # what `secrets` draws from

    answer = BaseHandler.get_response

    def answer_and_keep(handler: BaseHandler, request: Any) -> Any:
        response = answer(handler, request)
        keeper.keep(response)
        return response

    BaseHandler.get_response = answer_and_keep  # type: ignore[method-assign, assignment]  # put in its place

    play = scenes.Stage.play

    def play_alike(stage: scenes.Stage, scene: Any, live: Any) -> Any:
        """A scene has the same rows whichever test plays it first."""
        test, drawn = chance.name, chance.drawn
        named = sorted(scene) if isinstance(scene, frozenset) else scene
        chance.begin(f"{stage.played} {named}")
        try:
            return play(stage, scene, live)
        finally:
            chance.begin(test)
            chance.drawn = drawn  # what came before isn't drawn again

    scenes.Stage.play = play_alike  # type: ignore[method-assign, assignment]  # put in its place
    config.pluginmanager.register(EveryTestAlike(chance, keeper))


class EveryTestAlike:
    """Begins each test at the same moment, with the same chances, and with nothing that an earlier one looked at."""

    def __init__(self, chance: Chance, keeper: Keeper) -> None:
        self.chance, self.keeper = chance, keeper

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        import time_machine

        from tests import scenes

        scenes._found.clear()
        self.chance.begin(item.nodeid)
        searching = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
        self.keeper.test = "" if searching else item.nodeid  # those look elsewhere each time
        with time_machine.travel(EVENING):
            return (yield)

    def pytest_sessionfinish(self) -> None:
        self.keeper.seen.close()


def take(folder: Path, tests: list[str]) -> int:
    """Run these tests, and keep in `folder` what they saw and the static files it is drawn with."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copytree(ROOT / "static", folder / "static")
    alike = {"PYTHONHASHSEED": "0", FOLDER: str(folder.resolve())}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.looks",
        "-p",
        "no:cacheprovider",
        "-q",
        "--hypothesis-seed=0",
    ]
    return subprocess.run([*command, *tests], check=False, cwd=ROOT, env=os.environ | alike).returncode


# --- Comparing documents --------------------------------------------------------------------------


class Folded(HTMLParser):
    """A document, part by part, without the whitespace that only lays out its source."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.raw = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = [f'{name}="{" ".join((value or "").split())}"' for name, value in attrs]
        self.parts.append(f"<{' '.join([tag, *said])}>")
        self.raw = tag in ("textarea", "pre")

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(f"</{tag}>")
        self.raw = False

    def handle_data(self, data: str) -> None:
        text = data.removeprefix("\n") if self.raw else " ".join(data.split())
        if text:
            self.parts.append(text)


@functools.cache
def folded(file: Path) -> tuple[str, ...]:
    """The parts of the page that is kept in a file."""
    return tuple(Folded(file.read_text()).parts)


def seen_in(folder: Path) -> dict[str, list[Path]]:
    """The pages of each test, in order."""
    found: dict[str, list[Path]] = collections.defaultdict(list)
    for file in sorted(folder.glob("seen-*.tsv")):
        for line in file.read_text().splitlines():
            test, name = line.split("\t")
            found[test].append(folder / "pages" / f"{name}.html")
    return found


def pairs_of(before: list[Path], after: list[Path]) -> Iterator[tuple[Path | None, Path | None]]:
    """Which page of a test is which: alike ones first, then what stands between them, in order."""
    match = difflib.SequenceMatcher(
        None, [hash(folded(one)) for one in before], [hash(folded(one)) for one in after], autojunk=False
    )
    for what, start, end, other_start, other_end in match.get_opcodes():
        olds, news = before[start:end], after[other_start:other_end]
        if what == "equal" or len(olds) == len(news):
            yield from zip(olds, news, strict=True)
        else:
            left = len(olds) - len(news)
            yield from zip([*olds, *[None] * -left], [*news, *[None] * left], strict=True)


def difference(old: Path, new: Path) -> str:
    """What differs between two pages beyond whitespace."""
    return "\n".join(difflib.unified_diff(folded(old), folded(new), str(old), str(new), lineterm="", n=2))


# --- The two commands -----------------------------------------------------------------------------


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def compare(before: Path, after: Path, *, draw: bool) -> int:
    """Say how many pages are alike, name those that aren't, and leave their differences in AFTER/differences."""
    found, out = seen_in(before), after / "differences"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    pairs: dict[tuple[Path, Path], str] = {}
    alone = 0
    tests = {test: pages for test, pages in seen_in(after).items() if test in found}
    for test, pages in tests.items():
        for old, new in pairs_of(found[test], pages):
            if old and new:
                pairs.setdefault((old, new), test)
            else:
                alone += 1
                say(f"only {'before' if old else 'after'}: {old or new} in {test}")
    say(f"{len(tests)} tests of {len(found)}: {len(pairs)} pairs of pages, {alone} pages without another")
    same = [pair for pair in pairs if pair[0].name == pair[1].name]
    folded_alike = [pair for pair in pairs if folded(pair[0]) == folded(pair[1])]
    differ = [pair for pair in pairs if pair not in set(folded_alike)]
    say(
        f"documents: {len(same)} the same, {len(folded_alike) - len(same)} but for whitespace, {len(differ)} differ"
    )
    for old, new in differ:
        file = out / f"{new.stem}.diff"
        file.write_text(difference(old, new))
        say(f"  {pairs[old, new]}: {file}")
    unlike = list(unlike_pictures(before, after, list(pairs), out)) if draw else []
    for old, new in unlike:
        say(f"  {pairs[old, new]}: {out / new.stem}-*.png")
    return 1 if differ or unlike or alone else 0


def unlike_pictures(
    before: Path, after: Path, pairs: list[tuple[Path, Path]], out: Path
) -> Iterator[tuple[Path, Path]]:
    """The pairs whose pictures differ; those are left in `out`."""
    styles_differ = bool(filecmp_of(before / "static", after / "static"))
    drawn: dict[tuple[str, str], tuple[Path, Path]] = {}
    for old, new in pairs:
        whole = new.stat().st_size < LARGEST and new.read_text().lstrip()[:9].lower() == "<!doctype"
        if whole and (styles_differ or old.name != new.name):
            drawn.setdefault((skeleton(old), skeleton(new)), (old, new))
    say(f"pictures: {len(drawn)} pages × {len(WAYS)}")
    count = 0
    with cameras(before, after) as (one, other):
        for number, (old, new) in enumerate(drawn.values(), 1):
            if not looks_alike(one, other, old, new):
                count += 1
                for camera, page, side in ((one, old, "before"), (other, new, "after")):
                    for (width, scheme), picture in zip(WAYS, camera.draw(page), strict=True):
                        (out / f"{new.stem}-{width}-{scheme}-{side}.png").write_bytes(picture)
                yield old, new
            if number % 50 == 0:
                say(f"  {number} drawn, {count} differ")
    say(f"pictures: {len(drawn) - count} alike, {count} differ")


def filecmp_of(one: Path, other: Path) -> list[str]:
    """Styles and other static files that differ between two folders."""
    names = {
        str(file.relative_to(top))
        for top in (one, other)
        for file in top.rglob("*")
        if file.suffix != ".js" and file.is_file()
    }
    return sorted(
        name
        for name in names
        if not (
            (one / name).exists()
            and (other / name).exists()
            and (one / name).read_bytes() == (other / name).read_bytes()
        )
    )


def main() -> int:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.looks", description="Do pages look the same before and after?"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("take", help="run tests and keep what pages they saw")
    one.add_argument("folder", type=Path)
    one.add_argument(
        "tests", nargs=argparse.REMAINDER, help="what pytest is told: paths of tests, -n 2, -k …"
    )
    two = commands.add_parser("compare", help="compare two folders")
    two.add_argument("before", type=Path)
    two.add_argument("after", type=Path)
    two.add_argument("--documents", action="store_true", help="draw no pictures")
    given = parser.parse_args()
    if given.command == "take":
        return take(given.folder, given.tests)
    return compare(given.before.resolve(), given.after.resolve(), draw=not given.documents)


if __name__ == "__main__":
    sys.exit(main())
