"""What may stand in a name or in words, whichever interpreter looks at it."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.forms import TextInput
from django.test import Client

from accounts import characters
from accounts.fields import OVER, WordsField
from accounts.forms import NameField
from accounts.models import User

NAMES = [
    "St.John/Theo", "theo.com", "A/B", "Awww. Theo", "Rosa 🩷", "Rosa \U0001fae9",
    "Rosa \U0001fbff",  # no emoji yet
    "👩‍❤️‍👩", "👨🏽‍🦰", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴‍☠️", "1️⃣", "❤️", "Zoë", "Zoe\u0308",
    "نیم\u200cفاصله", "\u0dc1\u0dca\u200d\u0dbb\u0dd3", "അവന\u0d4d\u200d", "क्\u200dष", "葛\U000e0100城",
    "רוזה\u200f (R.)",
    "ស្រី\u200bមុំ", "ᠮᠣᠩ\u180b", "莉莉", "\ue000",
]  # fmt: skip  # several values a line, to be looked through
HIDING = [
    "two\nlines", "tab\there", "bell\a", "a\x85b", "\u202eneG", "\u2066Gwen\u2069", "a\u202ab\u202c",
    "zero\u200bwidth",
    "Rosa\u200d", "Ro\u200csa", "\u200dRosa", "Ro\u200d\u200dsa", "\ufe0fRosa", "❤️\ufe0f", "Rosa\u00ad",
    "\ufeffRosa", "Ro\u2060sa",
    "Rosa\u200e", "Rosa \U000e0067", "Rosa\u3164", "Rosa\u2800", "Ro\ufffesa", "Ro\u2028sa", "👩\u200d",
]  # fmt: skip  # several values a line, to be looked through
BLANK = ["", " ", "\u3000", "\u200b", "\u2800\u2800", "\u3164", "\u00a0\u202f", "\u200d\ufe0f"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_may_hold_whatever_can_be_seen(name: str) -> None:
    assert NameField().clean(name) == name


@pytest.mark.parametrize("name", HIDING)
def test_a_name_hides_nothing(name: str) -> None:
    with pytest.raises(ValidationError, match="seen"):
        NameField().clean(name)


@pytest.mark.parametrize(
    "name", ["http://x", "see HTTPS://evil.example", "ftp://x", "www.evil.example", "a://b"]
)
def test_an_address_is_no_name(name: str) -> None:
    with pytest.raises(ValidationError, match="link"):
        NameField().clean(name)


@pytest.mark.parametrize(
    "space",
    [
        chr(code)
        for code in range(0x110000)
        if chr(code).isspace() and chr(code) not in "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029"
    ],
)
def test_every_space_in_a_name_is_one_space(space: str) -> None:
    assert NameField().clean(f"{space}山田{space}{space} 太郎{space}") == "山田 太郎"


@pytest.mark.parametrize("blank", BLANK)
def test_what_can_not_be_seen_is_nothing(blank: str) -> None:
    assert characters.is_blank(blank)
    with pytest.raises(ValidationError, match="required"):
        NameField().clean(blank)
    with pytest.raises(ValidationError, match="word or two"):
        WordsField(limit=20, over=OVER, needed=True).clean(blank)


def test_words_stay_as_they_were_typed() -> None:
    words = "\u3000山田　太郎\u200b\n\u202eabc\u202c  👩‍❤️‍👩"
    assert WordsField(limit=90, over=OVER, strip=False).clean(words) == words


@pytest.mark.parametrize("broken", ["\t", "\n", "\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"])
def test_a_box_of_one_line_holds_one_line(broken: str) -> None:
    """A feeling of two lines was two feelings."""
    assert WordsField(limit=90, over=OVER, widget=TextInput).clean(f"one{broken} \u3000two") == "one two"


@pytest.mark.parametrize("broken", ["\n", "\r\n", "\r"])
def test_a_line_break_is_one_character(broken: str) -> None:
    assert WordsField(limit=7, over=OVER).clean(f"one{broken}two") == "one\ntwo"


@pytest.mark.parametrize("name", ["山田　太郎", "Rosa 🩷", "St.John/Theo"])
def test_a_name_is_taken_and_shown(dana: User, signed_in: Callable[[User], Client], name: str) -> None:
    client = signed_in(dana)
    asked = {
        "name": name,
        "zone": "Europe/London",
        "theme": "",
        "inbox_shared": "False",
        "code_sign_in": "on",
    }
    assert client.post("/settings/", asked).status_code == 302
    dana.refresh_from_db()
    assert dana.name == name.replace("　", " ")
    page = client.get("/settings/").content.decode()
    assert f'value="{dana.name}"' in page
    assert "<a href" not in page.partition(f'value="{dana.name}"')[2][:40]
