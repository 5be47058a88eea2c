"""What stands in the environment: each variable read once, checked, written down, never repeated when it is wrong."""

import base64
import datetime
import json
import os
import re
import shlex
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.mail import get_connection
from hypothesis import given, settings
from hypothesis import strategies as st

from config import environment, service_urls, values, write_settings
from config.embedded.installation import ROOT, Refusal, from_environment
from config.environment import READ, SHOWN, Wrong
from config.variables import Variable
from tests.fixtures import Mailbox
from tests.fuzzing import FUZZ
from tests.house import ROOMS, lines_with, python, tracked
from tests.servers import environment_of_tests, free_port

NEEDED = {"SECRET_KEY": "x", "NEARER_KEYRING": "home:x"}
PLANTED = "smtp+tls://user:Tulip%zz/seven#9@mail.example:587"
CHECKED = [one for group in READ for one in group.variables if one.read is not values.text]


def read(**given: str) -> dict[str, Any]:
    return environment.read({**NEEDED, **given})


def test_nothing_but_the_secrets_is_needed() -> None:
    assert read()["EMAIL_URL"]["EMAIL_HOST"] == "127.0.0.1"
    with pytest.raises(Wrong, match=r"^SECRET_KEY is not set: .*\. NEARER_KEYRING is not set: .*\.$"):
        environment.read({})


def test_an_empty_one_is_one_that_is_not_set() -> None:
    names = [one.name for group in READ for one in group.variables if not one.needed]
    assert environment.read({**NEEDED, **dict.fromkeys(names, " ")}) == read()


@pytest.mark.parametrize(
    ("written", "password"),
    [
        ("smtp+tls://user:Tulip/seven#9@mail.example:587", "Tulip/seven#9"),
        ("smtp+tls://user:a@b?c/d#e:f@mail.example", "a@b?c/d#e:f"),
        ("smtp+tls://user:%2F%23%3F%40%3A%25%20@mail.example", "/#?@:% "),
        ("smtp+tls://user:a%C3%BC@mail.example", "aü"),
        ("smtp+tls://user:ü€ @mail.example", "ü€ "),
        ("smtp+tls://user:$x`y\"z'@mail.example", "$x`y\"z'"),
        ("smtp+tls://user:+&=;,!*()[]{}~@mail.example", "+&=;,!*()[]{}~"),
    ],
)
def test_a_password_may_hold_anything(written: str, password: str) -> None:
    mail = read(EMAIL_URL=written)["EMAIL_URL"]
    assert (mail["EMAIL_HOST_USER"], mail["EMAIL_HOST_PASSWORD"]) == ("user", password)
    assert (mail["EMAIL_HOST"], mail["EMAIL_PORT"]) == ("mail.example", 587)
    database = read(DATABASE_URL="postgres" + written[8:] + "/nearer?sslmode=require")["DATABASE_URL"]
    assert (database["USER"], database["PASSWORD"], database["NAME"]) == ("user", password, "nearer")
    assert database["OPTIONS"] == {"sslmode": "require"}
    from kombu.utils.url import url_to_parts
    from redis.connection import parse_url

    broker = read(REDIS_URL="redis" + written[8:].replace(":587", "") + ":6379/2")["REDIS_URL"]
    parsed: dict[str, Any] = parse_url(broker)  # type: ignore[no-untyped-call]  # kombu is untyped
    assert parsed == {
        "username": "user", "password": password, "host": "mail.example", "port": 6379, "db": 2,
    }  # fmt: skip  # several values a line, to be looked through
    assert tuple(url_to_parts(broker))[1:6] == ("mail.example", 6379, "user", password, "2")


def test_a_name_may_be_an_address() -> None:
    mail = read(EMAIL_URL="smtps://post@nearer.example:word@mail.example")["EMAIL_URL"]
    assert (mail["EMAIL_HOST_USER"], mail["EMAIL_HOST_PASSWORD"]) == ("post@nearer.example", "word")


