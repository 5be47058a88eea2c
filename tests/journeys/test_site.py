"""The site that journeys visit."""

import http.client
from urllib.parse import urlsplit

import pytest

from tests.journeys.site import running
from tests.servers import no_thread_left

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_what_a_browser_left_open_ends_with_it() -> None:
    with no_thread_left(seconds=10), running() as address:
        visitor = http.client.HTTPConnection(urlsplit(address).netloc)
        visitor.request("GET", "/health/ready")
        visitor.getresponse().read()
        assert visitor.sock is not None  # kept for the next question
    visitor.close()
