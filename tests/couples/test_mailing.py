"""An invitation by mail: no name, no word, once, and nobody learns what became of it."""

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings
from time_machine import Traveller

from accounts.models import User
from couples import codes, emails, pairing, tasks
from couples.errors import InvitationNotOpen
from couples.models import Invitation, NeverWrite
from tests.cast import NOW, person, seat
from tests.fixtures import Mailbox

TO = "somebody@example.test"
A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def inviter(db: None) -> User:
    """Somebody with a name that would stand out anywhere."""
    return person("Quendolina-Planted")


def ask(inviter: User, to: str = TO) -> Invitation:
    invitation = pairing.invite(by=inviter, now=NOW)
    pairing.ask_by_mail(invitation, to=to, by=inviter, now=NOW)
    return fresh(invitation)


def fresh(invitation: Invitation) -> Invitation:
    return Invitation.objects.select_related("inviter__key").get(pk=invitation.pk)


def whole(message: EmailMessage) -> str:
    """Everything a mail carries: headers, text and HTML, decoded."""
    parts = [str(message["Subject"]), str(message["From"]), *(str(value) for value in message.values())]
    parts += [part.get_content() for part in message.walk() if not part.is_multipart()]
    return "\n".join(parts)


def test_it_is_mailed_once_without_the_inviter_in_it(inviter: User, smtp: Mailbox) -> None:
    row = ask(inviter)
    assert emails.send_invitation(row.pk, now=NOW) == "sent"
    assert emails.send_invitation(row.pk, now=NOW + A_MINUTE) == "not due"
    (mail,) = smtp.to(TO)
    said = whole(mail)
    for planted in ("quendolina", "planted", inviter.email, str(inviter.pk), str(row.pk)):
        assert planted not in said.lower()
    assert f"/i/{row.code}/" in said
    assert mail["Auto-Submitted"] == "auto-generated"
    assert len(smtp) == 1


def test_the_address_is_forgotten_when_it_is_out(inviter: User, smtp: Mailbox) -> None:
    row = ask(inviter)
    assert row.mail_to == TO
    emails.send_invitation(row.pk, now=NOW)
    row = fresh(row)
    assert (row.mail_to, row.mail_due_at, row.mailed_at) == ("", None, NOW)


def test_asked_twice_the_first_address_stands(inviter: User, smtp: Mailbox) -> None:
    row = ask(inviter)
    pairing.ask_by_mail(row, to="other@example.test", by=inviter, now=NOW)
    emails.send_invitation(row.pk, now=NOW)
    pairing.ask_by_mail(row, to="other@example.test", by=inviter, now=NOW)
    emails.send_invitation(row.pk, now=NOW)
    assert [mail["To"] for mail in smtp.messages] == [TO]


def test_what_is_over_is_not_mailed(inviter: User, smtp: Mailbox) -> None:
    row = ask(inviter)
    pairing.revoke(by=inviter, now=NOW)
    assert emails.send_invitation(row.pk, now=NOW) == "not due"
    assert emails.send_invitation(uuid4(), now=NOW) == "not due"
    with pytest.raises(InvitationNotOpen):
        pairing.ask_by_mail(row, to=TO, by=inviter, now=NOW)
    with pytest.raises(InvitationNotOpen):  # nor can somebody else's be mailed
        pairing.ask_by_mail(pairing.invite(by=inviter, now=NOW), to=TO, by=person("Frank"), now=NOW)
    assert len(smtp) == 0


def test_a_mail_server_that_is_away_is_tried_again_by_the_sweep(
    inviter: User, mailbox: Mailbox, smtp: Mailbox, settings: Settings, clock: Traveller
) -> None:
    row = ask(inviter)
    settings.EMAIL_PORT = 1
    assert emails.send_invitation(row.pk, now=NOW) == "later"
    row = fresh(row)
    assert (row.mailed_at, row.mail_to, row.mail_attempts) == (None, TO, 1)
    settings.EMAIL_PORT = mailbox.port
    clock.move_to(NOW + A_MINUTE)
    tasks.send_due_invitations()
    assert len(smtp) == 0  # not before its pause is over
    clock.move_to(NOW + emails.PAUSE)
    tasks.send_due_invitations()
    tasks.send_due_invitations()
    assert len(smtp.to(TO)) == 1
    assert fresh(row).mail_to == ""


def test_one_mail_that_cannot_go_does_not_hold_up_the_others(
    inviter: User, smtp: Mailbox, clock: Traveller
) -> None:
    others = [ask(person(name), to=f"{name.lower()}.friend@example.test") for name in ("Frank", "Gwen")]
    ask(inviter)
    smtp.replies.append("550 no such person")
    tasks.send_due_invitations()
    assert len(smtp) == 2
    assert all(fresh(row).mail_to == "" for row in others)  # the refused one is forgotten too


