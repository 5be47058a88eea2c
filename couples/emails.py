"""The catalogue of this room's mails."""

import smtplib
from datetime import datetime, timedelta
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse

from accounts import limits, peppers
from accounts.mail import compose
from accounts.models import User
from accounts.refusals import is_no_such_address, names_a_code
from accounts.smtp import LEASE, worker_connection
from couples import codes, pairing
from couples.models import Invitation, NeverWrite

PAUSE = max(
    timedelta(minutes=5), LEASE
)  # after a try, times how many there were; it is the row's lease as well
ATTEMPTS = 6
REFUSED = 500  # and above, an answer of SMTP's is for good


def _signer() -> Signer:
    return Signer(key=peppers.secret(), salt="nearer.never-write")  # mails are kept for years


def never_token(address: str) -> str:
    """A token that stands for an address without containing it."""
    return _signer().sign(codes.address_hash(address))


def address_hash_from(token: str) -> str | None:
    """The address hash a token stands for, or None if the token isn't ours."""
    try:
        return _signer().unsign(token)
    except BadSignature:
        return None


def send_invitation(invitation_id: UUID | str, *, now: datetime) -> str:
    """Send one due invitation: no name, no word of the inviter. Returns what became of it.

    The row is claimed first (`mail_due_at` moves on by a lease), the mail is sent outside any transaction, and the
    address is forgotten once it is out or given up. To a refused or blocked address nothing goes, nor to one that had
    enough invitations today, and nothing tells. A mail server that is away or asks to wait is tried again by the sweep.
    """
    row = _claim(invitation_id, now=now)
    if row is None:
        return "not due"
    address = row.mail_to
    # Counted once for each invitation, not for each attempt.
    if _unwelcome(row, address) or (row.mail_attempts == 1 and not limits.may_invite(address)):
        _settle(row, now=now)
        return "unwelcome"
    link = reverse("couples:invited", args=[row.code])
    never = reverse("couples:never", args=[never_token(address)])
    mail = compose("invitation", to=address, context={"link": link, "never": never})
    mail.connection = worker_connection()
    try:
        mail.send()
    except (smtplib.SMTPException, OSError) as error:
        # Not logged: that there was a mail to send is nobody's. `reminders.status` says when no server answers.
        if row.mail_due_at is not None and not _is_final(error):
            return "later"
        _settle(row, now=now)
        return "given up"
    _settle(row, now=now)
    return "sent"


def _is_final(error: Exception) -> bool:
    """Whether the mail server refused this address for good, and not us, the mail, or a mailbox that is full."""
    answer: tuple[int, bytes | str]
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answer = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPDataError):
        answer = error.smtp_code, error.smtp_error
    else:
        return False
    code, said = answer
    words = f"{code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"
    return code >= REFUSED and (is_no_such_address(words) or not names_a_code(words))


def _claim(invitation_id: UUID | str, *, now: datetime) -> Invitation | None:
    with transaction.atomic():
        due = Invitation.objects.open(now).mail_due(now).select_for_update(of=("self",), skip_locked=True)
        row = due.select_related("inviter__key").filter(pk=invitation_id).first()
        if row is None:
            return None
        row.mail_attempts += 1
        row.mail_due_at = None if row.mail_attempts >= ATTEMPTS else now + PAUSE * row.mail_attempts
        row.save(update_fields=["mail_attempts", "mail_due_at"])
    return row


def _unwelcome(row: Invitation, address: str) -> bool:
    if NeverWrite.objects.filter(address_hash__in=codes.address_hashes(address)).exists():
        return True
    reader = User.objects.filter(email__iexact=address).first()
    return reader is not None and pairing.blocks(reader, row.inviter)


def _settle(row: Invitation, *, now: datetime) -> None:
    row.mailed_at, row.mail_due_at, row.mail_to = now, None, ""
    row.save(update_fields=["mailed_at", "mail_due_at", "mail_to"])
