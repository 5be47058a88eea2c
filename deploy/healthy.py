"""A check whether this container is well. Docker asks now and then: `python deploy/healthy.py web`, `beat` or `backup`.

By hand rather than with a client or Django: starting Python is then all that asking costs.
"""

import os
import socket
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from config.values import site

PORT, BEAT, BACKUPS = 8000, Path("/beat"), Path("/backups")
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


def backup() -> bool:
    """Whether the last backup is no older than the next one was due a day ago; well, where none is wanted."""
    hours = int(os.environ.get("NEARER_BACKUP_HOURS", "").strip() or 24)
    made = [file.stat().st_mtime for file in BACKUPS.glob("words/2*/manifest.json*")]
    return not hours or (bool(made) and time.time() - max(made) < (hours + 24) * 3600)


if __name__ == "__main__":
    sys.exit(not {"web": web, "beat": beat, "backup": backup}[sys.argv[1]]())
