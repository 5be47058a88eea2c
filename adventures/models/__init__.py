"""Models of what two people mean to do and did: wishes, date nights, their calendars, days to remember."""

from adventures.models.calendars import Calendar
from adventures.models.dates import DateNight
from adventures.models.memories import Memory
from adventures.models.occasions import Occasion
from adventures.models.rhythms import DateRhythm
from adventures.models.surprises import SurprisePlan
from adventures.models.wishes import Want, Wish

__all__ = ["Calendar", "DateNight", "DateRhythm", "Memory", "Occasion", "SurprisePlan", "Want", "Wish"]
