"""Sentences for the next page, kept in the session until it is drawn."""

from typing import Any

from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.session import SessionStorage

AT_MOST = 5


class Unread(SessionStorage):
    """Django's, with each sentence once and only the newest few: whoever sends forms and never looks at the page they
    lead to would fill a session without end, and read the same sentence as often.
    """

    def _store(self, messages: list[Message], response: Any, *args: Any, **kwargs: Any) -> list[Message]:
        newest = {(one.level, str(one.message)): one for one in reversed(messages)}
        kept = list(reversed(list(newest.values())[:AT_MOST]))
        unsaid: list[Message] = super()._store(kept, response, *args, **kwargs)  # type: ignore[misc]  # its stub
        return unsaid
