"""A date's states: the templates ask for none that isn't there, which Django would take for False."""

import re
from pathlib import Path

from adventures.models.dates import State

ASKED_FOR = re.compile(r"\bstate_is\.(\w+)")


def test_templates_ask_for_states_that_exist() -> None:
    found = {
        name for page in Path("templates").rglob("*.html") for name in ASKED_FOR.findall(page.read_text())
    }
    assert found <= {state.value for state in State}
    assert State.PASSED in found
