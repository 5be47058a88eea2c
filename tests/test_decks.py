"""The decks and other data that people read: nothing twice, nothing only Britain knows, set as the pages are."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations

import pytest

from adventures import ideas
from challenges import catalogue
from checkins import deck, feelings, kindnesses

# What holds a sentence together and says nothing of what it is about.
SMALL = set(
    re.findall(
        r"\w+",
        "a about an and are as at be been being but by can could did do does for from had has have he how i if in is it"
        " its like me mine more most my not of on one or our ours out she so something than that the them then there"
        " they their this to two up us was we were what when where which who why will with would you your yours",
    )
)


def questions() -> dict[str, str]:
    return {one.id: one.text for one in deck.deck().values() if not one.retired}


def acts() -> dict[str, str]:
    return {one.id: one.text for one in kindnesses.deck()}


def notices() -> dict[str, str]:
    return {one.id: one.notice for one in kindnesses.deck()}


def wishes() -> dict[str, str]:
    return {one.key: f"{one.title} {one.note}" for one in ideas.every().values()}


def cards(challenge: str) -> dict[str, str]:
    return {
        f"{day.number} {one.title}": f"{one.title} {one.text}"
        for day in catalogue.every()[challenge].days
        for one in (*day.words, *day.close, *day.still)
    }


DECKS: dict[str, Callable[[], dict[str, str]]] = {
    "questions": questions,
    "kindnesses": acts,
    "notices": notices,
    "ideas": wishes,
    catalogue.FIRST: partial(cards, catalogue.FIRST),
    catalogue.STARTER: partial(cards, catalogue.STARTER),
}


def every_text() -> Iterator[tuple[str, str]]:
    """Every text of a data file that is shown to somebody, with the place it stands in."""
    for name, texts in DECKS.items():
        yield from ((f"{name}: {place}", text) for place, text in texts().items())
    for challenge in catalogue.every().values():
        yield f"{challenge.id}: head", f"{challenge.title} {challenge.lead}"
        for day in challenge.days:
            yield f"{challenge.id}: {day.number}", day.title
            for one in (*day.words, *day.close, *day.still):
                yield f"{challenge.id}: {day.number} {one.title}", f"{one.apart} {one.home}"
    for group in feelings.palette():
        yield f"feelings: {group.id}", " ".join([group.name, *group.words])


@pytest.mark.parametrize("name", DECKS)
def test_no_two_of_a_deck_are_nearly_the_same(name: str) -> None:
    told = [
        (place, frozenset(re.findall(r"[\w’]+", text.lower())) - SMALL)
        for place, text in DECKS[name]().items()
    ]
    assert len(told) >= 30
    assert [
        (one, other)
        for (one, words), (other, others) in combinations(told, 2)
        if len(words & others) >= 3 and len(words & others) >= 0.6 * min(len(words), len(others))
    ] == []


def test_nothing_is_said_in_words_that_only_britain_knows() -> None:
    local = re.compile(
        r"\b(skittles|jumpers?|plough|flannel|allotments?|hoover|telly|noughts|bank holiday|cardigan|crisps|wellies"
        r"|pedalo|boules|charity shop|fortnight|corner shop|fish and chips|quid|loo|crumble|truant|crazy golf)\b",
        re.IGNORECASE,
    )
    assert [(place, local.findall(text)) for place, text in every_text() if local.search(text)] == []


def test_everything_is_set_as_the_pages_are() -> None:
    odd = re.compile(r"""["'—]|\.\.\.| {2}|\s[,.;:?]|^\s| -""")
    assert [place for place, text in every_text() if odd.search(text.strip())] == []


@pytest.mark.parametrize(("image", "most"), [("kettles?", 1), ("teas?|teapots?", 1), ("cups?|mugs?", 4)])
def test_no_image_is_in_every_other_card(image: str, most: int) -> None:
    named = [place for place, text in every_text() if re.search(rf"\b({image})\b", text, re.IGNORECASE)]
    assert len(named) <= most, named


def test_a_challenge_is_made_of_days_never_a_path() -> None:
    named = [place for place, text in every_text() if re.search(r"\bpaths?\b", text, re.IGNORECASE)]
    assert named == []


def test_what_is_dealt_of_an_evening_reads_right_on_every_evening() -> None:
    """A week may just have begun, or be over; a morning is tomorrow's; and one home is no matter of course."""
    told = {**questions(), **acts(), **{f"{one} (notice)": text for one, text in notices().items()}}
    of_a_day = re.compile(
        r"\b(this (week|weekend|month|morning)|begin the day|half hour of the day)\b", re.IGNORECASE
    )
    assert [one for one, text in told.items() if of_a_day.search(text)] == []
    one_home = re.compile(r"\b(rubbish|the plants|your home|comes home)\b", re.IGNORECASE)
    assert [one for one, text in (*acts().items(), *notices().items()) if one_home.search(text)] == []
