from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from checkins.models import LINE_LIMIT, LINES

HINTS = {
    "rose": _("One good thing today"),
    "bud": _("Something you’re looking forward to"),
    "thorn": _("One small difficulty of the day"),
}
LABELS = {"rose": _("Rose"), "bud": _("Bud"), "thorn": _("Thorn")}


class LineField(forms.CharField):
    """One line of an evening: up to 1,000 characters as a person counts them (a line break is one)."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n").replace("\r", "\n")

    def clean(self, value: Any) -> str:
        words = str(super().clean(value))
        over = len(words) - LINE_LIMIT
        if over > 0:
            raise forms.ValidationError(
                ngettext_lazy(
                    "This is one character over the 1,000 a line holds. Every word is still here.",
                    "This is %(over)d characters over the 1,000 a line holds. Every word is still here.",
                    "over",
                ),
                code="too_long",
                params={"over": over},
            )
        return words


class CheckInForm(forms.Form):
    """Rose, bud and thorn. One of the three is whole."""

    rose = LineField(required=False)
    bud = LineField(required=False)
    thorn = LineField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in LINES:
            self.fields[kind].label = LABELS[kind]
            self.fields[kind].help_text = HINTS[kind]
            self.fields[kind].widget.attrs.update({"rows": 3, "class": "rows-2"})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not any(data.get(kind) for kind in LINES):
            raise forms.ValidationError(_("One line is enough, but it does need one."), code="empty")
        return data
