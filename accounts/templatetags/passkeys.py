"""Names of one's passkeys in links."""

from allauth.mfa.models import Authenticator
from django import template

from accounts import passkeys

register = template.Library()


@register.filter
def by_name(authenticator: Authenticator) -> str:
    """A passkey's name in addresses: `{% url "mfa_edit_webauthn" pk=authenticator|by_name %}`."""
    return passkeys.name(authenticator)
