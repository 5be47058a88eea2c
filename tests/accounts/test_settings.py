import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts import log
from accounts.models import LogEntry, User
from reminders.models import Choice
from tests.accounts.desk import CONFIRM, code_in, masked, prove, sign_in
from tests.cast import NOW, PASSWORD

SETTINGS = "/settings/"
SignIn = Callable[[User], Client]


def typed(**changed: str) -> dict[str, str]:
    now = {
        "name": "Dana",
        "zone": "Europe/London",
        "theme": "",
        "inbox_shared": "False",
        "code_sign_in": "on",
    }
    return now | changed


def saved(user: User) -> tuple[Any, ...]:
    user.refresh_from_db()
    return user.name, user.zone, user.theme, user.inbox_shared, user.code_sign_in


def test_everything_can_be_changed(dana: User, signed_in: SignIn) -> None:
    client = signed_in(dana)
    assert client.get(SETTINGS).status_code == 200
    before = Choice.objects.get(user=dana, kind="check_in").next_at
    new = {"name": "Dana-Lou", "zone": "Asia/Tokyo", "theme": "dark", "inbox_shared": "True"}
    assert client.post(SETTINGS, new)["Location"] == SETTINGS
    assert saved(dana) == ("Dana-Lou", "Asia/Tokyo", "dark", True, False)
    page = client.get(SETTINGS).content.decode()
    assert "Saved." in page
    assert 'value="Dana-Lou"' in page
    assert Choice.objects.get(user=dana, kind="check_in").next_at != before


def test_who_says_that_somebody_reads_their_inbox_gets_no_code_to_sign_in_and_no_reminder_there(
    dana: User, signed_in: SignIn
) -> None:
    client = signed_in(dana)
    client.post(SETTINGS, typed(inbox_shared="True"))  # the box for codes as it stood: ticked
    assert saved(dana)[3:] == (True, False)
    assert not Choice.objects.filter(user=dana, wanted=True).exists()  # nor any reminder, as the page says
    client.post(SETTINGS, typed(inbox_shared="True"))  # by hand, afterwards
    assert saved(dana)[3:] == (True, True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "https://evil.example"}, {"name": "two\nlines"}, {"name": "x" * 51}, {"name": ""},
        {"zone": "Mars/Olympus"}, {"zone": ""}, {"theme": "neon"}, {"inbox_shared": "perhaps"},
        {"name": "\0"}, {"name": "\u202eanaD"},
    ],
)  # fmt: skip  # several values a line, to be looked through
def test_what_is_typed_is_kept_and_nothing_saved_on_error(
    dana: User, signed_in: SignIn, wrong: dict[str, str]
) -> None:
    before = saved(dana)
    kept = {"name": "Dana <3 & Co"} if "name" not in wrong else {"zone": "Asia/Tokyo"}
    answer = signed_in(dana).post(SETTINGS, typed(**kept) | wrong)
    assert answer.status_code == 422
    page = html.unescape(answer.content.decode())
    if "name" in wrong and "\n" not in wrong["name"]:
        assert f'value="{wrong["name"]}"' in page or not wrong["name"]
        assert '<option value="Asia/Tokyo" selected' in page
    elif "name" not in wrong:
        assert 'value="Dana <3 & Co"' in page
    assert saved(dana) == before


def test_other_fields_change_nothing(dana: User, bob: User, signed_in: SignIn) -> None:
    before = (dana.email, dana.password, dana.key_id, dana.joined_at)
    planted = {
        "email": "x@example.test", "password": "x", "is_staff": "on", "is_superuser": "on", "is_active": "",
        "id": str(bob.pk), "key": str(bob.key_id), "joined_at": "2020-01-01", "user": str(bob.pk), "last_login": "",
    }  # fmt: skip  # several values a line, to be looked through
    signed_in(dana).post(SETTINGS, typed(name="Dana-Lou") | planted)
    dana.refresh_from_db()
    assert (dana.email, dana.password, dana.key_id, dana.joined_at) == before
    assert (dana.is_staff, dana.is_superuser, dana.is_active, dana.name) == (False, False, True, "Dana-Lou")
    bob.refresh_from_db()
    assert bob.name == "Bob"


def test_the_other_sees_the_name_and_nothing_else_of_it(alice: User, bob: User, signed_in: SignIn) -> None:
    """Alice's settings, credentials and log change: Bob's pages are the same to the byte, but for her name."""
    paths = (
        "/today/",
        "/evening/",
        "/partner/",
        "/more/",
        SETTINGS,
        "/settings/reminders/",
        "/settings/log/",
    )
    his = signed_in(bob)
    before = [masked(his.get(path)) for path in paths]
    hers = signed_in(alice)
    hers.post(SETTINGS, typed(name="Alice", zone="Asia/Tokyo", theme="dark", inbox_shared="True"))
    hers.post("/settings/reminders/", {"check_in-at": "18:00"})
    hers.post("/settings/privacy/", {"address": bob.email, "go": "on"})
    log.note(alice, LogEntry.What.PASSWORD, now=NOW)
    assert [masked(his.get(path)) for path in paths] == before


def test_the_log_is_ones_own(alice: User, bob: User, signed_in: SignIn) -> None:
    log.note(alice, LogEntry.What.KEY_ADDED, now=NOW)
    label = str(LogEntry.What.KEY_ADDED.label)
    assert label in signed_in(alice).get("/settings/log/").content.decode()
    assert label not in signed_in(bob).get("/settings/log/").content.decode()


def test_another_address_counts_once_its_letters_are_typed(dana: User, smtp: Any) -> None:
    client = Client()
    sign_in(client, dana.email)
    prove(client)
    client.post("/account/email/", {"email": "dana.anew@example.test", "action_add": ""})
    dana.refresh_from_db()
    assert dana.email == "dana@example.test"
    client.post(CONFIRM, {"code": code_in(smtp.to("dana.anew@example.test")[-1])})
    dana.refresh_from_db()
    assert dana.email == "dana.anew@example.test"
    told = [str(mail["Subject"]) for mail in smtp.to("dana@example.test")]
    assert told == ["About your account"]
    old = Client()
    sign_in(old, "dana@example.test", PASSWORD)
    assert old.get("/today/").status_code == 302


def test_somebody_elses_address_is_not_told_apart(dana: User, bob: User, smtp: Any) -> None:
    client = Client()
    sign_in(client, dana.email)
    prove(client)
    seen = []
    for address in ("free@example.test", bob.email):
        answer = client.post("/account/email/", {"email": address, "action_add": ""})
        seen.append((masked(answer, address)[:2], masked(client.get("/account/confirm-email/"), address)))
    assert seen[0] == seen[1]
    dana.refresh_from_db()
    assert dana.email == "dana@example.test"


def test_no_page_of_settings_names_anyone_in_its_title(dana: User, signed_in: SignIn) -> None:
    client = signed_in(dana)
    for path in (
        SETTINGS,
        "/settings/security/",
        "/settings/log/",
        "/settings/privacy/",
        "/settings/reminders/",
    ):
        title = re.search(r"<title>(.*?)</title>", client.get(path).content.decode(), re.DOTALL)
        assert title
        assert "Dana" not in title[1]
