from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reminders.models import Choice


class ChoiceForm(forms.ModelForm):
    """One reminder: whether, and when on one's own clock."""

    class Meta:
        model = Choice
        fields = ["wanted", "at"]
        labels = {"wanted": _("Remind me by email"), "at": _("At")}
        widgets = {
            "wanted": forms.CheckboxInput(attrs={"role": "switch"}),
            "at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].error_messages["invalid"] = _("Please write a time like 20:30.")
