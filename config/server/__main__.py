"""`python -m config.server [--host …] [--port …] [--workers …] [--threads …]`: serves until it is told to end."""

import argparse
import os
import resource
import sys
import traceback
from typing import Any

from granian._granian import SocketHolder
from granian._internal import load_target
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from config import environment
from config.logs import FORMATTERS
from config.server.listening import WAITING, CantListen, listen

CONNECTIONS = 1000  # a process takes at a time; the next ones wait until one of them ends
FILES = 4096  # open at a time, where the system lets us
HEADERS_WITHIN = 20_000  # milliseconds, from the last answer on: for idle connections as well
BUFFER = 32 * 1024  # bytes held of a connection, and so the most its headers may take
SECONDS_TO_END = 5
CANT_LOAD = os.EX_CONFIG  # how a process ends that can't load the application: another one couldn't either


class Server(MPServer):
    """Granian on a socket of ours: names, both loopback addresses, and a reader who takes nothing is hung up on.

    A process that fails is begun anew, unless it couldn't load the application: then the server ends. Granian by
    itself tells that from how soon processes end, which a busy machine makes later.
    """

    def _init_shared_socket(self) -> None:
        self._sso = listen(self.bind_addr, self.bind_port)
        queue = (self.backlog,) if sys.platform.startswith(("linux", "freebsd")) else ()
        self._shd = SocketHolder(self._sso.fileno(), False, *queue)  # type: ignore[assignment, call-arg]  # its stub
        self._ssp = None

    def _respawn_workers(self, workers: list[int], *args: Any, **kwargs: Any) -> None:
        if any(self.wrks[number].inner.exitcode == CANT_LOAD for number in workers):
            self.interrupt_children.extend(workers)
            self.interrupt_signal = True
            self.main_loop_interrupt.set()
        else:
            super()._respawn_workers(workers, *args, **kwargs)


def load(target: str) -> Any:
    """The application. Ends the process if there is none, with what was said or the traceback on stderr."""
    try:
        return load_target(target)
    except SystemExit:
        sys.exit(CANT_LOAD)
    except Exception:
        traceback.print_exc()
        sys.exit(CANT_LOAD)


def main(arguments: list[str]) -> int:
    read = environment.read_or_end()
    given = _parser(read["NEARER_THREADS"]).parse_args(arguments)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, files), hard))
    os.environ["NEARER_THREADS"] = str(given.threads)  # the settings of each process read it
    try:
        server(given, connections=min(CONNECTIONS, max(soft, files) // 2), log_as=read["LOG_FORMAT"]).serve(
            target_loader=load
        )
    except CantListen as reason:
        sys.stderr.write(f"Nearer does not start: {reason}.\n")
        return 2
    return 0


def _parser(threads: int) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nearer serve", description="One web server of as many processes as are said."
    )
    parser.add_argument(
        "--host", default="localhost", help="an address or a name; :: is every address there is"
    )
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1, help="processes: one for each core")
    parser.add_argument(
        "--threads", type=int, default=threads, help="of each; each keeps one database connection"
    )
    return parser


def server(given: argparse.Namespace, *, connections: int, log_as: str) -> Server:
    return Server(
        "config.asgi:application",
        address=given.host,
        port=given.port,
        interface=Interfaces.ASGINL,
        workers=given.workers,
        loop=Loops.asyncio,
        http=HTTPModes.http1,  # a proxy speaks no other; HTTP/2 would let one connection ask for hundreds at once
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_WITHIN, max_buffer_size=BUFFER),
        websockets=False,
        backlog=WAITING,
        backpressure=connections,
        log_level=LogLevels.warning,
        log_dictconfig=_lines_on_stderr(log_as),
        respawn_failed_workers=True,
        workers_kill_timeout=SECONDS_TO_END,
    )


def _lines_on_stderr(log_as: str) -> dict[str, Any]:
    """What this process says, which loads no settings, goes where the lines of its workers go, and looks like them."""
    handlers = {
        name: {"class": "logging.StreamHandler", "formatter": log_as} for name in ("console", "access")
    }
    return {"formatters": FORMATTERS, "handlers": handlers}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
