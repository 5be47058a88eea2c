"""What is asked of an earlier release's code and of today's alike, in a process that works on that code alone:
`python asked_of_code.py seed | words | look`. It imports nothing of today's tests.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any


def seed() -> None:
    """Make the database of this code, and its demo couple in it."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    from config.demo import couple

    couple.seed()


def words() -> dict[str, int]:
    """Every text that is sealed in the database, opened, and how often it is there."""
    from django.apps import apps

    found = Counter[str]()
    for model in apps.get_models():
        sealed = [field.attname for field in model._meta.fields if type(field).__name__ == "SealedTextField"]
        for row in model._base_manager.all() if sealed else ():
            found.update(text for name in sealed if (text := getattr(row, name)))
    return found


def look() -> dict[str, Any]:
    """What Rosa's pages answer to her, and how many of her roses are on them."""
    from django.test import Client

    from accounts.models import User
    from checkins.models import CheckIn

    rosa = User.objects.get(email="rosa@example.test")
    client = Client(SERVER_NAME="localhost")
    client.force_login(rosa, backend="couples.access.SeatedBackend")
    roses = {page.rose for page in CheckIn.objects.own(rosa).with_keys() if page.rose}
    shown = "".join(client.get(path).content.decode() for path in ("/today/", "/shared/", "/looking-back/"))
    written = client.post("/wins/", {"text": "planted after the upgrade"})
    return {
        "today": client.get("/today/").status_code,
        "written": written.status_code,
        "roses": len(roses),
        "on pages": any(rose in shown for rose in roses),
    }


if __name__ == "__main__":
    import django

    import config

    django.setup()
    assert Path(config.__file__).is_relative_to(Path.cwd()), "the code of another release"
    answer = {"seed": seed, "words": words, "look": look}[sys.argv[1]]()
    if answer is not None:
        json.dump(answer, sys.stdout)
