"""The pages about running it: what they lead to is there, what they print can be typed, what they show can be read."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from django.core.management import get_commands

from config.command import HELP, VERBS
from config.misspelled import sentences
from tests.emptied import empty
from tests.servers import ROOT

__all__ = ["empty"]
SET = {
    "NEARER_URL": "https://nearer.example",
    "EMAIL_URL": "smtp://mail.example",
    "SECRET_KEY": "x",
    "NEARER_KEYRING": "x",
    "POSTGRES_PASSWORD": "x",
}
PAGES = [ROOT / "README.md", ROOT / "docs" / "hosting.md", ROOT / "docs" / "keys.md"]
PAGES += sorted((ROOT / "docs" / "hosting").glob("*.md"))
BY_NAME = {page.stem: page.read_text() for page in PAGES}


@pytest.mark.parametrize("page", BY_NAME)
def test_what_it_leads_to_is_there(page: str) -> None:
    named = re.findall(r"`((?:docs|deploy)/[\w./-]+)`", BY_NAME[page])
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_page_is_led_to() -> None:
    for page in (ROOT / "docs" / "hosting").glob("*.md"):
        assert f"`docs/hosting/{page.name}`" in BY_NAME["hosting"]
        assert page.read_text().startswith("# ")


def test_every_picture_is_shown_somewhere() -> None:
    pages = "".join(page.read_text() for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")))
    pictures = sorted((ROOT / "docs" / "pictures").iterdir())
    assert [one.name for one in pictures if f"pictures/{one.name}" not in pages] == []


@pytest.mark.parametrize("page", BY_NAME)
def test_every_command_it_prints_is_one(page: str) -> None:
    printed = re.findall(r"(?:\./|web |backup |\n    |`|/)nearer ([a-z_]+)", BY_NAME[page])
    known = {*VERBS, *get_commands(), *re.findall(r"\b[a-z_]+\b", HELP)}
    assert set(printed) <= known


@pytest.mark.parametrize("page", BY_NAME)
def test_every_setting_it_names_is_one(page: str) -> None:
    named = dict.fromkeys(re.findall(r"\bNEARER_[A-Z_]+[A-Z]\b", BY_NAME[page]), "")
    assert sentences(named) == []


@pytest.mark.parametrize(("number", "gone"), [(0, "caddy"), (1, "postgres")])
def test_compose_reads_what_is_ones_own(number: int, gone: str, tmp_path: Path) -> None:
    shown = re.findall(r"```yaml\n(.*?)```", BY_NAME["own-parts"], re.DOTALL)[number]
    (tmp_path / "override.yml").write_text(shown)
    files = ["-f", "docker-compose.yml", "-f", str(tmp_path / "override.yml")]
    read = subprocess.run(
        [ROOT / ".venv/bin/docker-compose", "--env-file", "/dev/null", *files, "config", "--services"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **SET},
        capture_output=True,
        text=True,
        check=False,
    )
    assert read.returncode == 0, read.stderr
    assert gone not in read.stdout.split()
    assert {"web", "worker", "beat", "backup", "migrate", "redis"} <= set(read.stdout.split())


@pytest.mark.journey  # real processes
def test_the_commands_of_each_version_do_on_an_empty_database(empty: dict[str, str], tmp_path: Path) -> None:
    line = re.search(r"^    (\./nearer migrate.*)$", BY_NAME["postgres-redis"], re.MULTILINE)
    assert line is not None
    around = empty | {"STATIC_ROOT": str(tmp_path / "static"), "NEARER_WITHDRAWALS": str(tmp_path / "list")}
    for _ in range(2):  # twice is harmless
        done = subprocess.run(
            ["sh", "-c", line[1]], cwd=ROOT, env=around, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    assert list((tmp_path / "static").glob("staticfiles.json"))
