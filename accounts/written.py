"""What a person types: words up to a limit, counted as they count them. Forms of every room are made of it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

LINE_LIMIT = 500  # characters
OVER = ngettext_lazy(
    "This is one character over the 500 it holds. Every word is still here.",
    "This is %(over)d characters over the 500 it holds. Every word is still here.",
    "over",
)
EMPTY = _("A word or two is enough, but it does need one.")


class WordsField(forms.CharField):
    """Words of a person, up to `limit` characters as they count them (a line break is one)."""

    widget = forms.Textarea

    def __init__(self, *, limit: int, over: Any, **kwargs: Any) -> None:
        self.limit, self.over = limit, over
        super().__init__(required=False, **kwargs)

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n").replace("\r", "\n")

    def clean(self, value: Any) -> str:
        words = str(super().clean(value))
        over = len(words) - self.limit
        if over > 0:
            raise forms.ValidationError(self.over, code="too_long", params={"over": over})
        return words


class LineForm(forms.Form):
    """One line that isn't empty."""

    text = WordsField(limit=LINE_LIMIT, over=OVER)

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"])
        if not text:
            raise forms.ValidationError(EMPTY)
        return text
