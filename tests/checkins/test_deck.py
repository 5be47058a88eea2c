"""The deck of questions: whole, the same for both, tonight's fixed, and none twice before all that suit were asked."""

import re
import time
import tomllib
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given, settings
from hypothesis import strategies as st

from checkins import deck
from checkins.models import OwnPrompt, PromptSelection
from couples.models import Couple

DATA = Path(__file__).parent / "data"
OPENED = datetime(2026, 10, 19, 19, 0, tzinfo=UTC)
FIRST = date(2026, 10, 17)


def couple(number: int = 1, *, paired: bool = True, opened: datetime = OPENED) -> Couple:
    return Couple(id=UUID(int=number), opened_at=opened, paired=paired)


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


def suiting(depth: int = 1, seasons: str = "", *, alone: bool = False, by: date = date.max) -> set[str]:
    both = {"", *seasons.split()}
    return {
        one.id
        for one in dealt()
        if one.depth <= depth and one.season in both and (one.alone or not alone) and one.added <= by
    }


def dealt() -> list[deck.Prompt]:
    return [one for one in deck.deck().values() if not one.retired]


# --- the file ---------------------------------------------------------------------------------------------


def written(prompts: Sequence[dict[str, object]]) -> str:
    return "\n".join(
        "[[prompt]]\n" + "\n".join(f"{key} = {literal(value)}" for key, value in one.items())
        for one in prompts
    )


def literal(value: object) -> str:
    return str(value).lower() if isinstance(value, bool | int) else f'"{value}"'


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """A deck of one question of each kind and depth, and limits to match."""
    monkeypatch.setattr(deck, "LEAST", 21)
    monkeypatch.setattr(deck, "LEAST_EACH", 1)
    monkeypatch.setattr(deck, "LEAST_LIGHT", 7)
    monkeypatch.setattr(deck, "LEAST_ALONE", 1)
    return [
        {
            "id": f"{kind}-{depth}",
            "kind": kind,
            "depth": depth,
            "text": f"What about {kind} {depth}?",
            "alone": kind == "curious",
        }
        for kind in deck.KINDS
        for depth in deck.DEPTHS
    ]


def test_the_deck_is_whole() -> None:
    always = [one for one in dealt() if not one.season]
    assert len(always) >= 150
    assert {one.season for one in dealt()} == {"", *deck.SEASONS}
    counts = Counter((one.kind, one.depth) for one in always)
    least = {1: 8, 2: 8, 3: 6}
    assert all(counts[kind, depth] >= least[depth] for kind in deck.KINDS for depth in deck.DEPTHS)


def test_whoever_chose_nothing_is_asked_the_light_ones() -> None:
    assert deck.DEPTH == 1
    assert {deck.deck()[one].depth for one in asked(len(suiting()))} == {1}


def test_what_is_asked_of_one_alone_speaks_of_nobody_else() -> None:
    """The asker of a question is the other of the two: "me" and "us" are nobody to whoever writes alone."""
    two = re.compile(r"\b(i|me|my|mine|we|us|our|ours|each other|the two of us|together)\b", re.IGNORECASE)
    assert [one.id for one in dealt() if one.alone and two.search(one.text)] == []
    assert sum(one.alone for one in dealt()) >= 120


def test_an_answers_question_keeps_its_words() -> None:
    """What may have been answered under an id: a question that is no longer good is retired, and the new one is new."""
    kept = tomllib.loads((DATA / "prompts_asked.toml").read_text())
    assert len(kept) >= 300
    assert {one.id: one.text for one in deck.deck().values()} == kept


def test_no_question_presumes_or_baits() -> None:
    """Presumed: a home for both, a bed, a childhood, a family, work. Baited: jealousy, and what is kept to oneself."""
    presumed = re.compile(
        r"\b(our (bed|house|home|kitchen|sofa|door)|come home|coming home|as a child|grew up|school|birthdays?"
        r"|your (mother|father|parents?|family|boss|colleagues?)|nobody (knew|is looking|would guess)|secretly?"
        r"|hide|before we met|never thanked|goodbye do you)\b",
        re.IGNORECASE,
    )
    assert [one.text for one in dealt() if not one.season and presumed.search(one.text)] == []


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
        ({"alone": "yes"}, "'us-2': alone is neither true nor false"),
        ({"retired": 1}, "'us-2': retired is neither true nor false"),
        ({"added": "2027-01-01"}, "'us-2': added is no day"),
        ({"retired": True}, "20 questions for any time, fewer than 21"),
        ({"depth": 1}, "0 questions of kind us and depth 2"),
    ],
)
def test_what_is_wrong_with_one_is_told_by_its_name(
    small: list[dict[str, object]], change: dict[str, object], told: str
) -> None:
    changed = [one | change if one["id"] == "us-2" else one for one in small]
    with pytest.raises(ImproperlyConfigured, match=told):
        deck.read(written(changed))


