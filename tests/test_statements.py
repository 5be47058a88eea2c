"""The choice of tests that ask SQLite: how it is made, that all of it exists, and that what is marked is in it."""

import ast
from pathlib import Path

from tests.house import parsed
from tests.statements import LIST, Asked, choose, shape

ROOT = Path(__file__).parent.parent
MARK = "mark.every_database"


def test_a_statement_is_known_whatever_is_in_it() -> None:
    insert = 'INSERT INTO "wish" ("id", "text") VALUES '
    assert shape(f"{insert}(%s, %s)") == shape(f"{insert}(%s, %s), (%s, %s), (%s, %s)")
    assert shape('SAVEPOINT "s140_x1"') == shape('SAVEPOINT "s209_x77"')
    assert shape("SELECT 1 FROM a WHERE b IN (%s, %s) LIMIT 21") == shape(
        "SELECT 1 FROM a WHERE b IN (%s, %s, %s) LIMIT 1"
    )
    assert shape('SELECT "rose" FROM "page"') != shape('SELECT "bud" FROM "page"')


def test_each_statement_is_asked_by_the_quick_ones_and_the_longest_are_left_out() -> None:
    tests = {
        "slow": Asked(frozenset({"a", "b"}), 0.9),
        "quick": Asked(frozenset({"a", "b"}), 0.1),
        "quick, too": Asked(frozenset({"b"}), 0.1),
        "alone": Asked(frozenset({"a", "c"}), 0.9),
        "long": Asked(frozenset({"a", "b", "c", "d"}), 9.0),
        "long, and marked": Asked(frozenset({"e"}), 9.0, always=True),
    }
    tests |= {f"other {number}": Asked(frozenset(), 0.9) for number in range(999)}
    assert choose(tests) == ["alone", "long, and marked", "quick"]


def test_those_that_were_chosen_are_there() -> None:
    names = {name.split("[")[0] for name in LIST.read_text().splitlines()}
    there: dict[str, set[str]] = {}
    for file in {name.split("::")[0] for name in names}:
        tree = parsed((ROOT / file).read_text()) if (ROOT / file).exists() else ast.Module([], [])
        there[file] = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    gone = [name for name in names if name.split("::")[-1] not in there[name.split("::")[0]]]
    assert gone == [], "mend the lines in tests/on_sqlite.txt, or choose anew by `make on-sqlite`"


def test_what_is_marked_is_chosen() -> None:
    chosen = {name.split("[")[0] for name in LIST.read_text().splitlines()}
    missing = []
    for file in sorted(ROOT.glob("tests/**/test_*.py")):
        tree, name = parsed(file.read_text()), file.relative_to(ROOT).as_posix()
        tests = [
            one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")
        ]
        whole = any(
            isinstance(one, ast.Assign)
            and ast.unparse(one.targets[0]) == "pytestmark"
            and MARK in ast.unparse(one.value)
            for one in tree.body
        )
        marked = [
            one for one in tests if whole or any(MARK in ast.unparse(mark) for mark in one.decorator_list)
        ]
        missing += [f"{name}::{one.name}" for one in marked if f"{name}::{one.name}" not in chosen]
    assert missing == [], "add the lines to tests/on_sqlite.txt, or choose anew by `make on-sqlite`"
