import gc

import pytest

from tests.cast import alice, bob, charlie, dana, erin, signed_in

__all__ = ["alice", "bob", "charlie", "dana", "erin", "signed_in"]

# Short-lived processes that make many objects: looking for cycles often costs them a tenth of their time.
gc.set_threshold(100_000, 20, 20)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones (the two stories, and what stands right in tests/) go first, so that no worker is left alone with
    them at the end.
    """
    items.sort(
        key=lambda item: (item.path.stem not in {"test_main_story", "test_whole_story"}, len(item.path.parts))
    )
