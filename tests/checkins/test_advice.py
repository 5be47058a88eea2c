"""The hint about advice and about what makes a trouble smaller: how much it misses and how often it is wrong, and what
it leaves when it is taken out.
"""

import tomllib
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from checkins import advice, feelings

DATA = Path(__file__).parent / "data"


def lines(name: str) -> dict[str, list[str]]:
    return tomllib.loads((DATA / f"{name}.toml").read_text())


def fresh(half: str) -> dict[str, list[str]]:
    """One half of the lines with minimising and with sympathy: `seen` or `held_out`."""
    found: dict[str, dict[str, list[str]]] = tomllib.loads((DATA / "advice_fresh.toml").read_text())
    return found[half]


def rates(found: dict[str, list[str]]) -> tuple[float, float]:
    """How much of the advising is missed, and how much of the listening is taken for it."""
    missed = [line for line in found["advising"] if advice.find(line) is None]
    wrong = [line for line in found["listening"] if advice.find(line) is not None]
    return len(missed) / len(found["advising"]), len(wrong) / len(found["listening"])


def test_lines_that_were_not_used_to_write_the_rules() -> None:
    found = lines("advice_held_out")
    assert len(found["advising"]) >= 60
    assert len(found["listening"]) >= 60
    assert not set(found["advising"] + found["listening"]) & {
        line for kind in lines("advice_seen").values() for line in kind
    }
    missed, wrong = rates(lines("advice_held_out"))
    print(f"\nadvice: {missed:.0%} missed, {wrong:.0%} wrong, of lines not written by")  # noqa: T201  # shown by -s
    assert missed <= 0.2
    assert wrong <= 0.1


def test_lines_of_readers_who_never_saw_the_rules() -> None:
    found = lines("advice_unseen")
    assert [len(found[kind]) for kind in ("advising", "listening")] == [60, 60]
    missed, wrong = rates(found)
    print(f"\nadvice: {missed:.0%} missed, {wrong:.0%} wrong, of lines nobody had seen")  # noqa: T201  # shown by -s
    assert missed <= 0.15
    assert wrong <= 0.05


def test_lines_the_rules_were_written_by() -> None:
    missed, wrong = rates(lines("advice_seen"))
    print(f"\nadvice: {missed:.0%} missed, {wrong:.0%} wrong, of lines seen")  # noqa: T201  # shown by -s
    assert missed <= 0.05
    assert wrong <= 0.02


@pytest.mark.parametrize(
    ("half", "most_missed", "most_wrong"), [("seen", 0.05, 0.02), ("held_out", 0.15, 0.05)]
)
def test_what_makes_a_trouble_smaller_and_sympathy(half: str, most_missed: float, most_wrong: float) -> None:
    found = fresh(half)
    assert [len(found[kind]) for kind in ("advising", "listening")] == [30, 30]
    missed, wrong = rates(found)
    print(f"\nadvice and minimising: {missed:.0%} missed, {wrong:.0%} wrong, {half}")  # noqa: T201  # shown by -s
    assert missed <= most_missed
    assert wrong <= most_wrong


@pytest.mark.parametrize("writer", ["readers", "siblings", "more_readers", "near"])
def test_kinds_of_advice_that_were_missed_and_of_listening_that_was_taken_for_it(writer: str) -> None:
    found = tomllib.loads((DATA / "advice_kinds.toml").read_text())[writer]
    missed, wrong = rates(found)
    print(f"\nadvice: {missed:.0%} missed, {wrong:.0%} wrong, kinds by {writer}")  # noqa: T201  # shown by -s
    assert missed <= 0.05
    assert wrong <= 0.02


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("You should have been thanked.", None),
        ("You should have been told.", None),
        ("You should have told them.", "you should"),
        ("You should have been more careful.", "you should"),
        ("You shouldn’t have to.", None),
        ("You shouldn’t have gone.", "you shouldn't"),
        ("At least you tried.", "at least"),
        ("You hoped for a card at least.", None),
        ("It could be worse.", "could be worse"),
        ("She said to you that it could be worse.", None),
        ("Everyone has days like that.", "everyone has days"),
        ("Everyone had an opinion.", None),
        ("You’re overreacting.", "you're overreacting"),
        ("You were told you’re overreacting.", None),
        ("“You’re overreacting”, and you stood there.", None),
        ("you shouldve told them", "you should"),
        ("Should have told them.", "should have told"),
        ("I’m sorry I told you it could be worse.", None),
        ("You felt you should be over it.", None),
        ("You were tired, but you should have told them.", "you should"),
        ("I’ll call the bank.", None),
        ("Shall I take the children out?", None),
        ("Let me fix it.", "let me fix"),
        ("You come home and make dinner, and nobody asks.", None),
        ("Go home and make dinner.", "go"),
        ("If I were you I’d be livid.", None),
        ("If I were you I’d be livid, and I’d tell them.", "if i were you"),
        ("If I were you I’d be looking for another job.", "if i were you"),
        ("On hold for an hour and then cut off.", None),
        ("Wait an hour and then ring them.", "wait"),
        ("They say time heals. I never believed it.", None),
        ("They say time heals. I believe it.", "time heals"),
        ("He just walked off.", None),
        ("He was just joking.", "he was just joking"),
    ],
)
def test_what_is_told_from_what(text: str, found: str | None) -> None:
    there = advice.find(text)
    assert (there and there.words.strip()) == found


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Why don’t you ask them?", ""),
        ("That was long. You should rest. I’m here.", "That was long. I’m here."),
        ("That was long.\nYOU SHOULD REST", "That was long."),
    ],
)
def test_taking_it_out_leaves_the_rest(text: str, left: str) -> None:
    found = advice.find(text)
    assert found is not None
    assert advice.without(text, found) == left


@pytest.mark.parametrize("text", ["", " ", "…", "\n\n", "?" * 500, "so " * 700, "and just " * 300])
def test_odd_texts_are_no_trouble(text: str) -> None:
    assert advice.find(text) is None


def test_the_palette_holds_enough_words_each_once() -> None:
    words = [word for group in feelings.palette() for word in group.words]
    assert len(words) >= 40
    assert len(set(words)) == len(words)


@pytest.mark.parametrize(
    "text",
    [
        '[[group]]\nid = "a"\nname = "A"\nwords = ["sad"]',
        f'[[group]]\nid = "a"\nname = "A"\nwords = {["w"] * 40}',
        f'[[group]]\nid = "a"\nname = "A"\nwords = {[str(n) for n in range(40)] + [" "]}',
    ],
)
def test_a_palette_with_a_hole_is_refused(text: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        feelings.read(text)


@pytest.mark.parametrize("word", ["and ", "and then ", "a, ", "x", "(", "if you "])
def test_a_sentence_without_an_end_is_read_in_pieces(word: str) -> None:
    """Rules look ahead to a sentence's end from wherever they begin: what they are given has an end."""
    text = word * (100_000 // len(word))
    pieces = [match[0] for match in advice._SENTENCE.finditer(text)]
    assert max(map(len, pieces)) <= 300
    assert "".join(pieces) == text
    assert advice.find(text + "\nYou should rest.") is not None
