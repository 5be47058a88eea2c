"""The turns of tasks: a worker's few threads are for all that is due, however much there is of one kind.

A task whose turn ends before its work rings once more, behind whatever else waits by then. That ring is dropped if it
waits for longer than a turn: the beat's come anyway, and each that finds work may become one more, so that there would
be ever more of them.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from celery.contrib.django.task import DjangoTask
from django.utils import timezone

TURN = timedelta(seconds=10)
GoesOn = Callable[[], bool]
T = TypeVar("T")


def always() -> bool:
    """The answer of whoever is in nobody's way."""
    return True


class Turn:
    """A turn that began just now. Work in batches asks before each further one whether it goes on."""

    def __init__(self) -> None:
        self._ends = timezone.now() + TURN
        self.is_cut_short = False  # somebody asked for longer than there was time

    def goes_on(self) -> bool:
        """Whether there is time left."""
        self.is_cut_short = timezone.now() >= self._ends
        return not self.is_cut_short


def take(task: DjangoTask, work: Callable[[GoesOn], T]) -> T:
    """The outcome of this work, done within one turn of its task. If it isn't done by then, the task rings again."""
    turn = Turn()
    outcome = work(turn.goes_on)
    if turn.is_cut_short:
        task.apply_async_on_commit(expires=TURN.total_seconds())
    return outcome
