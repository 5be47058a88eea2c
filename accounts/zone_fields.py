"""The field of a person's clock, and the select that offers its places."""

from functools import cache
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts import zones


class ZoneSelect(forms.Select):
    """Places to choose from. With `data-zone` a script offers the browser's own, whatever that browser calls it."""

    template_name = "accounts/zones.html"

    def optgroups(self, *args: Any, **kwargs: Any) -> list[Any]:
        return []  # its options are drawn as one

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        [chosen] = context["widget"]["value"] or [""]
        context["widget"]["options"] = _with_chosen(chosen, _zone_options(former="data-zone" in self.attrs))
        return context


class ZoneField(forms.ChoiceField):
    """A person's clock, under its place's name of today. Names of old are understood."""

    widget = ZoneSelect
    default_error_messages = {
        "required": _("Please choose a place near you: your evenings follow its clock."),
        "invalid_choice": _("We don’t know that time zone. Please choose one from the list."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Time zone"))
        kwargs.setdefault(
            "help_text", _("Your day follows this clock. It only ever changes when you change it.")
        )
        super().__init__(choices=zones.choices, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return zones.current(value) if isinstance(value, str) else value

    def to_python(self, value: Any) -> str:
        return zones.current(super().to_python(value))

    def valid_value(self, value: str) -> bool:
        return value in zones.known()

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(super().has_changed(self.prepare_value(initial), self.prepare_value(data)))


@cache
def _zone_options(*, former: bool) -> SafeString:
    """The options that are the same for everybody. Drawn for each page they took three quarters of Settings."""
    drawn = SafeString()
    for area, places in zones.choices():
        options = format_html_join(
            "\n",
            '<option value="{}"{}>{}</option>',
            ((zone, _former(zone) if former else SafeString(), label) for zone, label in places),
        )
        drawn += format_html('<optgroup label="{}">\n{}\n</optgroup>\n', area, options)
    return drawn


def _former(zone: str) -> SafeString:
    names = zones.former().get(zone)
    return format_html(' data-former="{}"', " ".join(names)) if names else SafeString()


def _with_chosen(zone: str, options: SafeString) -> SafeString:
    """The options with what is chosen always among them: a clock that no place keeps (EST5EDT), or nothing yet."""
    option = format_html('<option value="{}"', zone)
    if option in options:
        return SafeString(options.replace(option, f"{option} selected", 1))
    known = zone if zone in zones.known() else ""
    label = known or _("Choose a place near you")
    return format_html('<option value="{}" selected>{}</option>\n{}', known, label, options)
