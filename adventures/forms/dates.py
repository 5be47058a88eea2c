"""A date as it is planned: what, when, who arranges it; another time for one; the rhythm."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.fields import EMPTY, WRONG_DAY, DayField, WordsField
from accounts.models import User
from adventures import proposing, slots
from adventures.choices import What, When
from adventures.errors import ImpossibleTime
from adventures.forms.wishes import OVER as TITLE_OVER
from adventures.models.dates import LONGEST, USUAL_MINUTES, Childcare
from adventures.models.wishes import Cost, Where
from couples import days

OWN = "own"  # something else than what is offered
WRONG_TIME = _("Please write a time like 19:30.")
GONE = _("This isn’t on the list any more. Please choose again, or write it yourself.")
PLAN_OVER = ngettext_lazy(
    "This is one character over the 2,000 it holds. Every word is still here.",
    "This is %(over)d characters over the 2,000 it holds. Every word is still here.",
    "over",
)
WHO = [("i", _("I will")), ("both", _("Both of us")), ("surprise", _("I will, as a surprise"))]


def _time(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        required=False,
        error_messages={"invalid": WRONG_TIME},
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )


class DetailsForm(forms.Form):
    """The details that may be said of a date: everything but a title can wait."""

    title = WordsField(limit=proposing.TITLE_LIMIT, over=TITLE_OVER, label=_("What, in a few words"))
    plan = WordsField(limit=proposing.PLAN_LIMIT, over=PLAN_OVER, label=_("What is planned"))
    phones_away = forms.BooleanField(label=_("Phones out of sight"), required=False)
    where = forms.ChoiceField(label=_("Where"), choices=[("", _("Not said")), *Where.choices], required=False)
    cost = forms.ChoiceField(label=_("Cost"), choices=[("", _("Not said")), *Cost.choices], required=False)
    wear = WordsField(limit=proposing.WEAR_LIMIT, over=TITLE_OVER, label=_("What to wear"))
    childcare = forms.ChoiceField(
        label=_("Childcare"), choices=[("", _("Not said")), *Childcare.choices], required=False
    )

    def clean_title(self) -> str:
        return " ".join(str(self.cleaned_data["title"]).split())


class ChangeForm(DetailsForm):
    """A plan in other words."""

    stood = forms.Field(required=False, widget=forms.HiddenInput)  # names what was read when it was changed

    def __init__(self, *args: Any, surprise: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.surprise = surprise
        self.fields["title"].label = _("What")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("title") and "title" not in self.errors:
            self.add_error("title", EMPTY)
        if self.surprise:
            _check_shown(self, data)
        return data

    def details(self) -> proposing.Details:
        """Details of the date as they were typed. Only of a valid form."""
        data = self.cleaned_data
        return proposing.Details(
            data["title"],
            data["plan"],
            where=data["where"],
            cost=data["cost"],
            wear=data["wear"],
            childcare=data["childcare"],
            phones_away=data["phones_away"],
        )


def _check_shown(form: forms.Form, data: dict[str, Any]) -> None:
    """What a surprise always shows."""
    needed = {
        "where": _("A surprise says this much: at home, or out."),
        "cost": _("A surprise says what it costs, roughly."),
        "wear": _("A surprise says what to wear. “Anything” is an answer."),
        "childcare": _("A surprise says whether that is arranged. “Nothing to arrange” is an answer."),
    }
    for name, sentence in needed.items():
        if name not in form.errors and not data.get(name):
            form.add_error(name, sentence)
    if data.get("where") == Where.AWAY:
        form.add_error(
            "where", _("A surprise is never away. Choose at home or out, or ask for this one openly.")
        )


class PlanForm(DetailsForm):
    """A date to ask for: what, when, who arranges it."""

    what = forms.ChoiceField(label=_("What"), error_messages={"invalid_choice": GONE, "required": GONE})
    when = forms.ChoiceField(
        label=_("When"),
        error_messages={"invalid_choice": ImpossibleTime.sentence, "required": ImpossibleTime.sentence},
    )
    day = DayField(label=_("Day"), required=False)
    at = _time(_("At"))
    who = forms.ChoiceField(label=_("Who arranges it"), choices=WHO, required=False)
    back_by = _time(_("Back by"))
    anyway = forms.BooleanField(label=_("All the same"), required=False)

    def __init__(
        self, *args: Any, whats: Sequence[What], whens: Sequence[When], user: User, two: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.whats, self.whens, self.user, self.two = whats, whens, user, two
        self.fields["what"].choices = [*((one.value, one.title) for one in whats), (OWN, _("Something else"))]  # type: ignore[attr-defined]  # a choice field
        self.fields["when"].choices = [*((one.value, one.at) for one in whens), (OWN, _("Another time"))]  # type: ignore[attr-defined]  # the same
        self.fields["what"].initial = whats[0].value if whats else OWN
        free = next((one for one in whens if not one.clash), None)
        self.fields["when"].initial = free.value if free is not None else OWN
        self.fields["who"].initial = "i"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("what") == OWN and "title" not in self.errors and not data.get("title"):
            self.add_error("title", EMPTY)
        if data.get("when") == OWN:
            for name, sentence in {"day": WRONG_DAY, "at": WRONG_TIME}.items():
                if name not in self.errors and not data.get(name):
                    self.add_error(name, sentence)
        if self.is_surprise(data):
            _check_shown(self, data)
            if "back_by" not in self.errors and not data.get("back_by"):
                self.add_error("back_by", _("A surprise says until when, roughly."))
        if not self.errors:
            self._check_length(data)
        return data

    def is_surprise(self, data: dict[str, Any]) -> bool:
        return self.two and data.get("who") == "surprise"

    def refuse_night(self) -> None:
        """Say that a surprise would last into the night, on the clock of whoever plans it."""
        self.add_error(
            "back_by",
            _(
                "A surprise is never overnight. Choose an earlier time to be back, or ask for this one openly."
            ),
        )

    def _check_length(self, data: dict[str, Any]) -> None:
        if self._minutes(data) > LONGEST:
            self.add_error(
                "back_by", _("That is more than sixteen hours. Please choose an earlier time to be back.")
            )

    def _starts_at(self, data: dict[str, Any]) -> datetime:
        if data["when"] != OWN:
            return datetime.fromisoformat(data["when"])
        return days.at(data["day"], data["at"], self.user.tz)

    def _minutes(self, data: dict[str, Any]) -> int:
        """How long it lasts: until the clock next shows when to be back."""
        back_by: time | None = data.get("back_by")
        if back_by is None:
            return USUAL_MINUTES
        starts_at = self._starts_at(data)
        day = self.user.local(starts_at).date()
        ends = days.instant(day, back_by, self.user.tz)
        if ends <= starts_at:
            ends = days.instant(day + timedelta(days=1), back_by, self.user.tz)
        return round((ends - starts_at).total_seconds() / 60)

    @property
    def starts_at(self) -> datetime:
        """The moment the date begins. Only of a valid form."""
        return self._starts_at(self.cleaned_data)

    def details(self) -> proposing.Details:
        """Details of the date as they were typed. Only of a valid form."""
        data = self.cleaned_data
        chosen = next((one for one in self.whats if one.value == data["what"]), None)
        return proposing.Details(
            title=chosen.title if chosen is not None else data["title"],
            plan=data["plan"],
            wish=chosen.wish if chosen is not None else None,
            together=data["who"] == "both",
            surprise=self.is_surprise(data),
            where=data["where"] or (chosen.where if chosen is not None else ""),
            cost=data["cost"] or (chosen.cost if chosen is not None else ""),
            wear=data["wear"],
            childcare=data["childcare"],
            minutes=self._minutes(data),
            phones_away=data["phones_away"],
        )


class MoveForm(forms.Form):
    """Another time for one date, on one's own clock."""

    day = DayField(label=_("Day"), error_messages={"required": WRONG_DAY})
    at = forms.TimeField(
        label=_("At"),
        error_messages={"invalid": WRONG_TIME, "required": WRONG_TIME},
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    anyway = forms.BooleanField(label=_("All the same"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def moment(self) -> datetime:
        """The moment it stands for. A time before 04:00 is the night that ends the day. Only of a valid form."""
        return days.at(self.cleaned_data["day"], self.cleaned_data["at"], self.user.tz)


class RhythmForm(forms.Form):
    """A rhythm of dates: how often, on which weekday, at what time on one's own clock."""

    every = forms.ChoiceField(
        label=_("How often"), choices=[(one.name, one.label) for one in slots.Every], initial="TWO_WEEKS"
    )
    weekday = forms.TypedChoiceField(label=_("On"), choices=list(WEEKDAYS.items()), coerce=int, initial=4)
    at = forms.TimeField(
        label=_("At"),
        initial=slots.USUAL_AT,
        error_messages={"invalid": WRONG_TIME, "required": WRONG_TIME},
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    def recurrence(self, user: User, now: datetime) -> slots.Recurrence:
        """The rhythm that was chosen, on this person's clock, from the next such evening on. Only of a valid form."""
        data, today = self.cleaned_data, user.local(now).date()
        at = data["at"].replace(second=0, microsecond=0)
        begins_on = today + timedelta(days=(data["weekday"] - today.weekday()) % 7)
        if days.instant(begins_on, at, user.tz) <= now:
            begins_on += timedelta(days=7)
        return slots.Recurrence(slots.Every[data["every"]].value, begins_on, at, user.zone)
