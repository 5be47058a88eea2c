"""The fingerprint of what a page showed: whoever sends it back acts on just that, and it tells nothing else.

A number would tell how often something was changed, also before anybody else could read it.
"""

import json

from django.utils.crypto import salted_hmac


def fingerprint(purpose: str, *what: object) -> str:
    """A name for these values, keyed by SECRET_KEY and apart for each `purpose`: the same for the same values."""
    return salted_hmac(f"nearer.shown.{purpose}", json.dumps(what)).hexdigest()[:32]
