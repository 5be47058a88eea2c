"""The kinds of lines a talk has: each is one module, and nothing else in the house knows it."""

import pkgutil
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from uuid import UUID

import pytest
from django.db.models import F, QuerySet
from django.test import Client
from time_machine import travel

from accounts.models import User
from agendas import building, line_kinds, meeting, reading
from agendas import lines as modules
from agendas.line_kinds import LineKind, Reader, TalkLine
from agendas.line_rows import first_few, of_couple
from agendas.models import AgendaItem, Part, Rhythm
from couples.models import Partner
from tests.agendas.scenarios import LAYS_OUT, STARTS, agree
from tests.cast import NOW, seat


def rows(agendas: Sequence[UUID]) -> QuerySet[Rhythm]:
    return of_couple(Rhythm.objects.all(), agendas)


def read(partner: Partner, ids: Collection[UUID], *, now: datetime) -> dict[UUID, Rhythm]:
    return {rhythm.pk: rhythm for rhythm in Rhythm.objects.filter(pk__in=ids, couple=partner.couple_id)}


def line(reader: Reader, item: AgendaItem, rhythm: Rhythm) -> TalkLine:
    return TalkLine(item, f"every {rhythm.every}", f"since {reader.on(rhythm.agreed_at.date())}")


def kind(name: str = "rhythm", place: int = 90, part: Part = Part.AHEAD) -> LineKind:
    """A kind made up here: the rhythm two people agreed on, in the time ahead unless another part is named."""
    picked = first_few(F("pk").asc())
    return LineKind(name, part, place, rows=rows, picked=picked, read=read, line=line, joint=True)


@pytest.fixture
def rhythm_kind() -> Iterator[LineKind]:
    yield line_kinds.register(kind())
    line_kinds._kinds.pop("rhythm", None)


def test_each_module_registers_the_kind_of_its_name() -> None:
    assert {one.name for one in pkgutil.iter_modules(modules.__path__)} == {
        one.name for one in line_kinds.every()
    }


@pytest.mark.django_db
def test_a_kind_that_is_registered_is_laid_out_and_read(
    alice: User, bob: User, rhythm_kind: LineKind
) -> None:
    agenda = agree(alice, bob, now=NOW)
    building.build_due(now=LAYS_OUT)
    for user in (alice, bob):
        lines = reading.lines(seat(user), agenda, [Part.AHEAD], now=STARTS)[Part.AHEAD]
        (found,) = (one for one in lines if one.kind == "rhythm")
        assert (found.kind, found.text, found.reason) == ("rhythm", "every week", "since on Wednesday")
        assert found.joint
        assert not found.own


@pytest.mark.django_db
@pytest.mark.parametrize("part", [one for one in Part if one is not Part.WEIGHING])
def test_a_kind_is_drawn_in_whatever_part_it_stands(
    alice: User, bob: User, signed_in: Callable[[User], Client], part: Part
) -> None:
    line_kinds.register(kind(part=part))
    try:
        with travel(STARTS, tick=False):
            agree(alice, bob, now=NOW)
            building.build_due(now=LAYS_OUT)
            meeting.begin(by=seat(alice), now=STARTS)
            meeting.go_to(by=seat(alice), part=int(part), now=STARTS)
            for user in (alice, bob):
                shown = signed_in(user).get("/talk/now/").content.decode()
                assert shown.count("every week") == 1, part
    finally:
        line_kinds._kinds.pop("rhythm")


@pytest.mark.django_db
def test_a_kind_that_was_taken_out_again_is_passed_over(
    alice: User, bob: User, rhythm_kind: LineKind
) -> None:
    """Talks keep lines of kinds that a later version doesn't know."""
    agenda = agree(alice, bob, now=NOW)
    building.build_due(now=LAYS_OUT)
    line_kinds._kinds.pop("rhythm")
    assert AgendaItem.objects.filter(kind="rhythm").exists()
    found = reading.lines(seat(alice), agenda, [Part.AHEAD], now=STARTS)[Part.AHEAD]
    assert "rhythm" not in {one.kind for one in found}


@pytest.mark.parametrize("clash", [kind(name="rose"), kind(place=3), kind(name="anniversary"), kind(name="")])
def test_two_of_one_name_or_place_are_refused(clash: LineKind) -> None:
    before = list(line_kinds.every())
    with pytest.raises(ValueError, match="kind of line"):
        line_kinds.register(clash)
    assert list(line_kinds.every()) == before
