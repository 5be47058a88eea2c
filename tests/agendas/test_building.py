"""Laying out agendas."""

from datetime import timedelta

import pytest
from django.db.models import F

from accounts.models import User
from agendas import building
from agendas.models import Agenda, AgendaItem, Part
from checkins.models import Appreciation, CheckIn, SmallWin
from tests.agendas.scenarios import LAYS_OUT, SUNDAY, agree, evening, thank, win
from tests.cast import NOW


def lines(agenda: Agenda) -> list[tuple[int, str]]:
    return [(item.part, item.kind) for item in AgendaItem.objects.filter(agenda=agenda).laid_out()]


def test_it_is_laid_out_as_its_day_begins(alice: User, bob: User) -> None:
    agenda = agree(alice, bob, now=NOW)
    assert building.build_due(now=LAYS_OUT - timedelta(seconds=1)) == 0
    assert building.build_due(now=LAYS_OUT) == 1
    agenda.refresh_from_db()
    assert agenda.laid_out_at == LAYS_OUT
    assert lines(agenda) == []


def test_lines_come_from_every_kind_of_source(alice: User, bob: User) -> None:
    agenda = agree(alice, bob, now=NOW)
    tuesday = SUNDAY - timedelta(days=5)
    evening(alice, tuesday, "a rose", "a bud", "a thorn")
    evening(bob, tuesday, "", "his bud", "his thorn")
    evening(alice, SUNDAY - timedelta(days=3), "nobody answered this")
    evening(alice, SUNDAY - timedelta(days=2), "kept", "", "also a thorn", kept="rose")
    evening(bob, SUNDAY - timedelta(days=2), "", "", "a thorn")
    thank(bob, SUNDAY - timedelta(days=4), "the soup")
    thank(bob, SUNDAY - timedelta(days=1), "kept for the talk", keep=True)
    win(alice, SUNDAY - timedelta(days=1), "an easy laugh")
    building.build_due(now=LAYS_OUT)
    assert lines(agenda) == [
        (Part.THANKS, "thanks"),
        (Part.THANKS, "thanks"),
        (Part.THANKS, "rose"),
        (Part.RIGHT, "win"),
        (Part.AHEAD, "bud"),
        (Part.AHEAD, "bud"),
    ]


def test_only_the_days_since_the_last_talk_count(alice: User, bob: User) -> None:
    """Whatever other talks the couple had: each is built from its own Days."""
    agree(alice, bob, now=NOW - timedelta(weeks=3))
    for week in (3, 2, 1, 0):
        building.build_due(now=LAYS_OUT - timedelta(weeks=week))
        building.build_due(now=LAYS_OUT - timedelta(weeks=week) + timedelta(days=2))
    long_ago, lately = SUNDAY - timedelta(days=9), SUNDAY - timedelta(days=6)
    for day in (long_ago, lately):
        evening(alice, day, f"a rose of {day}")
        evening(bob, day, thorn="a thorn")
    agenda = Agenda.objects.get(slot=SUNDAY)
    building.build([agenda.pk], now=LAYS_OUT)
    sources = [CheckIn.objects.get(pk=item.source).day for item in AgendaItem.objects.filter(agenda=agenda)]
    assert sources == [lately]


@pytest.mark.parametrize("early", [0, -1])
def test_two_lines_of_one_day_do_not_tell_which_was_written_first(alice: User, bob: User, early: int) -> None:
    """Which of them stands first is settled by what they are, not by when they were written."""
    agenda = agree(alice, bob, now=NOW)
    for user in (alice, bob):
        thank(user, SUNDAY - timedelta(days=2), user.name)
        win(user, SUNDAY - timedelta(days=2), user.name)
    for model in (Appreciation, SmallWin):
        pk = list(model.objects.order_by("pk").values_list("pk", flat=True))[early]
        model.objects.filter(pk=pk).update(goes_out_at=F("goes_out_at") - timedelta(hours=5))
    building.build([agenda.pk], now=LAYS_OUT)
    for kind, model in (("thanks", Appreciation), ("win", SmallWin)):
        items = AgendaItem.objects.filter(agenda=agenda, kind=kind).laid_out()
        assert [item.source for item in items] == list(
            model.objects.order_by("pk").values_list("pk", flat=True)
        )
