"""Django's SMTP backend, which knows how long a mail may take, and how far it had come when the connection broke.

Django's timeout is for each answer of the server, of which a mail takes about ten: a slow one kept a page waiting for
minutes, and a worker longer than its lease. Here it is for the whole: from the first knock to the last answer.
"""

import io
import smtplib
import socket
import time
from datetime import timedelta
from email.utils import parseaddr
from functools import cache
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as DjangoBackend

from accounts.mail import Mail, written

LEASE = timedelta(seconds=3 * settings.EMAIL_TIMEOUT_WORKER)  # how long a worker keeps a mail to itself
REACHING = 10.0  # seconds to reach a machine: a server that greets late has been reached at once
MAIL_TAKEN, NOT_ALLOWED = 250, b"5.7."  # RFC 5321, 4.3.2; RFC 3463, 3.8
PARTING = 5.0  # seconds for a goodbye, which changes nothing any more


class _Answers(io.RawIOBase):
    """What the server says, for as long as there is time."""

    def __init__(self, to: "_Connection") -> None:
        self.to = to

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self.to.sock is None:
            return 0
        self.to.sock.settimeout(self.to.left())
        return self.to.sock.recv_into(buffer)


class _Connection(smtplib.SMTP):
    """Keeps to the time a mail may take, and notes whether it was given to the server (DATA): from then on nobody can
    say that it isn't out.
    """

    handed_over = False
    until = 0.0
    opening = False

    def left(self) -> float:
        """The seconds left; never none at all, which a socket would take for "don't wait, and say so otherwise"."""
        return max(self.until - time.monotonic(), 0.01)

    def mail(self, *args: Any, **kwargs: Any) -> Any:
        self.handed_over = False
        if not self.opening:  # the first mail's time began with the connection
            self.until = time.monotonic() + self.timeout
        self.opening = False
        return super().mail(*args, **kwargs)

    def data(self, *args: Any, **kwargs: Any) -> Any:
        self.handed_over = True
        return super().data(*args, **kwargs)

    def send(self, s: Any) -> None:
        if self.sock:
            self.sock.settimeout(self.left())
        super().send(s)

    def getreply(self) -> Any:
        if self.file is None:
            self.file = io.BufferedReader(_Answers(self))
        return super().getreply()

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:  # smtplib's
        self.opening, self.until = True, time.monotonic() + timeout
        addresses = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)  # each is given the time by itself
        return super()._get_socket(host, port, min(REACHING, self.left()) / len(addresses))  # type: ignore[misc]  # the stub lacks it


class _ConnectionOverTLS(_Connection, smtplib.SMTP_SSL):
    pass


class EmailBackend(DjangoBackend):
    """Django's, with connections that keep to their time and note how far they came."""

    def open(self) -> bool | None:
        """Django's; a connection that the server ended (421) is opened anew instead of failing the next mail."""
        if self.connection is not None and self.connection.sock is None:
            self.close()
        return super().open()

    def _send(self, email_message: EmailMessage) -> bool:
        """Django's, which would read the sender's address anew for each mail, and write down each mail anew."""
        if not isinstance(email_message, Mail):
            return bool(super()._send(email_message))  # type: ignore[misc]  # the stub lacks it
        sender, to = _address_of(email_message.from_email), [written(one) for one in email_message.to]
        connection: Any = self.connection
        connection.sendmail(sender, to, email_message.as_bytes())
        return True

    def name_sender(self) -> None:
        """Say who our mails are from, and take it back: a server may let us in and still take none of them.

        Raises `smtplib.SMTPSenderRefused`.
        """
        if self.connection is None:
            raise smtplib.SMTPServerDisconnected
        sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        self.connection.ehlo_or_helo_if_needed()
        code, said = self.connection.mail(sender)
        if code == MAIL_TAKEN:
            # Most servers say what they have against a sender where they hear for whom a mail is (Postfix, by itself).
            # Whether this address takes mail is another matter.
            told, about = self.connection.rcpt(sender)
            code, said = (told, about) if about.startswith(NOT_ALLOWED) else (code, said)
        if code != MAIL_TAKEN:
            raise smtplib.SMTPSenderRefused(code, said, sender)
        self.connection.rset()

    def close(self) -> None:
        if isinstance(self.connection, _Connection):
            self.connection.until = time.monotonic() + PARTING
        super().close()

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _ConnectionOverTLS if self.use_ssl else _Connection


@cache
def _address_of(sender: str) -> str:
    return written(sender)


def was_handed_over(backend: BaseEmailBackend) -> bool:
    """Whether the mail that `backend` sent last may be out although no answer came. Of other backends: it may."""
    return bool(
        getattr(getattr(backend, "connection", None), "handed_over", not isinstance(backend, EmailBackend))
    )


def worker_connection() -> BaseEmailBackend:
    """A connection for mails that nobody waits for at a page: it hears a slow server out."""
    return get_connection(timeout=settings.EMAIL_TIMEOUT_WORKER)
