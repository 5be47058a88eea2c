"""The ideas as data: enough of every kind, and a broken file is found before anybody is served."""

import re
from collections import Counter
from itertools import combinations

import pytest
from django.core.exceptions import ImproperlyConfigured

from adventures import ideas
from adventures.models.wishes import Cost, Effort, Where

WORDS_WE_DONT_USE = re.compile(
    r"\b(streak|fail(ed|ure)?|missed|score|bi-?weekly|oxytocin|science|studies|wife|husband|girlfriend|boyfriend|"
    r"wine|beer|champagne|sexy|kids|children|must)\b|!",
    re.IGNORECASE,
)


def entry(**fields: object) -> str:
    values = {
        "key": "k", "title": "T", "note": "N", "effort": "little", "cost": "free", "where": "home",
        "both_new": False, "apart": False,
    } | fields  # fmt: skip  # several values a line, to be looked through
    shown = {True: "true", False: "false"}
    lines = [f"{name} = {shown[v] if isinstance(v, bool) else repr(v)}" for name, v in values.items()]
    return "\n".join(["[[idea]]", *lines])


def many(number: int, **fields: object) -> str:
    return "\n".join(entry(key=f"k{n}", title=f"T{n}", **fields) for n in range(number))


def test_there_are_enough_of_every_kind() -> None:
    every = list(ideas.every().values())
    assert len(every) >= 80
    for name, kinds in {"effort": Effort, "cost": Cost, "where": Where}.items():
        counts = Counter(getattr(idea, name) for idea in every)
        assert set(counts) == set(kinds.values)
        assert min(counts.values()) >= 5
    assert sum(idea.apart for idea in every) >= 14
    assert sum(idea.both_new for idea in every) >= 30
    assert not [idea.key for idea in every if idea.apart and idea.where == "away"]


def test_the_two_that_have_to_be_among_them() -> None:
    titles = " ".join(idea.title.lower() for idea in ideas.every().values())
    assert "supper from a country neither of you has seen" in titles
    assert "a spa evening" in titles


def test_their_words() -> None:
    found = [
        (idea.key, match[0])
        for idea in ideas.every().values()
        for match in [WORDS_WE_DONT_USE.search(f"{idea.title} {idea.note}")]
        if match
    ]
    assert found == []


def test_no_two_are_alike() -> None:
    words = {key: set(re.findall(r"\w+", f"{i.title} {i.note}".lower())) for key, i in ideas.every().items()}
    alike = [
        (one, other)
        for (one, a), (other, b) in combinations(words.items(), 2)
        if len(a & b) > 0.5 * min(len(a), len(b))
    ]
    assert alike == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not toml [", "can't be read"),
        ("other = 1", "can't be read"),
        (entry(more="x"), "can't be read"),
        (entry(title=""), "its title"),
        (entry(title="x" * 71), "its title"),
        (entry(note="x" * 201), "its note"),
        (entry(where="moon"), "its where is 'moon'"),
        (entry(cost=""), "its cost"),
        (entry(both_new="yes"), "true or false"),
        (many(2) + "\n" + entry(key="k1", title="another"), "is there twice"),
        (many(2) + "\n" + entry(key="kk", title="t1"), "is there twice"),
        (many(79), "There are 79 ideas"),
    ],
)
def test_a_broken_file_says_where(text: str, said: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=said):
        ideas.read(text)


def test_what_is_looked_for_narrows() -> None:
    every = list(ideas.every().values())
    assert ideas.find() == every
    found = ideas.find(where="home", cost="free", new=True, apart=True)
    assert found
    assert all(i.where == "home" and i.cost == "free" and i.both_new and i.apart for i in found)
    assert ideas.find(effort="nonsense") == []
