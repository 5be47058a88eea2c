"""Models of the evening: pages, what is said back, thank-yous, questions, and time with phones down."""

from checkins.models.evenings import PRIVATE, CheckIn, CheckInQuerySet, Draft, DraftQuerySet, Line
from checkins.models.prompts import Answer, Deal, OwnPrompt, Taste
from checkins.models.quiet_time import QuietTime
from checkins.models.replies import Reply
from checkins.models.thanks import Appreciation, SmallWin

__all__ = [
    "PRIVATE",
    "Answer",
    "Appreciation",
    "CheckIn",
    "CheckInQuerySet",
    "Deal",
    "Draft",
    "DraftQuerySet",
    "Line",
    "OwnPrompt",
    "QuietTime",
    "Reply",
    "SmallWin",
    "Taste",
]
