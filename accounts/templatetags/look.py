"""How pages look: a template builtin, so nothing has to load it."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """One drawing of the sprite: `{% icon "rose" %}`. It says nothing by itself; its word stands beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#i-{}"/></svg>', static("icons.svg"), name
    )


@register.simple_block_tag
def word(content: str) -> str:
    """Puts a block's one word into a variable: `{% word as here %}{% block here %}{% endblock %}{% endword %}`."""
    return content.strip()
