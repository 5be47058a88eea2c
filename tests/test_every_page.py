"""Every page that links lead to from Today, of two who have something of everything, on either database."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import resolve

from accounts.models import User
from config.demo import couple
from config.demo.people import PEOPLE

EVENING = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
ENOUGH = 2  # of each kind of page: what lies ahead and what lies behind, say


@pytest.mark.every_database
@pytest.mark.django_db
@pytest.mark.parametrize("who", [person.name for person in PEOPLE])
def test_every_page_that_links_lead_to_answers(signed_in: Callable[[User], Client], who: str) -> None:
    with time_machine.travel(EVENING, tick=False):
        couple.seed(now=EVENING)
        client = signed_in(User.objects.get(name=who))
        seen, ahead, wrong = Counter[str](), ["/today/"], []
        known = set(ahead)
        while ahead:
            path = ahead.pop()
            if seen[name := resolve(urlsplit(path).path).view_name] == ENOUGH:
                continue
            seen[name] += 1
            answer = client.get(path)
            if answer.status_code not in {200, 302, 303}:  # the quick way out says "see other"
                wrong.append(f"{path}: {answer.status_code}")
            elif answer["Content-Type"].startswith("text/html"):
                links = set(
                    re.findall(r'href="(/[^/"#][^"#]*)"', answer.content.decode().replace("&amp;", "&"))
                )
                ahead += sorted(one for one in links - known if not one.startswith("/static/"))
                known |= links
    assert wrong == []
    assert len(seen) >= 50, sorted(seen)
