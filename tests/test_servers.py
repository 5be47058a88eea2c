"""What a test starts ends with it."""

import threading

import pytest

from tests.servers import no_thread_left


def test_a_thread_that_goes_on_fails_its_test() -> None:
    over = threading.Event()
    thread = threading.Thread(target=over.wait, name="goes on", daemon=True)
    try:
        with pytest.raises(pytest.fail.Exception, match="still running after the test: goes on"):
            with no_thread_left(seconds=0.1):
                thread.start()
    finally:
        over.set()
        thread.join(10)


def test_one_that_is_about_to_end_is_waited_for() -> None:
    thread = threading.Thread(target=threading.Event().wait, args=[0.1], daemon=True)
    with no_thread_left():
        thread.start()
    assert not thread.is_alive()
