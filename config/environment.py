"""Every environment variable Nearer reads: what it is for, how it is read, and what holds where nobody sets it.

The settings, the launcher and the server take their values from here; `.env.example` and docs/settings.md are written
from here (`python -m config.write_settings`). An empty variable is one that isn't set. A wrong one is named, and its
value never repeated. It stands apart from Django, since the launcher reads it, too.
"""

import os
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NoReturn

from config import service_urls, values
from config.values import Unfit
from config.variables import Group, Variable

BASE_DIR = Path(__file__).resolve().parent.parent
ANYMAIL = "ANYMAIL_"  # what a mail provider's keys begin with; anymail knows which there are


class Wrong(Exception):
    """Faults of the environment, in whole sentences without any value."""


REAL = Group(
    "A real installation: its address, and what sends its mail",
    (
        Variable(
            "NEARER_URL",
            "where people reach it: https, no path; bücher.example may be written like this",
            "the demo, on http://localhost:8000",
            values.site,
            "http://localhost:8000",
            example="https://nearer.example",
        ),
        Variable(
            "EMAIL_URL",
            "the mail server, its name and password: smtp:// is plain, smtp+tls:// changes over to TLS (STARTTLS, "
            "port 587), smtps:// is TLS from the start (port 465). A password may hold / # ? @ as they are, or "
            "percent-encoded; a % is always written %25",
            "port 1025 of this machine, if EMAIL_PROVIDER is not set either",
            service_urls.mail,
            service_urls.mail("smtp://127.0.0.1:1025"),
            example="smtp+tls://name:password@mail.example:587",
            secret=True,
        ),
        Variable(
            "EMAIL_PROVIDER",
            "a mail provider instead of EMAIL_URL, by its name in anymail's docs; its keys as "
            "ANYMAIL_POSTMARK_SERVER_TOKEN=… and so on",
            "EMAIL_URL",
            values.provider,
            example="postmark",
        ),
        Variable(
            "ANYMAIL_WEBHOOK_SECRET",
            "told to the provider with the address NEARER_URL/mail/events/; needed with EMAIL_PROVIDER",
            read=values.webhook_secret,
            example="name:password",
            secret=True,
        ),
        Variable(
            "NEARER_SIGNUPS",
            "who may sign up: open, everybody; invited, by a partner or a link of nearer invite; closed, nobody",
            "open",
            values.one_of("open", "invited", "closed"),
            "open",
            example="invited",
        ),
        Variable(
            "NEARER_RUN_BY",
            "who runs this, as the invited page, sign-up, privacy and safety say it: a name people know",
            "no name",
            example="Sam, Theo’s brother",
        ),
        Variable(
            "NEARER_HELP_LINES",
            "help lines on the safety page, for the country this installation serves: label|what to do, with a "
            "semicolon between two",
            "whom to turn to in general",
            values.help_lines,
            [],
            example="Women’s Aid|womensaid.org.uk, by chat or mail; Men’s Advice Line|0808 801 0327",
        ),
    ),
)
SECRETS = Group(
    "Secrets, made once and kept",
    (
        Variable(
            "SECRET_KEY",
            "a long random text. Another one signs everybody out and loses nothing else (docs/keys.md)",
            "make run keeps one in var/real/secrets.env",
            needed=True,
            secret=True,
        ),
        Variable(
            "NEARER_KEYRING",
            "name:base64 of 32 random bytes; several with commas: all open, and one put in front wraps nothing before "
            "nearer keys rotate (docs/keys.md). Lost is lost: keep a copy elsewhere",
            "make run keeps one in var/real/secrets.env",
            values.entries,
            needed=True,
            secret=True,
        ),
        Variable(
            "NEARER_STATUS_TOKEN",
            "a long random text that opens /status/ to whoever sends it as a Bearer token: well or not; numbers from "
            "twenty accounts on",
            "/status/ is closed",
            secret=True,
        ),
    ),
)
PLACES = Group(
    "Where things are",
    (
        Variable(
            "DATABASE_URL",
            "the database: PostgreSQL, or sqlite:///file. A password as in EMAIL_URL; without one PGPASSWORD is taken. "
            "After ? stand libpq's options, such as sslmode=require",
            "SQLite in var/real",
            service_urls.database,
            service_urls.sqlite(str(BASE_DIR / "var" / "nearer.sqlite3")),
            example="postgres://name:password@host:5432/nearer",
            secret=True,
        ),
        Variable(
            "REDIS_URL",
            "the broker and shared cache: redis://, rediss:// or unix://. A password as in EMAIL_URL",
            "make run brings a Valkey of its own; other programs look on this machine",
            service_urls.broker,
            "redis://127.0.0.1:6379/0",
            example="redis://host:6379/0",
            secret=True,
        ),
        Variable(
            "NEARER_FILES",
            "where files are kept, sealed: a folder that web and worker share, or a bucket (the extra s3; ?region=…)",
            "var/files; make run: var/…/files; compose: a volume",
            service_urls.files,
            service_urls.files(str(BASE_DIR / "var" / "files")),
            "s3://name:password@s3.example/bucket",
            secret=True,
        ),
        Variable("PORT", "where the web server listens (make run)", "8000", values.number(1, 65535), 8000),
        Variable(
            "NEARER_BIND",
            "on which address or name it listens (make run): 0.0.0.0 for every IPv4 one, :: for all; TLS in front",
            "localhost: this machine alone",
            default="localhost",
            example="localhost",
        ),
        Variable(
            "NEARER_VAR",
            "where make run keeps its data",
            "var",
            values.folder,
            BASE_DIR / "var",
            example="var",
        ),
        Variable(
            "STATIC_ROOT",
            "where collected static files lie",
            "staticfiles; make run: var/…/static",
            values.folder,
            BASE_DIR / "staticfiles",
            example="staticfiles",
        ),
    ),
)
BACKUPS = Group(
    "Backups (docs/hosting/backups.md)",
    (
        Variable(
            "NEARER_BACKUPS",
            "the folder backups are made in: words/ and keys/, which belong to different places",
            "make run: var/real/backups; compose: a volume; otherwise no backups are made by themselves",
            values.folder,
            None,
            example="/srv/nearer-backups",
        ),
        Variable(
            "NEARER_BACKUP_HOURS",
            "how many hours after the last backup the next one is made. 0: none by itself",
            "24",
            values.number(0, 168),
            24,
        ),
        Variable(
            "NEARER_BACKUP_KEEP",
            "how many backups are kept; none for longer than 30 days, where one is made at least as often",
            "14",
            values.number(1, 100),
            14,
        ),
        Variable(
            "NEARER_BACKUP_RECIPIENT",
            "a public key of age (age1…) that backups are sealed to, for a place whose owner isn't to open them. Its "
            "private key is needed to restore, and belongs somewhere else",
            "backups aren't sealed; words in them are, as in the database",
            values.recipient,
            example="age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
        ),
        Variable(
            "NEARER_WITHDRAWALS",
            "the folder of the list of what was taken back, removed, blocked or erased, which brings a restored backup "
            "up to date: the same for web and worker, on another disk than the database if there is one",
            "var/withdrawals; make run: var/…/withdrawals; compose: a volume",
            values.folder,
            BASE_DIR / "var" / "withdrawals",
            example="/srv/nearer-withdrawals",
        ),
        Variable(
            "NEARER_WITHDRAWALS_DAYS",
            "how many days that list goes back: longer than any backup of yours",
            "400",
            values.number(60),
            400,
        ),
    ),
)
BEHAVIOUR = Group(
    "How it behaves",
    (
        Variable(
            "EMAIL_FROM",
            "the sender of every mail",
            "Evening page <post@ your name>",
            values.sender,
            example="Evening page <post@nearer.example>",
        ),
        Variable(
            "EMAIL_TIMEOUT",
            "seconds a page waits for the mail server, for all its answers to one mail together; a worker waits three "
            "times as long. More for a server that lets others wait long before it greets them",
            "20",
            values.number(1, 120),
            20,
        ),
        Variable(
            "EMAIL_CONNECTIONS",
            "how many reminders a worker sends at once, each over a connection of its own to the mail server (and to "
            "the database). For a server that is slow to answer; no more than it takes from one sender. A worker "
            "whose round takes long may begin a second one",
            "1",
            values.number(1, 20),
            1,
            example="4",
        ),
        Variable(
            "EMAIL_PER_HOUR",
            "how many reminders all workers together send within an hour, where the mail server or the provider has "
            "a limit. Codes and invitations come on top, so set less than theirs. What is over waits, or is skipped "
            "once its day is over",
            "no limit",
            values.number(1),
            None,
            example="400",
        ),
        Variable(
            "NEARER_PROXY_COUNT",
            "how many proxies of yours stand in front; each must add to X-Forwarded-For. Limits on tries are counted "
            "by the address it names. 0: that header is never believed",
            "one over https when the request comes from this machine itself, none from elsewhere",
            values.number(0, 20),
            None,
            example="1",
        ),
        Variable(
            "NEARER_THREADS",
            "threads of each web process; all but one of them may wait for a password's hash",
            "4",
            values.number(1, 256),
            4,
        ),
        Variable("CONN_MAX_AGE", "seconds a database connection is kept", "600", values.number(0), 600),
        Variable(
            "QUICK_EXIT_URL",
            "where the quick exit leads",
            "the BBC's weather",
            values.page,
            "https://www.bbc.co.uk/weather",
            example="https://www.bbc.co.uk/weather",
        ),
        Variable(
            "HSTS_PRELOAD",
            "1 is HSTS for all subdomains and the preload list: your choice alone",
            "0",
            values.flag,
            default=False,
            example="1",
        ),
        Variable("LOG_LEVEL", "how much is logged", "INFO", values.level, "INFO"),
        Variable(
            "LOG_FORMAT",
            "line or json: a line of text each, or of JSON. Lines of one request bear one random name",
            "line",
            values.one_of("line", "json"),
            "line",
            example="json",
        ),
    ),
)
COMPOSE = Group(
    "Read by docker-compose.yml alone",
    (
        Variable("POSTGRES_PASSWORD", "the database's; any characters but a quote", needed=True, secret=True),
        Variable("WEB_REPLICAS", "web containers", "1", values.number(1), example="4"),
        Variable("WORKER_REPLICAS", "worker containers", "1", values.number(1), example="2"),
        Variable(
            "NEARER_IPV6_SUBNET",
            "private IPv6 addresses (a /64) for the network that visitors come in by, where another has the usual ones",
            "fd6e:6561:7265::/64",
            example="fd12:3456:789a::/64",
        ),
    ),
)
TESTS = Group(
    "For tests alone",
    (
        Variable(
            "TEST_DATABASE_URL",
            "a PostgreSQL to test on instead of the one the tests start",
            example="postgres://…",
            secret=True,
        ),
        Variable("TEST_DATABASE", "sqlite tests on SQLite", "PostgreSQL", example="sqlite"),
        Variable("CHROMIUM", "the browser for journeys", "one that is found", example="/usr/bin/chromium"),
    ),
)
# Set by the launcher for the processes of the demo (NEARER_DEMO_YEARS by `make demo-years`), and by nobody else.
OURS = Group(
    "",
    (
        Variable("NEARER_DEMO", "the demo couple and the mail page", read=values.flag, default=False),
        Variable("NEARER_DEMO_YEARS", "two years for them", read=values.flag, default=False),
        Variable("DEMO_MAIL", "where the demo keeps its mails", read=values.folder, default=None),
    ),
)
SHOWN = (REAL, SECRETS, PLACES, BACKUPS, BEHAVIOUR, COMPOSE, TESTS)
READ = (REAL, SECRETS, PLACES, BACKUPS, BEHAVIOUR, OURS)  # by Nearer's own programs


