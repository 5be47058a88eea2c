"""A check whether this container is well. Docker asks every few seconds: `python deploy/healthy.py web` or `… beat`.

By hand rather than with a client or Django: starting Python is then all that asking costs.
"""

import os
import socket
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from config.values import site

PORT, BEAT = 8000, Path("/beat")
# The beat writes its schedule down every three minutes (Celery's `sync_every`), whether something was due or not.
SILENT_FOR = 600


def web() -> bool:
    """Whether the server here answers and reaches its database. It answers to its own name only."""
    name = site(os.environ["NEARER_URL"]).partition("://")[2]
    question = f"GET /health/ HTTP/1.0\r\nHost: {name}\r\n\r\n"
    try:
        with socket.create_connection(("127.0.0.1", PORT), timeout=4) as connection:
            connection.sendall(question.encode())
            return connection.makefile("rb").readline().split()[1:2] == [b"200"]
    except OSError:
        return False


def beat() -> bool:
    """Whether the beat still turns."""
    written = [file.stat().st_mtime for file in BEAT.iterdir()]
    return bool(written) and time.time() - max(written) < SILENT_FOR


if __name__ == "__main__":
    sys.exit(not {"web": web, "beat": beat}[sys.argv[1]]())
