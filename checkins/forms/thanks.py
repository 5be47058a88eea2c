"""A thank-you, and a small win: one line each."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import OVER_SHORT, LineForm, WordsField
from checkins import thanking

TRAITS = [
    _("kind"),
    _("patient"),
    _("funny"),
    _("brave"),
    _("thoughtful"),
    _("steady"),
    _("generous"),
    _("honest"),
    _("curious"),
    _("gentle"),
    _("stubborn in a good way"),
    _("good to come home to"),
]


class ThanksForm(LineForm):
    """A thank-you: what for, and which good trait it shows, if one likes."""

    trait = forms.ChoiceField(required=False)
    trait_own = WordsField(
        limit=thanking.TRAIT_LIMIT, over=OVER_SHORT, widget=forms.TextInput, label=_("Or in your own words")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("Thank you for")
        choices = [("", _("I’d rather not say")), *((str(trait), trait) for trait in TRAITS)]
        self.fields["trait"].choices = choices  # type: ignore[attr-defined]  # a choice field

    def trait_said(self) -> str:
        """The trait in whichever words. Only of a valid form."""
        return " ".join(self.cleaned_data["trait_own"].split()) or str(self.cleaned_data["trait"])


class WinForm(LineForm):
    """A small thing that went well."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("What went well")
