"""Fields nobody sees: what a button sends along, so that an act is about just what stood on the page."""

from typing import Any

from django import forms

from accounts.fields import ButtonField, MomentField


class ButtonForm(forms.Form):
    """Hidden fields. Nothing of them is ever refused: what makes no sense is None, and the act says what it thinks."""

    def sent(self) -> dict[str, Any]:
        """The values that were sent, by their names; None for each that wasn't."""
        return dict.fromkeys(self.fields) | (self.cleaned_data if self.is_valid() else {})


class AnswerForm(ButtonForm):
    """An answer to the time that the other asks for."""

    to = MomentField()


class AcceptForm(AnswerForm):
    """A yes to that time and to what was shown of the date; `anyway`: what is in the way stood on the page."""

    shown = forms.Field(required=False, widget=forms.HiddenInput)
    anyway = ButtonField()


class PostponeForm(ButtonForm):
    """A date put off: the time that stood."""

    stood = MomentField()


class AskForm(ButtonForm):
    """A wish asked for at the time on its button."""

    when = MomentField()


class ChosenForm(ButtonForm):
    """The thing and the time that were chosen on a page that was sent, whether or not they are still offered."""

    what = forms.Field(required=False, widget=forms.HiddenInput)
    when = MomentField()


class TurnsForm(ButtonForm):
    """A switch for taking turns at planning: "on" or "off"."""

    turns = forms.Field(required=False, widget=forms.HiddenInput)
