"""Forms of what comes back: what one says of a bud, and which kinds one wants."""

from django import forms

from couples.returning import ANSWERS, KINDS


class BudForm(forms.Form):
    """The button, of three, that was pressed."""

    said = forms.ChoiceField(choices=[(one, one) for one in ANSWERS])


class ComesBackForm(forms.Form):
    """The kinds that are to come back; none is a choice, too."""

    kinds = forms.MultipleChoiceField(choices=list(KINDS.items()), required=False)
