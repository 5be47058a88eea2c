"""Forms of what a person sets: each kind of reminder, quiet hours, a pause."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext_lazy as _

from accounts.fields import DayField
from reminders.kinds import Kind, OccasionalKind
from reminders.models import Choice, Quiet

LONGEST_PAUSE = timedelta(days=366)
WRONG_TIME = _("Please write a time like 20:30.")


class ChoiceForm(forms.ModelForm):
    """One kind of reminder: whether, when on one's own clock, and on which days."""

    kind: Kind
    weekdays = forms.TypedMultipleChoiceField(
        choices=[(str(number), name) for number, name in WEEKDAYS_ABBR.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = Choice
        fields = ["wanted", "at", "weekdays"]
        labels = {"wanted": _("Remind me by email"), "at": _("At")}
        widgets = {
            "wanted": forms.CheckboxInput(attrs={"role": "switch"}),
            "at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"prefix": kind.name})
        self.kind = kind
        self.fields["at"].error_messages["invalid"] = WRONG_TIME
        self.initial["weekdays"] = list(self.instance.weekdays)
        if isinstance(kind, OccasionalKind):
            del self.fields["weekdays"]
            if not kind.timed:
                del self.fields["at"]
        if kind.weekly:
            every = [(str(number), name) for number, name in WEEKDAYS.items()]
            self.fields["weekdays"] = forms.ChoiceField(choices=every)
            self.initial["weekdays"] = self.instance.weekdays[:1]

    def clean_weekdays(self) -> str:
        return "".join(sorted(set(self.cleaned_data["weekdays"])))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("wanted") and data.get("weekdays") == "":
            self.add_error("weekdays", _("Choose a day, or switch it off."))
        return data

    def refuse_quiet(self, quiet: Quiet) -> None:
        """Say beside the time that it lies in the quiet hours: a mail at that time would never come."""
        at = self.cleaned_data.get("at")
        if self.cleaned_data.get("wanted") and at is not None and quiet.holds(at):
            self.add_error("at", _("That is in your quiet hours. Move one of the two."))

    # The view sets the choice as a whole, after every form was asked.
    def _post_clean(self) -> None:
        pass


class FirstChoiceForm(ChoiceForm):
    """A choice as signing up asks for it: whether and when. The days come later, in the settings."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["weekdays"]


class QuietForm(forms.Form):
    """Quiet hours, and a pause until a day."""

    begins = forms.TimeField(label=_("From"), required=False, error_messages={"invalid": WRONG_TIME})
    ends = forms.TimeField(label=_("Until"), required=False, error_messages={"invalid": WRONG_TIME})
    paused = forms.BooleanField(label=_("Pause all of them until a day I choose"), required=False)
    paused_until = DayField(label=_("Until"), required=False)

    def __init__(self, *args: Any, quiet: Quiet, today: date, **kwargs: Any) -> None:
        paused = quiet.paused_until if quiet.is_paused(today) else None
        initial = {
            "begins": quiet.begins,
            "ends": quiet.ends,
            "paused": paused is not None,
            "paused_until": paused,
        }
        super().__init__(*args, **kwargs | {"prefix": "quiet", "initial": initial})
        self.quiet, self.today = quiet, today

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        begins, ends, until = data.get("begins"), data.get("ends"), data.get("paused_until")
        if (begins is None) != (ends is None) and not {"begins", "ends"} & self.errors.keys():
            self.add_error(
                "ends" if ends is None else "begins", _("Quiet hours need both times, or neither.")
            )
        elif begins is not None and begins == ends:
            self.add_error("ends", _("That would be all day. To rest from emails, pause them instead."))
        if data.get("paused") and "paused_until" not in self.errors:
            if until is None:
                self.add_error("paused_until", _("Until which day?"))
            elif until <= self.today:
                self.add_error("paused_until", _("That day is here already. Choose a later one."))
            elif until > self.today + LONGEST_PAUSE:
                self.add_error(
                    "paused_until", _("A year is the longest pause. To stop for good, switch them off.")
                )
        return data

    def hours(self) -> Quiet:
        """The quiet hours that were typed, as far as they make sense."""
        return Quiet(begins=self.cleaned_data.get("begins"), ends=self.cleaned_data.get("ends"))

    def wished(self) -> dict[str, Any]:
        """The hours and the pause that were asked for, as `Quiet.set` takes them. Only of a valid form."""
        data = self.cleaned_data
        paused_until = data["paused_until"] if data["paused"] else None
        return {"begins": data["begins"], "ends": data["ends"], "paused_until": paused_until}
