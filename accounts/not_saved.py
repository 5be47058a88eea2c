"""Words typed into a form that couldn't be saved: told from buttons and tokens by its field's type, and given back.

A view that can't save what it was sent raises `NotSaved`; a page that isn't there any more, a session that ended, a
form that is too old and a fault of ours end the same way (`config/errors.py`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import ResolverMatch
from django.utils.translation import gettext as _

from accounts.fields import WordsField

WRITTEN = (forms.TextInput, forms.Textarea, forms.NumberInput, forms.EmailInput, forms.URLInput)


class Typed(NamedTuple):
    """One field as it came: what it is called on its page, and what was typed into it."""

    label: Any  # in the reader's language as it is drawn
    text: str


class NotSaved(Exception):
    """A form whose place is gone: `why` says so in a sentence, `back` is the page to go on from.

    With `form`, all that was typed into it comes back, days and figures included; without, every word does. `missing`:
    what the address names isn't here for this person, so the answer is 404, whoever's it is or was.
    """

    def __init__(
        self, why: object, *, back: str, form: forms.Form | None = None, missing: bool = False
    ) -> None:
        super().__init__()  # never the words: exceptions are logged
        self.why, self.back, self.form, self.missing = str(why), back, form, missing


def all_typed(request: HttpRequest) -> list[Typed]:
    """Collect what was typed into a POST: the words of whatever form of ours, and what else a form of the addressed
    room lets be typed (days, times, figures, codes of invitations). No secret, nothing that is tapped, no token.
    """
    labels = _words_fields() | _typed_at(request.resolver_match)
    # Every field of every form at once: the form that was to take this one is what couldn't be reached.
    return [
        Typed(labels[name] or _("What you typed"), text)
        for name, values in request.POST.lists()
        if name in labels
        for text in map(str, values)
        if text.strip()
    ]


def typed_into(form: forms.Form) -> list[Typed]:
    """Collect all that was typed into this form, as it came."""
    found = ((form[name], form.data.get(form.add_prefix(name), "")) for name in _typed_fields(form))
    return [Typed(field.label, str(text)) for field, text in found if str(text).strip()]


def given_back(
    request: HttpRequest | None, typed: list[Typed], *, why: Any, back: str = "", status: int
) -> HttpResponse:
    """The page with what was typed, to copy. Without a request where a fault of ours might break it as well."""
    page = render_to_string("not_saved.html", {"typed": typed, "why": why, "back": back}, request=request)
    return HttpResponse(page, status=status)


def _typed_fields(form: forms.Form) -> list[str]:
    return [name for name, field in form.fields.items() if is_typed(field)]


def is_typed(field: forms.Field) -> bool:
    """Whether a person writes it rather than taps it, and may see it again."""
    return isinstance(field.widget, WRITTEN) and not _is_secret(field)


def _is_secret(field: forms.Field) -> bool:
    return (
        isinstance(field.widget, forms.PasswordInput)
        or field.widget.attrs.get("autocomplete") == "one-time-code"
    )


@cache
def _words_fields() -> dict[str, Any]:
    """The names of all fields made for words, with their label where every form that has one says the same."""
    return _labels(field for field in _fields_of("") if isinstance(field[1], WordsField))


def _typed_at(place: ResolverMatch | None) -> dict[str, Any]:
    """The same of all that is typed where an address leads: in a room of ours, or on allauth's pages."""
    if place is None:
        return {}
    if place.app_name:
        return _typed_in(f"{place.app_name}.")
    accounts, mfa = (_typed_in(*named.values()) for named in (settings.ACCOUNT_FORMS, settings.MFA_FORMS))
    return accounts | mfa if str(place.url_name).startswith("mfa_") else mfa | accounts


@cache
def _typed_in(*places: str) -> dict[str, Any]:
    """The same of all that is typed into forms of these places; a name that any of them has for a secret is none."""
    fields = [field for place in places for field in _fields_of(place)]
    secret = {name for name, field in fields if _is_secret(field)}
    return _labels(field for field in fields if is_typed(field[1]) and field[0] not in secret)


def _fields_of(place: str) -> Iterator[tuple[str, forms.Field]]:
    """The fields of every form whose full name begins so."""
    for form in every_form(forms.BaseForm):
        if f"{form.__module__}.{form.__name__}".startswith(place):
            yield from getattr(form, "base_fields", {}).items()


def _labels(fields: Iterable[tuple[str, forms.Field]]) -> dict[str, Any]:
    labels: dict[str, set[Any]] = defaultdict(set)
    for name, field in fields:
        labels[name].add(field.label or "")
    return {name: said.pop() if len(said) == 1 else "" for name, said in labels.items()}


def every_form(base: type) -> Iterator[type]:
    """Every form made of `base`, of whichever room."""
    below: list[type] = base.__subclasses__()
    for form in below:
        yield form
        yield from every_form(form)
