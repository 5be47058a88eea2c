"""Mails, and how every one is made: one folder of templates, text and HTML, neutral on the outside.

A mail's folder is `templates/emails/<name>/{subject.txt,body.txt,body.html}`. `url` (this installation's address,
no trailing slash) is always in its context.
"""

import re
import smtplib
from collections.abc import Mapping
from dataclasses import dataclass
from email.errors import MessageError
from email.utils import formatdate, make_msgid
from functools import cache
from typing import Any

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import sanitize_address
from django.template.loader import render_to_string

from accounts.addresses import normal


@cache
def _inliner() -> css_inline.CSSInliner:
    # Media queries (dark mode, narrow screens) can't be inlined: the style block stays as well.
    return css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)


def _without_indentation(html: str) -> str:
    """The same HTML from each line's first letter on: what only orders a template isn't sent with every copy."""
    return "\n".join(line for line in map(str.strip, html.split("\n")) if line)


@dataclass(frozen=True)
class Texts:
    """The texts of a mail: subject, text and HTML with its styles inlined."""

    subject: str
    body: str
    html: str

    def replace(self, mark: str, value: str) -> "Texts":
        """The texts with `value` wherever `mark` stood."""
        return Texts(*(text.replace(mark, value) for text in (self.subject, self.body, self.html)))


# An address that stands in a mail as it is; most do.
_PLAIN = re.compile(
    r"[a-z0-9_+-]+(\.[a-z0-9_+-]+)*@([a-z0-9-]{1,63}\.)*[a-z0-9-]{1,63}", re.IGNORECASE | re.ASCII
)
_ONE_LINE = 70  # characters of an address that stands on the line of its header


def written(address: str) -> str:
    """An address as it stands in a mail. Raises what the library does where it can be none."""
    return address if _PLAIN.fullmatch(address) else str(sanitize_address(address, "utf-8"))


class Mail(EmailMultiAlternatives):
    """Django's, to one address. Where that can be none at all, it is refused as by the server that would be asked."""

    printed: bytes | None = None  # as it goes to a mail server, where that is known already

    def as_bytes(self) -> bytes:
        """The mail as it goes to a mail server."""
        if self.printed is not None:
            return self.printed
        message: Any = self.message()
        return bytes(message.as_bytes(linesep="\r\n"))

    def send(self, fail_silently: bool = False) -> int:  # type: ignore[override]  # the stub is a later Django's
        try:
            for to in self.to:
                written(to)
        except (ValueError, IndexError, MessageError):  # as the library meets what it can't write down
            refused = {to: (553, b"5.1.3 no mail address")}
            raise smtplib.SMTPRecipientsRefused(refused) from None
        return super().send(fail_silently)


def render(name: str, context: Mapping[str, Any] | None = None) -> Texts:
    """Render the mail `name`."""
    values = {"url": settings.NEARER_URL, **(context or {})}
    return Texts(
        subject=" ".join(render_to_string(f"emails/{name}/subject.txt", values).split()),
        body=render_to_string(f"emails/{name}/body.txt", values).strip() + "\n",
        html=_inliner().inline(_without_indentation(render_to_string(f"emails/{name}/body.html", values))),
    )


def compose(
    name: str,
    *,
    to: str,
    context: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    message_id: str | None = None,
) -> Mail:
    """Make the mail `name` for one address."""
    return address(render(name, context), to=to, headers=headers, message_id=message_id)


def address(
    texts: Texts, *, to: str, headers: Mapping[str, str] | None = None, message_id: str | None = None
) -> Mail:
    """Make a mail of these texts for one address.

    Every mail says it was sent by a machine (`Auto-Submitted`, RFC 3834), so that no holiday reply comes back.
    """
    mail = Mail(
        subject=texts.subject,
        body=texts.body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[normal(to)],  # an account of earlier releases may have its domain in its own letters
        headers={
            "Auto-Submitted": "auto-generated",
            "Message-ID": message_id or make_msgid(domain=settings.ALLOWED_HOSTS[0]),
            **(headers or {}),
        },
    )
    mail.attach_alternative(texts.html, "text/html")
    return mail


class Print:
    """The bytes of a mail that goes to many, made once: with a mark wherever something is one person's own.

    Marks are as long as what takes their place, so that a line is folded as it would be.
    """

    TO, DATE = "to@mark.invalid", "date-mark"

    def __init__(self, texts: Texts, *, headers: Mapping[str, str], message_id: str) -> None:
        self._raw = address(
            texts, to=self.TO, headers={"Date": self.DATE, **headers}, message_id=message_id
        ).as_bytes()

    def of(self, mail: Mail, own: Mapping[str, str]) -> bytes | None:
        """The bytes of this mail: `own` says what stands for each mark. None for an address that isn't plain."""
        (to,) = mail.to
        if len(to) > _ONE_LINE or not _PLAIN.fullmatch(to):
            return None
        raw = self._raw
        for mark, value in {**own, self.DATE: formatdate(), self.TO: to}.items():
            raw = raw.replace(mark.encode(), value.encode())
        return raw
