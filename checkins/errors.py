"""Errors of the evening and what is said beside it."""

from accounts.errors import ActError
from checkins.words import Words


class CheckInError(ActError):
    """An act of this room can't be done, or not now."""


class AnswerRevealed(CheckInError):
    """An answer was given by both, and both can read it: it can be taken back, but not changed."""


class AnswerChanged(CheckInError):
    """The answer was changed elsewhere since this form was shown; `standing` is what stands there now."""

    def __init__(self, standing: str) -> None:
        super().__init__()
        self.standing = standing


class EveningClosed(CheckInError):
    """A Day can't be written any more (or not yet): today's can, and yesterday's until noon."""


class CheckInChanged(CheckInError):
    """The page was changed elsewhere since this form was shown; `standing` is what stands there now."""

    def __init__(self, standing: Words, version: int) -> None:
        super().__init__(version)
        self.standing, self.version = standing, version


class CheckInRevealed(CheckInError):
    """A page was readable for the other already: it can be changed, with a mark, or taken back, but not kept."""


class WordsTakenBack(CheckInError):
    """A page or an answer was taken back: that was its end."""


class CheckInSavedTooOften(CheckInError):
    """A line that could be read was changed many times already."""


class NothingWritten(CheckInError):
    """No word is there to share."""


class NobodyToThank(CheckInError):
    """A thank-you needs somebody to be said to."""


class PartedMeanwhile(CheckInError):
    """The couple ended while this was asked."""


class EveningNotOpen(CheckInError):
    """No thorn is here that this person can read, or it was taken back."""


class NothingHeard(CheckInError):
    """No word was said in any of the three steps."""


class AlreadyReplied(CheckInError):
    """A reply was said back already, and it is the other's turn, or both rounds are over."""


class TooManyQuestions(CheckInError):
    """A person holds as many questions as there is room for."""
