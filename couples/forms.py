from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext_lazy as _

from accounts.fields import AddressField
from couples import codes


class CodeForm(forms.Form):
    """A code typed from the other phone, in any spelling."""

    code = forms.CharField(
        label=_("The code you were given"),
        max_length=200,
        help_text=_("Three words and four digits, such as lamp-maple-otter-4725."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    def clean_code(self) -> str:
        code = codes.tidy(self.cleaned_data["code"])
        if not code:
            raise forms.ValidationError(
                _("A code has three words and four digits. Please look again."), code="shape"
            )
        return code


class MailForm(forms.Form):
    """The address the app shall send an invitation to."""

    to = AddressField(
        label=_("Their email address"),
        help_text=_("The email holds the link: no name, no word from you. We forget the address."),
        autocomplete="off",
    )


class BlockForm(forms.Form):
    """A person one never wants to hear from."""

    address = AddressField(label=_("An email address"), autocomplete="off")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].help_text = _(
            "Invitations from it will look normal to them and never reach you."
        )


class BlockAnswerForm(forms.Form):
    """The button beside that address: keep them away, or take them off again."""

    go = forms.ChoiceField(choices=[("on", ""), ("off", "")])

    def takes_off(self) -> bool:
        return self.is_valid() and self.cleaned_data["go"] == "off"


class ShownWordsForm(forms.Form):
    """The two words that stood on the page where somebody said that they are the same, or not."""

    words = forms.CharField(widget=forms.HiddenInput)


class EveningsForm(forms.Form):
    """The weekdays that are our evenings."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("Evenings"),
        choices=list(WEEKDAYS_ABBR.items()),
        coerce=int,
        error_messages={"required": _("At least one evening, please.")},
    )
