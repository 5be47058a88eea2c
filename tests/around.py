"""The environment of an installation in a folder: on SQLite, and with nobody behind the other addresses."""

import base64
import os
from pathlib import Path


def around(folder: Path, **more: str) -> dict[str, str]:
    """The environment of an installation in this folder."""
    key, other = (base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2))
    return {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "NEARER_URL": "https://nearer.invalid",
        "NEARER_SIGNUPS": "invited",
        "EMAIL_URL": "smtp://127.0.0.1:9",
        "SECRET_KEY": "for-these-tests-alone-0123456789-abcdefghijklmnopqrstuvwxyz",
        "NEARER_KEYRING": f"new:{other},tests:{key}",
        "DATABASE_URL": f"sqlite:///{folder}/nearer.sqlite3",
        "REDIS_URL": "redis://127.0.0.1:9/0",
        "NEARER_BACKUPS": f"{folder}/backups",
        "NEARER_WITHDRAWALS": f"{folder}/withdrawals",
        "NEARER_FILES": f"{folder}/files",
        **more,
    }
