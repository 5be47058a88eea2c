"""Forms of when the talk is: its rhythm, and one of them moved."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from accounts.fields import DayField
from agendas.models.talks import Every
from agendas.plan import TalkPlan
from agendas.rhythm import USUAL_LENGTH
from couples import days

WRONG_TIME = _("Please write a time like 19:00.")
SUNDAY = 6
USUAL_TIME = time(19)


class RhythmForm(forms.Form):
    """A rhythm of talks: how often, on which day, at what time on one's own clock, for how long."""

    every = forms.ChoiceField(
        label=_("How often"),
        choices=[(Every.WEEK, _("Every week")), (Every.MONTH, _("Once a month"))],
        initial=Every.WEEK,
    )
    weekday = forms.TypedChoiceField(
        label=_("On"), choices=list(WEEKDAYS.items()), coerce=int, initial=SUNDAY
    )
    at = forms.TimeField(label=_("At"), initial=USUAL_TIME, error_messages={"invalid": WRONG_TIME})
    minutes = forms.TypedChoiceField(
        label=_("For"),
        choices=[(20, _("20 minutes")), (30, _("Half an hour")), (60, _("An hour"))],
        coerce=int,
        initial=USUAL_LENGTH,
    )

    def plan(self, zone: str) -> TalkPlan:
        """The rhythm that was chosen, on this clock. Only of a valid form."""
        data = self.cleaned_data
        at = data["at"].replace(second=0, microsecond=0)
        return TalkPlan(data["every"], data["weekday"], at, data["minutes"], zone)


class MoveForm(forms.Form):
    """Another time for one talk, on one's own clock."""

    day = DayField(label=_("Day"))
    at = forms.TimeField(label=_("At"), error_messages={"invalid": WRONG_TIME})

    def __init__(self, *args: Any, tz: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tz = tz

    def moment(self) -> datetime:
        """The moment it stands for. A time before 04:00 is the night that ends the day. Only of a valid form."""
        return days.at(self.cleaned_data["day"], self.cleaned_data["at"], self.tz)
