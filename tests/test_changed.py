"""`make quick` runs the tests of what changed."""

from tests.changed import ROOMS, ROOT, RULES, folders_of


def test_a_room_is_known_by_its_code_its_pages_and_its_tests() -> None:
    for name in ("couples/pairing.py", "templates/couples/invite.html", "tests/couples/test_days.py"):
        assert folders_of([name]) == ["tests/couples", RULES]


def test_a_test_beside_the_rooms_is_run_itself_and_the_rest_by_the_house_rules_alone() -> None:
    changed = ["tests/test_access.py", "tests/cast.py", "README.md", "static/css/tokens.css"]
    assert folders_of(changed) == ["tests/test_access.py", RULES]


def test_every_room_is_there() -> None:
    assert all((ROOT / room).is_dir() and (ROOT / "tests" / room).is_dir() for room in ROOMS)
