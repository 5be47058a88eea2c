"""A wish as it is typed, and the filters of wishes and ideas."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.fields import WordsField
from adventures import wishing
from adventures.models.wishes import Cost, Effort, Where

OVER = ngettext_lazy(
    "This is one character over the 200 it holds. Every word is still here.",
    "This is %(over)d characters over the 200 it holds. Every word is still here.",
    "over",
)
ANY = ("", _("Any"))


class WishForm(forms.Form):
    """A wish to do something together, and what it takes."""

    title = WordsField(
        limit=wishing.TITLE_LIMIT, over=OVER, needed=True, label=_("What would you like to do?")
    )
    where = forms.ChoiceField(
        label=_("Where"), choices=[("", _("Doesn’t matter")), *Where.choices], required=False
    )
    cost = forms.ChoiceField(
        label=_("Cost"), choices=[("", _("Don’t know yet")), *Cost.choices], required=False
    )
    effort = forms.ChoiceField(
        label=_("Effort"), choices=[("", _("Don’t know yet")), *Effort.choices], required=False
    )
    both_new = forms.BooleanField(label=_("New to both of us"), required=False)

    def clean_title(self) -> str:
        return " ".join(str(self.cleaned_data["title"]).split())

    def words(self) -> wishing.WishWords:
        """The wish as it was typed. Only of a valid form."""
        data = self.cleaned_data
        return wishing.WishWords(data["title"], data["effort"], data["cost"], data["where"], data["both_new"])


class FilterForm(forms.Form):
    """Filters of the wishes on the list. An address with anything else in it filters nothing."""

    where = forms.ChoiceField(label=_("Where"), choices=[ANY, *Where.choices], required=False)
    cost = forms.ChoiceField(label=_("Cost"), choices=[ANY, *Cost.choices], required=False)
    effort = forms.ChoiceField(label=_("Effort"), choices=[ANY, *Effort.choices], required=False)
    new = forms.BooleanField(label=_("New to both"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "look_%s"} | kwargs)  # a wish is written on the same page

    def looked_for(self) -> dict[str, Any]:
        """The filters a list is narrowed by; nothing of what makes no sense."""
        self.is_valid()
        empty = {"new": False, "apart": False}
        return {name: self.cleaned_data.get(name, empty.get(name, "")) for name in self.fields}


class IdeaFilterForm(FilterForm):
    """Filters of ideas: those of wishes, and whether it works from afar."""

    apart = forms.BooleanField(label=_("Works when apart"), required=False)
