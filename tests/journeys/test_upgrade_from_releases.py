"""From what two earlier releases really made, by their own code, to today's: nothing that was written is lost.

`test_upgrade.py` looks closely at what one of them kept of sessions and addresses; here a couple's month of evenings
goes through every migration since.
"""

from pathlib import Path

import pytest

from tests.journeys import former_code
from tests.journeys.upgrading import ROOT, environment_of, own_database, ran

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
WRITTEN = {"c82faeb": 100, "28ff24e": 150}  # so many texts at least, by each release's demo couple


@pytest.mark.parametrize("release", WRITTEN)
def test_what_a_release_sealed_opens_after_an_upgrade(release: str, tmp_path: Path) -> None:
    if not former_code.is_here(release):
        pytest.skip(f"{release} isn't in this checkout: nothing was upgraded from it.")
    code = tmp_path / "code"
    code.mkdir()
    former_code.take_out(release, code)
    with own_database() as database:
        environment = environment_of(database, tmp_path)
        former_code.asked(code, environment, "seed")
        before: dict[str, int] = former_code.asked(code, environment, "words")
        assert sum(before.values()) >= WRITTEN[release]

        ran(environment, "nearer", "migrate", "-v0")
        assert ran(environment, "nearer", "keys", "check") == "Every key opens.\n"
        after: dict[str, int] = former_code.asked(ROOT, environment, "words")
        assert {text: count for text, count in before.items() if after.get(text, 0) < count} == {}
        looked = former_code.asked(ROOT, environment, "look")
        assert looked.pop("roses") > 10
        assert looked == {"today": 200, "written": 302, "on pages": True}
        ran(environment, "nearer", "migrate", "-v0")  # and again: nothing to do
