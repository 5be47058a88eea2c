"""The containers as they really run: built and started by this machine's engine, under a name of their own."""

import base64
import contextlib
import copy
import json
import os
import secrets
import shlex
import shutil
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

from tests.servers import ROOT, free_port

HERE = Path(sys.executable).parent
NAME = "nearer.internal"  # for such names Caddy signs certificates itself
SETTING_OUT = 600.0  # seconds an image may take, with every wheel to fetch
STARTING = 300.0  # seconds until all are well
Run = subprocess.CompletedProcess[str]


def engine() -> str:
    """The engine's version; empty where none answers."""
    if not shutil.which("docker"):
        return ""
    asked = docker("version", "--format", "{{.Server.Version}}", check=False)
    return asked.stdout.strip() if asked.returncode == 0 else ""


def docker(*words: str, check: bool = True, seconds: float = 60, given: str = "") -> Run:
    """Docker's own client, or what answers to its name (Podman brings one)."""
    return _run(["docker", *words], check=check, seconds=seconds, given=given, more={"DOCKER_BUILDKIT": "1"})


def _run(command: list[str], *, check: bool, seconds: float, given: str, more: dict[str, str]) -> Run:
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**_plain(), **more},
        input=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds,
    )
    assert not check or done.returncode == 0, f"{shlex.join(command)[:300]}\n{done.stdout}\n{done.stderr}"[
        -6000:
    ]
    return done


def _plain() -> dict[str, str]:
    """What says where the engine is, and nothing that Nearer would read."""
    kept = ("PATH", "HOME", "XDG_RUNTIME_DIR", "CONTAINER_HOST")
    return {
        name: word
        for name, word in os.environ.items()
        if name in kept or name.startswith(("DOCKER_", "BUILDKIT_"))
    }


