"""The code of an earlier release, taken out of git, and what is asked of it and of today's alike.

Run as a script by either (`python former_code.py seed | words | look`), in a process of its own that works on that code
alone. What a release needed and today's code doesn't comes from the package index, checked by that release's hashes.
"""

import io
import json
import os
import re
import subprocess
import sys
import tarfile
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def is_here(commit: str) -> bool:
    """Whether this checkout has that commit: a shallow one hasn't."""
    asked = subprocess.run(
        ["git", "cat-file", "-e", f"{commit}^{{commit}}"], cwd=ROOT, capture_output=True, check=False
    )
    return asked.returncode == 0


def take_out(commit: str, folder: Path) -> None:
    """Write that release's files into the folder, and what only it needs into `folder/needed`."""
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    then, now = (pinned((at / "locks/run.txt").read_text()) for at in (folder, ROOT))
    only_then = folder / "only-then.txt"
    only_then.write_text("".join(text for name, text in then.items() if name not in now))
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
    subprocess.run([*install, "--target", folder / "needed", "--requirement", only_then], check=True)


def pinned(lock: str) -> dict[str, str]:
    """Each package of a lock file, with its lines."""
    entries = re.split(r"^(?=[a-zA-Z0-9])", lock, flags=re.MULTILINE)
    return {entry.partition("==")[0]: entry for entry in entries if "==" in entry}


def asked(code: Path, environment: dict[str, str], *words: str) -> Any:
    """What the code in this folder answers (None where it prints nothing)."""
    path = os.pathsep.join([str(code), str(code / "needed")])
    done = subprocess.run(
        [sys.executable, str(Path(__file__).resolve()), *words],
        cwd=code,
        env={**environment, "PYTHONPATH": path, "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout) if done.stdout.strip() else None


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
