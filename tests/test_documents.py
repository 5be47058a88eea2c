"""Names in the two documents a newcomer reads first: each file, module, function and class they speak of is there."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module

import pytest

from tests.house import ROOMS, ROOT, tracked

PYTHON, TEMPLATES = tracked("*.py"), tracked("templates/*.html")
MODULES = [".".join(one.path.with_suffix("").parts) for one in PYTHON if one.room in ROOMS]
MODULES = [name.removesuffix(".__init__") for name in MODULES if ".migrations." not in name]
NAMES = {one.path.name for one in (*PYTHON, *tracked("templates/*"))}
WORDS = {
    word
    for one in (*PYTHON, *TEMPLATES)
    if "documents" not in one.path.stem
    for word in re.findall(r"\w+", one.text)
}
OF_A_MODULE = re.compile(r"([a-z_]+(?:\.[a-z_]+)*)\.(\*|\w+(?:/\w+)*)")  # `asking.ask/agree`, `days.*`
OF_A_CLASS = re.compile(r"([A-Z]\w+)\.(\w+(?:/\w+)*)")  # `DateNight.ask/confirm`
ROW = re.compile(r"^\| `(\w+)` \| (.+) \| (.+) \|$", re.MULTILINE)  # of the table of rooms


def text(document: str) -> str:
    return (ROOT / document).read_text()


def rooms() -> tuple[str, str]:
    """The table of rooms, and the rest of its page."""
    page = text("docs/architecture.md")
    table, break_, rest = page.partition("\n\n**")
    return table, break_ + rest


def quoted(text: str) -> list[str]:
    """The names that stand between backticks: no commands, no code with arguments, no places to fill in."""
    return [one for one in re.findall(r"`([^`\n]+)`", text) if not re.search(r"[\s…<>{}\"=@(-]", one)]


def missing(name: str, *, room: str = "") -> bool:
    """Whether nothing has this name: no file, no module (of this room) with all of it, no word of the code."""
    if re.search(r"/$|\.(py|html|js|css|md|txt|toml|yml)$", name) or (ROOT / name).exists():
        places = (ROOT, ROOT / "templates", ROOT / "config", ROOT / (room or "tests"))
        return not (name in NAMES or any(list(place.glob(name.rstrip("/"))) for place in places))
    if (found := OF_A_MODULE.fullmatch(name)) is not None:
        return not any(has(import_module(module), found[2]) for module in modules(found[1], room))
    if (found := OF_A_CLASS.fullmatch(name)) is not None:
        return not any(has(one, found[2]) for one in classes(found[1], room))
    if room:
        return not list(modules(name, room))
    return not WORDS.issuperset(re.findall(r"\w+", name))


def modules(name: str, room: str) -> Iterator[str]:
    """The modules of this name, in this room if it is given."""
    for module in MODULES:
        if module == name or (module.endswith(f".{name}") and module.startswith(f"{room}." if room else "")):
            yield module


def classes(name: str, room: str) -> Iterator[object]:
    """The classes of this name, in this room if it is given."""
    for one in PYTHON:
        at_the_top = {node.name for node in one.tree.body if isinstance(node, ast.ClassDef)}
        if one.room in ROOMS and one.room == (room or one.room) and name in at_the_top:
            yield getattr(import_module(".".join(one.path.with_suffix("").parts)), name)


def has(owner: object, names: str) -> bool:
    """Whether a module or a class has all of these, fields without a default included."""
    fields = getattr(owner, "__dataclass_fields__", {})
    return names == "*" or all(hasattr(owner, name) or name in fields for name in names.split("/"))


@pytest.mark.parametrize("document", ["docs/architecture.md", "CONTRIBUTING.md"])
def test_every_name_is_one_of_the_code(document: str) -> None:
    names = quoted(rooms()[1] if "architecture" in document else text(document))
    assert len(names) > 30
    outside = {"time_machine.travel", "AppConfig.ready", "request.partner", "request.other", "request.couple"}
    assert [name for name in names if name not in outside and missing(name)] == []


def test_the_table_of_rooms_speaks_of_what_each_has() -> None:
    rows = ROW.findall(rooms()[0])
    assert {room for room, _, _ in rows} == set(ROOMS)
    for room, knows, verbs in rows:
        assert [name for name in quoted(knows + verbs) if missing(name, room=room)] == [], room
        classes = {node.name for one in PYTHON if one.room == room for node in one.classes}
        assert set(re.findall(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b", knows)) <= classes, room


@pytest.mark.parametrize(
    "name",
    ["agendas/noted.py", "asking.suggest", "couples.evenings.name", "Tasted", "hearing.*", "DateNight.stand"],
)
def test_a_name_that_is_gone_is_missed(name: str) -> None:
    assert missing(name)


def test_decisions_are_numbered_one_after_the_other() -> None:
    pages = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    assert all(page.read_text().startswith(f"# {int(page.name[:4])}. ") for page in pages)
