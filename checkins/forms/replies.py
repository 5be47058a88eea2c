"""Saying back what one heard, in up to three steps on one screen."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.fields import OVER_SHORT, WordsField
from checkins import advice, feelings
from checkins.words import LINE_LIMIT, STEP_LIMIT, SaidBack

STEP_OVER = ngettext_lazy(
    "This is one character over the 2,000 a step holds. Every word is still here.",
    "This is %(over)d characters over the 2,000 a step holds. Every word is still here.",
    "over",
)
MORE_OVER = ngettext_lazy(
    "This is one character over the 1,000 a line holds. Every word is still here.",
    "This is %(over)d characters over the 1,000 a line holds. Every word is still here.",
    "over",
)
OWN = "own"
# Ways to begin, to tap; what is typed goes on from there. Nobody's is chosen beforehand.
BACK = [
    (OWN, _("In my own words")),
    ("hear", _("What I hear is")),
    ("day", _("So all day you")),
    ("right", _("Have I got this:")),
]
SENSE = [
    (OWN, _("In my own words")),
    ("because", _("It makes sense, because")),
    ("too", _("I’d feel that too if")),
]
STEPS = {
    "back": ("begin_back", "back"),
    "feeling": ("feeling", "feeling_own"),
    "sense": ("begin_sense", "sense"),
}


def _begun(openings: list[tuple[str, Any]], chosen: str, text: str) -> str:
    begin = "" if chosen == OWN else str(dict(openings).get(chosen, ""))
    return f"{begin} {text}".strip() if text else ""


class ReplyForm(forms.Form):
    """Say it back, name the feeling, say why it makes sense; each is optional."""

    begin_back = forms.ChoiceField(choices=BACK, initial=OWN, required=False)
    back = WordsField(limit=STEP_LIMIT, over=STEP_OVER, label=_("Say it back"))
    feeling = forms.MultipleChoiceField(required=False)
    feeling_own = WordsField(
        limit=feelings.WORD_LIMIT,
        over=OVER_SHORT,
        widget=forms.TextInput,
        label=_("Or in a word of your own"),
    )
    begin_sense = forms.ChoiceField(choices=SENSE, initial=OWN, required=False)
    sense = WordsField(limit=STEP_LIMIT, over=STEP_OVER, label=_("Say why it makes sense"))
    more = forms.BooleanField(required=False)
    # Two buttons beside what reads like advice.
    as_it_is = forms.BooleanField(required=False)
    take_out = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = [word for group in feelings.palette() for word in group.words]
        self.fields["feeling"].choices = [(word, word) for word in words]  # type: ignore[attr-defined]  # a choice field

    @property
    def open_step(self) -> str:
        """The one of the three steps that stands open: where something is in the way or reads like advice, else the
        first.
        """
        wrong = [step for step, names in STEPS.items() if any(self[name].errors for name in names)]
        advice = self.advice() if self.is_bound and self.is_valid() else None
        return next(iter(wrong), advice[0] if advice else "back")

    @property
    def groups(self) -> tuple[feelings.Group, ...]:
        return feelings.palette()

    def said(self) -> SaidBack:
        """The words that were said. Only of a valid form."""
        data = self.cleaned_data
        felt = [*data["feeling"], " ".join(data["feeling_own"].split())]
        return SaidBack(
            back=_begun(BACK, data["begin_back"], data["back"]),
            feeling="\n".join(word for word in felt if word),
            sense=_begun(SENSE, data["begin_sense"], data["sense"]),
            more=data["more"],
        )

    def advice(self) -> tuple[str, str] | None:
        """The first field that reads like advice, and the words in it; for the writer's eyes alone. Of a valid form."""
        for name in ("back", "sense"):
            found = advice.find(self.cleaned_data[name])
            if found:
                text = self.cleaned_data[name]
                return name, text[found.start : found.end].strip()
        return None

    def without_advice(self) -> "ReplyForm":
        """The form without the sentence that reads like advice."""
        data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        for name in ("back", "sense"):
            found = advice.find(self.cleaned_data[name])
            if found:
                data[name] = advice.without(self.cleaned_data[name], found)
                break
        again = ReplyForm(data)
        again.is_valid()
        return again


class MoreForm(forms.Form):
    """A bit more about one's own thorn, if one likes."""

    text = WordsField(limit=LINE_LIMIT, over=MORE_OVER, label=_("A bit more"))
