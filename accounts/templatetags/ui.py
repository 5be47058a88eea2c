"""Tags for how pages look: a template builtin, so nothing has to load it."""

from datetime import date
from functools import cache
from typing import Any

from django import template
from django.conf import settings
from django.contrib.messages.storage.base import Message
from django.template.loader import render_to_string
from django.templatetags.static import static as find_static
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts import quick_exit, undoing
from accounts.addresses import readable

register = template.Library()


@register.simple_tag
@cache
def static(path: str) -> str:
    """Django's, asked once for each file: its address changes with the release only."""
    return str(find_static(path))


@register.filter
def address(email: str) -> str:
    """An email address as its owner writes it, whatever its domain is spelt like where it is kept."""
    return readable(email)


@register.filter
def day_before(day: date, later: date) -> str:
    """A day that is read before a later one: with its year where that is another one, as "3 March 2024 to …"."""
    return date_format(day, "j F" if day.year == later.year else "j F Y")


@register.filter
def beside(message: Message) -> dict[str, str]:
    """A line's way to what it is about (`at`, `link`) and its Undo (`undo`)."""
    return undoing.beside(message)


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """One drawing of the sprite: `{% icon "rose" %}`. It says nothing by itself; its word stands beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#i-{}"/></svg>', find_static("icons.svg"), name
    )


@register.simple_tag
@cache
def kind(name: str) -> SafeString:
    """The round drawing of a rose, bud or thorn, inside something `.is-rose` …; its word always stands beside it."""
    return format_html('<span class="kind">{}</span>', icon(name))


SIGNS = {
    "a": '<svg class="sign" viewBox="4 0 9 24" aria-hidden="true"><path class="a" d="M6 20 10.300 4"/></svg>',
    "b": '<svg class="sign" viewBox="11 0 9 24" aria-hidden="true"><path class="b" d="M18 20 13.700 4"/></svg>',
    "both": '<svg class="sign" viewBox="0 0 24 24" aria-hidden="true"><path class="a" d="M5.500 20 9.800 4"/>'
    '<path class="b" d="M18.500 20 14.200 4"/></svg>',
}


@register.simple_tag
@cache
def sign(seat: str) -> SafeString:
    """The leaning strokes: one person ("a", "b": the seat's ink) or "both"."""
    return SafeString(SIGNS[seat])


@register.simple_tag(takes_context=True)
def quick_exit_to(context: template.Context) -> SafeString:
    """The address quick exit leads to, and how a script marks this browser as left. Error pages have no request."""
    request = context.get("request")
    return format_html(
        'data-to="{}" data-mark="{}"', settings.QUICK_EXIT_URL, quick_exit.mark(request) if request else ""
    )


@register.simple_tag
@cache
def page_link(icon: str, name: str, title: str, text: str) -> SafeString:
    """One row of a list of pages: `{% page_link "lamp" "today:today" _("Today") _("The one small thing") %}`. Labels
    only, never somebody's words: it is drawn once.
    """
    row = {"icon": icon, "href": reverse(name), "title": title, "text": text}
    return render_to_string("components/page_link.html", row)


@register.inclusion_tag("components/slip.html")
def slip(
    title: str,
    href: str,
    *,
    name: str = "",
    day: date | None = None,
    number: int | None = None,
    icon: str = "",
    kind: str = "",
    words: str = "",
    by: Any = None,
    signed: bool = False,
    meta: str = "",
    more: str = "",
    alone: bool = False,
) -> dict[str, Any]:
    """One slip of a list: what else there is, and where. What a slip may have stands in `components/slip.html`.

    A tag, as an include looks for each of the names it isn't given.
    """
    return {
        "title": title,
        "href": href,
        "id": name or kind,
        "day": day,
        "number": number,
        "icon": icon or kind,
        "kind": kind,
        "words": words,
        "by": by,
        "signed": signed,
        "meta": meta,
        "more": more,
        "alone": alone,
    }


@register.simple_block_tag
def word(content: str) -> str:
    """Put a few words into a variable: `{% word as here %}{% block here %}{% endblock %}{% endword %}`."""
    return SafeString(content.strip())  # a template rendered it: it is escaped already
