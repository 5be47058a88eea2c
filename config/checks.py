"""System checks of our own beside Django's (`nearer check`)."""

import os
from typing import Any

from django.core.checks import CheckMessage, Warning, register  # noqa: A004 - Django's name

from config import misspelled


@register()
def settings_are_known(**_: Any) -> list[CheckMessage]:
    """A warning for each variable that has our name and is none of our settings."""
    return [Warning(sentence, id="nearer.W001") for sentence in misspelled.sentences(os.environ)]