@pytest.mark.parametrize(
    ("scheme", "port", "tls", "ssl_"),
    [("smtp", 25, False, False), ("smtp+tls", 587, True, False), ("smtps", 465, False, True),
     ("smtp+ssl", 465, False, True)],
)  # fmt: skip  # several values a line, to be looked through
def test_each_scheme_says_how_tls_begins(scheme: str, port: int, tls: bool, ssl_: bool) -> None:
    mail = service_urls.mail(f"{scheme}://mail.example")
    assert (mail["EMAIL_PORT"], mail["EMAIL_USE_TLS"], mail["EMAIL_USE_SSL"]) == (port, tls, ssl_)
    assert service_urls.mail(f"{scheme}://[::1]:2525")["EMAIL_PORT"] == 2525


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's side of TLS for localhost, believed here and nowhere else."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + datetime.timedelta(1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    chain, secret = tmp_path / "chain.pem", tmp_path / "key.pem"
    chain.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    monkeypatch.setenv("SSL_CERT_FILE", str(chain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, secret)
    return context


@pytest.mark.parametrize("scheme", ["smtps", "smtp+tls"])
def test_mail_goes_out_over_tls_from_the_start_or_by_changing_over(
    scheme: str, certificate: ssl.SSLContext
) -> None:
    box, port = Mailbox(), free_port()
    at_once: dict[str, Any] = (
        {"ssl_context": certificate} if scheme == "smtps" else {"tls_context": certificate}
    )
    server = Controller(box, hostname="localhost", port=port, require_starttls=scheme != "smtps", **at_once)
    server.start()
    try:
        said = service_urls.mail(f"{scheme}://localhost:{port}")
        options = {name.removeprefix("EMAIL_").lower(): value for name, value in said.items()}
        backend = get_connection(
            said["EMAIL_BACKEND"],
            host=options["host"],
            port=options["port"],
            timeout=60,
            use_tls=options["use_tls"],
            use_ssl=options["use_ssl"],
        )
        backend.open()
        assert isinstance(backend.connection.sock, ssl.SSLSocket)  # type: ignore[attr-defined]  # an SMTP backend's
        backend.close()
    finally:
        server.stop()


WRONG = [
    ("NEARER_URL", "Tulip"), ("NEARER_URL", "https://nearer.example/Tulip"), ("NEARER_URL", "ftp://Tulip"),
    ("NEARER_URL", "https://Tulip:x@nearer.example"), ("NEARER_URL", "https://nearer.example:Tulip"),
    ("NEARER_URL", "https://a_Tulip.example"), ("NEARER_URL", "https://[Tulip]"),
    ("EMAIL_URL", PLANTED), ("EMAIL_URL", "Tulip"), ("EMAIL_URL", "smtp://mail.example:Tulip"),
    ("EMAIL_URL", "smtp://mail.example/Tulip"), ("EMAIL_URL", "smtp://Tulip@mail.example"),
    ("EMAIL_URL", "smtp://u:Tulip%ff@mail.example"), ("EMAIL_URL", "smtp://u:Tulip@"),
    ("EMAIL_URL", "smtp://u:Tu\nlip@mail.example"), ("EMAIL_URL", "http://u:Tulip@mail.example"),
    ("DATABASE_URL", "Tulip"), ("DATABASE_URL", "mysql://u:Tulip@h/n"), ("DATABASE_URL", "postgres://u:Tulip@h"),
    ("DATABASE_URL", "postgres://u:Tulip%@h/n"), ("DATABASE_URL", "postgres://u:x@h:Tulip/n"),
    ("REDIS_URL", "Tulip"), ("REDIS_URL", "redis://:Tulip@"), ("REDIS_URL", "redis://:x@h/Tulip"),
    ("REDIS_URL", "unix://"), ("REDIS_URL", "redis://:Tulip%@h"),
    ("EMAIL_PROVIDER", "Tulip"), ("EMAIL_PROVIDER", "base"), ("ANYMAIL_WEBHOOK_SECRET", "Tulip"),
    ("EMAIL_FROM", "Tulip"), ("EMAIL_FROM", "Tulip <post>"), ("EMAIL_FROM", "Tu\nlip <post@nearer.example>"),
    ("NEARER_HELP_LINES", "Tulip"), ("NEARER_HELP_LINES", "Tulip|a;b"), ("NEARER_HELP_LINES", "Tulip|"),
    ("NEARER_HELP_LINES", "Tulip|a,b|c;d|e"), ("NEARER_PROXY_COUNT", "Tulip"), ("NEARER_PROXY_COUNT", "-1"),
    ("NEARER_PROXY_COUNT", "²"), ("NEARER_THREADS", "0"), ("CONN_MAX_AGE", "1.5"), ("PORT", "65536"),
    ("EMAIL_TIMEOUT", "0"), ("HSTS_PRELOAD", "Tulip"), ("LOG_LEVEL", "Tulip"),
    ("NEARER_BACKUP_RECIPIENT", "age1Tulip"), ("NEARER_BACKUP_HOURS", "169"), ("NEARER_BACKUP_KEEP", "0"),
    ("NEARER_WITHDRAWALS_DAYS", "1"),
    ("NEARER_FILES", "ftp://Tulip"), ("NEARER_FILES", "s3://u:Tulip@host"), ("NEARER_FILES", "s3://Tulip@host/b"),
    ("NEARER_FILES", "s3://u:Tulip@host/b?acl=Tulip"), ("NEARER_FILES", "s3://u:Tulip%@host/b"),
    ("LOG_FORMAT", "Tulip"),
    ("NEARER_SIGNUPS", "Tulip"),
    ("EMAIL_CONNECTIONS", "21"), ("EMAIL_PER_HOUR", "0"),
    ("QUICK_EXIT_URL", "javascript:Tulip"),
    ("NEARER_DEMO", "Tulip"),
    ("NEARER_DEMO_YEARS", "Tulip"),
]  # fmt: skip  # several values a line, to be looked through


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_one_is_named_and_not_repeated(name: str, value: str) -> None:
    with pytest.raises(Wrong) as wrong:
        read(**{name: value})
    sentence = str(wrong.value)
    assert sentence.startswith(f"{name} ")
    assert sentence.endswith(".")
    assert "Tu" not in sentence
    assert wrong.value.__cause__ is None
    assert {one.name for one in CHECKED} <= {name for name, _ in WRONG} | {"NEARER_KEYRING", *FOLDERS}


FOLDERS = {"NEARER_BACKUPS", "NEARER_WITHDRAWALS", "NEARER_VAR", "STATIC_ROOT", "DEMO_MAIL"}


def fault(**given: str) -> str | None:
    try:
        read(**given)
    except Wrong as wrong:
        return str(wrong)
    return None


@settings(max_examples=FUZZ)
@given(
    st.sampled_from(CHECKED),
    st.sampled_from(["", "smtp://u:", "postgres://", "redis://:", "https://", "a@"]),
    st.text(),
)
def test_whatever_stands_there_is_read_or_named(variable: Variable, begins: str, rest: str) -> None:
    said = fault(**{variable.name: begins + rest})
    assert said is None or said.startswith(f"{variable.name} ")
    assert said is None or len(rest) < 6 or rest not in said


STARTS = {
    "manage": ["manage.py", "check"],
    "nearer": ["nearer", "check"],
    "web": ["-c", "import config.wsgi"],
    "server": ["nearer", "serve", "--port", "{port}"],
    "worker": ["nearer", "worker", "--pool", "solo", "--loglevel", "ERROR"],
    "beat": ["nearer", "beat", "--loglevel", "ERROR", "--schedule", "{folder}/beat"],
    "embedded worker": ["-m", "config.embedded.worker", "{folder}/beat"],
    "prepare": ["-m", "config.embedded.prepare"],
}


@pytest.mark.journey  # real processes
@pytest.mark.parametrize("which", STARTS)
def test_each_program_ends_with_one_line(which: str, tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, *(part.format(folder=tmp_path, port=free_port()) for part in STARTS[which])],
        cwd=ROOT,
        env={**environment_of_tests(), "EMAIL_URL": PLANTED},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert ended.returncode == 1, ended.stderr
    assert ended.stderr == (
        "Nearer does not start: EMAIL_URL holds a % that stands for itself, and that is written %25.\n"
    )
    assert ended.stdout == ""


def test_the_launcher_says_it_before_it_makes_anything(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"^EMAIL_URL holds") as refused:
        from_environment(
            {"EMAIL_URL": PLANTED, "NEARER_URL": "https://nearer.example", "NEARER_VAR": str(tmp_path)}
        )
    assert "Tulip" not in str(refused.value)
    assert not list(tmp_path.iterdir())
    at = from_environment(
        {"NEARER_URL": "https://bücher-abend.example/", "EMAIL_URL": "smtp://h", "REDIS_URL": ""}
        | {"DATABASE_URL": " ", "NEARER_VAR": str(tmp_path)}
    )
    assert at.url == "https://xn--bcher-abend-thb.example"
    assert at.own_broker
    at.make_folders()
    assert at.environment()["DATABASE_URL"].endswith("real/nearer.sqlite3")


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("https://bücher-abend.example", "https://xn--bcher-abend-thb.example"),
        ("https://faß.example/", "https://xn--fa-hia.example"),
        ("https://Nearer.Example:443", "https://nearer.example"),
        ("http://nearer.example:8080", "http://nearer.example:8080"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://nearer.example.", "https://nearer.example"),
    ],
)
def test_the_address_is_what_a_browser_will_say(written: str, read_as: str) -> None:
    assert read(NEARER_URL=written)["NEARER_URL"] == read_as


