"""Words for the talk: what is parked, noted, said, and what each will do."""

import re
from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import EMPTY, LINE_LIMIT, OVER, LineForm, WordsField
from agendas import notes, topics
from agendas.errors import TopicGone, WritersDeviceOnly
from agendas.forms.buttons import CarriedNumber
from agendas.models import Action, Saying
from checkins.forms.evenings import NOTE_OVER

NOTHING = "none"
A_DAY = re.compile(r"20\d\d-\d\d-\d\d", re.ASCII)


class TopicForm(forms.Form):
    """A topic put off until the talk: about, I feel, I need."""

    about = WordsField(limit=LINE_LIMIT, over=OVER, needed=True, label=_("It’s about"))
    feel = WordsField(limit=LINE_LIMIT, over=OVER, label=_("I feel"))
    need = WordsField(limit=LINE_LIMIT, over=OVER, label=_("I need"))

    def words(self) -> topics.TopicWords:
        """The topic as it was typed. Only of a valid form."""
        return topics.TopicWords(**{name: self.cleaned_data[name] for name in ("about", "feel", "need")})


class BringForm(forms.Form):
    """A choice of what to bring, among what the page offers: a thorn of one's own by its Day, a topic by its id, or
    none.
    """

    bring = forms.CharField(required=False, widget=forms.RadioSelect)

    def clean_bring(self) -> date | UUID | None:
        chosen = str(self.cleaned_data["bring"])
        with suppress(ValueError):
            if A_DAY.fullmatch(chosen):
                return date.fromisoformat(chosen)
            return None if chosen == NOTHING else UUID(chosen)
        raise forms.ValidationError(TopicGone.sentence)


class NoteForm(forms.Form):
    """One's notes of a part, and whether one is happy with them."""

    part = CarriedNumber()
    text = WordsField(limit=notes.LIMIT, over=NOTE_OVER)
    stood = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    tick = forms.BooleanField(required=False, label=_("I’m happy with these notes"))

    def __init__(self, *args: Any, own_device: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own_device = own_device

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("tick") and not self.own_device:
            self.add_error("text", WritersDeviceOnly.sentence)
        if data.get("tick") and data.get("text") == "":
            self.add_error("text", EMPTY)
        return data


class WillForm(LineForm):
    """An action: "I'll …" or "We'll …"."""

    who = forms.ChoiceField(
        choices=[(Action.Who.I, _("I’ll …")), (Action.Who.WE, _("We’ll …"))], initial=Action.Who.I
    )

    def __init__(self, *args: Any, own_device: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("One small thing")
        if not own_device:
            who = self.fields["who"]
            who.choices = [(Action.Who.WE, _("We’ll …"))]  # type: ignore[attr-defined]  # a ChoiceField
            who.initial = Action.Who.WE
            who.error_messages["invalid_choice"] = WritersDeviceOnly.sentence


class SayingForm(LineForm):
    """One thing noticed, or one hope."""

    kind = forms.ChoiceField(choices=Saying.Kind.choices)


class DifferentlyForm(forms.Form):
    """An addition: what one sees differently now."""

    text = WordsField(limit=notes.LIMIT, over=NOTE_OVER, needed=True, label=_("I see this differently now"))
