"""`python -m tests.labels`: fifty labels of the first ten minutes, drawn by a seed, for one who has seen none of it.

Whoever reads the list, and nothing else, says what each does and how sure they are. A label that is guessed wrongly, or
unsurely, is the label's fault. The pages are those between the landing page and the first evening's end, as one of two
who signs up, invites, pairs, checks in and looks around once.
"""

import random
import re
import sys
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
SAYS = re.compile(r'(?:\{% translate |_\()"([^"]+)"')
ATTRIBUTES = re.compile(r' [\w-]+="(?:\{%.*?%\}|[^"])*"')  # what is said there is for programs, or for later
PARTS = {
    "button": re.compile(r"<button\b.*?</button>", re.DOTALL),
    "link": re.compile(r"<a\b.*?</a>", re.DOTALL),
    "title": re.compile(r"<h1\b.*?</h1>", re.DOTALL),
    "field": re.compile(r"<(label|legend)\b.*?</\1>", re.DOTALL),
    "row that folds out": re.compile(r"<summary\b.*?</summary>", re.DOTALL),
    "entry of a list": re.compile(r"\{% page_link .*? %\}"),
}


def labels() -> list[tuple[str, str]]:
    """Every label of these pages, each once, with what it is on."""
    found: dict[str, str] = {}
    for page in sorted({page for names in PAGES for page in TEMPLATES.glob(names)}):
        text = page.read_text()
        for part, pattern in PARTS.items():
            if part == "title" and page.parent.name == "today":
                continue  # Today greets; what it is called stands in the navigation
            for match in pattern.finditer(text):
                said = SAYS.findall(ATTRIBUTES.sub("", match[0]))
                if "{% if" not in match[0]:  # else its words are alternatives
                    said = [": ".join(said[:2])] if said else []
                for label in said:
                    found.setdefault(label, part)
    return sorted(found.items())


def drawn(count: int = DRAWN, seed: int = SEED) -> list[tuple[str, str]]:
    """So many labels of them; the same for the same seed and texts."""
    return random.Random(seed).sample(labels(), count)


if __name__ == "__main__":
    lines = [f"{number}. [{part}] {label}" for number, (label, part) in enumerate(drawn(), 1)]
    sys.stdout.write("\n".join([f"{len(labels())} labels; {DRAWN} of them, by seed {SEED}:", *lines, ""]))
