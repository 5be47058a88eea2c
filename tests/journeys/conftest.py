"""What every journey leaves behind: nothing."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

expect.set_options(timeout=120_000)  # milliseconds; Playwright's five seconds are one on a slow machine


@pytest.fixture(autouse=True)
def _every_window_is_shut(request: pytest.FixtureRequest) -> Iterator[None]:
    """A browser keeps its connections, and each of them a thread of the site in this process."""
    yield
    if "browser" in request.fixturenames:
        browser: Browser = request.getfixturevalue("browser")
        for context in browser.contexts:
            context.close()
