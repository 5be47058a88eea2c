"""Odd input and how forms are held to it: whatever is typed is stored or comes back."""

import contextlib
import html
import os
import re
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from checkins.words import LINES

ODD = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]), st.sampled_from("\0\r\n\u202e\u2066<>&\"'{}%\ufeff\ufffe")
    ),
    max_size=60,
)
WORDS = st.one_of(ODD, st.integers(990, 1010).map("ä".__mul__), ODD.map(lambda words: words * 40))
# 30 of each by default; `make full` asks for 2,000.
FUZZ = int(os.environ.get("FUZZ", "30"))
fuzzed = settings(
    max_examples=FUZZ, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
# Bytes that are no form at all are turned away at the door, the same for every form: fewer of them do unless all is
# asked for.
rawly = settings(fuzzed, max_examples=FUZZ if FUZZ > 100 else 10)
KINDS = st.sampled_from(["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])


def typed_back(response: Any, names: tuple[str, ...] = LINES) -> dict[str, str]:
    """What stands in these fields, as a browser would show and send it (line breaks as LF)."""
    page = response.content.decode()
    found = {}
    for kind in names:
        area = re.search(rf'<textarea[^>]*name="{kind}"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
        assert area, kind
        found[kind] = plain(html.unescape(area[1]))
    return found


def plain(words: str) -> str:
    return words.replace("\r\n", "\n").replace("\r", "\n")


@contextlib.contextmanager
def undone() -> Iterator[None]:
    """Whatever one input did is taken back before the next: each meets the same couple."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
