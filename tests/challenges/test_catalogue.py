"""The challenges' files: what they must hold, and that a hole or a duplicate is found before anybody is served."""

import re
import tomllib

import pytest
from django.core.exceptions import ImproperlyConfigured

from challenges import catalogue
from challenges.catalogue import DATA, FIRST, STARTER, Activity, Card, ChallengeDay

# A word of each day's two subjects, as the product's table has them.
SUBJECTS = [
    ("did today", "hold hands"),
    ("best part", "twenty seconds"),
    ("note", "side by side"),
    ("memory", "kiss"),
    ("date", "feet or shoulders"),
    ("funny", "dance"),
    ("thirty minutes", "cuddle"),
    ("compliment", "shoulder"),
    ("still like", "strand"),
    ("easier", "touch on the arm"),
    ("toolbox", "backs together"),
    ("no destination", "hug"),
    ("more of", "arm around"),
    ("sorry", "four hands"),
    ("half", "liked best"),
    ("favourite memory", "each other’s arms"),
    ("and really", "fingertip"),
    ("three things", "feet to feet"),
    ("first five minutes", "forehead back"),
    ("song", "next to each other"),
    ("don’t expect", "knee"),
    ("when you were small", "tastes"),
    ("adventures", "longer than"),
    ("loved by me", "hand in hand"),
    ("who took it", "may i have a hug"),
    ("close mean to you", "face to face"),
    ("chapter", "soles together"),
    ("never said", "forehead or nape"),
    ("chose each other", "when it was new"),
    ("opening line", "favourite"),
]


def every_activity() -> list[tuple[str, Activity]]:
    return [
        (kind, one)
        for challenge in catalogue.every().values()
        for day in challenge.days
        for kind in ("words", "close", "still")
        for one in getattr(day, kind)
    ]


def test_both_are_whole() -> None:
    assert len(catalogue.every()[FIRST]) == len(SUBJECTS) == 30
    assert catalogue.every()[FIRST].middle == 15
    assert len(catalogue.every()[STARTER]) == 7
    assert catalogue.every()[STARTER].middle is None
    assert all(
        one.minutes <= catalogue.LONGEST for day in catalogue.every()[STARTER].days for one in day.words
    )


@pytest.mark.parametrize("number", range(1, 31))
def test_each_day_is_what_the_table_says(number: int) -> None:
    day = catalogue.every()[FIRST].days[number - 1]
    words, close = SUBJECTS[number - 1]
    assert words in f"{day.words[0].title} {day.words[0].text}".lower()
    assert close in f"{day.close[0].title} {day.close[0].text}".lower()


def test_no_activity_of_touch_is_among_those_without() -> None:
    touching = re.compile(
        r"\b(hugs?|kiss|cuddle|hold hands|massage|stroke|lean|embrace|caress|lap|shoulder to)\b"
    )
    found = [
        one.title for kind, one in every_activity() if kind == "still" and touching.search(one.text.lower())
    ]
    assert found == []


def test_the_voice_holds() -> None:
    never = (
        "streak",
        "failed",
        "missed",
        "score",
        "oxytocin",
        "divorce",
        "science",
        "!",
        "husband",
        "wife",
        "he ",
        "she ",
    )
    for _, one in every_activity():
        told = f" {one.title} {one.text} {one.apart} {one.home} ".lower()
        assert [word for word in never if f" {word}" in told or (word == "!" and "!" in told)] == [], (
            one.title
        )
        assert '"' not in told, one.title
        assert "'" not in told, one.title


def test_where_a_card_leads_exists_or_comes_later() -> None:
    from challenges.reading import LINKS

    assert set(LINKS) == catalogue.LINKS
    used = {link for _, one in every_activity() for link in one.links}
    assert used == catalogue.LINKS


