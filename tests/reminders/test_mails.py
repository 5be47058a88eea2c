"""Every mail of the app as its own sender sends it: what is on the outside, what is inside, what it carries along.

`tests/accounts/test_mails.py` has the words, `test_scoring.py` what a spam filter says.
"""

import re
from collections.abc import Callable
from datetime import time, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import partial
from typing import Any

import pytest
from django.core import mail as outbox
from django.core.mail.message import sanitize_address
from django.test import RequestFactory

from accounts.adapters import AccountAdapter
from accounts.addresses import normal
from accounts.mail import Mail, written
from accounts.models import User
from adventures import attachments, feeds
from checkins import writing
from checkins.words import CheckInText
from couples import pairing
from couples.emails import send_invitation
from couples.models import Invitation
from reminders import delivery, emails, kinds, preferences
from reminders.models import Reminder
from tests.accounts.mails import CODE, CODED, FOLDER, WORLD, Reader
from tests.adventures.scenarios import agreed
from tests.cast import NOW, pair, person, seat
from tests.scenes import stage

HER, HIM = "Rosalind", "Theodor"
PLANTED = CheckInText("planted frost", "planted broth", "planted queue", note="planted note", closeness="1")
Send = Callable[[User], object]


def by_allauth(name: str, user: User) -> None:
    AccountAdapter(RequestFactory().get("/")).send_mail(f"account/email/{name}", user.email, WORLD)


def by_invitation(user: User) -> None:
    invitation = pairing.invite(by=user, now=NOW)
    pairing.ask_by_mail(invitation, to=user.email, by=user, now=NOW)
    assert send_invitation(invitation.pk, now=NOW) == "sent"


def by_reminder(name: str, user: User) -> None:
    """Out of the ledger, as any evening's."""
    preferences.ask_now(user=user, kind=name, now=NOW)
    delivery.deliver(clock=lambda: NOW)


def by_asking_for_a_file(user: User) -> None:
    if seat(user).other is None:
        pair(user, person("Kim"))
    other = seat(user).other
    assert other is not None
    feeds.show_titles(by=seat(user), titled=True)
    date_night = agreed(user, other.user, "planted date", at=NOW + timedelta(days=2), now=NOW)
    attachments.mail(by=seat(user), date_night=date_night, now=NOW)
    delivery.deliver(clock=lambda: NOW)


ACCOUNT = (
    "account_already_exists", "code_sign_in_off", "email_changed", "email_confirm", "email_confirmation",
    "email_confirmation_signup", "email_deleted", "login_code", "not_invited", "password_changed", "password_reset",
    "password_reset_code", "password_reset_key", "password_set", "reauthentication_code", "recovery_codes_generated",
    "totp_activated", "totp_deactivated", "unknown_account", "webauthn_added", "webauthn_removed",
)  # fmt: skip  # several values a line, to be looked through
REMINDERS = (
    "check_in", "pages_open", "week_letter", "challenge_day", "habit", "date", "occasion", "talk_laid_out", "talk_soon",
)  # fmt: skip  # several values a line, to be looked through
MAILS: dict[str, Send] = {
    **{name: partial(by_allauth, name) for name in ACCOUNT},
    "invitation": by_invitation,
    "date_file": by_asking_for_a_file,
    **{name: partial(by_reminder, name) for name in REMINDERS},
}
WITH_A_FILE = {"date_file": "text/calendar"}
OTHERS = sorted(set(MAILS) - set(REMINDERS))
BOTH = pytest.mark.parametrize("name", sorted(MAILS))


def test_every_folder_is_in_the_table() -> None:
    assert sorted(path.name for path in FOLDER.iterdir() if path.is_dir()) == sorted(MAILS)
    assert {kind.mail for kind in kinds.every()} == set(REMINDERS)
    for name in MAILS:
        assert {path.name for path in (FOLDER / name).iterdir()} == {"subject.txt", "body.txt", "body.html"}


@pytest.fixture
def her(db: None) -> User:
    """Rosalind, whose partner is Theodor; both wrote tonight."""

    def live() -> None:
        her, him = person(HER), person(HIM)
        pair(her, him)
        for user in (her, him):
            writing.write(by=seat(user), day=NOW.date(), words=PLANTED, share=True, now=NOW)

    stage.play("an evening of Rosalind and Theodor", live)
    return User.objects.with_key().get(name=HER)


def sent(name: str, user: User) -> bytes:
    """The one mail of this name, byte for byte as it goes to the mail server."""
    return stage.play((name, "to", user.name), partial(_sent, name, user))


def _sent(name: str, user: User) -> bytes:
    if name in {"code_sign_in_off", "invitation"}:
        user = person("Kim")  # for those who sit alone, or switched it off
    before = len(outbox.outbox)
    MAILS[name](user)
    (mail,) = outbox.outbox[before:]
    assert isinstance(mail, Mail)
    assert (mail.printed is not None) == (name in REMINDERS)
    return mail.as_bytes()


