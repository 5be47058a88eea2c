from collections.abc import Iterator

import pytest
import time_machine
from allauth.account.models import EmailAddress

from accounts.crowd import FEW
from accounts.models import DataKey, User
from tests.cast import NOW


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """It is `NOW` until a test moves on."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def many(db: None) -> None:
    """Twenty accounts beside those of the test: numbers are nobody's."""
    users = User.objects.bulk_create(
        User(
            email=f"one.of.many.{number}@example.test",
            name="One",
            zone="UTC",
            key=DataKey.make(),
            joined_at=NOW,
        )
        for number in range(FEW)
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users
    )
