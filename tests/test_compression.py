"""Pages travel compressed, say the same, and their length on the wire tells less than it did."""

import gzip
from typing import Any

from django.conf import settings
from django.test import Client

from accounts.models import User
from tests.cast import browser_of

PAGES = ["/", "/safety/", "/help/", "/nowhere/"]


def packed(client: Client, page: str) -> Any:
    answer = client.get(page, headers={"accept-encoding": "br, gzip"})
    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]
    return answer


def test_every_kind_of_page_is_smaller_and_says_the_same(db: None) -> None:
    for page in PAGES:
        plain, small = Client().get(page), packed(Client(), page)
        assert "Content-Encoding" not in plain
        assert len(gzip.decompress(small.content)) == len(plain.content)
        assert len(small.content) * 1.5 < len(plain.content)


def test_a_page_of_somebody_signed_in_is_less_than_half(alice: User, bob: User) -> None:
    answer = packed(browser_of(alice), "/today/")
    whole = gzip.decompress(answer.content)
    assert whole.rstrip().endswith(b"</html>")
    assert len(answer.content) * 2 < len(whole)


def test_the_length_is_not_the_same_twice() -> None:
    lengths = {len(packed(Client(), "/safety/").content) for _ in range(12)}
    assert len(lengths) > 3


def test_no_other_site_can_make_a_browser_ask() -> None:
    assert settings.SESSION_COOKIE_SAMESITE in {"Lax", "Strict"}
