"""Django's SMTP backend, which also knows how far a mail had come when the connection broke."""

import smtplib
from typing import Any

from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as DjangoBackend


class _Noting:
    """Notes whether the mail in hand was given to the server (DATA): from then on nobody can say that it isn't out."""

    handed_over = False

    def mail(self, *args: Any, **kwargs: Any) -> Any:
        self.handed_over = False
        return super().mail(*args, **kwargs)  # type: ignore[misc]  # smtplib's

    def data(self, *args: Any, **kwargs: Any) -> Any:
        self.handed_over = True
        return super().data(*args, **kwargs)  # type: ignore[misc]  # smtplib's


class _SMTP(_Noting, smtplib.SMTP):
    pass


class _SMTPOverTLS(_Noting, smtplib.SMTP_SSL):
    pass


class EmailBackend(DjangoBackend):
    """Django's, with connections that note how far they came."""

    def open(self) -> bool | None:
        """Django's; a connection that the server ended (421) is opened anew instead of failing the next mail."""
        if self.connection is not None and self.connection.sock is None:
            self.close()
        return super().open()

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _SMTPOverTLS if self.use_ssl else _SMTP


def was_handed_over(backend: BaseEmailBackend) -> bool:
    """Whether the mail that `backend` sent last may be out although no answer came. Of other backends: it may."""
    return bool(
        getattr(getattr(backend, "connection", None), "handed_over", not isinstance(backend, EmailBackend))
    )
