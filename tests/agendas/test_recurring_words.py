"""The word that keeps coming back in a person's thorns: the rule, its edges, and four weeks of somebody's evenings."""

import time
from collections.abc import Iterable
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agendas import recurring_words as module
from agendas.recurring_words import RecurringWord, folded, recurring_word, words

FIRST = date(2026, 2, 2)  # a Monday


def on(*written: tuple[int, str]) -> dict[date, str]:
    """Thorns by how many days after the first they were written."""
    return {FIRST + timedelta(days=after): text for after, text in written}


def spread(*texts: str) -> dict[date, str]:
    """Thorns of three Days that are far enough apart."""
    return on(*zip((0, 5, 10), texts, strict=True))


def days(*after: int) -> tuple[date, ...]:
    return tuple(FIRST + timedelta(days=each) for each in after)


@pytest.mark.parametrize(
    ("texts", "word"),
    [
        pytest.param(("the sink", "our sink", "a sink!"), "sink", id="the same word"),
        pytest.param(("Dishwasher", "a dishwasher", "THE DISHWASHER"), "DISHWASHER", id="case"),
        pytest.param(("Straße", "straße", "STRASSE"), "STRASSE", id="case, beyond English"),
        pytest.param(("café", "cafe\u0301", "CAFÉ"), "CAFÉ", id="one accent, two spellings"),
        pytest.param(("yes ma'am", "no ma’am", "oh maʼam"), "maʼam", id="any apostrophe, inside a word"),
        pytest.param(
            ("O'Neill", "O’Neill", "O‘Neill"), "O‘Neill", id="the typographic one, either way round"
        ),
        pytest.param(("'laundry'", "‘laundry’", "ʼlaundryʼ"), "laundry", id="quotation marks are no letters"),
        pytest.param(("my boss's tone", "my boss’s mail", "my boss"), "boss", id="possessive"),
        pytest.param(("mother's", "mother’ll", "mother'd"), "mother'd", id="what a word takes on"),
        pytest.param(("teachers'", "teachers", "teacher"), "teacher", id="possessive of several"),
        pytest.param(("a meeting", "two meetings", "we meet"), "meet", id="plural and -ing"),
        pytest.param(("we argued", "to argue", "arguing"), "arguing", id="-ed, -e and -ing"),
        pytest.param(("I worried", "a worry", "worries"), "worries", id="-ied, -y and -ies"),
        pytest.param(("a plan", "planned", "planning"), "planning", id="a doubled letter"),
        pytest.param(("Monday", "Mondays", "that Monday"), "Monday", id="weekdays may be the point"),
        pytest.param(("wash-up", "the wash", "re:wash/iron"), "wash", id="signs part words"),
        pytest.param(("2 kids", "kids_", "kids4"), "kids", id="figures and underscores part words"),
        pytest.param(("💔laundry", "❤️laundry", "laundry🧺"), "laundry", id="pictures part words"),
        pytest.param(("жена", "Жена", "ЖЕНА"), "ЖЕНА", id="other alphabets"),
        pytest.param(("मेरा परिवार",) * 3, "परिवार", id="vowels written as marks"),
        pytest.param(("die Spülmaschine",) * 3, "Spülmaschine", id="other languages"),
        pytest.param(("a" * 30,) * 3, "a" * 30, id="a word of thirty letters"),
        pytest.param(("sink 食器洗い機が壊れた",) * 3, "sink", id="a word beside text without spaces"),
    ],
)
def test_it_returns(texts: tuple[str, str, str], word: str) -> None:
    assert recurring_word(spread(*texts)) == RecurringWord(word, days(0, 5, 10))


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(("the bin", "a bin", "bin"), id="under four letters"),
        pytest.param(("Bob's tea", "Bob’s car", "Bob'll be"), id="under four letters and something taken on"),
        pytest.param(("x\u0301y\u0302z\u0303",) * 3, id="accents aren't letters"),
        pytest.param(("with them, about everything",) * 3, id="everyday words"),
        pytest.param(("needed", "wanting", "things"), id="everyday words, each in another form"),
        pytest.param(("things wanted", "wanting a thing", "he wants the thing"), id="their forms together"),
        pytest.param(("I couldn't", "I couldn’t", "needn't mustn't couldn't"), id="whatever ends in n't"),
        pytest.param(
            ("they'll be, who've", "they’re", "they'd"), id="everyday words with something taken on"
        ),
        pytest.param(
            ("again, today and tonight", "today again tonight", "tonight again today"), id="of time"
        ),
        pytest.param(
            ("all day, this week, that evening", "days weeks evenings", "evening week day"), id="days"
        ),
        pytest.param(("yesterday morning",) * 3, id="of time, and no weekday"),
        pytest.param(("Thorn: it rained", "my thorn, a bill", "Thorns? Lunch."), id="what we call it"),
        pytest.param(("résumé", "resume", "resumé"), id="accents are kept"),
        pytest.param(("hoping", "hopping", "hoop"), id="hope isn't hop"),
        pytest.param(("a pill", "a pile", "piled pills"), id="pill isn't pile"),
        pytest.param(("quiet", "quit", "quilt"), id="strangers"),
        pytest.param(("a" * 31,) * 3, id="longer than any word"),
        pytest.param(("洗碗机又坏了，我很累",) * 3, id="Chinese"),
        pytest.param(("食器洗い機が壊れた。コーヒーメーカー",) * 3, id="Japanese"),
        pytest.param(("ﾊﾟｿｺﾝﾊﾟｿｺﾝ",) * 3, id="Japanese, half width"),
        pytest.param(("เครื่องล้างจานเสีย",) * 3, id="Thai"),
        pytest.param(("ម៉ាស៊ីនលាងចាន",) * 3, id="Khmer"),
        pytest.param(("𠮷𠮷𠮷𠮷",) * 3, id="rare Chinese characters"),
        pytest.param(("2026 2026 10000",) * 3, id="figures"),
        pytest.param(("🧺🧺🧺🧺 ❤️❤️❤️❤️",) * 3, id="pictures"),
        pytest.param(("'''' ’’’’ ʼʼʼʼʼ",) * 3, id="apostrophes alone"),
        pytest.param(("", " \n", "…"), id="nothing"),
    ],
)
def test_it_does_not_return(texts: tuple[str, str, str]) -> None:
    assert recurring_word(spread(*texts)) is None


