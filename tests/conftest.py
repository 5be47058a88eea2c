import gc

import pytest
from django.template import Template
from django.test.utils import _TestState

from tests.cast import alice, bob, charlie, dana, erin, signed_in

__all__ = ["alice", "bob", "charlie", "dana", "erin", "signed_in"]


@pytest.fixture(autouse=True, scope="session")
def _plain_templates(django_test_environment: None) -> None:
    """Django would copy the context of every include for `response.context`, which no test looks at."""
    Template._render = _TestState.saved_data.template_render  # type: ignore[method-assign]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones (they stand right in tests/) go first, so that no worker is left alone with them at the end."""
    items.sort(key=lambda item: len(item.path.parts))


gc.set_threshold(
    100_000, 20, 20
)  # short-lived processes that make many objects: looking for cycles costs a tenth
