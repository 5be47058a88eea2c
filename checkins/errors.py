"""Errors of the evening and what is said beside it, each with its sentence for whoever tried."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import ActError
from checkins.words import CheckInText


class CheckInError(ActError):
    """An act of this room can't be done, or not now."""


class EveningClosed(CheckInError):
    """A Day can't be written any more (or not yet): today's can, and yesterday's until noon."""

    sentence = _("That evening is closed: a page can be written until noon of the next day.")


class CheckInChanged(CheckInError):
    """The page was changed elsewhere since this form was shown; `current` is what it holds now, at `version`."""

    sentence = _(
        "This page was changed in another window or on another device. What is saved there is shown below each line. "
        "Press again, and what you typed takes its place."
    )

    def __init__(self, current: CheckInText, version: int) -> None:
        super().__init__(version)
        self.current, self.version = current, version


class CheckInRevealed(CheckInError):
    """A page was readable for the other already: it can be changed, with a mark, or taken back, but not kept."""

    sentence = _(
        "This page can be read by now. What could be read can be changed or taken back, but no longer kept."
    )


class CheckInTakenBack(CheckInError):
    """A page was taken back: that was its end."""

    sentence = _("You took this page back. That evening stays as it is.")


class CheckInSavedTooOften(CheckInError):
    """A line that could be read was changed many times already."""

    sentence = _("This line has been changed many times already. Say the rest aloud.")


class NothingWritten(CheckInError):
    """No word is there to share."""

    sentence = _("One line is enough, but it does need one.")


class EveryLineKept(NothingWritten):
    """No line is left to share: each is ticked to be kept."""

    sentence = _(
        "“Don’t share this line” is ticked for each of your lines. Untick one, or press “Keep to myself”."
    )


class QuestionClosed(CheckInError):
    """A Day's question can't be answered any more (or not yet): today's can, and yesterday's until noon."""

    sentence = _("That evening is closed: an answer can be written until noon of the next day.")


class AnswerChanged(CheckInError):
    """The answer was changed elsewhere since this form was shown; `current` is what it says now."""

    sentence = _(
        "This answer was changed in another window or on another device. What you typed is still here. Sent again, it "
        "takes the place of what stands there."
    )

    def __init__(self, current: str) -> None:
        super().__init__()
        self.current = current


class AnswerRevealed(CheckInError):
    """An answer was given by both, and both can read it: it can be taken back, but not changed."""

    sentence = _(
        "You have both answered, and both can read it, so this answer stays as it is. It can still be taken back."
    )


class AnswerTakenBack(CheckInError):
    """An answer was taken back: that was its end."""

    sentence = _("You took this answer back. That evening stays as it is.")


class TooManyQuestions(CheckInError):
    """A person holds as many questions as there is room for."""

    sentence = _("That is as many questions as there is room for. Take one back, then this one fits.")


class NobodyToThank(CheckInError):
    """A thank-you needs somebody to be said to."""

    sentence = _("There is nobody here to say it to yet.")


class NoThornToHear(CheckInError):
    """No thorn is here that this person can read, or it was taken back: the page isn't found."""


class NothingHeard(CheckInError):
    """No word was said in any of the three steps."""

    sentence = _("One of the three is enough, but it does need one.")


class AlreadyReplied(CheckInError):
    """A reply was said back already, and it is the other's turn, or both rounds are over."""

    sentence = _("You said something back already. The rest is for the table.")


class NoReplyWaits(CheckInError):
    """No reply is here that these words would answer (any more)."""

    sentence = _("There is no reply here any more that this would answer.")


class PartedMeanwhile(CheckInError):
    """The couple ended while this was asked: the page leads on, and says nothing."""
