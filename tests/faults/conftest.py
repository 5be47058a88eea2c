"""The mail server that the fault tests break."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.scripted_smtp import ScriptedSMTP, scripted_smtp


@pytest.fixture
def smtp(settings: Any) -> Iterator[ScriptedSMTP]:
    """The scripted mail server, and Django in this process sends to it."""
    with scripted_smtp() as book:
        settings.EMAIL_BACKEND = "accounts.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = book.host, book.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield book
