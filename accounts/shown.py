"""What a page showed, named by a fingerprint: whoever sends it back acts on just that, and it tells nothing else.

A number would tell how often something was changed, also before anybody else could read it.
"""

import json

from django.utils.crypto import salted_hmac


def fingerprint(purpose: str, *what: object) -> str:
    """Names these values, keyed by SECRET_KEY and apart for each `purpose`: equal for equal values, and no more."""
    return salted_hmac(f"nearer.shown.{purpose}", json.dumps(what)).hexdigest()[:32]
