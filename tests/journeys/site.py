"""The site in this process, on a free port, with its static files served as in production (by WhiteNoise)."""

import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test.testcases import LiveServerThread, QuietWSGIRequestHandler


class Handler(QuietWSGIRequestHandler):
    """Django's, whose answers leave in one piece: line by line, the last waits 40 ms for the receipt of the first."""

    wbufsize = -1
    disable_nagle_algorithm = True

    def handle_one_request(self) -> None:
        super().handle_one_request()
        self.wfile.flush()


class Server(ThreadedWSGIServer):
    """Django's, which as it ends shuts what browsers left open: each such thread keeps a connection to the database."""

    daemon_threads = False  # so that they are waited for

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(*args, **kwargs)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def close_request(self, request: Any) -> None:
        self._open.discard(request)
        super().close_request(request)

    def server_close(self) -> None:
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        super().server_close()


class SiteThread(LiveServerThread):
    """Django's, with that server and that handler."""

    def _create_server(self, connections_override: None = None) -> ThreadedWSGIServer:
        return Server(
            (self.host, self.port),
            Handler,
            connections_override=connections_override,
            allow_reuse_address=False,
        )


@contextlib.contextmanager
def running() -> Iterator[str]:
    """The site while it runs: its address. pytest-django's `live_server` would serve unhashed static files only."""

    def untouched(application: WSGIHandler) -> WSGIHandler:
        return application

    thread = SiteThread("localhost", static_handler=untouched)  # type: ignore[arg-type]  # the stub wants a class
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    try:
        yield f"http://{thread.host}:{thread.port}"
    finally:
        thread.terminate()


@pytest.fixture(scope="session")
def site(django_db_setup: None) -> Iterator[str]:
    """The address of the running site."""
    with running() as address:
        yield address
