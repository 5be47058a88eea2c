"""The site in this process, on a free port, with its static files served as in production (by WhiteNoise)."""

from collections.abc import Iterator

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


class SiteThread(LiveServerThread):
    """Django's, with that handler."""

    def _create_server(self, connections_override: None = None) -> ThreadedWSGIServer:
        return ThreadedWSGIServer(
            (self.host, self.port),
            Handler,
            connections_override=connections_override,
            allow_reuse_address=False,
        )


@pytest.fixture(scope="session")
def site(django_db_setup: None) -> Iterator[str]:
    """The address of the running site. pytest-django's `live_server` would serve unhashed static files only."""

    def untouched(application: WSGIHandler) -> WSGIHandler:
        return application

    thread = SiteThread("localhost", static_handler=untouched)  # type: ignore[arg-type]  # the stub wants a class
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield f"http://{thread.host}:{thread.port}"
    thread.terminate()
