"""TLS in front, by real servers and the lines that docs/hosting/proxies.md prints: what a phone gets, and who it is."""

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from config.demo.people import PASSWORD, PEOPLE
from tests.around import around
from tests.servers import ROOT, free_port

pytestmark = [pytest.mark.slow, pytest.mark.journey]
NAME, PAGE = "evenings.example", "/account/login/"
PRINTED = re.findall(
    r"((?:^    .*\n|\n(?=    ))+)", (ROOT / "docs/hosting/proxies.md").read_text(), re.MULTILINE
)
SEEDED = "from config.demo import couple; couple.seed()"


def printed(begins: str) -> str:
    """The lines of the page that begin so."""
    (found,) = [text for block in PRINTED if (text := textwrap.dedent(block).strip()).startswith(begins)]
    return found + "\n"


def nginx(folder: Path, plain: int, tls: int) -> list[str]:
    lines = printed("access_log off;").replace("/var/log/nginx", str(folder))
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log stderr; events {{}}\n"
        f"http {{ {temporary}\nserver {{\nlisten 127.0.0.1:{plain}; listen 127.0.0.1:{tls} ssl; server_name {NAME};\n"
        f"ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;\n{lines}}}\n}}\n"
    )
    return ["nginx", "-c", str(folder / "nginx.conf")]


def caddy(folder: Path, plain: int, tls: int) -> list[str]:
    lines = printed(f"{NAME} {{").replace(
        "{\n", f"{{\n    bind 127.0.0.1\n    tls {folder}/cert.pem {folder}/key.pem\n", 1
    )
    (folder / "Caddyfile").write_text(
        f"{{\nadmin off\npersist_config off\nskip_install_trust\nhttp_port {plain}\nhttps_port {tls}\n"
        f"storage file_system {folder}/storage\n}}\n{lines}"
    )
    return [str(Path(sys.executable).with_name("caddy")), "run", "--config", str(folder / "Caddyfile")]


@pytest.fixture(scope="module")
def nearer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an installation with the demo's couple, without the demo."""
    folder = tmp_path_factory.mktemp("nearer")
    for words in (["migrate", "-v0"], ["shell", "-v0", "-c", SEEDED]):
        subprocess.run([sys.executable, "nearer", *words], cwd=ROOT, env=settings(folder), check=True)
    return folder


def settings(folder: Path) -> dict[str, str]:
    more = {name: os.environ[name] for name in ("REDIS_URL", "STATIC_ROOT")}
    return around(folder, NEARER_URL=f"https://{NAME}", NEARER_SIGNUPS="open", **more)


class Front:
    """A TLS server at two ports of this machine, and Nearer behind it."""

    def __init__(self, folder: Path) -> None:
        self.plain, self.tls = free_port(), free_port()
        self.trust = ssl.create_default_context(cafile=str(folder / "cert.pem"))

    def ask(
        self,
        method: str,
        path: str,
        form: dict[str, str] | None = None,
        *,
        by: str = "127.0.0.1",
        tls: bool = True,
        headers: dict[str, str] | None = None,
    ) -> tuple[http.client.HTTPResponse, str]:
        """The answer to somebody at that address."""
        plain = socket.create_connection(("127.0.0.1", self.tls if tls else self.plain), 20, (by, 0))
        door = http.client.HTTPConnection(NAME, timeout=20)
        door.sock = self.trust.wrap_socket(plain, server_hostname=NAME) if tls else plain
        sent = {
            "Host": NAME,
            "Referer": f"https://{NAME}{path}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        door.request(method, path, urlencode(form) if form else None, sent | (headers or {}))
        answer = door.getresponse()
        said = answer.read().decode()
        door.close()
        return answer, said

    def sign_in(
        self, email: str, password: str, *, by: str = "127.0.0.1", claims: str = ""
    ) -> tuple[http.client.HTTPResponse, str]:
        """The answer to a sign-in by somebody at that address, who claims to come from another."""
        headers = {"X-Forwarded-For": claims} if claims else {}
        page, said = self.ask("GET", PAGE, by=by, headers=headers)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', said)
        assert token, said
        form = {"csrfmiddlewaretoken": token[1], "login": email, "password": password}
        return self.ask("POST", PAGE, form, by=by, headers=headers | {"Cookie": cookies(page)})


def cookies(answer: http.client.HTTPResponse) -> str:
    return "; ".join(word.partition(";")[0] for word in answer.headers.get_all("Set-Cookie") or ())


@pytest.fixture(params=[(nginx, ""), (nginx, "1"), (caddy, "")], ids=["nginx", "nginx-one-proxy", "caddy"])
def front(request: pytest.FixtureRequest, nearer: Path, tmp_path: Path) -> Iterator[Front]:
    server, count = request.param
    if not shutil.which("openssl") or (server is nginx and not shutil.which("nginx")):
        pytest.skip(f"{server.__name__}, or openssl, isn't here: nothing stood in front.")
    made = f"req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={NAME} -addext subjectAltName=DNS:{NAME}"
    made += f" -keyout {tmp_path}/key.pem -out {tmp_path}/cert.pem"
    subprocess.run(["openssl", *made.split()], check=True, capture_output=True)
    found, behind = Front(tmp_path), free_port()
    command = server(tmp_path, found.plain, found.tls)
    for file in tmp_path.glob("*[fe]"):  # nginx.conf or Caddyfile
        file.write_text(file.read_text().replace("127.0.0.1:8000", f"127.0.0.1:{behind}"))
    serve = [
        sys.executable,
        "nearer",
        "serve",
        "--host",
        "127.0.0.1",
        "--port",
        str(behind),
        "--workers",
        "1",
    ]
    told = settings(nearer) | {"NEARER_PROXY_COUNT": count}
    with (tmp_path / "log").open("wb") as log:
        running = [
            subprocess.Popen(serve, cwd=ROOT, env=told, stdout=log, stderr=log),
            subprocess.Popen(command, stdout=log, stderr=log),
        ]
    try:
        until = time.monotonic() + 60
        while not is_there(found):
            assert time.monotonic() < until, (tmp_path / "log").read_text()
            time.sleep(0.2)
        yield found
    finally:
        for one in reversed(running):
            one.terminate()
            one.wait(20)


def is_there(front: Front) -> bool:
    try:
        return front.ask("GET", "/health/")[0].status == 200
    except OSError:
        return False


def test_two_phones_come_in_by_tls_alone_and_are_told_apart(front: Front) -> None:
    answer, _ = front.ask("GET", PAGE, tls=False)
    assert (answer.status in {301, 308}, urlsplit(answer.headers["Location"])[:3]) == (
        True,
        ("https", NAME, PAGE),
    )
    answer, _ = front.ask("GET", PAGE)
    assert "max-age=" in answer.headers["Strict-Transport-Security"]
    answer, said = front.sign_in(PEOPLE[0].email, PASSWORD)
    assert answer.status == 302, said
    set_ = answer.headers.get_all("Set-Cookie") or []
    assert set_
    assert [one for one in set_ if "Secure" not in one] == []
    assert any("HttpOnly" in one and "SameSite" in one for one in set_)
    assert front.ask("GET", "/today/", headers={"Cookie": cookies(answer)})[0].status == 200

    stranger, found = "nobody@example.test", []
    for number in range(6):
        _, said = front.sign_in(stranger, "a guess", by="127.0.0.2", claims=f"198.51.100.{number}")
        found.append("Too many tries" in said)
    assert found == [False] * 5 + [True]
    _, said = front.sign_in(stranger, "a guess", by="127.0.0.3")
    assert "Too many tries" not in said  # another phone