@pytest.mark.parametrize(
    ("after", "stands"),
    [
        ((), False),
        ((0,), False),
        ((0, 20), False),
        ((0, 1, 6), False),
        ((0, 1, 2, 3, 4, 5, 6), False),
        ((0, 1, 7), True),
        ((0, 6, 7), True),
        ((0, 10, 20), True),
    ],
)
def test_three_days_of_which_two_are_a_week_apart(after: tuple[int, ...], stands: bool) -> None:
    found = recurring_word(on(*((day, "the sink") for day in after)))
    assert found == (RecurringWord("sink", days(*after)) if stands else None)


def test_a_word_twice_in_a_day_is_there_once() -> None:
    assert recurring_word(on((0, "sink, sink, sink"), (10, "sinks and a sink"))) is None
    noisy = on(
        (0, "sink sink sink laundry"), (4, "sink laundry"), (7, "laundry"), (10, "sink"), (12, "laundry")
    )
    assert recurring_word(noisy) == RecurringWord("laundry", days(0, 4, 7, 12))


def test_it_is_shown_as_it_was_written_last() -> None:
    found = recurring_word(
        on((9, "Meeting, MEETINGS, then a Meeting’s minutes"), (0, "meetings"), (4, "meet"))
    )
    assert found == RecurringWord("Meeting’s", days(0, 4, 9))


def test_what_stands_on_most_days_wins_over_what_was_seen_later() -> None:
    thorns = on((0, "zebra"), (2, "zebra apple"), (5, "zebra"), (9, "zebra apple"), (12, "apple"))
    assert recurring_word(thorns) == RecurringWord("zebra", days(0, 2, 5, 9))


