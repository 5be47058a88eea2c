"""`python -m tests.labels`: fifty labels of the first ten minutes, drawn by a seed, for one who has seen none of it.

Whoever reads the list, and nothing else, says what each does and how sure they are. A label that is guessed wrongly, or
unsurely, is the label's fault. The pages are those between the landing page and the first evening's end, as one of two
who signs up, invites, pairs, checks in and looks around once.
"""

import random
import re
import sys
from functools import cache
from pathlib import Path

SEED, DRAWN = 20261130, 50
TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
PAGES = [
    "accounts/landing.html",
    "accounts/more.html",
    "accounts/safety.html",
    "accounts/settings.html",
    "account/*.html",
    "account/snippets/*.html",
    "adventures/dates.html",
    "adventures/idea*.html",
    "adventures/plan*.html",
    "adventures/wish*.html",
    "agendas/rhythm.html",
    "agendas/talk/*.html",
    "challenges/card.html",
    "challenges/day.html",
    "challenges/start.html",
    "checkins/*.html",
    "components/*.html",
    "couples/*.html",
    "reminders/evening.html",
    "today/*.html",
]
SAYS = re.compile(
    r'(?:\{% translate |_\()"([^"]+)"|\{% blocktranslate\b[^%]*%\}\s*(.*?)\s*\{% endblocktranslate %\}',
    re.DOTALL,
)
NAMED = {
    "name": "Theo",
    "number": "11",
    "title": "A walk at dusk",
    "day": "Friday",
    "date": "4 December",
    "at": "19:30",
}
VALUE = re.compile(r"\{\{ (\w+) \}\}")
ATTRIBUTES = re.compile(r' [\w-]+="(?:\{%.*?%\}|[^"])*"')  # what is said there is for programs, or for later
CHOICE = re.compile(r"\{% if\b[^%]*%\}((?:(?!\{% if\b).)*?)\{% endif %\}", re.DOTALL)  # an innermost one
OR_ELSE = re.compile(r"\{% (?:elif\b[^%]*|else) %\}")
PARTS = {
    "button": re.compile(
        r'<button\b.*?</button>|\{% translate "[^"]+" as (?:yes|leave|say_yes|say_no|copy_label) %\}',
        re.DOTALL,
    ),
    "link": re.compile(r"<a\b.*?</a>", re.DOTALL),
    "title": re.compile(r"<h1\b.*?</h1>", re.DOTALL),
    "field": re.compile(
        r'<(label|legend)\b.*?</\1>|\{% translate "[^"]+" as (?:email_|password_|at_)?label %\}', re.DOTALL
    ),
    "row that folds out": re.compile(r"<summary\b.*?</summary>", re.DOTALL),
    "entry of a list": re.compile(
        r'(?:\{% translate "(?P<line>[^"]+)" as text %\}\s*(?:\{% endif %\}\s*)?)?\{% page_link .*? %\}'
    ),
}
PLACES = {"components/nav.html": "the navigation", "components/settings_tabs.html": "Settings"}
MANY = 3  # headings: with more above it, a part is met nearly anywhere
HEADINGS = [PARTS["title"], re.compile(r"\{% block title %\}.*?\{% endblock", re.DOTALL)]


def _variants(text: str) -> list[str]:
    """What may stand there: one text for each way through its choices."""
    choice = CHOICE.search(text)
    if choice is None:
        return [text]
    ways = OR_ELSE.split(choice[1])
    if "{% else %}" not in choice[1]:
        ways.append("")
    return [one for way in ways for one in _variants(text[: choice.start()] + way + text[choice.end() :])]


def _said(text: str, line: str | None = None) -> str:
    """What is read there: a label, and the line that is on it too."""
    said = [plain or filled for plain, filled in SAYS.findall(text)]
    if line:
        said = [said[-1], line]
    return " ".join(VALUE.sub(lambda value: NAMED.get(value[1], "…"), ": ".join(said[:2])).split())


@cache
def _pages() -> dict[str, str]:
    """The templates by their names."""
    return {str(page.relative_to(TEMPLATES)): page.read_text() for page in TEMPLATES.rglob("*.html")}


@cache
def _headings(name: str) -> frozenset[str]:
    """What may be read at the top of the pages that this template is, or is a part of."""
    if name in PLACES:
        return frozenset({PLACES[name]})
    for pattern in () if name.startswith("today/head_") else HEADINGS:
        if own := {
            _said(text) for match in pattern.finditer(_pages()[name]) for text in _variants(match[0])
        } - {""}:
            return frozenset(own)
    if parent := re.search(r'\{% extends "([^"]+)"', _pages()[name]):
        return _headings(parent[1])
    return frozenset().union(
        *(_headings(other) for other, text in _pages().items() if f'include "{name}"' in text)
    )


def heading(name: str) -> str:
    """What is read above what is in this template; nothing where that is one thing here and another there."""
    found = _headings(name)
    return " / ".join(sorted(found)) if len(found) <= MANY else ""


def labels() -> list[tuple[str, str, str]]:
    """Every label of these pages, each once, with what it is on and the heading of its page."""
    found: dict[str, tuple[str, str]] = {}
    for name in sorted(
        {str(page.relative_to(TEMPLATES)) for names in PAGES for page in TEMPLATES.glob(names)}
    ):
        for part, pattern in PARTS.items():
            if part == "title" and name.startswith("today/"):
                continue  # Today greets; what it is called is in the navigation
            for match in pattern.finditer(_pages()[name]):
                line = match.groupdict().get("line")
                for text in _variants(ATTRIBUTES.sub("", match[0])):
                    if label := _said(text, line):
                        found.setdefault(label, (part, "" if part == "title" else heading(name)))
    return sorted((label, *where) for label, where in found.items())


def drawn(count: int = DRAWN, seed: int = SEED) -> list[tuple[str, str, str]]:
    """So many labels of them; the same for the same seed and texts."""
    return random.Random(seed).sample(labels(), count)


if __name__ == "__main__":
    lines = [
        f"{number}. [{part}] {label}{page and f'   (in: {page})'}"
        for number, (label, part, page) in enumerate(drawn(), 1)
    ]
    sys.stdout.write("\n".join([f"{len(labels())} labels; {DRAWN} of them, by seed {SEED}:", *lines, ""]))
