"""What several pages of dates and wishes say, and read from an address or a button."""

from contextlib import suppress
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.written import is_within_reach
from adventures.forms.dates import PAST

__all__ = ["ALONE", "FULL", "OVERTAKEN", "PAST", "RESTING", "TOO_MANY", "moment"]

ALONE = _(
    "You’re writing on your own here now. Every word is still here; send it again to keep it for yourself."
)
FULL = _("Five hundred of your wishes are open. Do one, or take one back, and there is room again.")
OVERTAKEN = _("This has changed in the meantime. Here is how it is now.")
RESTING = _(
    "You asked for this not long ago. It can be asked again thirty days after that; anything else can be asked now."
)
TOO_MANY = _("Twenty of your asks are open. Take one back, or wait until one fades.")


def moment(text: str) -> datetime | None:
    """A moment (with its zone) as a page sent it."""
    with suppress(ValueError):
        found = datetime.fromisoformat(text)
        return found if found.tzinfo is not None and is_within_reach(found.date()) else None
    return None