def read(given: Mapping[str, str], *, but: Collection[str] = ()) -> dict[str, Any]:
    """The value of every variable, by its name; those of `but` aside. Raises `Wrong` with a sentence for each fault."""
    found: dict[str, Any] = {}
    faults: list[str] = []
    for variable in (one for group in READ for one in group.variables if one.name not in but):
        try:
            found[variable.name] = _value(variable, given)
        except Unfit as fault:
            faults.append(f"{variable.name} {fault}.")
    found[ANYMAIL] = {
        name.removeprefix(ANYMAIL): text.strip()
        for name, text in given.items()
        if name.startswith(ANYMAIL) and text.strip()
    }
    if found.get("EMAIL_PROVIDER") and not given.get("ANYMAIL_WEBHOOK_SECRET", "").strip():
        faults.append("ANYMAIL_WEBHOOK_SECRET must be set where EMAIL_PROVIDER is: name:password.")
    if faults:
        raise Wrong(" ".join(faults))
    return found


def _value(variable: Variable, given: Mapping[str, str]) -> Any:
    text = given.get(variable.name, "").strip()
    if text:
        return variable.read(text)
    if variable.needed:
        raise Unfit(f"is not set: {variable.help.partition('.')[0]}")
    return variable.default


def read_or_end() -> dict[str, Any]:
    """The values of this process's environment. Where one is wrong, the process ends with one line that says so."""
    try:
        return read(os.environ)
    except Wrong as wrong:
        refuse(str(wrong))


def refuse(sentences: str) -> NoReturn:
    """End this process, saying why. Past any logger: there may be none yet, or somebody else's."""
    os.write(2, f"Nearer does not start: {sentences}\n".encode())
    sys.exit(1)
