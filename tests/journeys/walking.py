"""Every kind of page that links lead to."""

from collections import Counter
from collections.abc import Callable
from urllib.parse import urlsplit

from django.urls import resolve
from playwright.sync_api import Error, Page


def walk(
    page: Page, site: str, look: Callable[[Page], list[str]], *, begin: str = "/today/", enough: int = 1
) -> tuple[Counter[str], list[str]]:
    """How many pages of each kind were found, `enough` of them looked at, and what was wrong with them."""
    seen, ahead, wrong = Counter[str](), [begin], []
    known = {begin, "/out/"}
    while ahead:
        path = ahead.pop()
        if seen[name := resolve(urlsplit(path).path).view_name] == enough:
            continue
        seen[name] += 1
        if not _leads_to_a_page(page, site, path):
            continue
        wrong += [f"{path}: {what}" for what in look(page)]
        links: list[str] = page.evaluate("[...document.links].map(one => one.getAttribute('href'))")
        new = (
            {one.partition("#")[0] for one in links if one.startswith("/") and not one.startswith("/static/")}
            - known
            - {""}
        )
        ahead += sorted(new)
        known |= new
    return seen, wrong


def _leads_to_a_page(page: Page, site: str, path: str) -> bool:
    try:
        answer = page.goto(f"{site}{path}")
    except Error as error:
        if "Download is starting" not in error.message:
            raise
        kind = page.request.head(f"{site}{path}").headers["content-type"]
        assert not kind.startswith("text/html"), f"{path} is a page, and is sent as a file"
        return False
    return answer is not None and answer.headers.get("content-type", "").startswith("text/html")