def test_of_as_many_days_what_was_seen_later_wins_over_the_alphabet() -> None:
    thorns = on((0, "apple zebra"), (5, "apple zebra"), (10, "apple"), (11, "zebra"))
    assert recurring_word(thorns) == RecurringWord("zebra", days(0, 5, 11))


def test_of_as_many_days_seen_as_late_the_alphabet_decides() -> None:
    thorns = on((0, "zebra apple mango"), (5, "mango zebra apple"), (10, "zebra mango apple"))
    assert recurring_word(thorns) == RecurringWord("apple", days(0, 5, 10))


def test_one_bad_week_does_not_hide_what_returns() -> None:
    bad_week = [(day, "the removal") for day in (12, 13, 14, 15, 16)]
    assert recurring_word(on((0, "sink"), (5, "sink"), (10, "sink"), *bad_week)) == RecurringWord(
        "sink", days(0, 5, 10)
    )


@pytest.mark.parametrize(
    "forms",
    [
        "meet meets meeting meetings",
        "argue argues argued arguing",
        "worry worries worried worrying worry's",
        "baby babies baby's",
        "movie movies",
        "try tries tried trying",
        "hope hopes hoped hoping",
        "quote quotes quoted quoting",
        "hop hops hopped hopping",
        "stop stops stopped stopping",
        "forget forgets forgetting",
        "quarrel quarrels quarrelled quarrelling",
        "cancel canceled cancelled cancelling",
        "call calls called calling",
        "miss misses missed missing",
        "box boxes boxed",
        "lunch lunches",
        "dish dishes dish's DISH",
        "class classes",
        "house houses",
        "agree agrees agreed agreeing",
        "queue queues queued queuing queueing",
        "need needs needed needing",
        "bring brings bringing",
        "visit visited visiting",
        "play plays played playing",
        "snow snowed snowing",
        "fix fixes fixed fixing",
        "add adds added adding",
        "dishwasher dishwashers dishwasher's dishwasher’s Dishwasherʼs",
    ],
)
def test_forms_of_a_word_meet(forms: str) -> None:
    assert len({folded(form) for form in forms.split()}) == 1


@pytest.mark.parametrize(
    "strangers",
    [
        "thing th",
        "bring br",
        "string str",
        "king k",
        "need ne",
        "speed spe sped",
        "red r",
        "used us",
        "owed ow",
        "bus bu",
        "boss bos",
        "bosses bose",
        "virus viru",
        "crisis crisi",
        "gas ga",
        "hope hop",
        "hoping hopping",
        "quit quite quiet",
        "plane plan",
        "filing filling",
        "pill pile",
        "roll role",
        "rolled roled",
        "missing mising",
        "tree tr",
        "tie ti",
        "lie li",
        "toy toi",
        "by bi",
        "résumé resume",
        "won't wont",
    ],
)
def test_strangers_do_not_meet(strangers: str) -> None:
    each = strangers.split()
    assert len({folded(word) for word in each}) == len(each)


def test_words_stand_as_they_were_written() -> None:
    text = "’Tis the O’Neills’ re-wiring, 3rd time: cafe\u0301 + “Mum's” ❤️ok"
    assert list(words(text)) == [
        *("Tis", "the", "O’Neills", "re", "wiring", "rd", "time", "cafe\u0301", "Mum's", "ok"),
    ]


def test_weekdays_and_what_is_hard_are_no_everyday_words() -> None:
    weekdays = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday weekend"
    hard = "work money sleep tired late phone kids mother dinner noise alone quit worry argue meeting"
    for word in f"{weekdays} {hard}".split():
        assert recurring_word(spread(word, word, word)) == RecurringWord(word, days(0, 5, 10))


@pytest.mark.parametrize(
    "text",
    [
        "a" * 1000,
        "a'" * 500,
        "e\u0301\u0316" * 333,
        "sss ing " * 125,
        "ingingeded" * 100,
        "meetings quarrelled " * 50,
        "abcd " * 200,
        "ﬃ " * 500,
        "qu" * 500,
        "eeee" * 7 + " " + "y" * 900,
    ],
    ids=lambda text: text[:8],
)
def test_four_weeks_of_long_thorns_cost_little(text: str) -> None:
    """About half a millisecond a thorn; the bound is wide, for machines that are busy, and far from a runaway."""
    thorns = on(*((day, text[:1000]) for day in range(40)))
    begun = time.process_time()
    found = recurring_word(thorns)
    assert time.process_time() - begun < 0.5
    assert found is None or len(found.days) == 40


