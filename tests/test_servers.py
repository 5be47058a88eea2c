"""What a test starts ends with it, and what fails in its helpers says why."""

import ast
import importlib
import threading
from pathlib import Path

import pytest

from tests.agendas.scenarios import trap
from tests.house import parsed
from tests.servers import ROOT, no_thread_left

HELPERS = [
    path
    for path in sorted((ROOT / "tests").rglob("*.py"))
    if not path.name.startswith("test_")
    and any(isinstance(node, ast.Assert) for node in ast.walk(parsed(path.read_text())))
]


def test_a_thread_that_goes_on_fails_its_test() -> None:
    over = threading.Event()
    thread = threading.Thread(target=over.wait, name="goes on", daemon=True)
    try:
        with pytest.raises(pytest.fail.Exception, match="still running after the test: goes on"):
            with no_thread_left(seconds=0.1):
                thread.start()
    finally:
        over.set()
        thread.join(10)


def test_one_that_is_about_to_end_is_waited_for() -> None:
    thread = threading.Thread(target=threading.Event().wait, args=[0.1], daemon=True)
    with no_thread_left():
        thread.start()
    assert not thread.is_alive()


def test_a_failed_assertion_of_a_helper_says_what_it_compared() -> None:
    with pytest.raises(AssertionError, match="assert 'no such trap' in "):
        trap("no such trap")


@pytest.mark.parametrize("helper", HELPERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_so_do_those_of_every_helper(helper: Path) -> None:
    name = ".".join(helper.relative_to(ROOT).with_suffix("").parts)
    assert "@pytest_ar" in vars(
        importlib.import_module(name)
    )  # as pytest marks a module that it has taken in hand
