"""Models of the evening: pages, what is said back, thank-yous, questions, and time with phones down."""

from checkins.models.evenings import PRIVATE, CheckIn, CheckInQuerySet, Draft, DraftQuerySet, Line
from checkins.models.prompts import Answer, OwnPrompt, PromptPreference, PromptSelection
from checkins.models.quiet_time import QuietTime
from checkins.models.replies import Reply
from checkins.models.thanks import Appreciation, SmallWin

__all__ = [
    "PRIVATE",
    "Answer",
    "Appreciation",
    "CheckIn",
    "CheckInQuerySet",
    "Draft",
    "DraftQuerySet",
    "Line",
    "OwnPrompt",
    "PromptPreference",
    "PromptSelection",
    "QuietTime",
    "Reply",
    "SmallWin",
]
