"""`python -m config.embedded` as a person runs it: real processes, real signals, a folder of its own."""

import json
import os
import re
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from config.embedded import leftovers
from config.embedded.installation import ROOT
from tests.demo import OURS, begun
from tests.servers import free_port

__all__ = ["begun"]

pytestmark = pytest.mark.journey  # it starts a whole installation: seconds, not milliseconds


class Run:
    """One launcher, and what it has said so far."""

    def __init__(self, var: Path, **environment: str) -> None:
        self.var = var
        self.port = int(environment.get("PORT", "0")) or free_port()
        plain = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        plain |= {"NEARER_VAR": str(var), "PORT": str(self.port), **environment}
        self.said = var.parent / f"said-{self.port}-{time.monotonic_ns()}.txt"
        with self.said.open("wb") as output:
            self.launcher = subprocess.Popen(
                [sys.executable, "-m", "config.embedded"],
                cwd=ROOT,
                env=plain,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def text(self) -> str:
        return self.said.read_text()

    def until_ready(self) -> "Run":
        until(
            lambda: "Ctrl-C ends it." in self.text or self.launcher.poll() is not None, seconds=600
        )  # a new machine with other work to do
        assert self.launcher.poll() is None, self.text
        return self

    def healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://localhost:{self.port}/health/", timeout=60) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def page(self, path: str) -> str:
        with urllib.request.urlopen(f"http://localhost:{self.port}{path}", timeout=60) as answer:
            return str(answer.read().decode())

    def number(self, name: str) -> int:
        """The process id in the record of this program; 0 between a child's end and its successor's record."""
        try:
            return int(json.loads((self.var / "demo" / "run" / f"{name}.json").read_text())["number"])
        except FileNotFoundError:
            return 0

    def end(self) -> int:
        self.launcher.send_signal(signal.SIGINT)
        return self.launcher.wait(120)


def until(true: Callable[[], bool], *, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"not within {seconds:g} s"
        time.sleep(0.1)


def living(var: Path) -> set[int]:
    """Every process that has this folder in its command line, or leads or belongs to a recorded group."""
    records = [json.loads(file.read_text())["number"] for file in (var / "demo" / "run").glob("*.json")]
    return {
        process.number
        for process in leftovers.processes()
        if process.alive and (str(var) in process.command or process.group in records)
    }


@pytest.fixture
def var(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "var"
    yield folder
    leftovers.end_recorded(folder / "demo" / "run")


@pytest.fixture
def lived_in(begun: Path, var: Path) -> Path:
    """A folder in which the demo was before: what takes long on a new machine is done."""
    shutil.copytree(begun, var)
    return var


def test_a_run_from_its_start_to_ctrl_c(var: Path) -> None:
    asked = time.monotonic()
    run = Run(var).until_ready()
    started_in = time.monotonic() - asked
    assert run.healthy()
    for told in (f"http://localhost:{run.port}", "rosa@example.test", "theo@example.test", "/demo/mail/"):
        assert told in run.text
    assert (var / "demo" / "secrets.env").stat().st_mode & 0o777 == 0o600
    assert "Nothing yet" in run.page("/demo/mail/")
    running = living(var)
    assert len(running) >= 5  # supervisor, broker, mail, worker, web and its own worker

    began = time.monotonic()
    assert run.end() == 0
    assert time.monotonic() - began < max(8, 2 * started_in)  # which takes longer where there is other work
    assert "Traceback" not in run.text
    assert living(var) == set()
    assert not running & {process.number for process in leftovers.processes() if process.alive}


def test_mail_sent_in_the_demo_can_be_read(shared_run: Run) -> None:
    catcher = next(
        process for process in leftovers.processes() if process.number == shared_run.number("mail")
    )
    port = int(catcher.command.split("config.demo.catcher ")[1].split()[0])
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "A page is open", "post@localhost", "alice@example.test"
    mail.set_content("Tonight, <b>if you like</b>: http://localhost/evening/")
    mail.add_alternative("<p>Tonight, <b>if you like</b></p><script>steal()</script>", subtype="html")
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as server:
        server.send_message(mail)

    assert "A page is open" in shared_run.page("/demo/mail/")
    path = next(
        part
        for part in shared_run.page("/demo/mail/").split('"')
        if re.fullmatch(r"/demo/mail/[\d-]+/", part)
    )
    assert "&lt;b&gt;if you like" in shared_run.page(path)
    with urllib.request.urlopen(f"http://localhost:{shared_run.port}{path}designed/", timeout=60) as answer:
        assert "<b>if you like</b>" in answer.read().decode()
        policy = answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "script-src 'none'" in policy
    with pytest.raises(urllib.error.HTTPError, match="404"):
        shared_run.page("/demo/mail/..%2Fsecrets/")


@pytest.mark.parametrize("name", ["web", "worker", "broker", "mail"])
def test_a_dead_child_comes_back(shared_run: Run, name: str) -> None:
    killed = shared_run.number(name)
    os.kill(killed, signal.SIGKILL)
    until(lambda: shared_run.number(name) not in {killed, 0}, seconds=180)
    until(shared_run.healthy, seconds=180)
    assert shared_run.launcher.poll() is None


def test_the_second_run_on_one_folder_says_so(shared_run: Run) -> None:
    second = Run(shared_run.var)
    assert second.launcher.wait(120) == 1
    assert second.text.strip() == "Nearer already runs from this folder; look for the other terminal."
    assert shared_run.healthy()


@pytest.fixture(scope="module")
def shared_run(begun: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    var = tmp_path_factory.mktemp("embedded") / "var"
    shutil.copytree(begun, var)
    run = Run(var).until_ready()
    yield run
    run.end()


def test_what_a_killed_run_left_is_ended_by_the_next(lived_in: Path) -> None:
    var = lived_in
    killed = Run(var).until_ready()
    supervisor = killed.number("supervisor")
    before = living(var)
    killed.launcher.kill()
    os.kill(supervisor, signal.SIGKILL)
    killed.launcher.wait(60)
    assert living(var) >= before - {killed.launcher.pid, supervisor}  # they live on, nobody's children

    stranger = subprocess.Popen(["sleep", "60"], start_new_session=True)
    old = var / "demo" / "run" / "old.json"  # a record whose number somebody else has by now
    old.write_text(json.dumps({"number": stranger.pid, "born": "long ago"}))
    after = Run(var, PORT=str(killed.port)).until_ready()
    assert "of a run that was killed" in after.text
    assert not before & {process.number for process in leftovers.processes() if process.alive}
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait(60)
    assert after.healthy()
    assert after.end() == 0
    assert living(var) == set()


def test_a_busy_port_is_one_sentence(var: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        run = Run(var, PORT=str(other.getsockname()[1]))
        assert run.launcher.wait(120) == 1
    assert run.text.startswith(f"Port {run.port} is taken by another program")
    assert run.text.count("\n") == 1


@pytest.mark.parametrize(
    ("given", "begins"),
    [
        ({"NEARER_URL": "https://nearer.example"}, "NEARER_URL is set but EMAIL_URL is not"),
        ({"EMAIL_URL": "smtp://mail.example"}, "EMAIL_URL is set but NEARER_URL is not"),
        ({"PORT": "tonight"}, "PORT must be a whole number from 1 to 65535."),
    ],
)
def test_half_an_environment_is_one_sentence(var: Path, given: dict[str, str], begins: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    done = subprocess.run(
        [sys.executable, "-m", "config.embedded"],
        cwd=ROOT,
        env={**environment, "NEARER_VAR": str(var), **given},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(begins)
    assert done.stderr.count("\n") == 1
    assert not var.exists()


def test_a_real_installation_has_no_demo(var: Path) -> None:
    port = free_port()
    url = f"http://localhost:{port}"
    run = Run(var, PORT=str(port), NEARER_URL=url, EMAIL_URL="smtp://127.0.0.1:1").until_ready()
    assert run.healthy()
    assert "rosa@example.test" not in run.text
    assert "Keep a copy of" in run.text
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{url}/demo/mail/", timeout=60)
    assert (var / "real" / "nearer.sqlite3").exists()
    assert not (var / "demo").exists()
    backups = var / "real" / "backups"  # the first one is due at once
    until(lambda: bool(list(backups.glob("words/2*/manifest.json"))), seconds=300)
    assert list((var / "real" / "withdrawals").glob("*.list"))
    assert run.end() == 0


def test_with_other_secrets_an_old_database_is_not_served(lived_in: Path) -> None:
    var = lived_in
    other = "NEARER_KEYRING=home:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    secrets = var / "demo" / "secrets.env"
    secrets.write_text(re.sub("^NEARER_KEYRING=.*$", other, secrets.read_text(), flags=re.MULTILINE))
    for given, reason in (
        ({}, "'home' doesn't open "),
        ({"NEARER_KEYRING": "k2:" + other[-44:]}, "no key named 'home'"),
    ):
        run = Run(var, **given)
        assert run.launcher.wait(120) == 1
        assert run.text.startswith("Nearer does not start: NEARER_KEYRING")
        assert reason in run.text
        assert run.text.count("\n") == 1
        assert living(var) == set()


def test_a_web_server_that_ends_again_and_again_is_said(lived_in: Path, tmp_path: Path) -> None:
    ending = "import sys; sys.orig_argv[1:3] == ['-m', 'config.server'] and sys.exit(1)"
    (tmp_path / "sitecustomize.py").write_text(ending)
    run = Run(lived_in, PYTHONPATH=str(tmp_path))
    assert run.launcher.wait(300) == 1
    assert run.text.splitlines()[-1].startswith("The web server ended by itself, 3 times; ")
    assert living(lived_in) == set()


def test_without_its_secrets_an_old_database_is_not_touched(var: Path) -> None:
    (var / "demo").mkdir(parents=True)
    (var / "demo" / "nearer.sqlite3").touch()
    run = Run(var)
    assert run.launcher.wait(120) == 1
    assert "put its copy back" in run.text
    assert not (var / "demo" / "secrets.env").exists()
