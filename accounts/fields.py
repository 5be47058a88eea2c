"""Fields for what is typed: words up to a limit, counted as they count them. Forms of every room are made of it."""

import re
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts import addresses, characters
from accounts.domains import NotADomain

_BREAKS = re.compile("[\t\n\v\f\r\x85\u2028\u2029]")  # what would be no single line
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
YEARS = r"(?:19|20|21)[0-9]{2}"  # of these days, as an address has them
LINE_LIMIT = 500  # characters
OVER = ngettext_lazy(
    "This is one character over the 500 it holds. Every word is still here.",
    "This is %(over)d characters over the 500 it holds. Every word is still here.",
    "over",
)
OVER_SHORT = ngettext_lazy(
    "This is one character over what fits here. Every word is still here.",
    "This is %(over)d characters over what fits here. Every word is still here.",
    "over",
)
WRONG_DAY = _("Please write a date like 2026-12-24.")
NOT_AN_ADDRESS = _("That doesn’t look like an email address yet.")
EMPTY = _("A word or two is enough, but it does need one.")


class WordsField(forms.CharField):
    """Words of a person, up to `limit` characters as they count them (a line break is one); at least one if `needed`.

    Whatever words go into is made of this field: it is how `accounts/not_saved.py` tells them from buttons and tokens.
    They stay as they were typed: spaces, writing directions and joiners are the writer's. What is typed into a box of
    one line is one line, whatever was pasted there. Where words are needed, something of them can be seen.
    """

    widget = forms.Textarea

    def __init__(self, *, limit: int, over: Any, needed: bool = False, **kwargs: Any) -> None:
        self.limit, self.over, self.needed = limit, over, needed
        super().__init__(required=False, **kwargs)

    def to_python(self, value: Any) -> str:
        words = str(super().to_python(value))
        if self.is_one_line:
            return characters.fold_spaces(_BREAKS.sub(" ", words))
        return words.replace("\r\n", "\n").replace("\r", "\n")

    @property
    def is_one_line(self) -> bool:
        return isinstance(self.widget, forms.TextInput)

    def clean(self, value: Any) -> str:
        words = str(super().clean(value))
        if self.needed and characters.is_blank(words):
            raise forms.ValidationError(EMPTY, code="required")
        over = len(words) - self.limit
        if over > 0:
            raise forms.ValidationError(self.over, code="too_long", params={"over": over})
        return words


class DayField(forms.DateField):
    """A date, typed or chosen. One so far off that no clock can be put on it is none."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_error_messages = {"invalid": WRONG_DAY}

    def to_python(self, value: Any) -> date | None:
        found: date | None = super().to_python(value)
        if found is not None and not is_within_reach(found):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return found


def is_within_reach(day: date) -> bool:
    """Whether a moment of this day exists on every clock on earth, with centuries to spare."""
    return EARLIEST <= day <= LATEST


def moment(text: str) -> datetime | None:
    """A moment (with its zone) as a page sent it; None for anything else, and for one that no clock can show."""
    with suppress(ValueError):
        found = datetime.fromisoformat(text)
        return found if found.tzinfo is not None and is_within_reach(found.date()) else None
    return None


class PressedButton(forms.HiddenInput):
    """A button of a form, which is sent only when it is the one that was pressed."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> bool:
        return name in data


class ButtonField(forms.BooleanField):
    """A button of a form that has several: true where it was the one that was pressed."""

    widget = PressedButton

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)


class MomentField(forms.Field):
    """A moment (with its zone) that a page sends along unseen; None for anything else."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def to_python(self, value: Any) -> datetime | None:
        return moment(str(value or ""))


class LineForm(forms.Form):
    """One line that isn't empty."""

    text = WordsField(limit=LINE_LIMIT, over=OVER, needed=True)


class AddressField(forms.EmailField):
    """An email address in any spelling; what comes of it is the one that is kept. For every form that takes one."""

    def __init__(self, *, autocomplete: str = "email", **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Email"))
        kwargs.setdefault("widget", forms.EmailInput(attrs={"autocomplete": autocomplete}))
        kwargs.setdefault("error_messages", {"invalid": NOT_AN_ADDRESS})
        super().__init__(max_length=addresses.LONGEST, **kwargs)

    def to_python(self, value: Any) -> str:
        typed = str(super().to_python(value))
        # By the standard's letter a quoted name may be empty or hold controls; no server takes either.
        fits = typed.isprintable() and not typed.startswith('""')
        try:
            if fits:
                return addresses.kept(typed) if typed else ""
        except NotADomain:
            pass
        raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