# What any four weeks of any person must hold to. The families are known here by hand, not by `folded`.
FAMILIES = {
    "sink": ("sink", "Sink", "SINKS", "sink’s"),
    "meet": ("meeting", "Meetings", "meet"),
    "worri": ("worry", "worried", "Worries", "worrying"),
    "money": ("money",),
    "": ("the", "again", "bin", "couldn’t", "…", "2026", "things"),
}
FAMILY = {form: family for family, forms in FAMILIES.items() for form in forms}
DAY = st.integers(0, 27).map(lambda after: FIRST + timedelta(days=after))
FORMS = st.lists(st.sampled_from(sorted(FAMILY)), max_size=5)
WRITTEN = st.dictionaries(DAY, FORMS, max_size=28)
THORNS = st.dictionaries(DAY, st.text(max_size=60) | FORMS.map(" ".join), max_size=28)


def texts(written: dict[date, list[str]]) -> dict[date, str]:
    return {day: " ".join(forms) for day, forms in written.items()}


def stands_on(family: str, written: dict[date, list[str]]) -> tuple[date, ...]:
    return tuple(sorted(day for day, forms in written.items() if family in map(FAMILY.get, forms)))


def ranked(families: Iterable[str], written: dict[date, list[str]]) -> list[str]:
    """The best last, worked out the long way round."""
    by_alphabet = sorted(families, reverse=True)
    by_latest = sorted(by_alphabet, key=lambda family: max(stands_on(family, written)))
    return sorted(by_latest, key=lambda family: len(stands_on(family, written)))


@given(WRITTEN)
def test_it_is_the_rule_and_nothing_else(written: dict[date, list[str]]) -> None:
    found = recurring_word(texts(written))
    standing = {family: stands_on(family, written) for family in FAMILIES if family}
    candidates = [
        family for family, seen in standing.items() if len(seen) >= 3 and (max(seen) - min(seen)).days >= 7
    ]
    if not candidates:
        assert found is None
    else:
        best = ranked(candidates, written)[-1]
        last = [form for form in written[standing[best][-1]] if FAMILY[form] == best][-1]
        assert found == RecurringWord(last, standing[best])


@given(THORNS, st.randoms(use_true_random=False))
def test_the_order_of_the_mapping_does_not_matter(thorns: dict[date, str], chance: Random) -> None:
    items = list(thorns.items())
    chance.shuffle(items)
    assert recurring_word(dict(items)) == recurring_word(thorns)


@given(WRITTEN, DAY.filter(lambda day: day not in days(1, 9, 20)), FORMS)
def test_a_day_without_the_word_takes_nothing_away(
    written: dict[date, list[str]], day: date, forms: list[str]
) -> None:
    fewer = {each: list(found) for each, found in written.items() if each != day}
    for each in days(1, 9, 20):
        fewer.setdefault(each, []).append("sink")
    before = recurring_word(texts(fewer))
    assert before is not None
    family = FAMILY[before.word]
    after = recurring_word(texts(fewer | {day: [form for form in forms if FAMILY[form] != family]}))
    assert after is not None
    if after != before:
        assert FAMILY[after.word] != family
        assert day in after.days


@given(THORNS)
@example(dict.fromkeys(days(0, 5, 10), "\ud800\udfff la\ud800undry"))
@example(dict.fromkeys(days(0, 5, 10), "\u0301\u0302laundry\u200d\ufe0f'’"))
@example(dict.fromkeys(days(0, 5, 10), "İSTANBUL ıİß"))
def test_any_text_will_do_and_what_is_found_is_there(thorns: dict[date, str]) -> None:
    found = recurring_word(thorns)
    if found is None:
        return
    assert found.word in thorns[found.days[-1]]
    assert list(found.days) == sorted(set(found.days))
    assert len(found.days) >= module.DAYS
    assert found.days[-1] - found.days[0] >= module.APART
    holding = [day for day, text in thorns.items() if folded(found.word) in map(folded, words(text))]
    assert sorted(holding) == list(found.days)


