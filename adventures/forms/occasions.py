"""A day of every year as it is typed."""

from calendar import monthrange
from typing import Any

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from accounts.fields import WordsField
from adventures import occasions
from adventures.forms.wishes import OVER
from adventures.models.occasions import Ahead, What

LEAP_YEAR = 2024


class OccasionForm(forms.Form):
    """A birthday, an anniversary, another day of every year."""

    what = forms.ChoiceField(label=_("What kind of day"), choices=What.choices, initial=What.BIRTHDAY)
    name = WordsField(limit=occasions.NAME_LIMIT, over=OVER, needed=True, label=_("Whose, or what for"))
    day = forms.TypedChoiceField(label=_("Day"), choices=[(n, str(n)) for n in range(1, 32)], coerce=int)
    month = forms.TypedChoiceField(label=_("Month"), choices=list(MONTHS.items()), coerce=int)
    ahead = forms.TypedChoiceField(
        label=_("An email comes"), choices=Ahead.choices, coerce=int, initial=Ahead.WEEK.value
    )

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "day" in data and "month" in data and data["day"] > monthrange(LEAP_YEAR, data["month"])[1]:
            self.add_error("day", _("That month has fewer days. Choose an earlier one."))
        return data

    def words(self) -> occasions.OccasionWords:
        """The day of the year as it was typed. Only of a valid form."""
        data = self.cleaned_data
        return occasions.OccasionWords(data["what"], data["name"], data["month"], data["day"], data["ahead"])
