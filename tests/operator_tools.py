"""The installation's tools, as whoever runs it reads them."""

import io

from django.core.management import call_command
from django.test import Client

TOKEN = "a-token-of-the-operator"


def told() -> list[str]:
    """What the status page and every command of ours says."""
    said = [_page("/status/")]
    for command in (["reminders_status"], ["keys", "rotate"], ["keys", "check"]):
        out = io.StringIO()
        call_command(*command, stdout=out)
        said.append(out.getvalue())
    return [*said, _page("/health/ready")]


def _page(path: str) -> str:
    page = Client().get(path, headers={"Authorization": f"Bearer {TOKEN}"})
    headers = {name: value for name, value in page.headers.items() if name != "Expires"}  # now
    return f"{page.status_code} {page.content.decode()} {headers}"
