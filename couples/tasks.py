from celery import shared_task
from django.utils import timezone

from couples import emails, pairing
from couples.models import Invitation


@shared_task
def send_invitation(
    invitation_id: str,
) -> None:  # nothing to return: a worker logs it, and who is blocked is nobody's
    emails.send_invitation(invitation_id, now=timezone.now())


@shared_task
def send_due_invitations() -> None:
    """The sweep: what a lost nudge or a mail server away left behind."""
    now = timezone.now()
    for invitation_id in Invitation.objects.open(now).mail_due(now).values_list("pk", flat=True)[:100]:
        emails.send_invitation(invitation_id, now=now)


@shared_task
def forget_invitations() -> int:
    return pairing.forget(now=timezone.now())
