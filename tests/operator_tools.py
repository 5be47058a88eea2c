"""The installation's tools, as whoever runs it reads them."""

import base64
import io

from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings

TOKEN = "a-token-of-the-operator"
NEW = f"new:{base64.b64encode(bytes(32)).decode()}"


def told() -> list[str]:
    """What the status page and every command of ours says."""
    said = [_page("/status/")]
    commands = (
        ["reminders_status"],
        ["keys", "rotate", "--restarted"],
        ["keys", "check"],
        ["invite", "list"],
    )
    for command in commands:
        out = io.StringIO()
        with rotating(), transaction.atomic():
            call_command(*command, stdout=out)
            transaction.set_rollback(True)  # so that it has as much to do the next time
        said.append(out.getvalue())
    return [*said, _page("/health/ready")]


def rotating() -> override_settings:
    """A keyring that a new entry was put in front of: rotating has everything to do."""
    return override_settings(NEARER_KEYRING=[NEW, *settings.NEARER_KEYRING])


def _page(path: str) -> str:
    page = Client().get(path, headers={"Authorization": f"Bearer {TOKEN}"})
    headers = {name: value for name, value in page.headers.items() if name != "Expires"}  # now
    return f"{page.status_code} {page.content.decode()} {headers}"
