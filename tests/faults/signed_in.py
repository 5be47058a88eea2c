"""People who are signed in at browsers of theirs, made in whatever database this process works on."""

import json
import sys

from django.test import Client

from tests.cast import pair, person


def cookies_of(count: int) -> list[str]:
    """The session cookies of so many people, two of each couple."""
    people = [person(f"Client{number}") for number in range(count)]
    for one, other in zip(people[::2], people[1::2], strict=False):
        pair(one, other)
    found = []
    for user in people:
        client = Client(SERVER_NAME="localhost")
        client.force_login(user, backend="couples.access.SeatedBackend")
        found.append(client.cookies["nearer"].value)
    return found


def tell(count: int) -> None:
    """The same, printed for the process that asked this one."""
    sys.stdout.write(json.dumps(cookies_of(count)))
