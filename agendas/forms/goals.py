"""A joint goal: what for, until when, and how much of what where it has a number."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import OVER_SHORT, DayField, WordsField
from agendas import goals

NOT_A_NUMBER = _("Please write a number, such as 1200 or 12.50.")


def _amount(label: Any, *, least: Decimal, required: bool = True) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=required,
        min_value=least,
        max_value=goals.MOST,
        decimal_places=2,
        error_messages={
            "invalid": NOT_A_NUMBER,
            "min_value": _("It needs to be more than that."),
            "max_value": _("That is more than fits here."),
        },
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


class GoalForm(forms.Form):
    """A goal the two are working towards."""

    name = WordsField(
        label=_("What for"), limit=goals.NAME_LIMIT, over=OVER_SHORT, needed=True, widget=forms.TextInput
    )
    target = _amount(_("How much in all, if it has a number"), least=goals.LEAST, required=False)
    unit = WordsField(
        label=_("Of what (euros, kilometres, pages), if it needs saying"),
        limit=goals.UNIT_LIMIT,
        over=OVER_SHORT,
        widget=forms.TextInput,
    )
    total = _amount(_("How far you are, together"), least=Decimal(0), required=False)
    due_on = DayField(label=_("By when, if there is a day"), required=False)
    stood = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: date, stood_on: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.stood_on = today, stood_on

    def clean_due_on(self) -> date | None:
        due: date | None = self.cleaned_data["due_on"]
        if due is not None and due <= self.today and due != self.stood_on:
            raise forms.ValidationError(_("That day is here already. Choose a later one, or none."))
        return due

    def details(self) -> goals.GoalDetails:
        """The goal as it was typed. Only of a valid form."""
        data = self.cleaned_data
        total = data["total"] if data["total"] is not None else Decimal(0)
        return goals.GoalDetails(data["name"], data["target"], total, data["unit"], data["due_on"])
