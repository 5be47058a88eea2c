"""Memory that an export takes: of the worker that builds it, and of the web process that sends it."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from django.utils import timezone

from bench.figures import Figure, size
from bench.site import NOW

if TYPE_CHECKING:
    from accounts.exporting import Reader

MEGABYTE = 1024 * 1024
LARGE = size(200, toy=2)  # megabytes, of what nothing makes smaller


def export_memory() -> Iterator[Figure]:
    """Megabytes above rest while an export of 200 MB is built, or sent, whichever takes more. Linux only."""
    if not Path("/proc/self/clear_refs").exists():
        return
    from accounts import exporting, joining
    from accounts.exporting import File
    from accounts.models import User

    user = joining.join(User(email="rosa@example.test", name="Rosa", zone="Europe/London"), now=NOW)
    _build(user)  # what is loaded once is no export's
    rest = _resident()
    exporting.register(File("large.bin", _large))
    built = _peak(lambda: _build(user)) - rest
    sent = _peak(lambda: _send(user)) - rest
    said = f"built {built:.1f}, sent {sent:.1f}; at rest {rest:.0f}; {LARGE} MB"
    yield Figure("export-memory", max(built, sent), "<=", 60, said, {"megabytes": [rest, built, sent]})


def _large(reader: "Reader") -> Iterator[bytes]:
    for _ in range(LARGE * 4):
        yield os.urandom(MEGABYTE // 4)


def _build(user: object) -> None:
    from accounts import export_requests, long_work

    export_requests.ask(user, private=True, now=NOW)  # type: ignore[arg-type]  # a User, which isn't there at import
    assert long_work.work_off(clock=lambda: NOW) == 1


def _send(user: object) -> None:
    from accounts import export_requests
    from accounts.models import Session

    ends = timezone.now() + timedelta(days=1)
    row = {"session_data": b"", "signed_in_at": NOW, "expire_date": ends}
    session = Session.objects.create(pk=uuid4(), user=user, **row)  # type: ignore[misc]  # the same
    found = export_requests.opened(user, session=session.pk, now=NOW)  # type: ignore[arg-type]  # the same
    assert found is not None
    whole, pieces = found
    assert sum(map(len, pieces)) == whole >= LARGE * MEGABYTE


def _peak(act: Callable[[], None]) -> float:
    """The most megabytes that are resident while `act` is done."""
    Path("/proc/self/clear_refs").write_text("5")  # forget the highest so far (proc_pid_clear_refs(5))
    act()
    return _of_status("VmHWM")


def _resident() -> float:
    return _of_status("VmRSS")


def _of_status(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024
