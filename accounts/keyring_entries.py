"""A new entry for the keyring. Nothing that seals is loaded for it: the launcher that makes one waits for days."""

import base64
import os
from collections.abc import Collection
from datetime import UTC, datetime
from itertools import chain, count


def fresh_entry(name: str = "", *, beside: Collection[str] = ()) -> str:
    """A new entry for the keyring, by this name or by today's date; by another where one `beside` it is called so."""
    dated = f"k{datetime.now(UTC):%Y%m%d}"
    later = (f"{dated}-{number}" for number in count(2))
    name = name or next(one for one in chain([dated], later) if one not in beside)
    return f"{name}:{base64.b64encode(os.urandom(32)).decode()}"
