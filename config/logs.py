"""What must not stand in a log: tokens and codes that are part of an address."""

import logging
import re

_SECRET = re.compile(r"/(i|stop|never)/[^/\s]+")


class WithoutTokens(logging.Filter):
    """Django names the path of a refused request; a token in it would still work for whoever reads the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _SECRET.sub(r"/\1/…", record.getMessage())
        record.args = ()
        return True
