"""An installation that an earlier release's image made is brought up by today's, backed up, emptied and restored: all
by the containers, as `docs/hosting.md` says.
"""

import json
import logging
import re
import secrets
import shlex
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.containers.engine import SETTING_OUT, STARTING, Containers, docker, engine
from tests.journeys import former_code
from tests.journeys.former_code import SCRIPT
from tests.servers import ROOT

pytestmark = pytest.mark.slow
log = logging.getLogger(__name__)
RELEASE = "28ff24e"
PAGE = (ROOT / "docs" / "hosting" / "backups.md").read_text()
PRINTED = textwrap.dedent(re.findall(r"((?:^    .*\n)+)", PAGE, re.MULTILINE)[0])
COPIED = [  # as the table has it, which has the last one short
    "docker compose cp backup:/withdrawals/. C",
    "docker compose cp backup:/backups/words/. A",
    "docker compose cp backup:/backups/keys/. B",
]
OF_THE_PAGE = "2026-11-30T020000Z"
STOPPED = ("web", "worker", "beat", "backup")  # as the table in docs/hosting.md has it
EMPTY = "dropdb -U nearer --force nearer && createdb -U nearer nearer"
LIMITS = (2 * 1024 + 128) * 1024**2  # bytes: those of docs/hosting.md, and the mail catcher's


class Upgrading(Containers):
    """With the image of an earlier release beside today's."""

    def __init__(self) -> None:
        super().__init__()
        self.former = f"localhost/nearer-former:{secrets.token_hex(4)}"

    def build_former(self, code: Path) -> None:
        options = ["--target", "nearer", "--tag", self.former, *self.build_options()]
        docker("build", *options, str(code), seconds=SETTING_OUT)

    def asked(self, image: str, *words: str) -> dict[str, int]:
        """What the code in this image answers about the database."""
        kept = ("SECRET_KEY", "NEARER_KEYRING", "NEARER_URL", "EMAIL_URL")
        given = {name: self.environment[name] for name in kept} | {
            "PGPASSWORD": self.environment["POSTGRES_PASSWORD"],
            "DATABASE_URL": "postgres://nearer@postgres:5432/nearer",
            "REDIS_URL": "redis://redis:6379/0",
        }
        options = [f"--env={name}={value}" for name, value in given.items()]
        command = ("run", "--rm", "--interactive", f"--network={self.project}_stores", *options, image)
        said = docker(*command, "python", "-", *words, given=SCRIPT.read_text(), seconds=STARTING)
        found: dict[str, int] = json.loads(said.stdout or "{}")
        return found

    def end(self) -> list[str]:
        left = super().end()
        docker("image", "rm", self.former, check=False)
        return left


@pytest.fixture
def containers(tmp_path: Path) -> Iterator[Upgrading]:
    """Both images built, and the database with its broker started; nothing of it is left afterwards."""
    if not engine():
        pytest.skip("No container engine answers on this machine: nothing was built or started.")
    if not former_code.is_here(RELEASE):
        pytest.skip(f"{RELEASE} isn't in this checkout: nothing was upgraded from it.")
    running = Upgrading()
    try:
        former_code.unpack(RELEASE, tmp_path)
        running.build_former(tmp_path)
        running.build()
        running.compose("up", "--detach", "--no-build", "--wait", "postgres", "redis", seconds=STARTING)
        yield running
    finally:
        left = running.end()
    assert left == []


def test_a_release_is_upgraded_backed_up_and_restored(containers: Upgrading, tmp_path: Path) -> None:
    containers.asked(containers.former, "seed")
    before = containers.asked(containers.former, "words")
    assert sum(before.values()) > 100

    began = time.monotonic()
    containers.start()
    log.info("upgraded and well after %.0f s", time.monotonic() - began)
    after = containers.asked(containers.image, "words")
    assert {text: count for text, count in before.items() if after.get(text, 0) < count} == {}
    assert _nearer(containers, "keys", "check") == "Every key opens."
    limits = [containers.seen(one)["HostConfig"]["Memory"] for one in containers.running().values()]
    log.info("limits of all parts together: %.2f GB", sum(limits) / 1024**3)
    assert sum(limits) <= LIMITS

    name = _nearer(containers, "backup").split()[1]
    containers.compose("stop", *STOPPED, seconds=STARTING)
    containers.compose("exec", "-T", "postgres", "sh", "-c", EMPTY)
    began = time.monotonic()
    restored = containers.compose(
        *("run", "--rm", "--no-deps", "-T", "backup", "nearer", "restore", name), seconds=STARTING
    )
    log.info("restored in %.0f s: %s", time.monotonic() - began, restored.stdout.strip())
    containers.start()
    assert containers.asked(containers.image, "words") == after
    assert _nearer(containers, "keys", "check") == "Every key opens."

    assert all(line.replace("docker compose cp backup:/backups/keys", "…/keys") in PAGE for line in COPIED)
    for line in COPIED * 2:  # the second night into the same folders
        _type(containers, line, tmp_path)
    containers.compose("down", "--volumes", "--timeout", "10", seconds=STARTING)
    anew = containers.on_a_new_server()
    try:
        said = [_type(anew, line.replace(OF_THE_PAGE, name), tmp_path) for line in PRINTED.splitlines()]
        assert "What was withdrawn since is withdrawn again." in "".join(said)
        assert anew.asked(anew.image, "words") == after
        assert _nearer(anew, "keys", "check") == "Every key opens."
        assert _nearer(anew, "backup").startswith("Made ")
        assert _nearer(anew, "restore").split()[0] == name
    finally:
        left = anew.end()
    assert left == []


def _type(containers: Upgrading, line: str, folder: Path) -> str:
    """What this line of the page does, A, B and C being folders in this one. Returns what it says."""
    words = [re.sub(r"^[ABC]\b", rf"{folder}/\g<0>", word) for word in shlex.split(line)]
    if words[:2] == ["docker", "compose"]:
        return containers.compose(*words[2:], seconds=STARTING + SETTING_OUT).stdout
    words = [containers.image if word == "nearer" else word for word in words]
    return docker(*(re.sub("^nearer_", f"{containers.project}_", word) for word in words[1:])).stdout


def _nearer(containers: Upgrading, *words: str) -> str:
    """What a command says that is typed as docs/hosting.md has it."""
    return containers.compose("exec", "-T", "backup", "nearer", *words, seconds=STARTING).stdout.strip()
