"""The page of the talk, looking by itself, at the very moment the other leaves: it learns nothing."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client

from accounts.leaving import erase
from accounts.models import User
from agendas import building, meeting
from couples import parting
from tests.agendas.scenarios import LAYS_OUT, STARTS, four_weeks
from tests.cast import seat

LIVE = "/talk/now/live/"
Leave = Callable[[User], object]


@pytest.fixture(autouse=True)
def clock() -> Iterator[object]:
    with time_machine.travel(STARTS, tick=False) as traveller:
        yield traveller


def part(user: User) -> None:
    parting.part(by=user, now=STARTS)


def leave_for_good(user: User) -> None:
    erase(user, now=STARTS)


@pytest.mark.parametrize("leave", [part, leave_for_good])
def test_what_is_half_read_as_the_other_leaves_goes_out_to_nobody(
    alice: User, bob: User, signed_in: Callable[[User], Client], leave: Leave
) -> None:
    four_weeks(alice, bob)
    building.build_due(now=LAYS_OUT)
    meeting.begin(by=seat(alice), now=STARTS)
    his = signed_in(bob)
    assert his.get(LIVE).status_code == 200
    left: list[bool] = []

    def meanwhile(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "agendas_agendaitem" in sql and not left:
            left.append(True)
            leave(alice)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(meanwhile):
        answer = his.get(LIVE)
    assert left
    assert (answer.status_code, answer.content) == (204, b"")
