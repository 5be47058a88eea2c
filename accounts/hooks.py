"""News that runs upward: a lower room announces, higher rooms take it, in the same transaction.

A higher room registers in its `AppConfig.ready`; nothing here imports upward.
"""

from collections.abc import Callable
from typing import Any


class Hook:
    """One kind of news. `announce` calls every taker, in the order they registered."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._takers: list[Callable[..., Any]] = []

    def take(self, taker: Callable[..., Any]) -> None:
        """Register `taker`. Registering the same function twice is harmless."""
        if taker not in self._takers:
            self._takers.append(taker)

    def announce(self, **news: Any) -> None:
        """Call every taker with the news. An error in one undoes the whole act: they share its transaction."""
        for taker in self._takers:
            taker(**news)


joined = Hook("joined")  # user=User, now=datetime: a new account exists
leaving = Hook("leaving")  # user=User, now=datetime: this account is about to be erased
rezoned = Hook("rezoned")  # user=User, before=str (the zone until now), now=datetime: their clock is another
read_by_others = Hook(
    "read_by_others"
)  # user=User, now=datetime: from now on others read this person's inbox
