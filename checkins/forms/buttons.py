"""The button that a form was sent with."""

from django import forms


class ButtonForm(forms.Form):
    """A choice among several buttons of one form, which are all called `go`."""

    go = forms.CharField(widget=forms.HiddenInput, required=False)

    def pressed(self) -> str:
        """The value of the button, or "": whatever is no button of ours is none, and shares nothing."""
        return str(self.cleaned_data["go"]) if self.is_valid() else ""
