"""The form of how long the phones go down."""

from django import forms

from checkins.quiet_time import MINUTES


class BeginForm(forms.Form):
    """A choice of the two lengths."""

    minutes = forms.TypedChoiceField(choices=[(number, str(number)) for number in MINUTES], coerce=int)
