"""Places where this installation lies, and what its processes find in their environment."""

import errno
import hashlib
import os
import pwd
import re
import secrets
import socket
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from accounts.keyring_entries import fresh_entry
from accounts.owned import new_file
from config import environment
from config.server.listening import HERE, CantListen, NotAllowed, Taken, listen

ROOT = Path(__file__).resolve().parent.parent.parent
MADE = {"SECRET_KEY", "NEARER_KEYRING"}  # here, where they are not given
LONGEST_SOCKET_PATH = 100  # the system's limit is 104 to 108 bytes


class Refusal(Exception):
    """A reason why Nearer does not start, in one sentence for the person who typed the command."""

    def __init__(self, sentence: str, *, code: int = 1) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True)
class Installation:
    """One set of data on this machine: the demo, or a real couple's. They never share a folder."""

    demo: bool
    url: str
    bind: str
    port: int
    folder: Path
    mail_port: int | None  # the demo's own mail catcher
    given: Mapping[str, str] = field(repr=False)  # the environment it was started in

    @property
    def logs(self) -> Path:
        return self.folder / "log"

    @property
    def records(self) -> Path:
        return self.folder / "run"

    @property
    def mails(self) -> Path:
        return self.folder / "mail"

    @property
    def socket(self) -> Path:
        """Valkey's socket, in the temporary folder where this one's path is too long or too odd for a URL."""
        here = self.folder / "redis.sock"
        if len(os.fsencode(here)) <= LONGEST_SOCKET_PATH and re.fullmatch(r"[\w/.-]+", str(here), re.ASCII):
            return here
        name = hashlib.sha256(os.fsencode(here)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"nearer-{os.getuid()}-{name}" / "redis.sock"

    @property
    def own_broker(self) -> bool:
        return self.demo or not self.given.get("REDIS_URL", "").strip()

    def environment(self) -> dict[str, str]:
        """The environment every process of this installation is started with."""
        own = {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "NEARER_URL": self.url,
            "PORT": str(self.port),
            "STATIC_ROOT": str(self.folder / "static"),
            "PYTHONUNBUFFERED": "1",
            "CELERY_SKIP_CHECKS": "1",  # `migrate` has just run them; here they would load every page's code
            "MALLOC_ARENA_MAX": "2",  # glibc gives each thread a heap of its own, and few threads need one
        }
        if self.demo or not self.given.get("DATABASE_URL", "").strip():
            own["DATABASE_URL"] = f"sqlite:///{quote(str(self.folder / 'nearer.sqlite3'))}"
        if self.own_broker:
            own["REDIS_URL"] = f"unix://{self.socket}"
        for name in ("backups", "withdrawals", "files"):
            if self.demo or not self.given.get(f"NEARER_{name.upper()}", "").strip():
                own[f"NEARER_{name.upper()}"] = str(self.folder / name)
        if self.demo:
            own |= {"NEARER_DEMO": "1", "DEMO_MAIL": str(self.mails), "NEARER_BACKUP_HOURS": "0"}
            own["EMAIL_URL"] = f"smtp://127.0.0.1:{self.mail_port}"
        return {**self.given, **self._secrets(), **own}

    def _secrets(self) -> dict[str, str]:
        """SECRET_KEY and NEARER_KEYRING: the given ones, else made once and kept beside the database."""
        wanted = MADE - {name for name, value in self.given.items() if value.strip()}
        if not wanted:
            return {}
        file = self.folder / "secrets.env"
        if not file.exists():
            if "NEARER_KEYRING" in wanted and (self.folder / "nearer.sqlite3").exists():
                raise Refusal(
                    f"{short(file)} is gone, and without it the words in {short(self.folder)} can't be read: "
                    "put its copy back, or move that folder away to begin afresh."
                )
            _write_secrets(file)
        return {name: value for name, value in read_variables(file).items() if name in wanted}

    def make_folders(self) -> None:
        """Make the folders, which only this user may look into: the database and the secrets lie here. What root would
        write here beside them, or make in somebody's folder, no service of theirs could write again.
        """
        if os.geteuid() == 0:
            there = next(folder for folder in (self.folder, *self.folder.parents) if folder.exists())
            if owner := there.stat().st_uid:
                raise Refusal(
                    f"{short(there)} belongs to {_called(owner)}: start Nearer as that user, and not as root."
                )
        for folder in (self.folder, self.logs, self.records, self.mails, self.socket.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.socket.parent.stat().st_uid != os.getuid():
            raise Refusal(f"{self.socket.parent} belongs to somebody else; move it away and start again.")


def _called(owner: int) -> str:
    try:
        return pwd.getpwuid(owner).pw_name
    except KeyError:
        return f"user {owner}"


def read_variables(file: Path) -> dict[str, str]:
    """The variables of such a file, as Compose reads it: NAME=value, in quotes or not; none where there is no file.

    Raises `OSError` and `Refusal` where it can't be read.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return {}
    except UnicodeDecodeError:
        raise Refusal(f"{short(file)} can't be read: it is no text in UTF-8.") from None
    found = {}
    for line in text.splitlines():
        name, is_one, value = line.strip().partition("=")
        if is_one and name.isidentifier() and value.strip():
            found[name] = _unquoted(value.strip())
    return found


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value


def _write_secrets(file: Path) -> None:
    keyring = fresh_entry("home")
    write_whole(
        file,
        "# Made once by `make run`. Keep a copy apart from the database's: without it no word can be read.\n"
        f"SECRET_KEY={secrets.token_urlsafe(50)}\nNEARER_KEYRING={keyring}\n",
    )


def write_whole(file: Path, text: str) -> None:
    """Write this file, for its folder's owner alone: all of it, or it stays as it was. A disk may be full, or lose
    its power.
    """
    waiting = file.with_name(f".{file.name}.new")
    try:
        waiting.unlink(missing_ok=True)  # of a run that was killed
        with os.fdopen(new_file(waiting, os.O_WRONLY), "w", encoding="utf-8") as output:
            output.write(text)
            output.flush()
            os.fsync(output.fileno())
        waiting.replace(file)
    except OSError:
        waiting.unlink(missing_ok=True)
        raise


def from_environment(given: Mapping[str, str]) -> Installation:
    """The demo when nothing is said, a real installation when both addresses are; anything between is refused."""
    try:
        values = environment.read(given, but=MADE)
    except environment.Wrong as wrong:
        raise Refusal(str(wrong), code=2) from None
    url = values["NEARER_URL"] if given.get("NEARER_URL", "").strip() else ""
    mail = given.get("EMAIL_URL", "").strip() or values["EMAIL_PROVIDER"]
    if url and not mail:
        raise Refusal(
            "NEARER_URL is set but EMAIL_URL is not: a real Nearer needs a mail server to send through.",
            code=2,
        )
    if mail and not url:
        raise Refusal(
            "EMAIL_URL is set but NEARER_URL is not: say at which address people will reach Nearer.", code=2
        )
    port, demo = values["PORT"], not url
    return Installation(
        demo=demo,
        url=url or f"http://localhost:{port}",
        bind=HERE if demo else values["NEARER_BIND"],
        port=port,
        folder=values["NEARER_VAR"].absolute() / ("demo" if demo else "real"),
        mail_port=free_port() if demo else None,
        given=given,
    )


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def refuse_if_taken(bind: str, port: int) -> None:
    """Refuse a port that is taken before anything is started: one sentence, and not a crashing web server."""
    try:
        listen(bind, port).close()
    except Taken:
        raise Refusal(
            f"Port {port} is taken by another program; set PORT to a free one, such as PORT={free_port()}."
        ) from None
    except NotAllowed:
        raise Refusal(
            f"Port {port} may only be opened by the system's administrator; set PORT to one above 1023."
        ) from None
    except CantListen:
        raise Refusal(
            "NEARER_BIND must be an address or a name of this machine (:: is every one).",
            code=2,
        ) from None


def reason(error: Exception) -> str:
    """A sentence about an error of the system's, for whoever typed the command: which file, why, and what to do; of a
    database's, what it says first.
    """
    if not isinstance(error, OSError):
        return f"{str(error).partition(chr(10))[0].strip().rstrip('.')}."
    why = error.strerror or str(error)
    told = f"{short(Path(os.fsdecode(error.filename)))}: {why}." if error.filename else f"{why}."
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"{told} Type it as the user who runs Nearer, or as root."
    return told


def short(path: Path) -> str:
    """The path as seen from the project, where that is shorter to read."""
    return str(path.relative_to(ROOT)) if ROOT in path.parents else str(path)