class Containers:
    """Everything in docker-compose.yml, the mail catcher too; gone, with what it wrote, after `end`."""

    def __init__(self) -> None:
        self.tag, self.server = f"tested-{secrets.token_hex(4)}", ""
        self.url = f"https://{NAME}"
        self.image = f"localhost/nearer:{self.tag}"  # Podman would otherwise look for it elsewhere
        self.environment = {
            "TESTED": self.tag,
            "NEARER_URL": self.url,
            "SECRET_KEY": secrets.token_hex(40),
            "NEARER_KEYRING": f"tests:{base64.b64encode(secrets.token_bytes(32)).decode()}",
            "POSTGRES_PASSWORD": f"Tulip/seven#9@x?y%41&z:=+$5 {secrets.token_hex(8)}",  # any characters but a quote
            "EMAIL_URL": "smtp://mail-catcher:1025",
        }
        self._take_ports()

    def _take_ports(self) -> None:
        self.port, self.mail_port = free_port(), free_port()
        self.environment |= {
            "TESTED_PORT": str(self.port),
            "TESTED_MAILS": str(self.mail_port),
            "NEARER_IPV6_SUBNET": f"fd{secrets.token_hex(1)}:{secrets.token_hex(2)}:{secrets.token_hex(2)}:1::/64",
        }

    def on_a_new_server(self) -> Self:
        """The same images and the same `.env`, and nothing else yet."""
        other = copy.copy(self)
        other.server, other.environment = "-anew", dict(self.environment)
        other._take_ports()
        return other

    @property
    def project(self) -> str:
        return f"nearer-{self.tag}{self.server}"

    def compose(self, *words: str, check: bool = True, seconds: float = 60) -> Run:
        command = [str(HERE / "docker-compose"), "--env-file", "/dev/null", "--project-name", self.project]
        command += ["-f", "docker-compose.yml", "-f", "tests/containers/tested.yml", "--profile", "*"]
        return _run([*command, *words], check=check, seconds=seconds, given="", more=self.environment)

    def build(self) -> None:
        """Both images, as docker-compose.yml asks for them. BUILD_OPTIONS go to the engine (a proxy's, say)."""
        told = json.loads(self.compose("config", "--format", "json").stdout)["services"]
        for service in ("web", "caddy"):
            how, name = told[service]["build"], told[service]["image"]
            options = ["--target", how["target"], "--tag", name, *self.build_options()]
            docker("build", *options, how["context"], seconds=SETTING_OUT)

    def build_options(self) -> list[str]:
        return shlex.split(os.environ.get("BUILD_OPTIONS", ""))

    def start(self) -> None:
        """Returns when all are well, or fails with what they said."""
        started = self.compose(
            *("up", "--detach", "--no-build", "--wait", "--wait-timeout", f"{STARTING:g}"),
            check=False,
            seconds=STARTING + SETTING_OUT,  # with images to fetch
        )
        assert started.returncode == 0, f"{started.stderr[-3000:]}\n{self.logs()[-6000:]}"

    def end(self) -> list[str]:
        """Stops and removes everything of this project. Returns what is left all the same."""
        self.compose("down", "--volumes", "--remove-orphans", "--timeout", "10", check=False, seconds=120)
        docker("image", "rm", self.image, f"localhost/nearer-caddy:{self.tag}", check=False)
        mine = ("--quiet", "--filter", f"label=com.docker.compose.project={self.project}")
        lists = (("ps", "--all"), ("volume", "ls"), ("network", "ls"))
        return [name for kind in lists for name in docker(*kind, *mine).stdout.split()]

    def logs(self) -> str:
        return self.compose("logs", "--no-color", check=False).stdout

    # --- one of them ----------------------------------------------------------------------------

    def running(self) -> dict[str, str]:
        """Each container that is to stay, by its service."""
        told = self.compose("ps", "--format", "json").stdout.splitlines()
        return {one["Service"]: one["ID"] for one in map(json.loads, told)}

    def seen(self, container: str) -> dict[str, Any]:
        """What the engine knows of it."""
        found: dict[str, Any] = json.loads(docker("inspect", container).stdout)[0]
        return found

    def is_well(self, container: str) -> bool:
        state = self.seen(container)["State"]
        return bool(state["Running"] and state["Health"]["Status"] == "healthy")

    def says_it_is_well(self, container: str) -> bool:
        """What its health check says at this moment, within the time it is given."""
        kind, *words = self.seen(container)["Config"]["Healthcheck"]["Test"]
        command = ["sh", "-c", *words] if kind == "CMD-SHELL" else words
        try:
            return docker("exec", container, *command, check=False, seconds=20).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    @contextlib.contextmanager
    def paused(self, container: str) -> Iterator[None]:
        """It is there, and answers nobody."""
        docker("pause", container)
        try:
            yield
        finally:
            docker("unpause", container)

    def kill(self, container: str) -> None:
        """As the kernel does when memory runs out. What the engine itself kills counts as stopped on purpose."""
        process = int(self.seen(container)["State"]["Pid"])
        rights = ("--pid=host", "--network=none", "--user=0", "--cap-drop=ALL", "--cap-add=KILL")
        script = f"import os; os.kill({process}, 9)"
        docker("run", "--rm", *rights, "--entrypoint=python", self.image, "-c", script)

    # --- the front door -------------------------------------------------------------------------

    def authority(self) -> str:
        """The certificate under which Caddy signs by itself, as PEM."""
        return docker(
            "exec", self.running()["caddy"], "cat", "/data/caddy/pki/authorities/local/root.crt"
        ).stdout

    @contextlib.contextmanager
    def visitor(self) -> Iterator[Callable[..., list[bool]]]:
        """Somebody on Caddy's network with addresses of their own: what happens when they guess passwords.

        Asked with (4 or 6, how often), …; answers for each try whether it was one too many.
        """
        confined = ("--detach", "--cap-drop=ALL", f"--network={self.project}_front", "--entrypoint=python")
        idle = docker("run", *confined, self.image, "-c", "import time; time.sleep(600)").stdout.strip()
        script = (ROOT / "tests/containers/visitor.py").read_text()

        def tries(*wanted: tuple[int, int]) -> list[bool]:
            given = (f"--env=CA={self.authority()}", f"--env=TRIES={json.dumps(wanted)}")
            said = docker("exec", "--interactive", *given, idle, "python", "-", given=script)
            found: list[bool] = json.loads(said.stdout)
            return found

        try:
            yield tries
        finally:
            docker("rm", "--force", idle)


def trusting(authority: str) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=authority)
