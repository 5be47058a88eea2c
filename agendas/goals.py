"""Goals the two are working towards together: one total for both."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts.export_fields import plain
from accounts.undoing import CannotUndo
from agendas.errors import GoalChanged, GoalGone, GoalWantsTwo, TooManyGoals
from agendas.models import Goal
from couples.models import Partner
from couples.seats import lock_both

NAME_LIMIT = 200  # characters
UNIT_LIMIT = 20  # characters
EACH = 50  # open goals that one person added
LEAST, MOST = Decimal("0.01"), Decimal(10) ** 12  # of a target; a total may be nought as well


@dataclass(frozen=True)
class GoalDetails:
    """A goal as it is set."""

    name: str
    target: Decimal | None = None  # None of a goal without a number
    total: Decimal = Decimal(0)
    unit: str = ""
    due_on: date | None = None


@transaction.atomic
def add(*, by: Partner, details: GoalDetails, now: datetime) -> Goal:
    """Set a goal for the two. The same again changes nothing. Raises `GoalWantsTwo` or `TooManyGoals`."""
    _lock(by)
    open_goals = open_of(by)
    for goal in open_goals:
        if details_of(goal) == details:
            return goal
    if sum(goal.by_id == by.user_id for goal in open_goals) >= EACH:
        raise TooManyGoals
    return _put(Goal(couple=by.couple, by=by.user, added_at=now), details, now)


@transaction.atomic
def change(*, by: Partner, goal_id: UUID, details: GoalDetails, stood: str, now: datetime) -> Goal:
    """Change a goal: how far they are, or what it is. `stood` names what was read.

    Raises `GoalGone`, `GoalChanged` or `GoalWantsTwo`.
    """
    goal = _open(by, goal_id)
    if details_of(goal) == details:
        return goal
    if goal.shown != stood:
        raise GoalChanged(goal)
    return _put(goal, details, now)


@transaction.atomic
def end(*, by: Partner, goal_id: UUID, now: datetime) -> bool:
    """Take a goal off the list, reached or not: either, alone. Raises `GoalGone` or `GoalWantsTwo`.

    Returns whether it went by this: twice is once.
    """
    _lock(by)
    goal = Goal.objects.of(by.couple).filter(pk=goal_id).first()
    if goal is None:
        raise GoalGone
    if goal.ended_at is not None:
        return False
    goal.ended_at = now
    goal.save(update_fields=["ended_at"])
    return True


@transaction.atomic
def reopen(*, by: Partner, goal: str, ended_at: str, now: datetime) -> None:
    """Put a goal back on the list that was just taken off it. Raises `CannotUndo` or `GoalWantsTwo`."""
    _lock(by)
    found = (
        Goal.objects.of(by.couple).filter(pk=UUID(goal), ended_at=datetime.fromisoformat(ended_at)).first()
    )
    if found is None:
        raise CannotUndo
    found.ended_at = None
    found.save(update_fields=["ended_at"])


def open_of(partner: Partner) -> list[Goal]:
    """The goals the two have now, as they were set."""
    return _with(partner, Goal.objects.of(partner.couple).open())


def one(partner: Partner, goal_id: UUID) -> Goal | None:
    return next(iter(_with(partner, Goal.objects.of(partner.couple).open().filter(pk=goal_id))), None)


def details_of(goal: Goal) -> GoalDetails:
    target = Decimal(goal.target) if goal.target else None
    return GoalDetails(goal.name, target, Decimal(goal.total or "0"), goal.unit, goal.due_on)


def _with(partner: Partner, goals: QuerySet[Goal]) -> list[Goal]:
    found = list(goals)
    for goal in found:
        goal.couple = partner.couple
    return found


def _put(goal: Goal, details: GoalDetails, now: datetime) -> Goal:
    goal.name, goal.unit, goal.due_on = details.name, details.unit, details.due_on
    goal.target = "" if details.target is None else plain(details.target)
    goal.total = plain(details.total)
    goal.changed_at = now
    goal.save()
    return goal


def _open(by: Partner, goal_id: UUID) -> Goal:
    _lock(by)
    goal = Goal.objects.of(by.couple).open().filter(pk=goal_id).select_for_update(of=("self",)).first()
    if goal is None:
        raise GoalGone
    goal.couple = by.couple
    return goal


def _lock(by: Partner) -> None:
    if not lock_both(by):
        raise GoalWantsTwo