def opened(raw: bytes) -> EmailMessage:
    found = message_from_bytes(raw, policy=default)
    assert isinstance(found, EmailMessage)
    return found


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def headers(raw: bytes) -> str:
    return raw.split(b"\r\n\r\n", 1)[0].decode()


@BOTH
def test_it_is_text_first_and_html_beside_it(name: str, her: User) -> None:
    mail: Any = opened(sent(name, her))
    if name in WITH_A_FILE:
        [mail, file] = mail.iter_parts()
        assert file.get_content_type() == WITH_A_FILE[name]
    assert mail.get_content_type() == "multipart/alternative"
    kinds_of_parts = [one.get_content_type() for one in mail.iter_parts()]
    assert kinds_of_parts == ["text/plain", "text/html"]
    assert not list(mail.iter_attachments())
    for one in mail.iter_parts():
        assert one.get_content_charset() == "utf-8"


@BOTH
def test_it_is_to_one_and_says_that_a_machine_sent_it(name: str, her: User) -> None:
    mail = opened(sent(name, her))
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["From"] == "Evening page <post@localhost>"
    assert re.fullmatch(r"\w+@example\.test", mail["To"])
    assert re.fullmatch(r"<[\w.-]+@localhost>", mail["Message-ID"])
    assert mail["Date"]
    assert {key.lower() for key in mail} <= {
        "auto-submitted", "content-type", "date", "from", "list-unsubscribe", "list-unsubscribe-post",
        "message-id", "mime-version", "subject", "to",
    }  # fmt: skip  # several values a line, to be looked through


@BOTH
def test_its_outside_says_nothing(name: str, her: User) -> None:
    raw = sent(name, her)
    subject = str(opened(raw)["Subject"])
    assert subject == re.sub(r"[^\w ,’-]", "", subject)  # words only: no code, no name in quotes, no shouting
    assert CODE not in subject
    outside = re.sub(r"^(To|List-Unsubscribe): .*(\r\n\s.*)*", "", headers(raw), flags=re.MULTILINE)
    for private in (HER, HIM, "planted", CODE, "example.test"):
        assert private.lower() not in outside.lower()


@BOTH
def test_its_inside_holds_no_name_no_address_and_no_word(name: str, her: User) -> None:
    raw = sent(name, her)
    mail = opened(raw)
    ids = [str(one) for one in (her.pk, seat(her).pk, seat(her).couple_id, seat(her).user.key_id)]
    rows = [str(pk) for pk in Reminder.objects.values_list("pk", flat=True)]
    for inside in (part(mail, "plain"), part(mail, "html")):
        without_links = inside.replace(WORLD["link"], "").replace(WORLD["password_reset_url"], "")
        for private in (HER, HIM, "planted", "example.test", "203.0.113.7", "Mozilla", *ids, *rows):
            assert private.lower() not in without_links.lower(), private
        assert (CODE in inside) == (name in CODED)


@BOTH
def test_its_styles_are_on_the_elements(name: str, her: User) -> None:
    html = part(opened(sent(name, her)), "html")
    body = html[html.index("<body") :]
    for tag in ("body", "h1", "p", "table", "td"):
        elements = re.findall(rf"<{tag}\b[^>]*>", body)
        assert elements
        assert all(' style="' in element or element == "<td>" for element in elements), tag
    for button in re.findall(r'<a class="m-btn"[^>]*>', body):
        assert "background" in button
        assert "padding" in button
    assert len(html.encode()) < 102_400  # Gmail cuts off what is longer


@BOTH
def test_it_fetches_nothing_and_follows_nobody(name: str, her: User) -> None:
    html = part(opened(sent(name, her)), "html")
    read = Reader(html)
    assert not {
        "img",
        "picture",
        "link",
        "script",
        "iframe",
        "object",
        "embed",
        "form",
        "input",
        "svg",
    } & set(read.tags)
    assert not re.search(r"url\(|@import|\b(src|srcset|background|poster|ping)\s*=|data:", html)
    for link in read.links:
        assert link.startswith("http://localhost:8000/")
        assert not re.search(r"[?#]|utm_|\b(?:track|click)", link)


@BOTH
def test_two_people_get_the_same_mail_but_for_their_links(name: str, her: User) -> None:
    """Nothing in it depends on who reads it, so that nothing can tell on them."""
    said = []
    for user in (her, person("Quendolina", zone="Pacific/Auckland")):
        outbox.outbox.clear()
        Invitation.objects.all().delete()
        User.objects.filter(name="Kim").delete()
        mail = opened(sent(name, user))
        inside = str(mail["Subject"]) + part(mail, "plain") + part(mail, "html")
        said.append(re.sub(r"http://localhost:8000/(i|never|stop)/[^\s\"<>]+", "", inside))
    assert said[0] == said[1]


