"""Errors of the talk, its notes and goals."""

from accounts.errors import ActError
from agendas.models import Goal, Note


class TalkError(ActError):
    """An act of this room can't be done, or not now."""


class TalkBegun(TalkError):
    """The talk has begun: what lies on the table stays there."""


class TalkNotHeld(TalkError):
    """No talk is there to hold: not laid out yet, over, or the couple ended."""


class TooManyGoals(TalkError):
    """A person added fifty that are still open."""


class GoalChanged(TalkError):
    """A goal was changed by the other meanwhile; `goal` is what stands there now."""

    def __init__(self, goal: Goal) -> None:
        super().__init__(goal.pk)
        self.goal = goal


class NoteChanged(TalkError):
    """The note was changed elsewhere since this form was shown; `note` is what stands there now."""

    def __init__(self, note: Note) -> None:
        super().__init__(note.pk)
        self.note = note


class NoteSettled(TalkError):
    """A note was ticked by both: it can be added to, not changed."""


class NoteTakenBack(TalkError):
    """A note was taken back: that was its end."""


class WritersDeviceOnly(TalkError):
    """A note can be read by the other: it is changed from its writer's own sign-in only."""


class NoteSavedTooOften(TalkError):
    """A note was changed many times after it could be read."""


class TalkNotAhead(TalkError):
    """No such talk is ahead: skipped, begun, over, or another one by now."""


class ImpossibleDay(TalkError):
    """A talk can't be moved there: it is past, or another one comes before."""


class TalkTooSoon(TalkError):
    """Two weeks of check-ins haven't been yet."""
