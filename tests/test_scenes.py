"""What makes the tests fast changes nothing for them: a scene put in place is the scene that was lived through."""

from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction

from accounts.models import User
from couples.models import Couple, Partner
from tests import scenes
from tests.cast import enter, pair, person, seat
from tests.scenes import Stage

EVERYBODY = frozenset({"bob", "erin", "alice", "charlie", "dana"})


def undone(stage: Stage, *names: frozenset[str]) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of these scenes one after the other, which then never were."""
    with transaction.atomic():
        stage.clear()
        for some in names:
            stage.play(some, lambda some=some: enter(some))  # type: ignore[misc]  # mypy can't infer it
        found = {table: sorted(rows.values(), key=repr) for table, rows in scenes._rows().items()}
        transaction.set_rollback(True)
    return found


@pytest.mark.django_db
def test_a_scene_put_in_place_is_the_one_that_was_lived_through() -> None:
    stage = Stage()
    lived = undone(stage, EVERYBODY)
    assert len(stage.pictures) == 1
    assert undone(stage, EVERYBODY) == lived
    assert len(lived["accounts_user"]) == 6


@pytest.mark.django_db
def test_a_scene_on_top_of_another_keeps_what_it_changed_and_removed() -> None:
    """Alice comes to a Bob who was alone: his couple of one is closed, and hers."""
    stage = Stage()

    def play() -> dict[str, list[tuple[Any, ...]]]:
        with transaction.atomic():
            stage.clear()
            stage.play("two", lambda: enter(frozenset({"bob", "dana"})))
            stage.play("paired", lambda: pair(User.objects.get(name="Bob"), User.objects.get(name="Dana")))
            stage.play("gone", lambda: Partner.objects.filter(left_at=None).delete())
            found = {table: sorted(rows.values(), key=repr) for table, rows in scenes._rows().items()}
            transaction.set_rollback(True)
        return found

    lived = play()
    assert play() == lived
    assert len(stage.pictures) == 3


def test_bob_with_erin_is_not_bob_without(bob: User, erin: User) -> None:
    assert Couple.objects.filter(partners__user=erin, paired=True).count() == 1


def test_bob_without_erin_never_met_her(bob: User) -> None:
    assert not Couple.objects.filter(paired=True).exists()
    assert [user.name for user in User.objects.all()] == ["Bob"]


def test_the_cast_is_put_in_place_where_nothing_else_was_written(alice: User, bob: User) -> None:
    assert scenes.stage.played == (frozenset({"alice", "bob"}),)


@pytest.mark.django_db
def test_whoever_is_not_asked_for_is_not_there() -> None:
    assert not User.objects.exists()


@pytest.mark.django_db
def test_over_something_else_a_scene_is_lived_through_again() -> None:
    stage = Stage()
    names = frozenset({"bob"})
    undone(stage, names)
    stage.clear()
    person("Somebody")
    stage.play(names, lambda: enter(names))
    assert stage.played is None
    keys = {str(user.key_id) for user in User.objects.all()}
    assert len(keys) == 2
    assert len(stage.pictures) == 1


@pytest.mark.django_db
def test_a_scene_that_was_undone_no_longer_stands() -> None:
    stage = Stage()
    stage.clear()
    with transaction.atomic():
        stage.play("bob", lambda: enter(frozenset({"bob"})))
        transaction.set_rollback(True)
    assert stage.played is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_after_a_test_that_committed_everybody_is_there_again(alice: User, bob: User, time: str) -> None:
    """And nothing of the first is left for the second."""
    assert seat(alice).couple_id == seat(bob).couple_id
    assert User.objects.count() == 2
    scenes.empty_tables()
    assert {table for table, rows in scenes._rows().items() if rows} == {
        "django_content_type",
        "auth_permission",
    }
    assert ContentType.objects.exists()
    person("Alice")
    assert not connection.in_atomic_block