def test_a_comma_in_a_help_line_drops_nothing() -> None:
    lines = read(NEARER_HELP_LINES="Aid|by chat, or mail; Men, too|0808")["NEARER_HELP_LINES"]
    assert lines == [["Aid", "by chat, or mail"], ["Men, too", "0808"]]
    before = read(NEARER_HELP_LINES="Aid|by chat, or mail,Men|0808")["NEARER_HELP_LINES"]
    assert before == [["Aid", "by chat, or mail"], ["Men", "0808"]]


def test_the_sender_may_have_any_name() -> None:
    assert read(EMAIL_FROM="Evening page <post@faß.example>")["EMAIL_FROM"] == (
        "Evening page <post@xn--fa-hia.example>"
    )
    assert read(EMAIL_FROM="post@nearer.example")["EMAIL_FROM"] == "post@nearer.example"


# --- what is written down --------------------------------------------------------------------------


def test_the_example_and_the_table_are_written_from_the_code() -> None:
    assert write_settings.EXAMPLE.read_text() == write_settings.example(), "python -m config.write_settings"
    assert write_settings.TABLE.read_text() == write_settings.table(), "python -m config.write_settings"


def test_what_the_code_reads_is_declared() -> None:
    declared = {one.name for group in (*SHOWN, *READ) for one in group.variables}
    reading = r"os\.environ(?:\.get\(|\[)[\"'](\w+)|given\.get\([\"'](\w+)"
    scripts = [*(one for one in python() if one.room in ROOMS), *tracked("deploy/*.py")]
    found = {next(filter(None, names)) for script in scripts for names in re.findall(reading, script.text)}
    assert {"NEARER_URL", "DEMO_MAIL"} <= found <= declared | {"PATH"}
    assert lines_with(r"environ\b", tracked("config/settings.py")) == []
    compose = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    assert compose <= declared