def test_a_hole_in_an_entry_or_too_few_are_told(
    small: list[dict[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    holed = [{key: value for key, value in one.items() if key != "text"} for one in small[:1]]
    with pytest.raises(ImproperlyConfigured, match=r"'curious-1'.*text"):
        deck.read(written(holed))
    with pytest.raises(ImproperlyConfigured, match="20 questions for any time, fewer than 21"):
        deck.read(written(small[1:]))
    with pytest.raises(ImproperlyConfigured, match="0 light questions for one alone, fewer than 1"):
        deck.read(written([one | {"alone": False} for one in small]))
    monkeypatch.setattr(deck, "LEAST_LIGHT", 8)
    with pytest.raises(ImproperlyConfigured, match="7 light questions, fewer than 8"):
        deck.read(written(small))
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


@pytest.mark.parametrize("opened", [OPENED, datetime(2027, 3, 1, 19, 0, tzinfo=UTC)])
def test_whoever_chose_nothing_is_asked_half_a_year_of_questions_before_one_returns(opened: datetime) -> None:
    for paired, least in ((True, 150), (False, 90)):
        for number in range(1, 6):
            one = couple(number, paired=paired, opened=opened)
            begin = deck.first_day(one)
            found = [deck.question(one, begin + timedelta(days=day), [], []) for day in range(least)]
            assert len(set(found)) == least


def test_what_is_added_later_changes_no_evening_before_it_and_comes_before_any_returns() -> None:
    """The first eight are those that this couple was asked before anything was added."""
    joins = min(one.added for one in dealt() if one.added > date.min)
    days = (joins - FIRST).days
    found = asked(len(suiting()))
    assert found[:8] == [
        "playful-today-were-a-film",
        "worries-keep-putting-off",
        "memories-found-by-accident",
        "us-strangers-on-a-train",
        "closeness-question-in-the-evening",
        "worries-worry-about-last-year",
        "us-good-company",
        "playful-anybodys-job",
    ]
    assert set(found[:days]) <= suiting(by=joins - timedelta(days=1)) < suiting(by=joins)
    assert set(found) == suiting()


def test_whoever_was_asked_all_before_is_asked_what_is_added_from_its_day_on() -> None:
    """A hundred Days on, with one of their own; what they were asked last comes last."""
    joins = min(one.added for one in dealt() if one.added > date.min)
    long = couple(opened=datetime.combine(joins - timedelta(days=98), OPENED.time(), UTC))
    mine = [OwnPrompt(id=UUID(int=7), agreed_on=joins - timedelta(days=50))]
    new = suiting() - suiting(by=joins - timedelta(days=1))
    found = [deck.question(long, joins + timedelta(days=day), [], mine) for day in range(-100, len(new) + 1)]
    assert set(found[100:-1]) == new
    assert found[-1] not in new
    assert found.index(found[-1]) < found.index(str(UUID(int=7)))


def test_two_couples_differ_and_the_same_couple_never() -> None:
    assert asked(20) == asked(20)
    assert asked(20) != asked(20, of=couple(2))


def test_one_alone_is_asked_what_can_be_asked_of_one() -> None:
    alone = couple(paired=False)
    size = len(suiting(alone=True))
    assert size >= deck.LEAST_ALONE
    assert set(asked(size, of=alone)) == suiting(alone=True) < suiting()
    deep = [selection(0, 3, "illness")]
    size = len(suiting(3, "illness", alone=True))
    assert set(asked(size, deep, of=alone)) == suiting(3, "illness", alone=True) < suiting(3, "illness")
    extras = {deck.another(alone, FIRST, [], [], who=uuid4(), nth=nth).id for nth in range(1, 90)}
    assert extras < suiting(alone=True)


def test_a_retired_question_is_never_dealt_and_keeps_its_words() -> None:
    retired = {one.id for one in deck.deck().values() if one.retired}
    assert len(retired) >= 100
    everything = [selection(0, 3, " ".join(deck.SEASONS))]
    assert set(asked(400, everything)).isdisjoint(retired)
    extras = {deck.another(couple(), FIRST, everything, [], who=uuid4(), nth=nth).id for nth in range(1, 300)}
    assert extras.isdisjoint(retired)
    assert all(deck.deck()[one].text for one in retired)


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
    found = asked(400, [selection(0, depth=2), selection(10, depth=1), selection(20, depth=3)])
    assert found[:10] == asked(10, [selection(0, depth=2)])
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
    latest = max(held, key=lambda one: one.first_day) if held else selection(0, depth=1)
    there = {
        str(one.pk)
        for one in mine
        if one.agreed_on
        and one.agreed_on < today
        and (one.taken_back_on is None or today <= one.taken_back_on)
    }
    return suiting(int(latest.depth), latest.seasons, by=today) | there


@settings(max_examples=20)
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


@settings(max_examples=40)
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
    """They take six times as long as the first evening, which no evening dealt after another would."""
    selections, mine = [selection(100 * number, 1 + number % 3) for number in range(7)], [own(90), own(300)]
    times: dict[int, list[float]] = {0: [], 730: []}
    for _ in range(20):
        for ahead, taken in times.items():
            begun = time.perf_counter()
            deck.question(couple(), FIRST + timedelta(days=ahead), selections, mine)
            taken.append(time.perf_counter() - begun)
    assert min(times[730]) < 30 * min(times[0])


# --- another ----------------------------------------------------------------------------------------------


def test_another_is_none_of_those_that_come_soon_and_each_once() -> None:
    who, today, chosen = uuid4(), FIRST + timedelta(days=9), [selection(0, depth=2)]
    coming = asked(24, chosen)[9:]
    extras = [deck.another(couple(), today, chosen, [], who=who, nth=nth).id for nth in range(1, 60)]
    assert not set(coming) & set(extras)
    assert len(set(extras)) == len(extras)
    assert set(extras) <= suiting(2)
    assert deck.another(couple(), today, [], [], who=who, nth=10**30).id in suiting()


def test_another_is_each_persons_own_and_differs_by_day() -> None:
    def extras(who: UUID, ago: int) -> list[str]:
        day = FIRST + timedelta(days=9 + ago)
        return [deck.another(couple(), day, [], [], who=who, nth=nth).id for nth in range(1, 9)]

    one, other = uuid4(), uuid4()
    assert extras(one, 0) == extras(one, 0)
    assert extras(one, 0) != extras(other, 0)
    assert extras(one, 0) != extras(one, 1)
