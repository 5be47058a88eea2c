from collections.abc import Iterator

import pytest
import time_machine

from tests.cast import NOW


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """It is `NOW` until a test moves on."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller
