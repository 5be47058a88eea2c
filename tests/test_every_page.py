"""Every page that links lead to from Today, of two who have something of everything, on either database.

What somebody typed stands there as it was typed: spaces at its beginning, several in a row, line breaks. `white-space:
pre-line` and a box to write in show what stands between their tags, a template's own indentation too.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
import time_machine
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import resolve

from accounts.models import User
from accounts.sealed import SealedTextField
from config.demo import couple
from config.demo.people import PEOPLE
from tests.repeated import confused
from tests.scenes import stage

EVENING = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
ENOUGH = 2  # of each kind of page: what lies ahead and what lies behind, say
LISTS = {"earlier", "feeling"}  # of several sayings each
END = "\n   then   more \n  and this"


def type_anew() -> set[str]:
    """Give every sealed sentence spaces and line breaks, and return all of them."""
    typed = set()
    for model in apps.get_models():
        fields = [field.attname for field in model._meta.fields if isinstance(field, SealedTextField)]
        fields = [name for name in fields if name not in LISTS]
        for row in model._base_manager.all() if fields else ():
            for name in fields:
                if " " in (words := getattr(row, name)):
                    setattr(row, name, f"  {words}{END}")
                    typed.add(f"  {words}{END}")
            models.Model.save(row, update_fields=fields)
    return typed


class Places(HTMLParser):
    """What stands in each place of somebody's words, with line breaks as a reader sees them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._inside: list[str] = []  # the tags that are open, from the place on
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._inside:
            if tag == "textarea" or "words" in (dict(attrs).get("class") or "").split():
                self._inside = [tag]
                self.found.append((tag, ""))
        elif tag == "br":
            self.handle_data("\n")
        elif tag not in {"path", "use", "input"}:
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._inside and tag == self._inside[-1]:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if self._inside:
            tag, before = self.found[-1]
            self.found[-1] = tag, before + data


def words_of(page: str) -> Iterator[tuple[str, str]]:
    """Words of each place for them, with its tag: without the break right after <textarea>, and who will do it."""
    for tag, words in Places(page).found:
        yield (
            tag,
            words.removeprefix("\n") if tag == "textarea" else re.sub(r"^(I’ll|We’ll|\w+ will) ", "", words),
        )


def test_buttons_that_are_called_alike_are_found() -> None:
    """Two that do different things, of which nothing says what each is about; and what points to nothing."""
    form = '<form action="/{0}/"><button{1}>Done</button></form>'
    assert confused(form.format("a", "") + form.format("a", "")) == []
    assert confused(form.format("a", "") + form.format("b", "")) == ["“Done” 2 times"]
    described = "".join(form.format(one, f' aria-describedby="t-{one}"') for one in "ab")
    assert confused(described) == ["#t-a is 0 times there", "#t-b is 0 times there"]
    assert confused('<h2 id="t-a">A</h2><h2 id="t-b">B</h2>' + described) == []


@pytest.mark.every_database
@pytest.mark.django_db
@pytest.mark.parametrize("who", [person.name for person in PEOPLE])
def test_every_page_that_links_lead_to_answers(signed_in: Callable[[User], Client], who: str) -> None:
    with time_machine.travel(EVENING, tick=False):
        typed = stage.play("the demo, typed anew", lambda: (couple.seed(now=EVENING), type_anew())[1])
        client = signed_in(User.objects.get(name=who))
        seen, ahead, wrong = Counter[str](), ["/today/"], []
        known, read = set(ahead), set()
        while ahead:
            path = ahead.pop()
            if seen[name := resolve(urlsplit(path).path).view_name] == ENOUGH:
                continue
            seen[name] += 1
            answer = client.get(path)
            if answer.status_code not in {200, 302, 303}:  # the quick way out says "see other"
                wrong.append(f"{path}: {answer.status_code}")
            elif answer["Content-Type"].startswith("text/html"):
                page = answer.content.decode()
                wrong += [f"{path}: {what}" for what in confused(page)]
                links = set(re.findall(r'href="(/[^/"#][^"#]*)"', page.replace("&amp;", "&")))
                ahead += sorted(one for one in links - known if not one.startswith("/static/"))
                known |= links
                read |= {(name, tag, words) for tag, words in words_of(page)}
    assert wrong == []
    assert len(seen) >= 50, sorted(seen)
    other = [one for one in read if END.rsplit(maxsplit=1)[-1] in one[2] and one[2] not in typed]
    assert other == []  # the list of a month shows beginnings, which end before that
    found = {(name, tag) for name, tag, words in read if words in typed}
    assert len(found) >= 20, "\n".join(f"{a} {b}" for a, b in sorted(found))
