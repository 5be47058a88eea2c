from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reminders.kinds import Kind
from reminders.models import Choice


class ChoiceForm(forms.ModelForm):
    """One kind of reminder: whether, and when on one's own clock."""

    kind: Kind

    class Meta:
        model = Choice
        fields = ["wanted", "at"]
        labels = {"wanted": _("Remind me by email"), "at": _("At")}
        widgets = {
            "wanted": forms.CheckboxInput(attrs={"role": "switch"}),
            "at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"prefix": kind.name})
        self.kind = kind
        self.fields["at"].error_messages["invalid"] = _("Please write a time like 20:30.")
