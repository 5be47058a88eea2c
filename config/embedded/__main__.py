"""`python -m config.embedded`: starts everything, says where it is, and ends it all on Ctrl-C."""

import errno
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from typing import IO
from urllib.parse import urlsplit

from config import misspelled
from config.embedded import found, installation, leftovers, supervise, told
from config.embedded.installation import ROOT, Installation, Refusal, short
from config.server.listening import knock

SECONDS_TO_ANSWER = 600  # a slow machine with other work takes minutes
STARTS = 3  # of a web server that ends by itself
SECONDS_TO_END = 12
SECONDS_TO_TELL = 1.0  # what went wrong
ROOM = 100 * 1024 * 1024  # bytes, as config/disk.py has it, which this process can't load
NEEDED = 8 * 1024 * 1024  # bytes: what could not be prepared with less was probably that


class Ended(Exception):
    """The end was asked for: Ctrl-C, the terminal it runs in closed, a polite kill."""


def main() -> int:
    try:
        at = installation.from_environment(os.environ)
        for sentence in misspelled.sentences(os.environ):
            print(f"Nearer: {sentence}", flush=True)
        _listen_for_the_end()
        at.make_folders()
        _say_how_much_room(at)
        lock = _lock(at)
        if ended := leftovers.end_recorded(at.records):
            print(f"Ended {ended} process{'es' if ended > 1 else ''} of a run that was killed.", flush=True)
        installation.refuse_if_taken(at.bind, at.port)
        _prepare(at)
        found.note_started(at)
        with lock:
            return _run(at)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return refusal.code
    except OSError as error:
        full = error.errno == errno.ENOSPC
        why = "There is no room left on the disk:" if full else installation.reason(error)
        print(f"{why} Nearer can't start.", file=sys.stderr)
        return 1
    except Ended:
        return 0


def _say_how_much_room(at: Installation) -> None:
    """Say a disk that will soon be full: pages can be read then, and nothing saved."""
    if shutil.disk_usage(at.folder).free < ROOM:
        print(f"Nearer: the disk of {short(at.folder)} is nearly full. Once it is, nothing can be saved.")


def _listen_for_the_end() -> None:
    def end(_number: int, _frame: object) -> None:
        raise Ended

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    # Of a service (no terminal, or `nohup`) a closing terminal is none of its business.
    service = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN or not _has_terminal()
    signal.signal(signal.SIGHUP, signal.SIG_IGN if service else end)


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True


def _lock(at: Installation) -> IO[str]:
    """A lock held as long as this process lives, however it ends: two runs on one database would end each other."""
    lock = (at.folder / "lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Refusal("Nearer already runs from this folder; look for the other terminal.") from None
    return lock


def _prepare(at: Installation) -> None:
    log = at.logs / "prepare.log"
    with log.open("w") as output:
        done = subprocess.run(
            [sys.executable, "-m", "config.embedded.prepare"],
            cwd=ROOT,
            env=at.environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    lines = log.read_text(errors="replace").strip().splitlines()
    for line in lines:
        if line.startswith("Nearer: "):  # it goes on, and there is something to know
            print(line, flush=True)
    if done.returncode:
        if shutil.disk_usage(at.folder).free < NEEDED:
            raise Refusal(f"There is no room left on the disk of {short(at.folder)}: Nearer can't start.")
        reason = lines[-1] if lines else "no reason given"
        if reason.startswith("Nearer does not start: "):  # said in full already
            raise Refusal(reason)
        raise Refusal(f"The database could not be prepared: {reason} (all of it in {short(log)})")


def _run(at: Installation) -> int:
    command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(supervise.write_configuration(at))]
    terminal = told.Terminal()
    logs = [told.Log(at.logs / f"{program.name}.log") for program in supervise.programs(at)]
    # A session of its own: Ctrl-C reaches it through us, once.
    supervisor = subprocess.Popen(
        command, cwd=ROOT, env=at.environment(), stdin=subprocess.DEVNULL, start_new_session=True
    )
    try:
        leftovers.record(at.records / "supervisor.json", supervisor.pid)
        _wait_for_answer(at, supervisor)
        print(_welcome(at), flush=True)
        while (code := supervisor.poll()) is None:
            terminal.tell(logs)
            time.sleep(SECONDS_TO_TELL)
        raise Refusal(f"The supervisor ended by itself ({code}); {short(at.logs)} says why.")
    except Ended:
        with suppress(OSError):  # there may be nobody left who reads
            os.write(1, b"\nEnding.\n")
        return 0
    finally:
        _end(at, supervisor)
        terminal.tell(logs)


def _end(at: Installation, supervisor: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # an impatient second Ctrl-C must not leave anybody behind
    if supervisor.poll() is None:
        supervisor.terminate()
        try:
            supervisor.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            supervisor.kill()
            supervisor.wait()
    leftovers.end_recorded(at.records)


def _wait_for_answer(at: Installation, supervisor: subprocess.Popen[bytes]) -> None:
    until, begun = time.monotonic() + SECONDS_TO_ANSWER, set[int]()
    log = short(at.logs / "web.log")
    while time.monotonic() < until:
        if supervisor.poll() is not None:
            raise Refusal(f"The supervisor ended by itself; {short(at.logs)} says why.")
        if _healthy(at):
            return
        if web := leftovers.recorded(at.records / "web.json"):
            begun.add(web[0])
        if len(begun) > STARTS:
            raise Refusal(f"The web server ended by itself, {STARTS} times; {log} says why.")
        time.sleep(0.1)
    raise Refusal(f"Nearer did not answer within {SECONDS_TO_ANSWER // 60} minutes; {log} says why.")


def _healthy(at: Installation) -> bool:
    """Ask by hand: http.client would cost this waiting process as much memory again as Python itself."""
    question = f"GET /health/ HTTP/1.0\r\nHost: {urlsplit(at.url).netloc}\r\n\r\n"
    try:
        with socket.create_connection((knock(at.bind), at.port), timeout=2) as connection:
            connection.sendall(question.encode())
            return connection.makefile("rb").readline().split()[1:2] == [b"200"]
    except OSError:
        return False


def _welcome(at: Installation) -> str:
    lines = ["", f"Nearer is running at {at.url}", ""]
    if at.demo:
        from config.demo.people import PASSWORD, PEOPLE

        lines += ["A demo couple lives here. Sign in as either:"]
        lines += [f"  {person.name:<6} {person.email}" for person in PEOPLE]
        lines += [f"  with the password: {PASSWORD}", "", f"Mail it sends can be read at {at.url}/demo/mail/"]
    else:
        secrets = at.folder / "secrets.env"
        if secrets.exists():
            lines += [
                f"Keep a copy of {short(secrets)} apart from the database's: without it no word can be read."
            ]
        bind = f"[{at.bind}]" if ":" in at.bind and not at.bind.startswith("[") else at.bind
        lines += [f"It listens on {bind}:{at.port} for the server that brings TLS."]
    return "\n".join([*lines, f"Logs: {short(at.logs)}", "Ctrl-C ends it.", ""])


if __name__ == "__main__":
    sys.exit(main())
