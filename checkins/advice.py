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
_CLAUSE = re.compile(r"(?:^|[,:]\s*|\s(?:and|or|then|but)\s|\s-\s|\s–\s)")


class Found(NamedTuple):
    """The place advice, or a trouble made smaller, was read at: the sentence it stands in, as places in the text, and
    the words it was read from.
    """

    start: int
    end: int
    words: str


class Rules(NamedTuple):
    reported: list[re.Pattern[str]]
    excused: re.Pattern[str]
    anywhere: list[re.Pattern[str]]
    minimising: list[re.Pattern[str]]
    but_still: re.Pattern[str]
    order: re.Pattern[str]


@cache
def _rules() -> Rules:
    data = tomllib.loads(DATA.read_text())
    leads = "|".join(re.escape(lead) for lead in sorted(data["lead_ins"], key=len, reverse=True))
    orders = "|".join(data["orders"])
    return Rules(
        reported=[re.compile(rule) for rule in data["reported"]],
        excused=re.compile("|".join(data["invites"] + data["sympathy"])),
        anywhere=[re.compile(rule) for rule in data["anywhere"]],
        minimising=[re.compile(rule) for rule in data["minimising"]],
        but_still=re.compile(data["but_still"]),
        order=re.compile(rf"(?:(?:{leads})[,:]?\s+)*(?P<order>{orders})\b"),
    )


def find(text: str) -> Found | None:
    """The first sentence of `text` that reads like advice, or makes a trouble smaller, or None."""
    for match in _SENTENCE.finditer(text):
        sentence = _plain(match[0])
        words = _advice_in(sentence.strip())
        if words:
            lead = len(match[0]) - len(match[0].lstrip())
            return Found(match.start() + lead, match.end(), words)
    return None


def without(text: str, found: Found) -> str:
    """`text` without the sentence that was found."""
    kept = text[: found.start].rstrip() + " " + text[found.end :].lstrip()
    return kept.strip()


def _plain(sentence: str) -> str:
    """The same length, lower case, one kind of apostrophe, no quotation marks."""
    plain = sentence.lower().replace("’", "'").replace("‘", "'")
    return re.sub(r"[“”\"()]", " ", plain)


def _advice_in(sentence: str) -> str:
    rules = _rules()
    if any(rule.search(sentence) for rule in rules.reported):
        return ""
    for rule in rules.anywhere:
        for found in rule.finditer(sentence):
            if not rules.excused.match(sentence, found.start()):
                return found[0].strip()
    for rule in rules.minimising:
        made_smaller = rule.search(sentence)
        if made_smaller and not rules.but_still.search(sentence, made_smaller.end()):
            return made_smaller[0].strip()
    for clause in _CLAUSE.finditer(sentence):
        order = rules.order.match(sentence, clause.end())
        if order and not rules.excused.match(sentence, order.start("order")):
            return order[0].strip()
    return ""
