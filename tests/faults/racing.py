"""Several acts at the same moment, each in a thread with a database connection of its own."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections

Act = Callable[[], Any]


class Track:
    """Threads that keep their connections from race to race."""

    def __init__(self, pool: ThreadPoolExecutor, lanes: int) -> None:
        self._pool, self.lanes = pool, lanes

    def race(self, *acts: Act) -> list[Any]:
        """Start all acts together. Returns what each returned, or the exception it raised."""
        assert len(acts) <= self.lanes
        start = threading.Barrier(len(acts))

        def run(act: Act) -> Any:
            connection.ensure_connection()  # connecting takes far longer than what is to collide
            start.wait(60)
            try:
                return act()
            except Exception as error:
                return error

        running: Sequence[Future[Any]] = [self._pool.submit(run, act) for act in acts]
        return [done.result(timeout=600) for done in running]


@contextmanager
def track(lanes: int) -> Iterator[Track]:
    with ThreadPoolExecutor(lanes) as pool:
        try:
            yield Track(pool, lanes)
        finally:
            leave = threading.Barrier(lanes)

            def end() -> None:
                leave.wait(60)  # so that every thread takes exactly one of these
                connections.close_all()

            for done in [pool.submit(end) for _ in range(lanes)]:
                done.result(timeout=600)
