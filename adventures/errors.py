"""Errors of wishes and dates."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import ActError, Gone


class AdventureError(ActError):
    """An act of this room can't be done, or not now."""


class SeatLeft(Gone):
    """A person has no seat in this couple any more: one of the two parted meanwhile."""

    sentence = _(
        "You’re writing on your own here now. Every word is still here; send it again to keep it for yourself."
    )


class DateChanged(AdventureError):
    """A date stands otherwise by now than on the page that was sent."""

    sentence = Gone.sentence


class DateGone(Gone):
    """A date isn't planned any more, or not for this person to act on."""

    sentence = _("This has changed in the meantime. Open the date again to see how it is now.")


class DayNotReached(AdventureError):
    """A date's day hasn't come yet."""


class CannotAskForDate(AdventureError):
    """A date can't be asked for, or not now."""


class ImpossibleTime(CannotAskForDate):
    """A time is past, or too far ahead."""

    sentence = _("That time is past, or more than two years ahead. Please choose one in between.")


class OvernightSurprise(CannotAskForDate):
    """A surprise would last into the night."""

    sentence = _("A surprise is never overnight. Choose an earlier hour.")


class DateAskResting(CannotAskForDate):
    """An ask like it was made less than thirty days ago, and found no yes."""

    sentence = _(
        "You asked for this not long ago. It can be asked again thirty days after that; anything else can be asked now."
    )


class OtherTimeResting(DateAskResting):
    """Another time of a date was asked for less than thirty days ago, and found no yes."""

    sentence = _(
        "You suggested another time less than thirty days ago. You can still postpone or cancel this date."
    )


class TooManyDateAsks(CannotAskForDate):
    """A person has twenty asks open already."""

    sentence = _("Twenty of your asks are open. Take one back, or wait until one fades.")


class TooManyOccasions(AdventureError):
    """A person wrote down fifty days of the year already."""

    sentence = _("You wrote down fifty. Remove one from the list first.")


class DateSavedTooOften(CannotAskForDate):
    """A line of a date was changed twenty times: each change keeps what stood there before."""

    sentence = _("This line was changed twenty times already: it stays as it is. Say the rest aloud.")

    def __init__(self, line: str) -> None:
        super().__init__(line)
        self.line = line


class OccasionGone(Gone):
    """A day of the year isn't on the list any more, or isn't this person's to change."""

    sentence = _("This day isn’t on your list any more.")


class TooManyWishes(AdventureError):
    """A person added five hundred wishes that are still open."""

    sentence = _("Five hundred of your wishes are open. Do one, or take one back, and there is room again.")


class WishSavedTooOften(AdventureError):
    """A wish was changed twenty times: each change keeps what stood there before."""

    sentence = _(
        "This wish was changed twenty times already: its words stay as they are. Say the rest aloud."
    )


class WishGone(Gone):
    """A wish isn't open any more, or isn't this person's to change."""

    sentence = _("This isn’t on the list any more. Every word is still here, for another wish.")


class LineAlreadyLeft(AdventureError):
    """One's line stands there already: it can be taken back, and another left."""

    sentence = _("Your line is here already. Take it back, and this one can be saved.")


class NotMarkedHappened(Gone):
    """A date isn't marked as having happened, so that no line can be left of it."""

    sentence = _(
        "This isn’t marked as having happened. Once it is, your line can be left; every word is still here."
    )
