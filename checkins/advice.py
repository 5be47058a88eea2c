"""Advice, where a reply begins to fix rather than to listen, and what makes a trouble smaller than it is: by rules, in
English, for the writer's eyes alone.

Written for the writer's own form: nothing it finds is stored, sent or counted. What the rules know are phrases in
`data/advice.toml`; how often they miss and how often they are wrong is printed by `tests/checkins/test_advice.py`.
"""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).parent / "data" / "advice.toml"
# A sentence is read up to so many characters at a time, whole words: some rules look ahead to its end from wherever
# they begin, and a sentence without an end would take them a minute.
_SENTENCE = re.compile(r"(?:[^.!?;\n]{1,300}(?=[\s.!?;]|$)|[^.!?;\n]{300})[.!?;]*")
# Words in quotation marks are somebody else's.
_QUOTED = re.compile(r"[“\"][^“”\"\n]{1,200}[”\"]|(?<!\w)['‘](?:[^'‘’\n]|['’](?=\w)){1,120}['’](?!\w)")
_CLAUSE = re.compile(r"(?:^|(?P<joined>,?\s(?:and then|and|or|then)\s)|[,:…]\s*|\s(?:but|so)\s|\s[-–—]\s)")
_KISSES = re.compile(r"(?:\s+x+|\s*[^\w\s.!?;,':%)]+)+$")


class Found(NamedTuple):
    """The place advice, or a trouble made smaller, was read at: the sentence it stands in, as places in the text, and
    the words it was read from.
    """

    start: int
    end: int
    words: str


class Rules(NamedTuple):
    spellings: list[tuple[re.Pattern[str], str]]
    none_in: list[re.Pattern[str]]
    saying: re.Pattern[str]
    rejects: re.Pattern[str]
    whoever: list[re.Pattern[str]]
    reported: list[re.Pattern[str]]
    turns: re.Pattern[str]
    heard: re.Pattern[str]
    excused: re.Pattern[str]
    anywhere: list[re.Pattern[str]]
    minimising: list[re.Pattern[str]]
    but_still: re.Pattern[str]
    told: re.Pattern[str]
    doing: re.Pattern[str]
    order: re.Pattern[str]


def _whole(lines: str | list[str]) -> str:
    """A pattern that may be written on several lines."""
    return "".join(lines)


@cache
def _rules() -> Rules:
    data = tomllib.loads(DATA.read_text())
    parts = {name: _whole(lines) for name, lines in data["parts"].items()}

    def rule(*patterns: str | list[str]) -> re.Pattern[str]:
        text = "|".join(map(_whole, patterns))
        return re.compile(re.sub(r"(?<!P)<(\w+)>", lambda part: parts[part[1]], text))

    leads = "|".join(re.escape(lead) for lead in sorted(data["lead_ins"], key=len, reverse=True))
    orders = "|".join(data["orders"])
    return Rules(
        spellings=[
            (re.compile(rf"\b(?:{heard})\b"), written) for heard, written in data["spellings"].items()
        ],
        none_in=[rule(text) for text in data["taken_back"] + data["felt_with"] + data["rejected"]],
        saying=rule(data["saying"]),
        rejects=rule(data["rejects"]),
        whoever=[rule(text) for text in data["whoever"]],
        reported=[rule(text) for text in data["reported"]],
        turns=rule(data["turns"]),
        heard=rule(data["heard"]),
        excused=rule(*data["invites"], *data["sympathy"]),
        anywhere=[rule(text) for text in data["anywhere"]],
        minimising=[rule(text) for text in data["minimising"]],
        but_still=rule(data["but_still"]),
        told=rule(*data["told"]),
        doing=rule(data["doing"]),
        order=rule(rf"(?:(?:{leads})[,:]?\s+)*(?P<order>{orders})\b"),
    )


def find(text: str) -> Found | None:
    """The first sentence of `text` that reads like advice, or makes a trouble smaller, or None."""
    own = _QUOTED.sub(lambda quoted: " " * len(quoted[0]), text)
    if not own.strip(" .!?"):
        own = text
    sentences = list(_SENTENCE.finditer(own))
    for place, match in enumerate(sentences):
        sentence = _plain(match[0])
        words = _advice_in(sentence)
        after = _plain(sentences[place + 1][0]) if words and place + 1 < len(sentences) else ""
        if words and not _refused(sentence, after):
            lead = len(match[0]) - len(match[0].lstrip())
            return Found(match.start() + lead, match.end(), words)
    return None


def without(text: str, found: Found) -> str:
    """`text` without the sentence that was found."""
    kept = text[: found.start].rstrip() + " " + text[found.end :].lstrip()
    return kept.strip()


def _plain(sentence: str) -> str:
    """Lower case, one kind of apostrophe and of spelling, no quotation marks, no kisses."""
    plain = sentence.lower().replace("’", "'").replace("‘", "'")
    plain = " ".join(re.sub(r"[“”\"()*~]", " ", plain).split())
    for heard, written in _rules().spellings:
        plain = heard.sub(written, plain)
    return _KISSES.sub("", plain)


def _advice_in(sentence: str) -> str:
    rules = _rules()
    if any(rule.search(sentence) for rule in rules.none_in):
        return ""
    for rule in rules.whoever:
        found = rule.search(sentence)
        if not found or rules.but_still.search(sentence, found.end()):
            continue
        if not rules.heard.search(sentence, 0, found.start() + 1):
            return found[0].strip()
    if any(rule.search(sentence) for rule in rules.reported):
        turn = rules.turns.search(sentence, 1)
        goes_on = turn and turn[0].startswith(",") and rules.heard.search(sentence, 0, turn.start())
        return _advice_in(sentence[turn.end() :]) if turn and not goes_on else ""
    return _at_large(sentence) or _made_smaller(sentence) or _ordered(sentence)


def _refused(sentence: str, after: str) -> bool:
    """Whether a sentence tells what is said, and the one after it will have none of it."""
    rules = _rules()
    return bool(rules.saying.search(sentence) and rules.rejects.match(after))


def _at_large(sentence: str) -> str:
    rules = _rules()
    for rule in rules.anywhere:
        for found in rule.finditer(sentence):
            told = rules.heard.search(sentence, 0, found.start() + 1)
            if not told and not rules.excused.match(sentence, found.start()):
                return found[0].strip()
    return ""


def _made_smaller(sentence: str) -> str:
    rules = _rules()
    for rule in rules.minimising:
        found = rule.search(sentence)
        if found and not rules.but_still.search(sentence, found.end()):
            return found[0].strip()
    return ""


def _ordered(sentence: str) -> str:
    """An order where a part of the sentence begins, but for what somebody does who is told of in it."""
    rules = _rules()
    told = rules.told.match(sentence)
    for clause in _CLAUSE.finditer(sentence):
        order = rules.order.match(sentence, clause.end())
        if not order or rules.excused.match(sentence, order.start("order")):
            continue
        if order.start("order") == clause.end() and (
            (told and (clause["joined"] or clause.start() < told.end()))
            or (clause["joined"] and rules.doing.search(sentence, 0, clause.start()))
        ):
            continue
        return order[0].strip()
    return ""
