"""Words for the talk: what is parked, noted, said, and what each will do."""

import re
from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import EMPTY, LINE_LIMIT, OVER, YEARS, WordsField
from accounts.shown import fingerprint
from agendas import notes, topics
from agendas.errors import TopicGone, WritersDeviceOnly
from agendas.forms.buttons import CarriedNumber
from agendas.models import Action, Saying
from checkins.forms.evenings import NOTE_OVER

NOTHING = "none"
A_DAY = re.compile(YEARS + "-[0-9]{2}-[0-9]{2}")


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

    bring = forms.CharField(label=_("One thing, or none"), required=False, widget=forms.RadioSelect)

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

    @property
    def came(self) -> bool:
        """Whether there was a box for it on the page that was sent."""
        return "text" in self.data

    @property
    def is_untouched(self) -> bool:
        """Whether it came back as it was shown. Only of a valid form."""
        text, stood = self.cleaned_data["text"], self.cleaned_data["stood"]
        return not self.cleaned_data["tick"] and stood == (fingerprint("note", text) if text else "")


class WillForm(forms.Form):
    """An action: "I'll …" or "We'll …"."""

    will = WordsField(limit=LINE_LIMIT, over=OVER, needed=True, label=_("One small thing"))
    who = forms.ChoiceField(
        choices=[(Action.Who.I, _("I’ll …")), (Action.Who.WE, _("We’ll …"))], initial=Action.Who.I
    )

    def __init__(self, *args: Any, own_device: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not own_device:
            who = self.fields["who"]
            who.choices = [(Action.Who.WE, _("We’ll …"))]  # type: ignore[attr-defined]  # a ChoiceField
            who.initial = Action.Who.WE
            who.error_messages["invalid_choice"] = WritersDeviceOnly.sentence

    @property
    def came(self) -> bool:
        """Whether something was typed."""
        return bool(self.data.get("will", "").strip())


class SayingForm(forms.Form):
    """One thing noticed, one hope, or both."""

    noticed = WordsField(limit=LINE_LIMIT, over=OVER, label=_("One thing you noticed"))
    hope = WordsField(limit=LINE_LIMIT, over=OVER, label=_("One thing that would do you good"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not any(data.values()):
            self.add_error("noticed", EMPTY)
        return data

    @property
    def came(self) -> bool:
        """Whether something was typed."""
        return any(self.data.get(kind, "").strip() for kind in Saying.Kind)

    @property
    def said(self) -> dict[Saying.Kind, str]:
        """The words that were typed, by their kind. Only of a valid form."""
        return {kind: self.cleaned_data[kind] for kind in Saying.Kind if self.cleaned_data[kind]}


class DifferentlyForm(forms.Form):
    """An addition: what one sees differently now."""

    text = WordsField(limit=notes.LIMIT, over=NOTE_OVER, needed=True, label=_("I see this differently now"))
