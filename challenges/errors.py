"""Errors of the challenge, each with its sentence for whoever tried."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import ActError
from couples.errors import AskResting


class ChallengeError(ActError):
    """An act of this room can't be done, or not now."""


class NotRunning(ChallengeError):
    """No challenge is on (any more), or it has no such day."""

    sentence = _("This challenge was ended meanwhile.")


class AlreadyRunning(ChallengeError):
    """A challenge is on already: one at a time. The page shows which."""


class ChallengeResting(ChallengeError, AskResting):
    """A challenge was suggested less than thirty days ago, and found no yes."""

    sentence = _("You suggested one already. There can be another thirty days after it.")


class DayAhead(ChallengeError):
    """The challenge hasn't come to that day yet."""

    sentence = _("The challenge hasn’t come to that day yet.")


class LineAhead(DayAhead):
    """A line is for a day the challenge hasn't come to yet."""

    sentence = _("The challenge hasn’t come to that day yet. Every word is still here.")


class RemarkAlreadyLeft(ChallengeError):
    """One's line stands there already: it can be taken back, and another left."""

    sentence = _("Your line is here already. Take it back, and this one can be saved.")


class TooManyHabits(ChallengeError):
    """A person keeps five habits."""

    sentence = _("Five at most: more would be a programme. Remove one first.")
