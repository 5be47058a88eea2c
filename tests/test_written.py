"""An act that changes nothing is told from one that does, whatever it asks the database."""

from datetime import datetime

import pytest

from accounts.models import User
from tests.cast import NOW
from tests.written import Act, perform, written


def looks(alice: User, now: datetime) -> None:
    User.objects.get(pk=alice.pk)


def puts_what_stood(alice: User, now: datetime) -> None:
    alice.save()


def signs_in(alice: User, now: datetime) -> None:
    User.objects.filter(pk=alice.pk).update(last_login=now)


def changes_her_mind(alice: User, now: datetime) -> None:
    for theme in ("dark", alice.theme):
        User.objects.filter(pk=alice.pk).update(theme=theme)


@pytest.mark.parametrize("act", [looks, puts_what_stood, signs_in])
def test_what_changes_nothing_proves_nothing(alice: User, act: Act) -> None:
    with pytest.raises(AssertionError, match="changes nothing here"):
        perform(act, alice, NOW)
    perform(act, alice, NOW, empty=[act])


def test_what_was_taken_back_was_done(alice: User) -> None:
    with written() as changed:
        changes_her_mind(alice, NOW)
    assert changed == {"accounts_user"}
    with pytest.raises(AssertionError, match="changes_her_mind changes"):
        perform(changes_her_mind, alice, NOW, empty=[changes_her_mind])
