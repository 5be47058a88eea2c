"""Errors of the challenge."""

from accounts.errors import ActError


class ChallengeError(ActError):
    """An act of this room can't be done, or not now."""


class TooManyHabits(ChallengeError):
    """No room is there for so many."""


class NotRunning(ChallengeError):
    """No path is being walked (any more), or it has no such stone."""


class DayAhead(ChallengeError):
    """The path hasn't come to that stone yet."""


class AlreadyRunning(ChallengeError):
    """A path is being walked already: one at a time."""


class RemarkAlreadyLeft(ChallengeError):
    """One's line stands there already: it can be taken back, and another left."""
