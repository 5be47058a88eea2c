"""Forms of the evening's question: an answer, a question of one's own, how deep it may go."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.fields import WordsField
from accounts.requests import send_along
from checkins import answering, own_questions
from checkins.errors import AnswerChanged

DEPTHS = {"1": _("Light"), "2": _("Warmer"), "3": _("Deep")}
SEASONS = {
    "new-job": _("A new job"),
    "small-children": _("Small children"),
    "illness": _("An illness"),
    "empty-nest": _("Children who have moved out"),
    "retirement": _("Retirement"),
    "far-apart": _("Living far apart"),
}
ANSWER_OVER = ngettext_lazy(
    "This is one character over the 2,000 an answer holds. Every word is still here; say the rest aloud.",
    "This is %(over)d characters over the 2,000 an answer holds. Every word is still here; say the rest aloud.",
    "over",
)
QUESTION_OVER = ngettext_lazy(
    "This is one character over the 300 a question holds. Every word is still here.",
    "This is %(over)d characters over the 300 a question holds. Every word is still here.",
    "over",
)


class _TextForm(forms.Form):
    nothing: Any

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"])
        if not text:
            raise forms.ValidationError(self.nothing, code="nothing")
        return text


class AnswerForm(_TextForm):
    """An answer to the question of a Day."""

    nothing = _("One sentence is enough, but it does need one.")
    text = WordsField(limit=answering.LIMIT, over=ANSWER_OVER, label=_("Your answer"))
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    current: str | None = None  # what the answer says now, when this form is late

    def is_late(self, error: AnswerChanged) -> None:
        """Show what the answer says now beside what was typed. Sent again, this form counts."""
        self.current = error.current
        send_along(self, seen=answering.mark(error.current))
        self.add_error("text", error.sentence)


class OwnPromptForm(_TextForm):
    """A question of one's own."""

    nothing = _("Write the question first. A short one will do.")
    text = WordsField(limit=own_questions.LIMIT, over=QUESTION_OVER, label=_("Your question"))


class PromptPreferenceForm(forms.Form):
    """A wish for how deep, and about which seasons of life, one is asked."""

    depth = forms.ChoiceField(choices=list(DEPTHS.items()))
    seasons = forms.MultipleChoiceField(choices=list(SEASONS.items()), required=False)
