"""Help, open to everybody: short answers, each there for the line that leads to it, and nothing claimed."""

import html
import re

import pytest
from django.test import Client

LONGEST = 130  # characters of a paragraph: three lines on a phone

pytestmark = pytest.mark.django_db


def page(client: Client) -> str:
    return client.get("/help/").content.decode()


def words(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", text)).split())


def test_each_line_of_the_contents_leads_to_its_answer(client: Client) -> None:
    body = page(client)
    listed = re.findall(r'<a href="#([\w-]+)">([^<]+)</a>', body)
    answered = re.findall(r'<section aria-labelledby="([\w-]+)">\s*<h2 id="\1">([^<]+)</h2>', body)
    assert len(answered) >= 10
    assert listed == answered


def test_a_paragraph_is_three_lines_on_a_phone(client: Client) -> None:
    body = page(client)
    told = [
        words(text)
        for _, text in re.findall(r"<(p|li)\b[^>]*>(.*?)</\1>", body[body.index('class="prose"') :], re.S)
    ]
    assert len(told) >= 40
    assert [text for text in told if len(text) > LONGEST] == []


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("h-long", "Consistency counts, rather than speed"),
        ("h-long", "Small wins are the signs that it works"),
        ("h-mates", "There is a wall"),
        ("h-mates", "Touch has become rare, or a little awkward"),
        ("h-mates", "our problem, not yours or mine"),
        ("h-touch", "only as far as you both like"),
        ("h-touch", "usually eases with practice"),
        ("h-odd", "usually eases with practice"),
        ("h-not", "may change what you notice"),
        ("h-not", "a calm and honest talk, if it feels safe. Words to borrow: “I miss us"),
        ("h-not", "works with couples, the two of you together. Words to borrow: “You matter to me"),
        ("h-differ", "says back what they heard"),
        ("h-differ", "If you’re afraid to disagree, please read the safety page"),
        ("h-later", "retirement, an empty nest, illness"),
        ("h-more", "If you are ever afraid of your partner, please read the safety page"),
    ],
)
def test_what_is_told_stands_in_its_answer(client: Client, place: str, said: str) -> None:
    body = page(client)
    answer = re.search(rf'<section aria-labelledby="{place}">.*?</section>', body, re.S)
    assert answer is not None
    assert said in words(answer[0])


def test_nothing_is_promised(client: Client) -> None:
    told = words(page(client))
    assert not re.search(
        r"wears off|never fails|guarantee|proven|science|studies|per cent|%|divorce|oxytocin", told
    )
    assert not re.search(r"\b(kettle|cups?|tea)\b", told)
