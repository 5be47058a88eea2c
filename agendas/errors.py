"""Errors of the talk, its notes and goals. One without a sentence isn't said: the page that follows shows how it is."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import ActError, Gone
from agendas.models import Goal, Note
from couples.errors import AskResting, NobodyToAsk


class TalkError(ActError):
    """An act of this room can't be done, or not now."""


class TalkBegun(TalkError):
    """The talk has begun: what lies on the table stays there. Not said."""


class TalkNotAhead(TalkError):
    """No such talk is ahead: skipped, begun, over, or another one by now. Not said."""


class TalkNotHeld(TalkError):
    """No talk is there to hold: not laid out yet, over, or the couple ended."""

    sentence = _("There is no talk going on.")


class TalkOver(TalkError, Gone):
    """A talk has no place for words any more: it ended, or was never theirs."""

    sentence = _("That talk is over.")


class RhythmResting(TalkError, AskResting):
    """A rhythm was asked for less than thirty days ago."""

    sentence = _("A suggestion was made already. There can be another thirty days after it.")


class ImpossibleDay(TalkError):
    """A talk can't be moved there: it is past, or another one comes before."""

    sentence = _("That can’t be: it is past, or the talk after this one comes before.")


class MoveResting(TalkError, AskResting):
    """Another time for this talk was asked for already."""

    sentence = _("You suggested a time for this talk already.")


class TopicGone(TalkError, Gone):
    """A topic or a thorn isn't among what one may bring any more."""

    sentence = _("That one isn’t there any more. Choose again, or none.")


class NobodyToTalkTo(TalkError, NobodyToAsk):
    """No partner is there to bring a topic to."""

    sentence = _("There is nobody here to talk it over with yet. Every word is still here.")


class NoteGone(TalkError, Gone):
    """A note isn't there any more, or isn't this person's to read."""

    sentence = _("These notes aren’t there any more.")


class NoteChanged(TalkError):
    """The note was changed elsewhere since this form was shown; `note` is what stands there now."""

    sentence = _("You changed these notes somewhere else. Both are here; keep what you like.")

    def __init__(self, note: Note) -> None:
        super().__init__(note.pk)
        self.note = note


class NoteChangedSinceRead(NoteChanged):
    """The note was changed since it was read, so it isn't what one would approve."""

    sentence = _("These notes changed just now. Have another look first.")


class NoteSettled(TalkError):
    """A note was approved by both: it can be added to, not changed."""

    sentence = _("These notes are settled by now. What you typed is still here.")


class NoteTakenBack(TalkError):
    """A note was taken back: that was its end."""

    sentence = NoteSettled.sentence


class NoteSavedTooOften(TalkError):
    """A note was changed many times after it could be read."""

    sentence = _("These notes were changed twenty times already: they stay as they are. Say the rest aloud.")


class WritersDeviceOnly(TalkError):
    """An act in one person's name is done from their own sign-in only, not on a device between the two."""

    sentence = _("Not on a device you share: each of you ticks and promises from one’s own sign-in.")


class GoalGone(TalkError, Gone):
    """A goal isn't on the list of this person's couple any more."""

    sentence = _("This goal isn’t on your list any more.")


class GoalChanged(TalkError):
    """A goal was changed by the other meanwhile; `goal` is what stands there now."""

    sentence = _("It was changed meanwhile. Both are here; save again to keep yours.")

    def __init__(self, goal: Goal) -> None:
        super().__init__(goal.pk)
        self.goal = goal


class GoalWantsTwo(TalkError, NobodyToAsk):
    """No partner is there to have a joint goal with."""

    sentence = _("A joint goal wants two.")


class TooManyGoals(TalkError):
    """A person added fifty that are still open."""

    sentence = _("You have added fifty that are still open. Remove one first.")
