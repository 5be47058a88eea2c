"""What was typed into a form that couldn't be saved: told from buttons and tokens by its field's type, and given back.

A view that can't save what it was sent raises `NotSaved`; a page that isn't there any more, a session that ended, a
form that is too old and a fault of ours end the same way (`config/errors.py`).
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.written import DayField, WordsField

TYPED = (WordsField, DayField, forms.TimeField, forms.DecimalField)  # what a person writes rather than taps


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


def typed_words(request: HttpRequest) -> list[Typed]:
    """The words in a POST: of fields that are made for words in some form of ours, and of nothing else."""
    labels = _words_fields()
    return [
        Typed(labels[name] or _("What you typed"), text)
        for name, values in request.POST.lists()
        if name in labels
        for text in map(str, values)
        if text.strip()
    ]


def typed_into(form: forms.Form) -> list[Typed]:
    """All that was typed into this form, as it came."""
    found = ((form[name], form.data.get(form.add_prefix(name), "")) for name in _typed_fields(form))
    return [Typed(field.label, str(text)) for field, text in found if str(text).strip()]


def given_back(
    request: HttpRequest | None, typed: list[Typed], *, why: Any, back: str = "", status: int
) -> HttpResponse:
    """The page with what was typed, to copy. Without a request where a fault of ours might break it as well."""
    page = render_to_string("not_saved.html", {"typed": typed, "why": why, "back": back}, request=request)
    return HttpResponse(page, status=status)


def _typed_fields(form: forms.Form) -> list[str]:
    return [
        name for name, field in form.fields.items() if isinstance(field, TYPED) and not field.widget.is_hidden
    ]


@cache
def _words_fields() -> dict[str, Any]:
    """The names of all fields made for words, with their label where every form that has one says the same."""
    labels: dict[str, set[Any]] = defaultdict(set)
    for form in every_form(forms.BaseForm):
        for name, field in getattr(form, "base_fields", {}).items():
            if isinstance(field, WordsField):
                labels[name].add(field.label or "")
    return {name: said.pop() if len(said) == 1 else "" for name, said in labels.items()}


def every_form(base: type) -> Iterator[type]:
    """Every form made of `base`, of whichever room."""
    below: list[type] = base.__subclasses__()
    for form in below:
        yield form
        yield from every_form(form)