@BOTH
def test_no_line_is_too_long_for_a_mail_server(name: str, her: User) -> None:
    raw = sent(name, her)
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert max(len(line) for line in part(opened(raw), "plain").splitlines()) <= 998
    assert headers(raw).isascii()


# --- The way out -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REMINDERS)
def test_a_reminder_stops_with_one_click_outside_and_a_link_inside(name: str, her: User) -> None:
    raw = sent(name, her)
    mail = opened(raw)
    assert "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click" in headers(raw)
    # Whole, however the header is folded: a mail program takes it as it stands.
    link = re.search(r"\r\nList-Unsubscribe:\s+<(http://localhost:8000/stop/[\w:-]+/)>\r\n", headers(raw))
    assert link
    assert preferences.read_stop_token(link[1].split("/")[4]) == (her, name)
    assert part(mail, "plain").count(link[1]) == part(mail, "html").count(link[1]) == 1
    assert emails.STOP not in part(mail, "plain") + part(mail, "html")


@pytest.mark.parametrize("name", OTHERS)
def test_what_somebody_asked_for_has_nothing_to_stop(name: str, her: User) -> None:
    mail = opened(sent(name, her))
    assert mail["List-Unsubscribe"] is None
    assert mail["List-Unsubscribe-Post"] is None
    assert "/stop/" not in part(mail, "plain") + part(mail, "html")


@pytest.mark.parametrize("name", REMINDERS)
def test_every_copy_of_a_reminder_has_one_message_id(name: str, her: User) -> None:
    preferences.ask_now(user=her, kind=name, now=NOW)
    row = Reminder.objects.with_delivery_state().get()
    copies = [opened(emails.reminder(row).message().as_bytes()) for _ in range(2)]
    assert {mail["Message-ID"] for mail in copies} == {row.message_id}
    preferences.ask_now(user=her, kind=name, now=NOW)
    assert Reminder.objects.values("message_id").distinct().count() == 2


def lines(raw: bytes) -> list[bytes]:
    """Its lines with another boundary and another moment; those of its head in any order."""
    boundary = re.search(rb'boundary="([^"]+)"', raw)
    assert boundary
    raw = re.sub(rb"\r\nDate: [^\r]+", b"", raw.replace(boundary[1], b"boundary"))
    head, _, body = raw.partition(b"\r\n\r\n")
    return sorted(re.split(rb"\r\n(?!\s)", head)) + body.split(b"\r\n")


@pytest.mark.parametrize(
    "address", ["rosalind@example.test", "o.h-1+x@mail.example.test", "r" * 57 + "@example.test"]
)
@pytest.mark.parametrize("name", REMINDERS)
def test_what_is_printed_once_is_what_would_be_written_down_anew(name: str, address: str, her: User) -> None:
    kind = kinds.get(name)
    assert kind is not None
    emails.of_kind(kind, person("Quendolina"), at=kind.default_at)  # printed for somebody else
    her.email = address
    mail = emails.of_kind(kind, her, at=kind.default_at)
    assert mail.printed is not None
    message: Any = mail.message()
    assert lines(mail.printed) == lines(message.as_bytes(linesep="\r\n"))
    assert opened(mail.printed)["Date"].datetime == opened(message.as_bytes())["Date"].datetime
    assert b"mark" not in re.sub(rb"-mark|bookmark", b"", mail.printed)


@pytest.mark.parametrize(
    "address",
    ["r" * 60 + "@example.test", '"a b"@example.test', "a..b@example.test", "zoë@example.test", "a@b@c"],
)
def test_what_is_no_plain_address_is_left_to_the_library(address: str, her: User) -> None:
    her.email = address
    mail = emails.of_kind(kinds.every()[0], her, at=time(20))
    assert mail.printed is None
    try:
        said = sanitize_address(normal(address), "utf-8")
    except ValueError:
        return
    assert written(normal(address)) == said


def test_mails_that_are_no_reminders_never_share_one(her: User) -> None:
    found = [opened(sent("login_code", her))["Message-ID"] for _ in range(2)]
    assert len(set(found)) == 2


def test_a_reminders_texts_do_not_run_from_one_person_to_the_next(her: User) -> None:
    """They are rendered once for everybody who chose the same time, but for the link."""
    other = person("Quendolina")
    for kind in kinds.every():
        mine, theirs = (emails.of_kind(kind, user, at=kind.default_at) for user in (her, other))
        token, others = preferences.stop_token(her, kind.name), preferences.stop_token(other, kind.name)
        for said in (str(mine.body), str(mine.alternatives[0][0])):
            assert token.split(":")[0] in said
            assert others.split(":")[0] not in said
        assert mine.to == [her.email]
        assert theirs.to == [other.email]
