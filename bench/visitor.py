"""A visitor to a running Nearer: pages and forms over one connection, cookies kept, nothing drawn."""

import http.client
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from types import TracebackType
from typing import Self
from urllib.parse import urlencode, urlsplit

from config.demo.people import PASSWORD

TODAY, EVENING, SIGN_IN = "/today/", "/evening/", "/account/login/"
ROSE = "The bakery had walnut bread left at five, which never happens."
BUD = "Sunday, the long way round the reservoir."
THORN = "Two hours of a meeting about the next meeting."


class Form(HTMLParser):
    """The form of a page that has this field: where to, and what it carries unseen."""

    def __init__(self, page: str, field: str) -> None:
        super().__init__()
        self.action = ""
        self.hidden: dict[str, str] = {}
        self._field, self._found = field, False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if self._found:
            return
        if tag == "form":
            self.action, self.hidden = given.get("action") or "", {}
        elif tag == "input" and given.get("type") == "hidden":
            self.hidden[given["name"] or ""] = given.get("value") or ""
        elif given.get("name") == self._field:
            self._found = True


@dataclass(frozen=True)
class Answer:
    status: int
    body: str
    where: str  # it leads on to, if anywhere


class Visitor:
    """A browser, as far as the server can tell. One made with `source` comes from there, through a proxy."""

    def __init__(self, address: str, *, source: str = "", cookie: str = "") -> None:
        self._host = urlsplit(address).netloc
        self._headers = {"X-Forwarded-For": source} if source else {}
        self.cookies = SimpleCookie(cookie)
        self._connection = http.client.HTTPConnection(self._host, timeout=60)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    @property
    def cookie(self) -> str:
        """Cookies as a browser sends them back."""
        return self.cookies.output(header="", sep=";", attrs=[]).strip()

    def get(self, path: str) -> str:
        """The page, which has to be there."""
        answer = self.ask(path)
        assert answer.status == 200, f"{path} answered {answer.status}"
        return answer.body

    def ask(self, path: str, form: dict[str, str] | None = None) -> Answer:
        """Any answer to a GET, or to the POST of a form."""
        headers = {**self._headers, "Cookie": self.cookie, "Accept": "text/html"}
        body = None
        if form is not None:
            body = urlencode(form)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            said = self._say(path, body, headers)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self._connection.close()  # it was idle for too long; a new one is made by itself
            said = self._say(path, body, headers)
        text = said.read().decode(errors="replace")
        for name, value in said.getheaders():
            if name.lower() == "set-cookie":
                self.cookies.load(value)
        return Answer(said.status, text, said.getheader("Location") or "")

    def _say(self, path: str, body: str | None, headers: dict[str, str]) -> http.client.HTTPResponse:
        self._connection.request("GET" if body is None else "POST", path, body, headers)
        return self._connection.getresponse()

    def fill_in(self, path: str, **values: str) -> Answer:
        """Open a page and send the form on it that has the first of these fields."""
        form = Form(self.get(path), next(iter(values)))
        return self.ask(form.action or path, form.hidden | values)

    def sign_in(self, email: str, password: str = PASSWORD) -> Answer:
        """Sign in by the form, whatever comes of it."""
        return self.fill_in(SIGN_IN, login=email, password=password)

    def share_evening(self) -> None:
        """Share tonight's page."""
        answer = self.fill_in(EVENING, thorn=THORN, rose=ROSE, bud=BUD, go="share")
        assert answer.status == 302, f"the evening's page wasn't shared: {answer.status}"
