"""index.html of an export, opened from a disk, without a network: readable, in both themes, wide and narrow."""

from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser

from accounts.models import User
from tests.cast import NOW
from tests.exports.archive import exported, files_of
from tests.exports.lives import live
from tests.journeys import html
from tests.journeys.html import html_checker

__all__ = ["html_checker"]
pytestmark = pytest.mark.journey
# What axe finds, and how far the page reaches beyond its window.
LOOK = """async () => {
    const found = (await axe.run()).violations.map(one => `${one.id}: ${one.nodes[0].html.slice(0, 160)}`);
    const over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    return over > 0 ? [...found, `${over}px too wide`] : found;
}"""


@pytest.mark.parametrize("private", [False, True])
def test_it_is_read_from_a_disk(
    alice: User, bob: User, browser: Browser, html_checker: str, tmp_path: Path, private: bool
) -> None:
    live(alice, bob, evenings=8)
    text = files_of(exported(alice, private=private, now=NOW))["index.html"]
    (tmp_path / "index.html").write_text(text)
    assert html.check(html_checker, text) == []
    said: list[str] = []
    asked: list[str] = []
    ways: list[tuple[Literal["light", "dark"], int]] = [("light", 1280), ("dark", 360)]
    for scheme, width in ways:
        context = browser.new_context(
            offline=True, color_scheme=scheme, viewport={"width": width, "height": 900}
        )
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto((tmp_path / "index.html").as_uri())
        assert page.get_by_role("heading", name="What you wrote").is_visible()
        page.evaluate(AXE_SCRIPT)
        assert page.evaluate(LOOK) == []
        (tmp_path / f"{scheme}.png").write_bytes(page.screenshot(full_page=True))
        context.close()
    assert said == []
    assert {url.split(":")[0] for url in asked} == {"file"}
    assert len(asked) == 2  # the page, twice