@given(st.text(max_size=1000))
def test_the_words_of_any_text_stand_in_it_in_order(text: str) -> None:
    at = 0
    for word in words(text):
        at = text.index(word, at) + len(word)
        assert word[0].isalpha()
        assert folded(word) == folded(word.casefold())


# Four weeks of somebody's thorns, twenty-four evenings of twenty-eight.
DISHWASHER = {
    0: "Came home to a full dishwasher and nobody had noticed.",
    1: "Slept badly, the neighbours had people round until two.",
    2: "My review at work was moved for the third time.",
    4: "Spent an hour on hold with the insurance and then the line went dead.",
    5: "Felt invisible at dinner. Everyone was on their phone.",
    6: "I snapped at Leo over his shoes and saw his face.",
    7: "Nobody emptied the dishwasher again, so I ate cereal out of a mug.",
    8: "Headache since lunch.",
    9: "Mum asked when we’re visiting and I had no answer.",
    10: "The train stood outside Reading for fifty minutes.",
    11: "I’d been looking forward to a quiet evening and then the drains backed up.",
    13: "We can’t seem to talk about the holidays without someone sulking.",
    14: "Ran out of patience by nine in the morning.",
    15: "The dishwasher’s leaking now, on top of it all.",
    16: "My presentation fell flat and my manager said nothing at all.",
    18: "Missed yoga because the sitter cancelled.",
    19: "A pile of ironing looked at me all afternoon.",
    20: "Rain. Wet socks. A parking fine.",
    21: "I keep saying yes to things I haven’t the strength for.",
    22: "Had words about how to load a DISHWASHER, of all things.",
    23: "Didn’t get out of the house once.",
    25: "Grandad didn’t recognise my voice on the telephone.",
    26: "The kitchen smelled of burnt milk and it was me.",
    27: "Too tired to read even a page.",
}
NOTHING = DISHWASHER | {
    7: "Nobody had shopped, so I ate cereal out of a mug.",
    15: "The boiler’s making that sound, on top of it all.",
    22: "Had words about how to fold a towel, of all things.",
}


def test_four_weeks_in_which_the_dishwasher_returns() -> None:
    assert len(DISHWASHER) == 24
    found = recurring_word(on(*DISHWASHER.items()))
    assert found == RecurringWord("DISHWASHER", days(0, 7, 15, 22))
    assert all("dishwasher" in DISHWASHER[(day - FIRST).days].lower() for day in found.days)


def test_the_dishwasher_stays_where_one_of_its_evenings_is_gone() -> None:
    for gone in (0, 7, 15, 22):
        left = {after: text for after, text in DISHWASHER.items() if after != gone}
        found = recurring_word(on(*left.items()))
        assert found is not None
        assert found.word.casefold().startswith("dishwasher")


def test_four_weeks_in_which_nothing_returns() -> None:
    assert len(NOTHING) == 24
    assert recurring_word(on(*NOTHING.items())) is None


def test_a_name_is_no_pattern() -> None:
    """ "Theo keeps coming back" would be an accusation: the next word that returns is said instead, or none."""
    days = [date(2026, 11, 1) + timedelta(days=number) for number in (0, 4, 9, 13)]
    thorns = dict.fromkeys(days, "Theo left the dishwasher open")
    thorns[days[0]] = "Theo again"
    assert recurring_word(thorns, names=["Rosa"]) == RecurringWord("Theo", tuple(days))
    found = recurring_word(thorns, names=["Rosa", "Theo"])
    assert found is not None
    assert found.word != "Theo"
    assert recurring_word(dict.fromkeys(days, "Theo’s mood"), names=["Theo Moody"]) is not None
    assert recurring_word(dict.fromkeys(days, "Theo"), names=["Theo Moody"]) is None
