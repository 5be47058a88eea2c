"""Errors of wishes and dates."""

from accounts.errors import ActError


class AdventureError(ActError):
    """An act of this room can't be done, or not now."""


class DateChanged(AdventureError):
    """A date stands otherwise by now than on the page that was sent."""


class DayNotReached(AdventureError):
    """A date's day hasn't come yet."""


class CannotAskForDate(AdventureError):
    """A date can't be asked for, or not now."""


class ImpossibleTime(CannotAskForDate):
    """A time is past, or too far ahead."""


class OvernightSurprise(CannotAskForDate):
    """A surprise never lasts into the night."""


class DateAskResting(CannotAskForDate):
    """An ask like it was made less than thirty days ago, and found no yes."""


class TooManyDateAsks(CannotAskForDate):
    """A person has twenty asks open."""


class TooManyOccasions(AdventureError):
    """A person wrote down fifty."""


class TooManyWishes(AdventureError):
    """A person added five hundred that are still open."""


class LineAlreadyLeft(AdventureError):
    """One's line stands there already: it can be taken back, and another left."""
