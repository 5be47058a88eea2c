"""Models of the weekly talk: its rhythm, the agenda and its lines, what is brought, and what comes of it."""

from agendas.models.goals import Goal
from agendas.models.outcomes import Action, Addition, Note, Saying
from agendas.models.talks import Agenda, AgendaItem, AgendaQuerySet, Part, Rhythm
from agendas.models.topics import Topic, TopicQuerySet

__all__ = [
    "Action",
    "Addition",
    "Agenda",
    "AgendaItem",
    "AgendaQuerySet",
    "Goal",
    "Note",
    "Part",
    "Rhythm",
    "Saying",
    "Topic",
    "TopicQuerySet",
]
