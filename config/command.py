"""Nearer's command line, one for everything: `nearer` and `manage.py` come here.

It finds the settings of the installation by itself, so that every command works on what Nearer runs on. What isn't a
verb of ours is Django's.
"""

import errno
import os
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from config import environment
from config.embedded import found
from config.embedded.installation import Refusal, reason

HELP = """nearer COMMAND …

  run                          everything on this machine, as `make run` does
  serve | worker | beat        one part alone, for many couples (nearer serve --help)
  migrate                      bring the database up to date; two at once is harmless
  backup                       make a backup, at once and while Nearer runs
  restore NAME                 put one back, into an empty place
  move URL                     everything into an empty database of the other kind
  keys make | rotate | check   the keyring (docs/keys.md)
  invite                       a link by which one person can sign up (NEARER_SIGNUPS)
  reminders_status             whether all is well
  doctor                       look at mail, address, keys, backups and more; --mail ADDRESS sends one
  help --commands              every other command, Django's included

nearer COMMAND --help says what else a command can be told.
"""
RUN = """nearer run

Starts everything on this machine, as `make run` does: the demo where nothing is set, a real couple's with NEARER_URL
and EMAIL_URL (docs/hosting/one-machine.md). docs/settings.md lists what can be set. Ctrl-C ends it.
"""
ASKED = {"-h", "--help"}
# What help is read with: it opens nothing, and stands before anything is set, or where something is set wrong.
UNSET = {
    "NEARER_URL": "https://unset.invalid",
    "EMAIL_URL": "smtp://unset.invalid",
    "SECRET_KEY": "unset-and-only-for-reading-help-0123456789-abcdefghijklmnop",
    "NEARER_KEYRING": f"unset:{'A' * 43}=",
    "DATABASE_URL": "sqlite://:memory:",
}
OF_THE_MACHINE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.EHOSTUNREACH, errno.ENETUNREACH}
Verb = Callable[[list[str]], int]


def main(arguments: list[str]) -> int:
    """Do what these words say. Returns the code to end with."""
    verb, *rest = arguments or ["help"]
    if verb in {"help", *ASKED} and not rest:
        sys.stdout.write(HELP)
        return 0
    if verb == "help" or ASKED.intersection(rest):
        return _help([verb, *rest])
    if arguments[:2] == ["keys", "make"]:  # before there are any settings
        return _make_key(rest[1:])
    try:
        if verb == "run":
            return _run(found.with_file(os.environ))
        os.environ |= found.settings(os.environ)
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        return refusal.code
    except OSError as error:
        sys.stderr.write(f"{reason(error)}\n")
        return 1
    if verb in VERBS:  # a part logs to stderr, and so goes what its libraries print
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return _do(verb, arguments)


def _do(verb: str, arguments: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    return VERBS.get(verb, _django)(arguments if verb not in VERBS else arguments[1:])


def _help(words: list[str]) -> int:
    """Say what a verb can be told, whatever is set here or isn't: `help VERB` is `VERB --help`."""
    verb = words[1] if words[0] == "help" else words[0]
    if verb == "run":
        sys.stdout.write(RUN)
        return 0
    ours = {variable.name for group in environment.READ for variable in group.variables}
    for name in [name for name in os.environ if name in ours or name.startswith(environment.ANYMAIL)]:
        del os.environ[name]
    os.environ |= UNSET
    return _do(verb, [verb, "--help"] if verb in VERBS else words)


def _run(given: dict[str, str]) -> int:
    os.environ |= given
    from config.embedded.__main__ import main as run

    return run()


def _make_key(names: list[str]) -> int:
    from accounts.keyring_entries import fresh_entry

    sys.stdout.write(f"{fresh_entry(*names[:1])}\n")
    return 0


def _serve(words: list[str]) -> int:
    from config.server.__main__ import main as serve

    return serve([*_unless_said(words, "--workers", str(_processes())), *words])


def _processes() -> int:
    """The web processes for this machine: one for each core, and one where SQLite lets one write at a time.

    Today, eight at a time, on two cores with other work: one process of 2, 4, 8 threads gave 61, 71, 97 pages a second,
    two of them 100, 99, 77 (medians of three rounds).
    """
    database = environment.read_or_end()["DATABASE_URL"]
    return 1 if "sqlite" in database["ENGINE"] else _cores()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _worker(words: list[str]) -> int:
    from config.celery import app

    # Threads: a task waits for a mail server, and hardly computes. It has nothing to say to other workers.
    usual = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    for name, value in (("--pool", "threads"), ("--concurrency", "2"), ("--loglevel", "INFO")):
        usual += _unless_said(words, name, value)
    app.worker_main(["--quiet", "worker", *usual, *words])  # without its banner, which is no line of a log
    return 0


def _beat(words: list[str]) -> int:
    from config.celery import app

    usual, file = ["--pidfile="], found.beat_file(os.environ)
    if schedule := _unless_said(
        words, "--schedule", str(file)
    ):  # of compose's nothing but a volume can be written
        try:
            file.parent.mkdir(parents=True, exist_ok=True)  # of a fresh copy of the code nothing is there yet
        except OSError as error:
            sys.stderr.write(f"{reason(error)} NEARER_VAR names another folder.\n")
            return 1
    usual += [*schedule, *_unless_said(words, "--loglevel", "INFO")]
    app.start(["--quiet", "beat", *usual, *words])
    return 0


def _unless_said(words: list[str], name: str, value: str) -> list[str]:
    return [] if any(word.partition("=")[0] == name for word in words) else [name, value]


def _django(words: list[str]) -> int:
    from django.core.management import execute_from_command_line
    from django.db import Error

    try:
        execute_from_command_line(["nearer", *words])
    except (Error, OSError) as error:
        if "--traceback" in words or not (said := _said(error, words[0])):
            raise
        sys.stderr.write(f"{said}\n")
        return 1
    finally:
        if os.geteuid() == 0:
            _give_database()
    return 0


def _give_database() -> None:
    """Give SQLite's file to whoever owns its folder: root may just have made it, and a service couldn't write to it."""
    from django.conf import settings
    from django.db import connections

    from accounts.owned import give

    if not settings.configured:
        return
    connections.close_all()  # SQLite's locks end with the first descriptor that is closed
    database = settings.DATABASES["default"]
    path = Path(database["NAME"])
    with suppress(OSError):
        if "sqlite" in database["ENGINE"] and path.stat().st_uid == 0 != path.parent.stat().st_uid:
            give(path, to_owner_of=path.parent)


def _said(error: Exception, verb: str) -> str:
    """A sentence about a disk, a file or a database that can't be used; nothing where it is a fault of ours."""
    from django.db import InterfaceError, OperationalError

    from config import disk, readiness

    if disk.is_full(error):
        return "There is no room left on the disk."
    if isinstance(error, OSError):
        return reason(error) if _explains_itself(error) else f"{reason(error)} --traceback shows more."
    if verb != "migrate" and readiness.missing_for_pages() == readiness.MIGRATIONS:
        return f"{readiness.MIGRATIONS}."
    if isinstance(error, OperationalError | InterfaceError):
        return f"The database can't be used: {reason(error)}"
    return ""


def _explains_itself(error: OSError) -> bool:
    """Whether this is of the machine: its disk, its rights or a connection. A mail server's answer, a reader that went
    away and a file that isn't there may be a fault of ours.
    """
    if isinstance(error, BrokenPipeError):
        return False
    return (
        isinstance(error, ConnectionError | TimeoutError | socket.gaierror) or error.errno in OF_THE_MACHINE
    )


VERBS: dict[str, Verb] = {"serve": _serve, "worker": _worker, "beat": _beat}
