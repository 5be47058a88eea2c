"""Whoever was signed out meanwhile and taps something is asked to sign in: nothing was typed, so nothing comes back."""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest
from django import forms
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.fields import WordsField
from accounts.not_saved import every_form, is_typed
from tests.house import OURS, tracked

TOKEN = "3f2b9c1d"
ARGUMENTS = {
    "day": date(2026, 11, 18),
    "month": date(2026, 11, 1),
    "int": 1,
    "movedaddress": "path/",
    "uuid": UUID(int=0),
}
ELEMENT = re.compile(r"<(input|button)\b[^>]*>")
TAPPED = re.compile(r'type="(hidden|radio|checkbox|submit)"')
TYPED_THERE_AS_WELL = {"email"}  # on the page of one's address: what is confirmed, and what it is to become


def routes(
    resolver: URLResolver, room: str = "", given: dict[str, object] | None = None
) -> Iterator[tuple[str, str, bool]]:
    """Every address of the URL configuration, with its room ("" for allauth's pages) and whether it is closed."""
    for one in resolver.url_patterns:
        kinds = {name: type(to).__name__ for name, to in one.pattern.converters.items()}
        arguments = (given or {}) | {
            name: ARGUMENTS.get(kind.removesuffix("Converter").lower(), "x") for name, kind in kinds.items()
        }
        if isinstance(one, URLResolver):
            yield from routes(one, one.namespace or room, arguments)
        elif isinstance(one, URLPattern):
            name = f"{room}:{one.name}" if room else one.name
            yield reverse(name, kwargs=arguments), room, getattr(one.callback, "login_required", True)


def tapped() -> dict[str, set[str]]:
    """The names of whatever is tapped or carried along, by room: in templates, and in forms nobody types words into."""
    names: dict[str, set[str]] = defaultdict(set)
    for source in tracked("templates/*.html"):
        room = source.path.parts[1] if source.path.parts[1] in OURS else ""
        for element in ELEMENT.finditer(source.text):
            found = re.search(r'\bname="(\w+)"', element[0])
            if found and (element[1] == "button" or TAPPED.search(element[0])):
                names[room].add(found[1])
    for form in every_form(forms.BaseForm):
        fields = getattr(form, "base_fields", {})
        if not any(isinstance(field, WordsField) for field in fields.values()):
            names[form.__module__.split(".")[0]] |= {
                name for name, field in fields.items() if not is_typed(field)
            }
    return names


ROUTES = sorted(set(routes(get_resolver())))
NAMES = tapped()


def test_there_is_something_to_tap() -> None:
    assert {room for _, room, _ in ROUTES} >= {*OURS, ""}
    assert sum(closed for *_, closed in ROUTES) > 120
    assert {"to", "stood", "go", "bring", "session"} <= set().union(*NAMES.values())


@pytest.mark.parametrize(("address", "room", "closed"), ROUTES)
def test_a_tap_of_somebody_signed_out_leads_to_sign_in(
    db: None, address: str, room: str, closed: bool
) -> None:
    names = (NAMES[room] | NAMES[""]) - TYPED_THERE_AS_WELL
    answer = Client().post(address, dict.fromkeys(names, TOKEN))
    if closed:
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login"))
    assert f">{TOKEN}<" not in answer.content.decode()


def test_what_is_typed_has_a_label() -> None:
    """A field that nobody named is carried along, and has a widget that says so: no box of text."""
    boxes = {
        f"{form.__module__}.{form.__name__}.{name}"
        for form in every_form(forms.BaseForm)
        if form.__module__.split(".")[0] in OURS
        for name, field in getattr(form, "declared_fields", {}).items()
        if is_typed(field) and not field.label and not isinstance(field, WordsField)
    }
    assert boxes == set()
