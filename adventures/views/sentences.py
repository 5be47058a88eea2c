"""Sentences several pages of dates and wishes say, and what they read from an address or a button."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Gone
from adventures.errors import (
    CannotAskForDate,
    DateAskResting,
    ImpossibleTime,
    OvernightSurprise,
    TooManyDateAsks,
)
from adventures.forms.dates import PAST

ALONE = _(
    "You’re writing on your own here now. Every word is still here; send it again to keep it for yourself."
)
FULL = _("Five hundred of your wishes are open. Do one, or take one back, and there is room again.")
OVERTAKEN = _("This has changed in the meantime. Here is how it is now.")
_REFUSED: dict[type[Exception], object] = {
    Gone: ALONE,
    ImpossibleTime: PAST,
    OvernightSurprise: _("A surprise is never overnight. Choose an earlier hour."),
    DateAskResting: _(
        "You asked for this not long ago. It can be asked again thirty days after that; anything else can be asked now."
    ),
    TooManyDateAsks: _("Twenty of your asks are open. Take one back, or wait until one fades."),
}


def refused(error: CannotAskForDate | Gone) -> str:
    """A sentence for why something isn't asked for."""
    return str(_REFUSED[type(error)])
