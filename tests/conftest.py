import gc
import os

import pytest
from hypothesis import HealthCheck, settings
from pytest_django import DjangoDbBlocker

from tests import objects, order
from tests.cast import alice, bob, cast, charlie, dana, erin, signed_in
from tests.scenes import stage
from tests.servers import ask_through_sockets, note_migrations

__all__ = ["alice", "bob", "cast", "charlie", "dana", "erin", "signed_in"]

# Short-lived processes that make many objects: looking for cycles often costs them a tenth of their time.
gc.set_threshold(100_000, 20, 20)


# How long an example takes, and making ten of them, is the machine's: it fails where that has other work. Few examples
# are the same in each run, so that one head has one verdict; where many are asked for (FUZZ=2000, in `make full`), they
# are others each time.
settings.register_profile(
    "any machine",
    deadline=None,
    derandomize="FUZZ" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("any machine")


def pytest_configure() -> None:
    ask_through_sockets()


def pytest_collection_finish() -> None:
    objects.set_apart()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """What a run made ends with its process: to look for cycles in it once more takes seconds."""
    gc.freeze()


@pytest.fixture(autouse=True)
def _empty_stage() -> None:
    """Nothing of an earlier test's is in the database."""
    stage.clear()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """pytest-django's, and the database counts as migrated for whatever server a test starts on it."""
    with django_db_blocker.unblock():
        note_migrations()


def _asks_a_database(item: pytest.Item) -> bool:
    fixtures = getattr(item, "fixturenames", ())
    return (
        item.get_closest_marker("django_db") is not None or "db" in fixtures or "transactional_db" in fixtures
    )


@pytest.hookimpl(
    trylast=True
)  # of what is left once marks have chosen: each worker is handed its part of that
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes minutes is dealt out first (`tests/order.py`); of the rest, what stands right in tests/ is first."""
    if os.environ.get("TEST_DATABASE") == "sqlite":  # what asks no database is answered already
        config.hook.pytest_deselected(items=[item for item in items if not _asks_a_database(item)])
        items[:] = [item for item in items if _asks_a_database(item)]
    items.sort(key=lambda item: len(item.path.parts))
    order.deal(items, workers=int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))
