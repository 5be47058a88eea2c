"""How request bodies are taken: within a limit, at a pace, in one room."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest

from config.server.bodies import HEARD_OUT, SIGNED_OUT, Bodies, Body, HungUp, Limits, Refused

Piece = tuple[float, bytes]  # after so many seconds
FOREVER = 6000.0
Found = TypeVar("Found")


class Hurried(asyncio.SelectorEventLoop):
    """Where everybody waits, its clock goes on to the next moment at which something happens: nobody waits for real."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        look: Any = self._selector.select  # type: ignore[attr-defined]  # asyncio's own

        def at_once(seconds: float | None = None) -> Any:
            self.now += seconds or 0
            return look(0)

        self._selector.select = at_once  # type: ignore[attr-defined]  # the same

    def time(self) -> float:
        return self.now


def run(act: Coroutine[Any, Any, Found]) -> Found:
    """What it returns, from a thread of its own: in this one a browser's loop may run, if journeys came before."""

    def hurry() -> Found:
        with asyncio.Runner(loop_factory=Hurried) as runner:
            return runner.run(act)

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(hurry).result()


def sender(*pieces: Piece, ends: bool = True) -> Callable[[], Awaitable[dict[str, Any]]]:
    """Somebody who sends these and then ends, or keeps silent."""
    left = list(pieces)

    async def receive() -> dict[str, Any]:
        if not left:
            await asyncio.sleep(FOREVER)
        wait, piece = left.pop(0)
        await asyncio.sleep(wait)
        return {"type": "http.request", "body": piece, "more_body": bool(left) or not ends}

    return receive


def take(bodies: Bodies, receive: Any, *, announced: int | None = None, limit: int = SIGNED_OUT) -> Body:
    return run(bodies.take(receive, announced=announced, limit=limit))


def refused(bodies: Bodies, receive: Any, **given: Any) -> int:
    with pytest.raises(Refused) as said:
        take(bodies, receive, **given)
    assert bodies.held == 0
    return said.value.status


def test_it_comes_whole_and_is_held_until_it_was_worked_on() -> None:
    bodies = Bodies()
    body = take(bodies, sender((0, b"rose="), (0.01, b"a+walk")))
    assert body.file.read() == b"rose=a+walk"
    assert bodies.held == 11
    bodies.release(body)
    assert bodies.held == 0


def test_a_body_of_known_length_needs_no_end() -> None:
    assert take(Bodies(), sender((0, b"1234"), ends=False), announced=4).came == 4


def test_one_too_large_is_heard_out_without_being_kept() -> None:
    pieces = [(0.0, b"x" * 50_000)] * 20
    assert refused(Bodies(room=SIGNED_OUT), sender(*pieces)) == 413
    assert refused(Bodies(), sender(), announced=HEARD_OUT + 1) == 413  # nor even heard


def test_silence_ends_it_and_crumbs_do_too() -> None:
    assert refused(Bodies(patience=0.1), sender((0, b"x" * 100), ends=False)) == 408
    assert refused(Bodies(patience=0.5), sender(*[(0.05, b"x")] * 50)) == 408


def test_progress_is_waited_for_however_long_the_whole_takes() -> None:
    body = take(Bodies(patience=0.4), sender(*[(0.1, b"x" * 5000)] * 10))  # more than twice the patience
    assert body.came == 50_000


def test_who_hangs_up_is_gone() -> None:
    bodies = Bodies()

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    with pytest.raises(HungUp):
        take(bodies, receive, announced=10)
    assert bodies.held == 0


@pytest.mark.parametrize("bodies", [Bodies(room=10_000), Bodies(at_once=3)], ids=["room", "number"])
def test_where_there_is_no_room_the_longest_on_its_way_gives_way_and_a_form_never_does(
    bodies: Bodies,
) -> None:
    async def crowd() -> list[Any]:
        slow = [
            asyncio.create_task(
                bodies.take(sender((0, b"x" * 3000), ends=False), announced=None, limit=SIGNED_OUT)
            )
            for _ in range(4)
        ]
        await asyncio.sleep(0.1)
        form = await bodies.take(sender((0, b"y" * 3000)), announced=3000, limit=SIGNED_OUT)
        bodies.release(form)
        done, waiting = await asyncio.wait(slow, timeout=0.1)
        assert len(done) == 2
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting)
        assert [slow.index(task) in {0, 1} for task in done] == [True, True]  # the first to come
        return [task.exception() for task in done]

    for stopped in run(crowd()):
        assert isinstance(stopped, Refused)
        assert stopped.status == 503
    assert bodies.held == 0


def test_how_much_is_known_before_the_session_is_read() -> None:
    limits = Limits(cookie="__Host-nearer", signed_in=2_000_000)
    page = {"PATH_INFO": "/evening/"}
    assert limits.of(page) == SIGNED_OUT
    assert limits.of({**page, "HTTP_COOKIE": "__Host-nearer-form=" + "x" * 32}) == SIGNED_OUT
    assert limits.of({**page, "HTTP_COOKIE": "__Host-nearer=x"}) == SIGNED_OUT
    assert limits.of({**page, "HTTP_COOKIE": "a=b; __Host-nearer=" + "x" * 32}) == 2_000_000
    assert limits.of({"PATH_INFO": "/mail/events/"}) > SIGNED_OUT
