"""The deck of questions: whole, the same for both, tonight's fixed, and none twice before all that suit were asked."""

import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given, settings
from hypothesis import strategies as st

from checkins import deck
from checkins.models import OwnPrompt, PromptSelection
from couples.models import Couple

OPENED = datetime(2026, 10, 19, 19, 0, tzinfo=UTC)
FIRST = date(2026, 10, 17)


def couple(number: int = 1) -> Couple:
    return Couple(id=UUID(int=number), opened_at=OPENED)


def selection(first: int, depth: int = 2, seasons: str = "") -> PromptSelection:
    return PromptSelection(first_day=FIRST + timedelta(days=first), depth=str(depth), seasons=seasons)


def own(agreed: int, gone: int | None = None, number: int | None = None) -> OwnPrompt:
    return OwnPrompt(
        id=UUID(int=number) if number else uuid4(),
        agreed_on=FIRST + timedelta(days=agreed),
        taken_back_on=None if gone is None else FIRST + timedelta(days=gone),
    )


def asked(
    count: int,
    selections: Sequence[PromptSelection] = (),
    own: Sequence[OwnPrompt] = (),
    of: Couple | None = None,
) -> list[str]:
    """The questions of the first `count` Days."""
    return [
        deck.question(of or couple(), FIRST + timedelta(days=day), selections, own) for day in range(count)
    ]


def suiting(depth: int = 2, seasons: str = "") -> set[str]:
    both = {"", *seasons.split()}
    return {one.id for one in deck.deck().values() if one.depth <= depth and one.season in both}


# --- the file ---------------------------------------------------------------------------------------------


def written(prompts: Sequence[dict[str, object]]) -> str:
    return "\n".join(
        "[[prompt]]\n" + "\n".join(f"{key} = {value!r}".replace("'", '"') for key, value in one.items())
        for one in prompts
    )


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """A deck of one question of each kind and depth, and limits to match."""
    monkeypatch.setattr(deck, "LEAST", 21)
    monkeypatch.setattr(deck, "LEAST_EACH", 1)
    return [
        {"id": f"{kind}-{depth}", "kind": kind, "depth": depth, "text": f"What about {kind} {depth}?"}
        for kind in deck.KINDS
        for depth in deck.DEPTHS
    ]


def test_the_deck_is_whole() -> None:
    found = deck.deck()
    assert len([one for one in found.values() if not one.season]) >= 150
    assert {one.season for one in found.values()} == {"", *deck.SEASONS}
    assert {(one.kind, one.depth) for one in found.values()} >= {
        (kind, depth) for kind in deck.KINDS for depth in deck.DEPTHS
    }


def test_a_file_in_order_is_read(small: list[dict[str, object]]) -> None:
    found = deck.read(written([*small, {**small[0], "id": "more", "text": "More?", "season": "illness"}]))
    assert found["us-2"] == deck.Prompt("us-2", "us", 2, "What about us 2?")
    assert found["more"].season == "illness"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"id": "us-1"}, "'us-1' is there twice"),
        ({"text": "What about us 1?"}, "'us-2' is there twice"),
        ({"kind": "money"}, "'us-2': its kind"),
        ({"depth": 4}, "'us-2': its depth"),
        ({"season": "winter"}, "'us-2': its season"),
        ({"text": "x" * 181}, "'us-2': its text is empty or too long"),
        ({"text": " "}, "'us-2': its text is empty or too long"),
        ({"id": ""}, "'': its id is empty"),
        ({"texts": "x"}, "'us-2'.*texts"),
        ({"depth": 1}, "0 questions of kind us and depth 2"),
    ],
)
def test_what_is_wrong_with_one_is_told_by_its_name(
    small: list[dict[str, object]], change: dict[str, object], told: str
) -> None:
    changed = [one | change if one["id"] == "us-2" else one for one in small]
    with pytest.raises(ImproperlyConfigured, match=told):
        deck.read(written(changed))


def test_a_hole_in_an_entry_or_too_few_are_told(small: list[dict[str, object]]) -> None:
    holed = [{key: value for key, value in one.items() if key != "text"} for one in small[:1]]
    with pytest.raises(ImproperlyConfigured, match=r"'curious-1'.*text"):
        deck.read(written(holed))
    with pytest.raises(ImproperlyConfigured, match="20 questions for any time, fewer than 21"):
        deck.read(written(small[1:]))
    for text in ("", "prompt = ["):
        with pytest.raises(ImproperlyConfigured, match="can't be read"):
            deck.read(text)


# --- dealt ------------------------------------------------------------------------------------------------


def test_all_that_suit_come_once_then_again_in_the_same_order() -> None:
    size = len(suiting())
    found = asked(2 * size + 3)
    assert set(found[:size]) == suiting()
    assert found[:size] == found[size : 2 * size]
    assert found[2 * size :] == found[:3]


def test_two_couples_differ_and_the_same_couple_never() -> None:
    assert asked(20) == asked(20)
    assert asked(20) != asked(20, of=couple(2))


def test_an_own_question_comes_on_the_first_day_after_the_yes() -> None:
    mine = [own(4, number=7), own(4, number=3), own(6, number=5)]
    found = asked(12, own=mine)
    plain = asked(12)
    assert found[:5] == plain[:5]
    assert found[5:8] == [str(UUID(int=number)) for number in (3, 7, 5)]
    assert found[8:] == plain[5:9]


def test_it_comes_again_with_the_others_once_all_were_asked() -> None:
    size = len(suiting()) + 1
    found = asked(2 * size + 1, own=[own(4, number=7)])
    assert [day for day, one in enumerate(found) if one == str(UUID(int=7))] == [5, 5 + size]


