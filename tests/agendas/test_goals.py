"""Joint goals: one total for two people, changed by either, taken off by either."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.errors import Gone
from accounts.models import User
from agendas import goals
from agendas.errors import GoalChanged, TooManyGoals
from agendas.models import Goal
from couples import parting
from couples.errors import NobodyToAsk
from tests.cast import NOW, just_signed_in, seat

SEA = goals.GoalDetails("the sea", Decimal(900), Decimal("410.50"), "pounds", date(2027, 6, 1))


def add(user: User, plan: goals.GoalDetails = SEA) -> Goal:
    return goals.add(by=seat(user), details=plan, now=NOW)


def test_set_once_and_read_by_both(alice: User, bob: User, charlie: User) -> None:
    assert add(alice).pk == add(bob).pk
    for user in (alice, bob):
        assert [goals.details_of(goal) for goal in goals.open_of(seat(user))] == [SEA]
    assert goals.open_of(seat(charlie)) == []


def test_nobody_alone_sets_one(dana: User) -> None:
    with pytest.raises(NobodyToAsk):
        add(dana)


@pytest.mark.parametrize(
    ("total", "share", "width"),
    [("0", 0.0, "0.0"), ("450", 0.5, "50.0"), ("900", 1.0, "100.0"), ("1200", 1.0, "100.0")],
)
def test_how_far_it_is(alice: User, bob: User, total: str, share: float, width: str) -> None:
    goal = add(alice, goals.GoalDetails("x", Decimal(900), Decimal(total)))
    assert (goal.share, goal.width) == (share, width)


def test_said_as_people_write_it(alice: User, bob: User) -> None:
    goal = add(alice)
    assert (goal.total_text, goal.target_text) == ("410.50", "900")


WALK = goals.GoalDetails("Walk after dinner more often")


def test_set_without_a_number(alice: User, bob: User) -> None:
    goal = add(alice, WALK)
    assert goals.details_of(goals.open_of(seat(bob))[0]) == WALK
    assert (goal.is_measured, goal.is_counted, goal.share) == (False, False, 0.0)
    assert add(bob, WALK).pk == goal.pk


def test_without_a_number_it_reads_well(alice: User, bob: User) -> None:
    client = just_signed_in(alice)
    page = client.post("/goals/", {"name": WALK.name}, follow=True).content.decode()
    assert WALK.name in page
    assert "Added. Your goal is on the list" in page
    assert "together" not in page.split('class="goal"')[1].split("</li>")[0]
    assert '<svg class="fill"' not in page
    goal = Goal.objects.get()
    form = client.get(f"/goals/{goal.pk}/").content.decode()
    assert re.search(r'name="total"(?![^>]*value)', form)
    changed = {"name": WALK.name, "total": "12", "unit": "walks", "stood": goal.shown}
    page = " ".join(client.post(f"/goals/{goal.pk}/", changed, follow=True).content.decode().split())
    assert "12 walks so far, together" in page


def test_kept_in_plain_digits_however_it_was_typed(alice: User, bob: User) -> None:
    client = just_signed_in(alice)
    client.post("/goals/", {"name": "x", "target": "1e3", "total": "-0"})
    (goal,) = goals.open_of(seat(alice))
    assert (goal.target, goal.total) == ("1000", "0")


def test_a_number_comes_and_goes(alice: User, bob: User) -> None:
    goal = add(alice, WALK)
    for details in (
        goals.GoalDetails(WALK.name, Decimal(40), Decimal(3), "walks"),
        goals.GoalDetails(WALK.name, None, Decimal(3), "walks"),
        WALK,
    ):
        goal = goals.change(by=seat(bob), goal_id=goal.pk, details=details, stood=goal.shown, now=NOW)
        assert goals.details_of(goal) == details
        assert goal.is_measured == (details.target is not None)
        assert goal.is_counted == (details.total > 0)


def test_changed_by_either_and_never_over_the_others(alice: User, bob: User) -> None:
    goal = add(alice)
    stood = goal.shown
    more = goals.GoalDetails("the sea", Decimal(900), Decimal(500), "pounds", SEA.due_on)
    goals.change(by=seat(bob), goal_id=goal.pk, details=more, stood=stood, now=NOW)
    with pytest.raises(GoalChanged) as stale:
        goals.change(
            by=seat(alice),
            goal_id=goal.pk,
            details=goals.GoalDetails("hills", Decimal(1)),
            stood=stood,
            now=NOW,
        )
    assert goals.details_of(stale.value.goal) == more
    goals.change(by=seat(alice), goal_id=goal.pk, details=more, stood=stood, now=NOW)  # what stands already


def test_what_names_it_tells_nothing_of_how_often_it_was_changed(alice: User, bob: User) -> None:
    goal = add(alice)
    stood = goal.shown
    for plan in (goals.GoalDetails("hills", Decimal(1)), SEA):
        goal = goals.change(by=seat(bob), goal_id=goal.pk, details=plan, stood=goal.shown, now=NOW)
    assert goals.open_of(seat(alice))[0].shown == stood


def test_ended_by_either(alice: User, bob: User, charlie: User) -> None:
    goal = add(alice)
    with pytest.raises(Gone):
        goals.end(by=seat(charlie), goal_id=goal.pk, now=NOW)
    for _ in range(2):
        goals.end(by=seat(bob), goal_id=goal.pk, now=NOW)
    assert goals.open_of(seat(alice)) == []
    with pytest.raises(Gone):
        goals.change(by=seat(alice), goal_id=goal.pk, details=SEA, stood=goal.shown, now=NOW)


def test_fifty_each_and_nobody_stops_the_other(alice: User, bob: User) -> None:
    for number in range(goals.EACH):
        add(alice, goals.GoalDetails(f"goal {number}", Decimal(1)))
    with pytest.raises(TooManyGoals):
        add(alice, goals.GoalDetails("one more", Decimal(1)))
    add(bob, goals.GoalDetails("his", Decimal(1)))
    hers = next(goal for goal in goals.open_of(seat(bob)) if goal.by_id == alice.pk)
    goals.end(by=seat(bob), goal_id=hers.pk, now=NOW)
    add(alice, goals.GoalDetails("one more", Decimal(1)))


def test_after_parting_both_keep_a_copy_and_nobody_changes_it(alice: User, bob: User, erin: User) -> None:
    goal = add(alice)
    parting.part(by=bob, now=NOW + timedelta(hours=1))
    for user in (alice, bob):
        assert goals.open_of(seat(user)) == []
        kept = list(Goal.objects.kept_from(user))
        assert [goals.details_of(one) for one in kept] == [SEA]
        with pytest.raises((NobodyToAsk, Gone)):
            goals.change(by=seat(user), goal_id=goal.pk, details=SEA, stood=goal.shown, now=NOW)
    assert not Goal.objects.kept_from(erin).exists()
