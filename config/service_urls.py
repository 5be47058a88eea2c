"""A server's address with the name and password for it, as one URL: mail, database, broker, files.

The password ends at the last `@`, so that one with / # ? @ in it can stand there as it is. Percent-encoded ones are
decoded, and therefore a % is always written %25. Nothing that is raised here repeats any of it.
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from accounts.domains import NotADomain, ascii_of
from config.values import Unfit, address

PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
SHAPE = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+]*)://((?P<who>.*)@)?(?P<host>\[[^\]@/]*\]|[^@/?#:\[\]]*)(:(?P<port>[^@/?#:]*))?"
    r"(?P<path>/[^?#]*)?(\?(?P<query>[^#]*))?",
    re.DOTALL,
)
TLS = {"smtp": (25, ""), "smtp+tls": (587, "TLS"), "smtps": (465, "SSL"), "smtp+ssl": (465, "SSL")}
POSTGRES = ("postgres", "postgresql", "psql", "pgsql")


@dataclass(frozen=True)
class ServiceUrl:
    """The parts of such a URL, decoded."""

    scheme: str
    user: str
    password: str
    host: str
    port: int | None
    path: str
    options: dict[str, str]

    @property
    def written(self) -> str:
        """The URL with everything in it percent-encoded, for a library to read."""
        user, password = quote(self.user, safe=""), quote(self.password, safe="")
        who = f"{user}:{password}@" if password else f"{user}@" if user else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        options = "&".join(f"{quote(name)}={quote(value, safe='')}" for name, value in self.options.items())
        port = f":{self.port}" if self.port else ""
        return f"{self.scheme}://{who}{host}{port}{quote(self.path)}{'?' if options else ''}{options}"


def split(text: str, schemes: tuple[str, ...]) -> ServiceUrl:
    """The parts of `text`. Raises `Unfit`."""
    found = SHAPE.fullmatch(text)
    if not text.isprintable():
        raise Unfit("holds a character that can't be seen")
    if found is None or found["scheme"] not in schemes:
        begins = ", ".join(f"{scheme}://" for scheme in schemes)
        raise Unfit(f"must be one URL, name:password@server:port, that begins with {begins}")
    user, _, password = (found["who"] or "").partition(":")
    return ServiceUrl(
        scheme=found["scheme"],
        user=_decoded(user),
        password=_decoded(password),
        host=_host(_decoded(found["host"])),
        port=_port(found["port"]),
        path=_decoded(found["path"] or ""),
        options=dict(parse_qsl(found["query"] or "", keep_blank_values=True)),
    )


def _decoded(text: str) -> str:
    try:
        if not PERCENT.search(text):
            return unquote(text, errors="strict")
    except UnicodeDecodeError:
        pass
    raise Unfit("holds a % that stands for itself, and that is written %25")


def _host(text: str) -> str:
    if text.startswith(("/", "[")) or not text:
        return text if not text.startswith("[") else address(text)
    try:
        return ascii_of(text)
    except NotADomain:
        raise Unfit("names a server whose name can't be one") from None


def _port(text: str | None) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise Unfit("names a port that isn't a number up to 65535")
    return int(text)


def mail(text: str) -> dict[str, Any]:
    """The settings of Django's mail by this URL. `smtp+tls` begins in plain and changes over (STARTTLS, RFC 3207);
    `smtps` is TLS from the start (RFC 8314).
    """
    found = split(text, tuple(TLS))
    if not found.host:
        raise Unfit("names no server")
    if found.path.strip("/") or found.options:
        raise Unfit("goes on after the server and its port, where nothing is read")
    if bool(found.user) != bool(found.password):
        raise Unfit("has a name without a password, or a password without a name")
    port, tls = TLS[found.scheme]
    return {
        "EMAIL_BACKEND": "accounts.smtp.EmailBackend",  # Django's, noting how far a mail came
        "EMAIL_HOST": found.host,
        "EMAIL_PORT": found.port or port,
        "EMAIL_HOST_USER": found.user,
        "EMAIL_HOST_PASSWORD": found.password,
        "EMAIL_USE_TLS": tls == "TLS",
        "EMAIL_USE_SSL": tls == "SSL",
    }


def database(text: str) -> dict[str, Any]:
    """An entry of Django's DATABASES. After ? stand libpq's own words, such as sslmode=require.

    Without a password libpq looks for one itself (PGPASSWORD, a password file).
    """
    if text.startswith("sqlite:"):
        return sqlite(_decoded(text.removeprefix("sqlite://").removeprefix("/")))
    found = split(text, (*POSTGRES, "sqlite"))
    if not found.path.strip("/"):
        raise Unfit("names no database after the server")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": found.path.removeprefix("/"),
        "USER": found.user,
        "PASSWORD": found.password,
        "HOST": found.host,
        "PORT": found.port or "",
        "OPTIONS": found.options,
    }


def sqlite(name: str) -> dict[str, Any]:
    """The entry for a file of SQLite's, or `:memory:`."""
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": name or ":memory:"}


def broker(text: str) -> str:
    """The URL of a Redis, as its clients read it."""
    found = split(text, ("redis", "rediss", "unix"))
    if found.scheme == "unix" and not found.path:
        raise Unfit("names no socket")
    if found.scheme != "unix" and not found.host:
        raise Unfit("names no server")
    if found.scheme != "unix" and not found.path.removeprefix("/").isdecimal() and found.path.strip("/"):
        raise Unfit("ends in something else than a database's number")
    return found.written


def files(text: str) -> dict[str, Any]:
    """The entry of Django's STORAGES for a folder, or for a bucket: s3://name:password@server/bucket/folder.

    `s3+http` is without TLS. Without a server it is Amazon's; without a name boto3 looks for one itself.
    """
    if "://" not in text:
        return {"BACKEND": "accounts.local_files.LocalFiles", "OPTIONS": {"location": text}}
    found = split(text, ("s3", "s3+http"))
    bucket, _, folder = found.path.strip("/").partition("/")
    if not bucket:
        raise Unfit("names no bucket after the server")
    if bool(found.user) != bool(found.password):
        raise Unfit("has a name without a password, or a password without a name")
    if found.options.keys() - {"region"}:
        raise Unfit("has other options than region")
    host = f"[{found.host}]" if ":" in found.host else found.host
    place = f"{'https' if found.scheme == 's3' else 'http'}://{host}{f':{found.port}' if found.port else ''}"
    return {
        "BACKEND": "accounts.s3_files.S3Files",
        "OPTIONS": {
            "bucket_name": bucket,
            "location": folder,
            "access_key": found.user or None,
            "secret_key": found.password or None,
            "endpoint_url": place if host else None,
            "region_name": found.options.get("region") or ("us-east-1" if host else None),
        },
    }
