"""Forms of buttons: what the page carried beside them. Nothing here is typed, so nothing of it is given back."""

from typing import Any

from django import forms

NONE = -1  # no number of ours


class CarriedNumber(forms.Field):
    """A number that a page carried; `NONE` for anything else."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False)

    def to_python(self, value: Any) -> int:
        digits = str(value or "")
        return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 8 else NONE


class BeginForm(forms.Form):
    """A talk to begin, on two devices or on one."""

    on = forms.ChoiceField(choices=[(one, one) for one in ("two", "one")], widget=forms.HiddenInput)


class PartForm(forms.Form):
    """A part to turn to."""

    to = CarriedNumber()


class TurnForm(forms.Form):
    """A seat to give the word to, and the turn it follows."""

    seat = CarriedNumber()
    turn = CarriedNumber()


class ExtendForm(forms.Form):
    """A turn to make longer, and how many seconds it had."""

    turn = CarriedNumber()
    length = CarriedNumber()


class ApproveForm(forms.Form):
    """Notes to approve, by what was read; or a yes to take back."""

    read = forms.CharField(required=False, widget=forms.HiddenInput)
    go = forms.ChoiceField(choices=[("undo", "undo")], required=False, widget=forms.HiddenInput)


class SettleForm(forms.Form):
    """An action to settle: done, carried on or let go; or none of it after all."""

    go = forms.ChoiceField(
        choices=[(one, one) for one in ("done", "carry_on", "let_go", "undo")], widget=forms.HiddenInput
    )


class RoseForm(forms.Form):
    """A rose left out of the talk, or put back."""

    go = forms.ChoiceField(choices=[(one, one) for one in ("out", "back")], widget=forms.HiddenInput)


class SkipForm(forms.Form):
    """A talk to leave out: the one that stood on the page."""

    talk = forms.UUIDField(widget=forms.HiddenInput)