def test_a_mail_that_cannot_go_leaves_no_address_in_the_log(
    inviter: User, smtp: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    smtp.replies.append(f"550 no such person: {TO}")
    assert emails.send_invitation(ask(inviter).pk, now=NOW) == "given up"
    assert not caplog.records  # whoever runs it may be the one who invites, or the one who is invited


@pytest.mark.parametrize(
    ("where", "answer", "became"),
    [
        ("of_recipient", "550 5.1.1 no such person", "given up"),
        ("of_recipient", "550 no such person", "given up"),
        ("of_recipient", "550 5.1.8 sender rejected", "later"),
        ("of_recipient", "550 5.7.1 blocked, see our list", "later"),
        ("of_recipient", "552 5.2.2 full", "later"),
        ("of_recipient", "450 4.1.1 not now", "later"),
        ("of_sender", "550 5.1.8 sender rejected", "later"),
        ("of_sender", "550 no such person", "later"),
        ("of_data", "550 5.1.1 no such person", "given up"),
        ("of_data", "554 5.7.1 policy", "later"),
    ],
)
def test_what_is_said_of_us_gives_no_invitation_up(
    inviter: User, smtp: Mailbox, where: str, answer: str, became: str
) -> None:
    row = ask(inviter)
    if where == "of_data":
        smtp.replies.append(answer)
    else:
        setattr(smtp, where, answer)
    assert emails.send_invitation(row.pk, now=NOW) == became
    assert fresh(row).mail_to == (TO if became == "later" else "")


def test_a_refused_mail_is_given_up_after_a_few_tries(inviter: User, smtp: Mailbox, clock: Traveller) -> None:
    row = ask(inviter)
    moment = NOW
    for _ in range(12):
        smtp.replies.append("451 later")
        clock.move_to(moment)
        tasks.send_due_invitations()
        moment += timedelta(hours=1)
    row = fresh(row)
    assert row.mail_attempts == emails.ATTEMPTS
    assert row.mail_due_at is None
    assert len(smtp) == 0
    assert row.mail_to == ""  # an address that is given up is forgotten as well


@pytest.mark.parametrize("why", ["refused", "blocked"])
def test_to_an_unwelcoming_address_nothing_arrives_and_the_inviters_page_is_the_same(
    inviter: User,
    erin: User,
    smtp: Mailbox,
    signed_in: Callable[[User], Client],
    clock: Traveller,
    why: str,
) -> None:
    if why == "refused":
        NeverWrite.objects.create(address_hash=codes.peppered("address", erin.email), asked_at=NOW)
    else:
        pairing.block(inviter.email, by=erin, now=NOW)
    client = signed_in(inviter)
    pages = []
    for address in ("welcome@example.test", erin.email):
        invitation = pairing.invite(by=inviter, now=NOW)
        seen = client.post(reverse("couples:invite_mail"), {"to": address}, follow=True)
        before = masked(seen.content.decode(), invitation.code)
        emails.send_invitation(invitation.pk, now=NOW)
        after = masked(client.get(reverse("couples:invite")).content.decode(), invitation.code)
        row = fresh(invitation)
        pages.append((before, after, row.mail_to, row.mailed_at, row.mail_due_at, row.mail_attempts))
        pairing.revoke(by=inviter, now=NOW)
    assert [mail["To"] for mail in smtp.messages] == ["welcome@example.test"]
    assert pages[0] == pages[1]


def masked(page: str, code: str) -> str:
    """A page without what differs each time: form tokens, nonces and the code."""
    page = re.sub(r'(name="csrfmiddlewaretoken" value|nonce)="[^"]*"', r'\1=""', page)
    return page.replace(code, "CODE").replace(code.upper(), "CODE")


# --- never write to this address again -------------------------------------------------------------


def never_link(smtp: Mailbox) -> str:
    text = smtp.messages[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]  # it has a text
    found = re.search(r"http://localhost:8000(/never/\S+)", text)
    assert found, text
    return found[1]


def test_the_link_refuses_further_invitations_without_an_account(
    inviter: User, smtp: Mailbox, client: Client
) -> None:
    emails.send_invitation(ask(inviter).pk, now=NOW)
    link = never_link(smtp)
    assert TO not in link
    for _ in range(3):  # link scanners open every link
        assert client.get(link).status_code == 200
        assert client.head(link).status_code == 200
    assert not NeverWrite.objects.exists()
    assert client.post(link).status_code == 200
    assert client.post(link).status_code == 200
    assert NeverWrite.objects.count() == 1
    pairing.revoke(by=inviter, now=NOW)
    emails.send_invitation(ask(inviter, to="  SOMEBODY@example.test ".strip()).pk, now=NOW)
    other = ask(person("Frank"))
    assert emails.send_invitation(other.pk, now=NOW) == "unwelcome"
    assert len(smtp) == 1


@pytest.mark.parametrize(
    "to", ["somebody+1@example.test", '"somebody"@example.test', '"some\\body+x"@example.test']
)
def test_never_again_means_the_inbox_however_its_address_is_written(
    inviter: User, smtp: Mailbox, client: Client, to: str
) -> None:
    emails.send_invitation(ask(inviter).pk, now=NOW)
    client.post(never_link(smtp))
    assert emails.send_invitation(ask(person("Frank"), to=to).pk, now=NOW) == "unwelcome"
    assert len(smtp) == 1


def test_the_link_works_from_another_site_or_mail_program_only_as_a_form(
    inviter: User, smtp: Mailbox
) -> None:
    """It is a page with a button, so it keeps Django's form token; a stranger's page can't press it."""
    emails.send_invitation(ask(inviter).pk, now=NOW)
    link = never_link(smtp)
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(link).status_code == 403
    page = strict.get(link)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())
    assert token
    assert strict.post(link, {"csrfmiddlewaretoken": token[1]}).status_code == 200
    assert NeverWrite.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["x", "a" * 64, "a" * 64 + ":forged", "%F0%9F%92%8C", "a:b:c"])
def test_a_made_up_token_leads_nowhere(client: Client, token: str) -> None:
    for method in (client.get, client.post):
        assert method(f"/never/{token}/").status_code == 404
    assert not NeverWrite.objects.exists()


def test_a_stop_link_of_the_reminders_does_not_open_this_door(dana: User, client: Client) -> None:
    from reminders.preferences import stop_token

    assert client.post(f"/never/{stop_token(dana, 'check_in')}/").status_code == 404
    assert client.post(f"/stop/{emails.never_token(TO)}/").status_code == 404
    assert seat(dana)
