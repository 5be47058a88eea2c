"""The mail: whether the server takes us for the sender, one that is really sent, and what the sender's domain says."""

import os
import smtplib
from collections.abc import Iterator
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from accounts.smtp import EmailBackend, worker_connection
from config.doctor import dns
from config.doctor.finding import Finding, not_checked, not_well, well

RECORDS = {
    "SPF": ("{domain}", "v=spf1"),
    "DMARC": ("_dmarc.{domain}", "v=DMARC1"),
}


def look(*, to: str, selector: str) -> Iterator[Finding]:
    yield _unknown() or (_sent(to) if to else _server())
    yield from _domain(selector)


def _unknown() -> Finding | None:
    """A sentence beside a `make run` that was given its mail server with the command: it holds a password, and so is
    noted nowhere.
    """
    if settings.DEMO or settings.EMAIL_PROVIDER or os.environ.get("EMAIL_URL"):
        return None
    return not_checked("mail", "EMAIL_URL isn't known here: put it in front of this command, or into .env.")


def _server() -> Finding:
    if settings.DEMO:
        return not_checked("mail", "The demo delivers none.")
    connection = worker_connection()
    if not isinstance(connection, EmailBackend):
        return not_checked("mail", "Mails go by a provider: send one with --mail ADDRESS.")
    try:
        connection.open()
        connection.name_sender()
        connection.close()
    except smtplib.SMTPSenderRefused:
        return not_well(
            "mail", "The mail server refuses the sender: EMAIL_FROM is to be one that it lets us write as."
        )
    except smtplib.SMTPAuthenticationError:
        return not_well("mail", "The mail server refuses the name or password in EMAIL_URL.")
    except (smtplib.SMTPException, OSError) as error:
        return not_well("mail", f"The mail server doesn't answer as one ({type(error).__name__}): EMAIL_URL.")
    return well("mail", "The mail server takes us for the sender. Send one with --mail ADDRESS.")


def _sent(to: str) -> Finding:
    said = _(
        "Nearer’s doctor sent this. Its headers, where your mail program shows them, say what came of its sender: spf, "
        "dkim and dmarc are each to be “pass”."
    )
    try:
        EmailMessage(_("A test"), said, to=[to], connection=worker_connection()).send()
    except smtplib.SMTPResponseException as error:
        return not_well("mail", f"The mail server didn't take the mail: it says {error.smtp_code}.")
    except smtplib.SMTPRecipientsRefused as error:
        codes = ", ".join(str(code) for code, _ in error.recipients.values())
        return not_well("mail", f"The mail server refuses that address: it says {codes}.")
    except (smtplib.SMTPException, OSError) as error:
        return not_well("mail", f"The mail server doesn't answer as one ({type(error).__name__}): EMAIL_URL.")
    except Exception as error:  # a provider's library has errors of its own
        return not_well("mail", f"The mail could not be sent ({type(error).__name__}).")
    return well("mail", "The mail was taken. Look whether it arrives, and not among junk.")


def _domain(selector: str) -> Iterator[Finding]:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    if "." not in domain:
        yield not_checked("SPF", f"Mails are from {domain}, which is no name of the internet (EMAIL_FROM).")
        return
    records = dict(RECORDS)
    if selector:
        records["DKIM"] = (f"{selector}._domainkey.{{domain}}", "")
    for what, (name, begins) in records.items():
        domains = _upward(domain) if what == "DMARC" else [domain]
        yield _record(what, [name.format(domain=one) for one in domains], begins)
    if not selector:
        yield not_checked("DKIM", "Whatever signs your mail knows its selector: give it with --selector.")


def _upward(domain: str) -> list[str]:
    """The domain and those above it, as far as two labels: without a DMARC record of its own theirs counts."""
    labels = domain.split(".")
    return [".".join(labels[start:]) for start in range(len(labels) - 1)]


def _record(what: str, names: list[str], begins: str) -> Finding:
    """A finding about the first of these names that has such a record."""
    name, found = names[0], list[str]()
    try:
        for asked in names:
            if found := [text for text in dns.texts(asked) if text.lower().startswith(begins.lower())]:
                name = asked
                break
    except (dns.NoAnswer, UnicodeError):
        return not_checked(what, f"No name server answered about {name}.")
    if len(found) != 1:
        how = "has none" if not found else "has more than one, and so none counts"
        return not_well(
            what, f"{name} {how}: mails may be taken for junk. Your mail provider says what to put there."
        )
    if what == "DKIM" and "p=" not in found[0].replace(" ", ""):
        return not_well(what, f"{name} holds no key.")
    return well(what, f"{name} has one.")
