"""The site in this process, on a free port, with its static files served as in production (by WhiteNoise)."""

from collections.abc import Iterator

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test.testcases import LiveServerThread


@pytest.fixture(scope="session")
def site(django_db_setup: None) -> Iterator[str]:
    """The address of the running site. pytest-django's `live_server` would serve unhashed static files only."""

    def untouched(application: WSGIHandler) -> WSGIHandler:
        return application

    thread = LiveServerThread("localhost", static_handler=untouched)  # type: ignore[arg-type]  # the stub wants a class
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield f"http://{thread.host}:{thread.port}"
    thread.terminate()
