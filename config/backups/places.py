"""Places of backups: `words/<name>/` with a manifest, `keys/<name>/` apart from it, so that each can go another way.

One being made lies in a folder that begins with a dot, and gets its name once it is whole. A name is its moment (UTC).
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from accounts.owned import give, lock_file, make_folder
from config.backups.errors import CannotBackUp

WORDS, KEYS, MANIFEST = "words", "keys", "manifest.json"
MOMENT = "%Y-%m-%dT%H%M%SZ"
BEGUN = ".being-made-"
SETTLED = timedelta(hours=20)  # the next day's may be a little early
KEYS_KEPT = timedelta(days=30)  # a copy of somebody's key outlives their leaving by as long at most


@dataclass(frozen=True)
class Place:
    """The folder backups are kept in."""

    folder: Path

    def words(self, name: str) -> Path:
        return self.folder / WORDS / name

    def keys(self, name: str) -> Path:
        return self.folder / KEYS / name

    def names(self) -> list[str]:
        """The backups that are whole, the oldest first. Raises `OSError` where nobody may look, which isn't none."""
        try:
            found = [one for one in (self.folder / WORDS).iterdir() if not one.name.startswith(".")]
        except FileNotFoundError:
            return []
        return sorted(one.name for one in found if any(one.glob(f"{MANIFEST}*")))

    def newest(self, *, now: datetime) -> datetime | None:
        """The moment of the last backup. One of a moment to come isn't it: a clock was, or is, off."""
        moments = [made_at(name) for name in self.names()]
        return max((moment for moment in moments if moment <= now), default=None)

    def to_come(self, *, now: datetime) -> list[str]:
        """The backups of moments that are still to come."""
        return [name for name in self.names() if made_at(name) > now]

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder, which only its owner may look into. Raises `CannotBackUp` where another does."""
        for folder in (self.folder, self.folder / WORDS, self.folder / KEYS):
            make_folder(folder, mode=0o700)
        with lock_file(self.folder / "lock") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CannotBackUp("A backup is being made already.") from None
            for left in self.folder.glob(f"*/{BEGUN}*"):  # by one that was killed
                shutil.rmtree(left)
            yield

    @contextmanager
    def begun(self, name: str) -> Iterator[tuple[Path, Path]]:
        """Two empty folders in which this backup is made, for words and for keys. It is whole afterwards, or gone."""
        both = self.folder / WORDS / f"{BEGUN}{name}", self.folder / KEYS / f"{BEGUN}{name}"
        try:
            for folder in both:
                folder.mkdir(mode=0o700)
            yield both
            self._finish(name)
        except BaseException:
            for folder in both if self.words(name).exists() else (*both, self.keys(name)):
                shutil.rmtree(folder, ignore_errors=True)
            raise

    def _finish(self, name: str) -> None:
        """Give this backup its name, the words last: a backup is there once they are."""
        for kind in (KEYS, WORDS):
            begun = self.folder / kind / f"{BEGUN}{name}"
            give(begun, to_owner_of=self.folder)
            for file in begun.iterdir():
                _sync(file)
            _sync(begun)
            begun.rename(self.folder / kind / name)
            _sync(self.folder / kind)

    def prune(self, *, keep: int, now: datetime) -> None:
        """Remove all but the newest so many, and whatever is older than keys are kept.

        Those of moments to come were made before the clock was set back, and so before all the others. Where the last
        one that is a day old isn't young, the clock may be ahead: only what was too old at that one is too old for
        certain.
        """
        ahead = self.to_come(now=now)
        names = [*ahead, *(name for name in self.names() if name not in ahead)]
        moments = {name: made_at(name) for name in names}
        before = max((moment for moment in moments.values() if now - moment >= SETTLED), default=now)
        certain = now if now - before < KEYS_KEPT else before
        kept = [name for name in names[-keep:] if certain - moments[name] < KEYS_KEPT]
        for kind in (WORDS, KEYS):
            for folder in (self.folder / kind).iterdir():
                if folder.is_dir() and folder.name not in kept:
                    shutil.rmtree(folder)


def name_at(now: datetime) -> str:
    return now.astimezone(UTC).strftime(MOMENT)


def made_at(name: str) -> datetime:
    """The moment of a backup's name; long ago, of a folder with a name of its own."""
    try:
        return datetime.strptime(name, MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return datetime(2000, 1, 1, tzinfo=UTC)


def _sync(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
