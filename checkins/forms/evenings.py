"""The evening's form: three lines, which of them are kept, and the private side."""

from collections.abc import Collection
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, LayoutObject
from crispy_forms.utils import TEMPLATE_PACK
from django import forms
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.fields import WordsField
from accounts.requests import send_along
from checkins.errors import CheckInChanged
from checkins.words import LINE_LIMIT, LINES, NEARNESS, NOTE_LIMIT, PRIVATE_SIDE, CheckInText, FormVersion

HINTS = {
    "rose": _("One good thing today"),
    "bud": _("Something to look forward to"),
    "thorn": _("One small difficulty of the day"),
}
LABELS = {"rose": _("Rose"), "bud": _("Bud"), "thorn": _("Thorn"), "note": _("Private note")}
LINE_OVER = ngettext_lazy(
    "This is one character over the 1,000 a line holds. Trim it, or move the end into your private note.",
    "This is %(over)d characters over the 1,000 a line holds. Trim it, or move the end into your private note.",
    "over",
)
NOTE_OVER = ngettext_lazy(
    "This is one character over the 5,000 a note holds. Every word is still here.",
    "This is %(over)d characters over the 5,000 a note holds. Every word is still here.",
    "over",
)
DRAFT_LIMIT = 20_000  # characters: a draft may be too long to share, but not endless


class Part(LayoutObject):
    """A part of the form drawn by a template of ours, which gets its bound fields by the names given."""

    def __init__(self, template: str, /, **fields: str) -> None:
        self.template, self.named = template, fields

    def render(
        self, form: forms.Form, context: Any, template_pack: str = TEMPLATE_PACK, **kwargs: Any
    ) -> str:
        bound = {name: form[field] for name, field in self.named.items() if field in form.fields}
        form.rendered_fields.update(self.named.values())  # type: ignore[attr-defined]  # crispy's own note
        return render_to_string(self.template, {**bound, "form": form, "request": context["request"]})


def _drawn(*parts: Part) -> FormHelper:
    helper = FormHelper()
    helper.form_tag, helper.disable_csrf, helper.form_show_errors = False, True, False
    helper.template = "checkins/form_parts.html"  # crispy's own would squeeze white space, typed or not
    helper.layout = Layout(*parts)
    return helper


class CheckInForm(forms.Form):
    """Rose, bud and thorn, each to be kept if one likes; how close it felt, a private note; whether it is left open."""

    rose = WordsField(limit=LINE_LIMIT, over=LINE_OVER, label=LABELS["rose"])
    bud = WordsField(limit=LINE_LIMIT, over=LINE_OVER, label=LABELS["bud"])
    thorn = WordsField(limit=LINE_LIMIT, over=LINE_OVER, label=LABELS["thorn"])
    keep_rose = forms.BooleanField(required=False)
    keep_bud = forms.BooleanField(required=False)
    keep_thorn = forms.BooleanField(required=False)
    closeness = forms.ChoiceField(choices=[("", _("I’d rather not say")), *NEARNESS.items()], required=False)
    note = WordsField(limit=NOTE_LIMIT, over=NOTE_OVER, label=LABELS["note"])
    open = forms.BooleanField(required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1, required=False)
    tab = forms.CharField(widget=forms.HiddenInput, max_length=32, required=False)
    # The number of the save, by the name that pages call it which are open through an upgrade.
    stroke = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.current: CheckInText | None = None  # what the page holds now, when this form is late
        self.fixed: Collection[str] = ()  # lines that could be read already: no box to keep them
        for kind in LINES:
            self.fields[kind].help_text = HINTS[kind]

    @property
    def three_lines(self) -> FormHelper:
        """The layout of the three lines."""
        return _drawn(*(Part("checkins/form_line.html", field=kind, keep=f"keep_{kind}") for kind in LINES))

    @property
    def private_side(self) -> FormHelper:
        """The layout of the private side."""
        return _drawn(Part("checkins/form_private.html", **{name: name for name in PRIVATE_SIDE}))

    @property
    def shows_private_side(self) -> bool:
        """Whether its closed row holds something to look at first: an error, or what was saved elsewhere."""
        stands = self.current.private if self.current else {}
        return any(
            self[name].errors or stands.get(name, self[name].value()) != self[name].value()
            for name in PRIVATE_SIDE
        )

    def clean_version(self) -> int:
        return self.cleaned_data["version"] or 0

    def clean_stroke(self) -> int:
        return self.cleaned_data["stroke"] or 0

    def words(self) -> CheckInText:
        """The words that were typed, as a page holds them. Only of a valid form."""
        data = self.cleaned_data
        return CheckInText(
            **{name: data[name] for name in (*LINES, *PRIVATE_SIDE)},
            kept=frozenset(kind for kind in LINES if data[f"keep_{kind}"]),
            open=data["open"],
        )

    def is_late(self, error: CheckInChanged) -> None:
        """Show what the page holds now beside what was typed. Sent again, this form counts."""
        self.current = error.current
        send_along(self, version=str(error.version))
        self.add_error(None, error.sentence)

    def base(self) -> FormVersion:
        """The base the words were written on. Only of a valid form."""
        data = self.cleaned_data
        return FormVersion(data["version"], data["tab"], data["stroke"])


class DraftForm(CheckInForm):
    """A page while it is being written: a line may still be too long, and nothing at all is fine."""

    rose = WordsField(limit=DRAFT_LIMIT, over=LINE_OVER, label=LABELS["rose"])
    bud = WordsField(limit=DRAFT_LIMIT, over=LINE_OVER, label=LABELS["bud"])
    thorn = WordsField(limit=DRAFT_LIMIT, over=LINE_OVER, label=LABELS["thorn"])
    note = WordsField(limit=DRAFT_LIMIT, over=NOTE_OVER, label=LABELS["note"])


class TalkedForm(DraftForm):
    """A page of an evening that was talked about: its lines stay a draft, the private side is kept as it is."""

    note = WordsField(limit=NOTE_LIMIT, over=NOTE_OVER, label=LABELS["note"])


def initial_of(words: CheckInText, version: int, tab: str) -> dict[str, Any]:
    """The values the form shows of `words`."""
    ticks = {f"keep_{kind}": kind in words.kept for kind in LINES}
    shown = {**words.lines, **words.private, **ticks, "open": words.open}
    return {**shown, "version": version, "tab": tab, "stroke": 0}
