"""Migrations that stand for several make what those made, one after the other."""

from pathlib import Path

import pytest

from tests.journeys.upgrading import environment_of, own_database, ran

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def test_a_new_installation_has_the_tables_of_one_that_was_upgraded(tmp_path: Path) -> None:
    found = {}
    for which in ("every", "usual"):
        folder = tmp_path / which
        folder.mkdir()
        with own_database() as database:
            environment = environment_of(database, folder)
            found[which] = ran(environment, "-m", "tests.journeys.schemas", which).splitlines()
            ran(environment, "nearer", "migrate", "--check")  # and nothing is left to do
    assert len(found["every"]) > 500
    assert sorted(set(found["every"]) ^ set(found["usual"])) == []