@pytest.fixture(scope="module")
def uncommented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`.env.example` with every line in force."""
    file = tmp_path_factory.mktemp("env") / "all.env"
    file.write_text(
        re.sub(r"^# (?=[A-Z0-9_]+=)", "", (ROOT / ".env.example").read_text(), flags=re.MULTILINE)
    )
    return file


def expected() -> dict[str, str]:
    found = {one.name: one for group in SHOWN for one in group.variables}
    return {
        name: "" if one.secret and not one.example else write_settings.shown(one)
        for name, one in found.items()
    }


def test_a_shell_reads_the_example(uncommented: Path) -> None:
    dump = f"{shlex.quote(sys.executable)} -c 'import json, os; print(json.dumps(dict(os.environ)))'"
    said = subprocess.run(
        ["sh", "-euc", f"set -a; . {uncommented}; set +a; {dump}"],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stderr == ""
    assert expected().items() <= json.loads(said.stdout).items()
    quiet = subprocess.run(["sh", "-euc", ". ./.env.example"], cwd=ROOT, capture_output=True, check=True)
    assert quiet.stdout == quiet.stderr == b""


def compose(file: Path, env: Path, **shell: str) -> dict[str, Any]:
    command = [str(Path(sys.executable).parent / "docker-compose"), "-f", str(file), "--env-file", str(env)]
    said = subprocess.run(
        [*command, "config", "--format", "json"],
        env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **shell},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    services: dict[str, Any] = json.loads(said.stdout)["services"]
    return services


def test_compose_reads_the_example(uncommented: Path, tmp_path: Path) -> None:
    file = tmp_path / "compose.yml"
    file.write_text(f"services:\n  web:\n    image: x\n    env_file: {uncommented}\n")
    assert compose(file, uncommented)["web"]["environment"] == expected()


@pytest.fixture
def password_in_env(tmp_path: Path) -> tuple[str, Path]:
    password = "a/b#c@d%e?f:g&h =i%2Fj"
    file = tmp_path / "real.env"
    file.write_text(
        f"NEARER_URL=https://nearer.example\nEMAIL_URL=smtp://mail.example\nSECRET_KEY=x\n"
        f"NEARER_KEYRING=home:{base64.b64encode(bytes(32)).decode()}\nPOSTGRES_PASSWORD='{password}'\n"
    )
    return password, file


def test_any_password_of_the_database_works_from_compose(password_in_env: tuple[str, Path]) -> None:
    password, file = password_in_env
    services = compose(ROOT / "docker-compose.yml", file)
    assert services["postgres"]["environment"]["POSTGRES_PASSWORD"] == password
    found = {name: value or "" for name, value in services["web"]["environment"].items()}
    database = environment.read(found)["DATABASE_URL"]
    assert (database["HOST"], database["NAME"], database["PASSWORD"]) == ("postgres", "nearer", "")
    assert found["PGPASSWORD"] == password  # libpq's own variable
