"""Signing up and in, as a browser does it."""

import re
import time
from email.message import EmailMessage
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from tests.cast import PASSWORD
from tests.fixtures import Mailbox

SIGN_UP, CONFIRM = "/account/signup/", "/account/confirm-email/"
SIGN_IN, BY_CODE, BY_CODE_CONFIRM = "/account/login/", "/account/login/code/", "/account/login/code/confirm/"
RESET, RESET_CONFIRM = "/account/password/reset/", "/account/password/reset/confirm/"
TODAY = "/today/"


def form(email: str, **changed: str) -> dict[str, str]:
    """The first step of signing up, filled in."""
    typed = {
        "name": "Gwen",
        "email": email,
        "password1": PASSWORD,
        "zone": "Europe/Berlin",
        "inbox_shared": "False",
    }
    return typed | changed


def body(mail: EmailMessage) -> str:
    plain = mail.get_body(("plain",))
    assert plain is not None
    return str(plain.get_content())


def code_in(mail: EmailMessage) -> str:
    """The eight letters of a mail, which stand on a line of their own."""
    found = re.search(r"^\s*([A-Z0-9]{4}-[A-Z0-9]{4})\s*$", body(mail), re.MULTILINE)
    assert found, body(mail)
    return found[1]


def sign_up(client: Client, smtp: Mailbox, email: str, **changed: str) -> Any:
    """All of the first step: the form, then the mailed code."""
    client.post(SIGN_UP, form(email, **changed))
    return client.post(CONFIRM, {"code": code_in(smtp.to(email)[-1])})


def sign_in(client: Client, email: str, password: str = PASSWORD) -> Any:
    return client.post(SIGN_IN, {"login": email, "password": password})


def is_in(client: Client) -> bool:
    """Whether this browser is signed in."""
    return bool(client.get(TODAY).status_code == 200)


def masked(response: Any, *addresses: str) -> tuple[int, str, str]:
    """Status, place and page, without form tokens, nonces and the addresses that were typed."""
    page = response.content.decode()
    page = re.sub(r'(csrfmiddlewaretoken" value|name="tab" value|nonce)="[^"]*"', r'\1=""', page)
    for address in addresses:
        page = page.replace(address, "ADDRESS")
    return response.status_code, response.headers.get("Location", ""), page


def prove(client: Client, password: str = PASSWORD) -> None:
    """Say once more who one is, as credentials and erasing ask."""
    answer = client.post("/account/reauthenticate/", {"password": password})
    assert answer.status_code == 302, answer.content.decode()


def digits(secret: str) -> str:
    """What an authenticator app shows now (RFC 6238)."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