@pytest.mark.parametrize(("gone", "comes"), [(4, []), (5, [5]), (30, [5])])
def test_taken_back_it_comes_no_more_and_no_other_day_changes(gone: int, comes: list[int]) -> None:
    taken = asked(400, own=[own(4, gone, number=7)])
    assert [day for day, one in enumerate(taken) if one == str(UUID(int=7))] == comes
    assert taken[: gone + 1] == asked(400, own=[own(4, number=7)])[: gone + 1]


def test_a_shallower_deck_begins_on_its_day_and_the_deeper_wait_where_they_were() -> None:
    found = asked(400, [selection(10, depth=1), selection(20, depth=3)])
    assert found[:10] == asked(10)
    assert set(found[10:20]) <= suiting(1)
    assert len(set(found[: len(suiting(3))])) == len(suiting(3))


def test_seasons_come_when_both_chose_them() -> None:
    found = asked(len(suiting(2, "illness new-job")), [selection(0, 2, "illness new-job")])
    assert set(found) == suiting(2, "illness new-job") > suiting()


@st.composite
def lives(draw: st.DrawFn) -> tuple[list[PromptSelection], list[OwnPrompt]]:
    """What two people may choose and ask in four hundred Days."""
    days = st.integers(0, 400)
    changed = draw(st.lists(st.tuples(days, st.sampled_from(deck.DEPTHS)), max_size=6))
    seasons = draw(st.lists(st.sampled_from(deck.SEASONS), max_size=2, unique=True))
    asked = draw(st.lists(st.tuples(days, st.none() | days), max_size=6))
    mine = [
        own(agreed, None if gone is None else max(agreed, gone), number=number)
        for number, (agreed, gone) in enumerate(asked, 1)
    ]
    return [selection(day, depth, " ".join(seasons)) for day, depth in changed], mine


def suited_on(day: int, selections: list[PromptSelection], mine: list[OwnPrompt]) -> set[str]:
    """What may be asked on that Day, said as plainly as can be."""
    today = FIRST + timedelta(days=day)
    held = [one for one in selections if one.first_day <= today]
    latest = max(held, key=lambda one: one.first_day) if held else selection(0)
    there = {
        str(one.pk)
        for one in mine
        if one.agreed_on
        and one.agreed_on < today
        and (one.taken_back_on is None or today <= one.taken_back_on)
    }
    return suiting(int(latest.depth), latest.seasons) | there


@settings(max_examples=20, deadline=None)
@given(life=lives())
def test_none_comes_twice_before_all_that_suit_were_asked(
    life: tuple[list[PromptSelection], list[OwnPrompt]],
) -> None:
    selections, mine = life
    selections = list(
        {one.first_day: one for one in selections}.values()
    )  # one a Day, as the database has it
    found = asked(400, selections, mine)
    before: dict[str, int] = {}
    for day, one in enumerate(found):
        suited = suited_on(day, selections, mine)
        assert one in suited
        if one in before:
            assert suited <= set(found[before[one] : day])
        before[one] = day


@settings(max_examples=40, deadline=None)
@given(life=lives(), tonight=st.integers(0, 400))
def test_what_is_chosen_tonight_never_changes_tonights_or_an_earlier_one(
    life: tuple[list[PromptSelection], list[OwnPrompt]], tonight: int
) -> None:
    selections, mine = life
    today = FIRST + timedelta(days=tonight)
    known = [one for one in selections if one.first_day <= today]
    asked_for = [one for one in mine if one.agreed_on and one.agreed_on < today]
    later = [
        OwnPrompt(
            id=one.pk,
            agreed_on=one.agreed_on,
            taken_back_on=one.taken_back_on if one.taken_back_on and one.taken_back_on < today else None,
        )
        for one in asked_for
    ]
    for day in (tonight, tonight // 2):
        on = FIRST + timedelta(days=day)
        assert deck.question(couple(), on, selections, mine) == deck.question(couple(), on, known, later)


def test_two_years_are_dealt_in_a_moment() -> None:
    day = FIRST + timedelta(days=730)
    selections, mine = [selection(100 * number, 1 + number % 3) for number in range(7)], [own(90), own(300)]
    deck.question(couple(), day, selections, mine)
    times = []
    for _ in range(20):
        begun = time.perf_counter()
        deck.question(couple(), day, selections, mine)
        times.append(time.perf_counter() - begun)
    assert min(times) < 0.001


# --- another ----------------------------------------------------------------------------------------------


def test_another_is_none_of_those_that_come_soon_and_each_once() -> None:
    who, today = uuid4(), FIRST + timedelta(days=9)
    coming = asked(24)[9:]
    extras = [deck.another(couple(), today, [], [], who=who, nth=nth).id for nth in range(1, 60)]
    assert not set(coming) & set(extras)
    assert len(set(extras)) == len(extras)
    assert set(extras) <= suiting()
    assert deck.another(couple(), today, [], [], who=who, nth=10**30).id in suiting()


def test_another_is_each_persons_own_and_differs_by_day() -> None:
    def extras(who: UUID, ago: int) -> list[str]:
        day = FIRST + timedelta(days=9 + ago)
        return [deck.another(couple(), day, [], [], who=who, nth=nth).id for nth in range(1, 9)]

    one, other = uuid4(), uuid4()
    assert extras(one, 0) == extras(one, 0)
    assert extras(one, 0) != extras(other, 0)
    assert extras(one, 0) != extras(one, 1)
