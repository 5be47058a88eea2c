"""Titles in one's own calendar, or none."""

from django import forms
from django.utils.translation import gettext_lazy as _


class TitlesForm(forms.Form):
    """Titles in one's own calendar, or none."""

    titled = forms.ChoiceField(
        choices=[("no", _("Only that there are plans")), ("yes", _("What is planned"))],
    )
