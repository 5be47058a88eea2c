"""Forms of what is typed and chosen in a challenge. Shape only; rules are the verbs'."""

from collections.abc import Sequence
from datetime import time
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext_lazy as _

from accounts.fields import LineForm
from challenges import catalogue, habits
from challenges.catalogue import Card


def _every_challenge() -> list[tuple[str, str]]:
    return [(one.id, one.title) for one in catalogue.every().values()]


class ChallengeForm(forms.Form):
    """A choice of the challenges there are."""

    challenge = forms.ChoiceField(choices=_every_challenge)


class CardForm(forms.Form):
    """A choice of the two cards."""

    card = forms.ChoiceField(choices=Card.choices)


class RemarkForm(LineForm):
    """One line about how it went."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("How it went, in a line")


class TouchForm(forms.Form):
    """A choice of touch on one's close-by cards, or none."""

    touch = forms.ChoiceField(choices=[("yes", _("With touch")), ("no", _("Without touch"))])


class HabitsForm(forms.Form):
    """Habits to keep, and on which days a mail says so."""

    what = forms.MultipleChoiceField(required=False)
    mail = forms.BooleanField(required=False, label=_("Send me an email"))
    weekdays = forms.TypedMultipleChoiceField(
        choices=list(WEEKDAYS_ABBR.items()), coerce=int, required=False, label=_("On these days")
    )
    at = forms.TimeField(
        label=_("At"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )

    def __init__(self, *args: Any, choices: Sequence[habits.Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = [  # type: ignore[attr-defined]  # a choice field
            (one.value, one.activity.title) for one in choices
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("mail") and "weekdays" in data and not data["weekdays"]:
            self.add_error("weekdays", _("At least one day, please; or no email at all."))
        if data.get("mail") and "at" in data and data["at"] is None:
            self.add_error("at", _("A time such as 18:00, please."))
        return data

    def mail_wished(self, *, usual: time) -> dict[str, Any]:
        """The mail that was asked for, as `habits.remind` takes it; at the usual time if none is said. Only of a valid
        form.
        """
        data = self.cleaned_data
        return {"wanted": data["mail"], "weekdays": data["weekdays"], "at": data["at"] or usual}
