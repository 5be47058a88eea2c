"""Buttons of one page that are called alike and do different things: each is to be described by what it is about."""

from collections import defaultdict
from html.parser import HTMLParser

Attributes = dict[str, str]


class _Buttons(HTMLParser):
    """What can be pressed on a page: its name, what it does, and what describes it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self.ids: list[str] = []
        self._form = ""
        self._pressed: Attributes | None = None
        self._name = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids += [given["id"]] if "id" in given else []
        if tag == "form":
            self._form = given.get("action", "")
        elif tag == "input" and given.get("type") == "hidden" and given.get("name") != "csrfmiddlewaretoken":
            self._form += f" {given.get('name')}={given.get('value')}"
        elif tag == "button" or (tag == "a" and "btn" in given.get("class", "").split()):
            self._pressed, self._name = given, ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = ""
        elif tag in {"a", "button"} and self._pressed is not None:
            given, self._pressed = self._pressed, None
            where = given.get("href") or given.get("formaction") or self._form
            does = f"{where} {given.get('name', '')}={given.get('value', '')}"
            self.found.append((" ".join(self._name.split()), does, given.get("aria-describedby", "")))

    def handle_data(self, data: str) -> None:
        self._name += data


def confused(page: str) -> list[str]:
    """Names that stand on several buttons of this page with nothing to tell them apart, and what describes nothing."""
    buttons = _Buttons(page)
    by_name = defaultdict[str, set[tuple[str, str]]](set)
    for name, does, described in buttons.found:
        by_name[name].add((does, described))
    faults = [
        f"“{name}” {len(alike)} times"
        for name, alike in by_name.items()
        if len({does for does, _ in alike}) > 1 and len({about for _, about in alike if about}) < len(alike)
    ]
    pointed = {one for _, _, described in buttons.found for one in described.split()}
    faults += [
        f"#{one} is {buttons.ids.count(one)} times there"
        for one in sorted(pointed)
        if buttons.ids.count(one) != 1
    ]
    return faults
