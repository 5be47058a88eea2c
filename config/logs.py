"""What must not stand in a log: tokens and codes that are part of an address, and what anybody did.

Whoever reads the log may be one of the two. A page that was refused (a field left empty, a link that is over, a form
that outlived its page) would tell who did what, when: only what broke is logged, and without the address it broke at.
"""

import logging
import re

_SECRET = re.compile(r"/(i|stop|never)/[^/\s]+")
_ADDRESS = re.compile(r": /\S*")


class WithoutTokens(logging.Filter):
    """A token in a path would still work for whoever reads the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _SECRET.sub(r"/\1/…", record.getMessage())
        record.args = ()
        return True


class WithoutPeople(logging.Filter):
    """Django logs every answer from 400 on with its path. What is below an error is somebody's, not the machine's."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith(("django.request", "django.security")):
            if record.levelno < logging.ERROR:
                return False
            record.msg, record.args = _ADDRESS.sub("", record.getMessage()), ()
        return True