def broken(old: str, new: str) -> str:
    text = (DATA / f"{STARTER}.toml").read_text()
    assert text.count(old) >= 1
    return text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('apart = "Good cups at both ends."', 'apart = ""', "apart is empty"),
        ('title = "The good cups"', 'title = "Bring your chair"', "the same as day 1"),
        (
            "Drink from the cups that are kept for visitors.",
            "One of you carries a chair over to where the other sits, and stays for a quarter of an hour, on cups.",
            "the same as day 1",
        ),
        ('home = "Open a window wide, and do the same from there.", ', "", "without saying how else"),
        ("out = true, home =", "home =", "or the other way round"),
        (
            'title = "Palm up", minutes = 5',
            'title = "Palm up", minutes = 5, bolder = true',
            "no gentle one to swap to",
        ),
        (
            'title = "Ears only", minutes = 5',
            'title = "Nose", text = "Smell soap", apart = "Bread", minutes = 5, bolder = true },\n'
            '{ title = "Ears only", minutes = 5',
            "still has a bolder one where none belongs",
        ),
        ('title = "Palm up", minutes = 5', 'title = "Palm up", minutes = 50', "its minutes are 50"),
        ('links = ["timer"]', 'links = ["shop"]', "it leads to shop"),
        ("While they talk, lay", "Ask first. While they talk, lay", "begins with asking already"),
        ('title = "Palm up", minutes', 'name = "Palm up", minutes', "can't be read"),
        ('title = "Seven small evenings"', 'title = ""', "at its head: its title is empty"),
        ('lead = "A quarter', f'lead = "{"A" * 240} quarter', "at its head: its lead is empty or over 240"),
        ('[[day]]\ntitle = "Only listening"', '[[day]]\ntitle = ""', "its title is empty"),
        ("still = [", "quiet = [", "can't be read"),
        ("words = [", "words = ", "can't be read"),
    ],
)
def test_what_is_wrong_in_a_file_is_said(old: str, new: str, said: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=said):
        catalogue.read(STARTER, broken(old, new))


def test_a_name_that_no_row_could_hold_is_refused() -> None:
    text = (DATA / f"{STARTER}.toml").read_text()
    with pytest.raises(ImproperlyConfigured, match="its id is empty or over 32"):
        catalogue.read("x" * 33, text)


def test_the_longest_is_offered_first() -> None:
    assert list(catalogue.every())[:1] == [FIRST]
    assert list(map(len, catalogue.every().values())) == sorted(
        map(len, catalogue.every().values()), reverse=True
    )


def a_day(**kinds: int) -> ChallengeDay:
    def some(kind: str, bolder: int = 0) -> tuple[Activity, ...]:
        number = kinds.get(kind, 2)
        return tuple(
            Activity(f"{kind} {n}", "text", "apart", 5, bolder=n > number - bolder)
            for n in range(1, number + 1)
        )

    return ChallengeDay(1, "day", some("words"), some("close", bolder=1), some("still"))


def test_the_bolder_one_is_under_swap_only() -> None:
    day = a_day(close=3)
    assert [day.activity(Card.CLOSE, again=again).title for again in range(4)] == [
        "close 1",
        "close 2",
        "close 1",
        "close 2",
    ]
    assert [day.activity(Card.CLOSE, swapped=turns).title for turns in range(4)] == [
        "close 1",
        "close 2",
        "close 3",
        "close 1",
    ]
    assert [day.activity(Card.CLOSE, again=1, swapped=turns).title for turns in range(3)] == [
        "close 2",
        "close 1",
        "close 3",
    ]


def test_without_touch_there_is_one_of_the_others_and_one_to_swap_to() -> None:
    day = a_day(close=3)
    assert [day.activity(Card.CLOSE, touch=False, swapped=turns).title for turns in range(3)] == [
        "still 1",
        "still 2",
        "still 1",
    ]
    assert day.activity(Card.WORDS, touch=False).title == "words 1"


def test_the_files_are_read_as_they_stand() -> None:
    raw = tomllib.loads((DATA / f"{FIRST}.toml").read_text())
    assert [day["title"] for day in raw["day"]] == [day.title for day in catalogue.every()[FIRST].days]
