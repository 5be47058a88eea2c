"""Who may make an account: everybody, whoever is invited, nobody. Nothing tells who has one."""

import io
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote, urlsplit

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.core import context as allauth
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from accounts import leaving, signups
from accounts.forms import SignUpForm
from accounts.models import SignUpLink, User
from config.backups.replaying import replay
from couples import pairing
from couples.errors import InvitationNotOpen
from couples.models import Invitation
from tests.accounts.desk import (
    BY_CODE,
    CONFIRM,
    SIGN_IN,
    SIGN_UP,
    body,
    code_in,
    form,
    is_in,
    masked,
    sign_up,
)
from tests.cast import NOW, person
from tests.fixtures import Mailbox
from tests.private_acts import SignIn

pytestmark = pytest.mark.django_db
NEW, ALSO_NEW, NEEDS = "gwen@example.test", "hugo@example.test", "You need an invitation here"
CLOSED = "No new accounts just now"
WAYS = (
    "",
    "/today/",
    "/come-in/nonsense/",
    "//elsewhere.example/",
    "/i/%00/",
)


@pytest.fixture
def invited(settings: Settings) -> None:
    settings.NEARER_SIGNUPS = "invited"


@pytest.fixture
def closed(settings: Settings) -> None:
    settings.NEARER_SIGNUPS = "closed"


def link() -> str:
    """The path of a fresh link."""
    return urlsplit(signups.make_link(now=NOW)[1]).path


def invitation(by: User) -> str:
    return f"/i/{pairing.invite(by=by, now=NOW).code}/accept/"


@pytest.fixture(autouse=True)
def _now() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize(("mode", "says"), [("invited", NEEDS), ("closed", CLOSED)])
def test_whoever_is_not_invited_reads_the_same_whoever_they_are(
    settings: Settings, smtp: Mailbox, alice: User, mode: str, says: str
) -> None:
    settings.NEARER_SIGNUPS = mode
    before, pages = User.objects.count(), set()
    for way in WAYS:
        page = Client().get(SIGN_UP, {"next": way})
        assert page.status_code == 200
        assert says in page.content.decode()
        pages.add(masked(page)[2])
        answers = set()
        for address in (alice.email, NEW):
            answer = Client().post(SIGN_UP, form(address, next=way))
            assert answer.status_code == 403
            assert "Gwen" in answer.content.decode()  # what was typed comes back
            answers.add(masked(answer, address))
        assert len(answers) == 1
    assert len(pages) == 1
    assert User.objects.count() == before
    assert len(smtp) == 0


def test_a_partners_invitation_lets_in_as_long_as_it_is_open(
    invited: None, smtp: Mailbox, dana: User
) -> None:
    way, client = invitation(dana), Client()
    assert NEEDS not in client.get(SIGN_UP, {"next": way}).content.decode()
    assert sign_up(client, smtp, NEW, next=way)["Location"] == way
    assert client.post(way)["Location"] == "/partner/words/"
    for over in (way, invitation(User.objects.get(email=NEW))):
        Invitation.objects.update(ended_at=NOW)
        _is_told_by_mail(smtp, ALSO_NEW, over)


def _is_told_by_mail(smtp: Mailbox, address: str, way: str) -> None:
    """Whoever comes this way makes no account, and reads so in the inbox of this address alone."""
    client = Client()
    assert NEEDS not in client.get(SIGN_UP, {"next": way}).content.decode()
    assert client.post(SIGN_UP, form(address, next=way))["Location"] == CONFIRM
    assert "None was begun" in body(smtp.to(address)[-1])
    assert client.post(CONFIRM, {"code": "BCDF-GHJK"}).status_code == 200
    assert not User.objects.filter(email=address).exists()


def test_signed_out_no_page_says_whether_an_invitation_is_open(
    invited: None, smtp: Mailbox, dana: User, erin: User
) -> None:
    """Erin, whom Dana blocked, is refused as by any code that isn't open. Signed out she learns no more."""
    ways = {"none": "/i/lamp-maple-otter-4725/accept/"}

    def one_more(name: str) -> str:
        Invitation.objects.update(ended_at=NOW, created_at=NOW - timedelta(days=2))
        ways[name] = invitation(dana)
        return ways[name].split("/")[2]

    one_more("run out")
    Invitation.objects.update(expires_at=NOW)
    one_more("taken back")
    pairing.revoke(by=dana, now=NOW)
    one_more("used")
    sign_up(Client(), smtp, "used@example.test", next=ways["used"])
    pairing.accept(one_more("taken up"), by=erin, now=NOW)
    Invitation.objects.update(ended_at=NOW)
    pairing.block(erin.email, by=dana, now=NOW)
    code = one_more("blocked")
    with pytest.raises(InvitationNotOpen):
        pairing.accept(code, by=erin, now=NOW)
    pages = set()
    for number, (name, way) in enumerate(ways.items()):
        for known in (True, False):
            to = person(f"Known{number}").email if known else f"new{number}@example.test"
            client, shown = Client(), (to, way, quote(way, safe=""))
            pages.add(masked(client.get(SIGN_UP, {"next": way}), *shown))
            pages.add(masked(client.post(SIGN_UP, form(to, next=way)), *shown))
            for page in (client.get(CONFIRM), client.post(CONFIRM, {"code": "BCDF-GHJK"})):
                pages.add(masked(page, *shown))
            assert ("None was begun" in body(smtp.to(to)[-1])) == (not known and name != "blocked"), name
    assert len(pages) == 4
    assert User.objects.filter(name="Gwen").count() == 2  # by the one that was used, and by the open one


def test_trying_codes_signed_out_is_slow(invited: None, smtp: Mailbox, dana: User) -> None:
    way = invitation(dana)
    for number in range(60):
        Client().get(SIGN_UP, {"next": f"/come-in/{number}/"})
    for code in (way, "/i/lamp-maple-otter-4725/accept/"):  # and nobody reads that they aren't invited
        assert Client().post(SIGN_UP, form(NEW, next=code)).status_code == 429
    assert smtp.to(NEW) == []


def test_another_sign_up_by_the_same_code_changes_nothing_for_the_first(
    invited: None, smtp: Mailbox, dana: User
) -> None:
    """An open one makes room for the second; a browser that waited for the first would tell so by ending."""
    pages = set()
    for number, way in enumerate((invitation(dana), "/i/lamp-maple-otter-4725/accept/")):
        first, second = (f"{name}{number}@example.test" for name in ("first", "second"))
        waiting = Client()
        for client, address in ((waiting, first), (Client(), second)):
            assert client.post(SIGN_UP, form(address, next=way))["Location"] == CONFIRM
        for answer in (
            waiting.get(CONFIRM),
            waiting.post(CONFIRM, {"code": "BCDF-GHJK"}),
            waiting.get(CONFIRM),
        ):
            assert answer.status_code == 200
            pages.add(masked(answer, first, way, quote(way, safe="")))
    assert len(pages) == 2
    assert not User.objects.filter(email="first0@example.test").exists()


def test_an_invitation_that_is_taken_back_ends_nobodys_page(invited: None, smtp: Mailbox, dana: User) -> None:
    waiting, way = Client(), invitation(dana)
    assert waiting.post(SIGN_UP, form(NEW, next=way))["Location"] == CONFIRM
    pairing.revoke(by=dana, now=NOW)
    assert not User.objects.filter(email=NEW).exists()
    assert waiting.get(CONFIRM).status_code == 200
    assert waiting.post(CONFIRM, {"code": "BCDF-GHJK"}).status_code == 200


def test_a_partners_invitation_makes_one_account_and_the_inviter_sees_nothing_of_it(
    invited: None, smtp: Mailbox, dana: User
) -> None:
    way, inviter, seen = invitation(dana), Client(), []
    inviter.force_login(dana, backend="couples.access.SeatedBackend")

    def look() -> None:
        seen.append(masked(inviter.get("/partner/")))

    look()
    first = Client()
    first.post(SIGN_UP, form("mistyped@example.test", next=way))
    look()
    done = sign_up(Client(), smtp, NEW, next=way)
    look()
    assert done["Location"] == way
    assert not User.objects.filter(email="mistyped@example.test").exists()
    first.post(CONFIRM, {"code": code_in(smtp.to("mistyped@example.test")[-1])})
    assert not is_in(first)
    _is_told_by_mail(smtp, ALSO_NEW, way)
    row = Invitation.objects.get(inviter=dana)
    assert (row.used_by, row.used_at, row.is_open(NOW)) == (None, NOW, True)
    assert seen == [seen[0]] * 3


def test_where_everybody_may_sign_up_an_invitation_makes_room_for_nobody(smtp: Mailbox, dana: User) -> None:
    way = invitation(dana)
    for address in (NEW, ALSO_NEW):
        Client().post(SIGN_UP, form(address, next=way))
    assert User.objects.filter(email__in=(NEW, ALSO_NEW)).count() == 2
    assert Invitation.objects.get().used_by is None


def test_whoever_is_a_moment_late_reads_so(invited: None, smtp: Mailbox) -> None:
    """Somebody else proved their account between the look at the form and the lock."""
    way = link()
    late = SignUpForm(form(ALSO_NEW, next=way))
    assert late.is_valid()
    sign_up(Client(), smtp, NEW, next=way)
    request = RequestFactory().post(SIGN_UP, form(ALSO_NEW, next=way))
    request.session, request.user = {}, AnonymousUser()  # type: ignore[assignment]  # all that is asked of them
    with allauth.request_context(request):
        user, answer = late.try_save(request)
    assert (user, urlsplit(answer["Location"]).path) == (None, SIGN_UP)
    assert not User.objects.filter(email=ALSO_NEW).exists()


def test_a_proven_address_and_the_used_up_link_are_one_thing(
    invited: None, smtp: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(raise_request_exception=False)
    client.post(SIGN_UP, form(NEW, next=link()))

    def breaks(*_: object, **__: object) -> None:
        raise OSError("planted")

    monkeypatch.setattr(signups, "settle", breaks)
    client.post(CONFIRM, {"code": code_in(smtp.to(NEW)[-1])})
    assert not EmailAddress.objects.get(email=NEW).verified


def test_that_somebody_blocked_the_inviter_or_is_known_shows_nowhere(
    invited: None, smtp: Mailbox, dana: User, alice: User
) -> None:
    pairing.block(dana.email, by=alice, now=NOW)
    way, answers = invitation(dana), set()
    for address in (alice.email, NEW):
        client = Client()
        answers.add(masked(client.post(SIGN_UP, form(address, next=way)), address))
        answers.add(masked(client.get(CONFIRM), address))
        assert len(smtp.to(address)) == 1
    assert len(answers) == 2


def test_a_link_makes_one_account_and_a_mistyped_address_does_not_use_it_up(
    invited: None, smtp: Mailbox
) -> None:
    way, first, second = link(), Client(), Client()
    assert first.get(first.get(way)["Location"]).status_code == 200
    first.post(SIGN_UP, form("mistyped@example.test", next=way))
    assert User.objects.filter(email="mistyped@example.test").exists()
    done = sign_up(second, smtp, NEW, next=way)
    assert done["Location"] == way
    assert second.get(way)["Location"] == reverse("reminders:evening")
    assert is_in(second)
    assert not User.objects.filter(email="mistyped@example.test").exists()
    first.post(CONFIRM, {"code": code_in(smtp.to("mistyped@example.test")[-1])})
    assert not is_in(first)
    assert NEEDS in Client().get(SIGN_UP, {"next": way}).content.decode()
    used = SignUpLink.objects.get()
    assert (used.used_by, used.used_at) == (None, NOW)
    leaving.erase(User.objects.get(email=NEW), now=NOW)
    assert NEEDS in Client().get(SIGN_UP, {"next": way}).content.decode()


def test_whoever_mistypes_goes_on_in_the_same_browser(invited: None, smtp: Mailbox) -> None:
    way, client = link(), Client()
    client.post(SIGN_UP, form("mistyped@example.test", next=way))
    client.post("/account/logout/", {"next": f"{SIGN_UP}?next={way}"})  # the page's "begin again"
    assert sign_up(client, smtp, NEW, next=way)["Location"] == way
    assert is_in(client)
    assert [user.email for user in User.objects.filter(name="Gwen")] == [NEW]


def test_a_known_address_looks_the_same_by_a_link(invited: None, smtp: Mailbox, alice: User) -> None:
    answers = set()
    for address in (alice.email, NEW):
        way, client = link(), Client()
        answers.add(masked(client.post(SIGN_UP, form(address, next=way)), address, way))
        answers.add(masked(client.get(CONFIRM), address, way))
        again = Client().get(SIGN_UP, {"next": way})
        answers.add((again.status_code, "", ""))
        assert NEEDS not in again.content.decode()
    assert len(answers) == 3


def test_a_link_runs_out_and_can_be_withdrawn_and_only_its_hash_is_kept(invited: None) -> None:
    row, address = signups.make_link(now=NOW, life=timedelta(days=1))
    way = urlsplit(address).path
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_signuplink")
        assert way.split("/")[2] not in str(cursor.fetchall())
    assert signups.links(now=NOW) == [row]
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert NEEDS in Client().get(SIGN_UP, {"next": way}).content.decode()
        assert signups.links(now=NOW + timedelta(days=1)) == []
    assert not signups.withdraw("", now=NOW)
    assert signups.withdraw(row.name, now=NOW)
    assert not signups.withdraw(row.name, now=NOW)
    assert NEEDS in Client().get(SIGN_UP, {"next": way}).content.decode()
    signups.make_link(now=NOW)
    replay([], now=NOW)  # a backup that is put back: whatever was withdrawn since isn't known
    assert not SignUpLink.objects.exists()


def test_whoever_came_by_a_withdrawn_link_and_proved_nothing_stays_outside(
    invited: None, smtp: Mailbox
) -> None:
    row, address = signups.make_link(now=NOW)
    client = Client()
    client.post(SIGN_UP, form(NEW, next=urlsplit(address).path))
    Client().post(SIGN_UP, form(ALSO_NEW, next=link()))
    code = code_in(smtp.to(NEW)[-1])
    assert said("withdraw", row.name) == "Withdrawn.\n"
    assert [user.email for user in User.objects.filter(name="Gwen")] == [ALSO_NEW]
    assert client.post(CONFIRM, {"code": code}).status_code < 500
    assert not is_in(client)


def test_a_withdrawn_link_leaves_whoever_is_in(invited: None, smtp: Mailbox) -> None:
    row, address = signups.make_link(now=NOW)
    client = _signed_up(smtp, urlsplit(address).path)
    assert signups.withdraw(row.name, now=NOW)
    assert is_in(client)


def begun(smtp: Mailbox, way: str, address: str = NEW) -> Callable[[], Client]:
    """Begin to sign up; what is returned finishes it, with the code that came."""
    client = Client()
    client.post(SIGN_UP, form(address, next=way))
    code = code_in(smtp.to(address)[-1])

    def finish() -> Client:
        answer = client.post(CONFIRM, {"code": code}, follow=True)
        assert answer.status_code < 500
        if not is_in(client):
            assert not User.objects.filter(email=address).exists()
        return client

    return finish


def test_what_was_begun_is_finished_though_the_invitation_ran_out_or_was_taken_up(
    invited: None, smtp: Mailbox, dana: User, erin: User
) -> None:
    way = invitation(dana)
    finish = begun(smtp, way)
    pairing.accept(way.split("/")[2], by=erin, now=NOW)
    assert is_in(finish())
    finish = begun(smtp, urlsplit(signups.make_link(now=NOW, life=timedelta(minutes=1))[1]).path, ALSO_NEW)
    with time_machine.travel(NOW + timedelta(minutes=2), tick=False):
        signups.forget(now=NOW + timedelta(minutes=2))
        assert is_in(finish())
        signups.forget(now=NOW + timedelta(minutes=2))
    assert not SignUpLink.objects.exists()


def test_what_was_begun_by_an_invitation_that_was_taken_back_is_not_finished(
    invited: None, smtp: Mailbox, dana: User
) -> None:
    finish = begun(smtp, invitation(dana))
    pairing.revoke(by=dana, now=NOW)
    assert not is_in(finish())


def test_taking_an_invitation_back_leaves_whoever_is_in(invited: None, smtp: Mailbox, dana: User) -> None:
    client = begun(smtp, invitation(dana))()
    pairing.revoke(by=dana, now=NOW)
    assert is_in(client)


@pytest.mark.parametrize(
    ("was", "is_now", "may"),
    [
        ("open", "closed", False),
        ("open", "invited", False),
        ("invited", "closed", False),
        ("invited", "open", True),
        ("open", "open", True),
    ],
)
def test_what_was_begun_is_finished_as_sign_ups_stand_then(
    settings: Settings, smtp: Mailbox, dana: User, was: str, is_now: str, may: bool
) -> None:
    settings.NEARER_SIGNUPS = was
    finish = begun(smtp, invitation(dana))
    settings.NEARER_SIGNUPS = is_now
    client = finish()
    assert is_in(client) == may
    if not may:
        said = Client().get(SIGN_IN)
        assert said.status_code == 200
        assert not EmailAddress.objects.filter(email=NEW).exists()


def test_whoever_may_not_finish_reads_so(settings: Settings, smtp: Mailbox) -> None:
    client = Client()
    client.post(SIGN_UP, form(NEW))
    settings.NEARER_SIGNUPS = "closed"
    answer = client.post(CONFIRM, {"code": code_in(smtp.to(NEW)[-1])}, follow=True)
    assert "No account was made" in answer.content.decode()


def test_those_who_are_in_prove_a_new_address_whatever_is_set(
    closed: None, smtp: Mailbox, alice: User, signed_in: SignIn
) -> None:
    client = signed_in(alice)
    client.post("/account/email/", {"email": "anew@example.test", "action_add": ""})
    client.post(CONFIRM, {"code": code_in(smtp.to("anew@example.test")[-1])})
    assert EmailAddress.objects.get(user=alice, verified=True).email == "anew@example.test"


def test_guessing_is_slow(invited: None) -> None:
    client, way = Client(), link()
    for number in range(60):
        client.get(SIGN_UP, {"next": f"/come-in/{number}/"})
    assert NEEDS in client.get(SIGN_UP, {"next": way}).content.decode()


def said(*words: str) -> str:
    out = io.StringIO()
    call_command("invite", *words, stdout=out)
    return out.getvalue()


def test_the_command_prints_lists_and_withdraws(invited: None, settings: Settings, smtp: Mailbox) -> None:
    printed = said()
    address, about = printed.splitlines()
    assert address.startswith(f"{settings.NEARER_URL}/come-in/")
    name = about.rpartition(" ")[2]
    before = said("list")
    assert before == f"{name} until {NOW + signups.LIFE:%Y-%m-%d %H:%M} UTC\n"
    assert is_in(_signed_up(smtp, urlsplit(address).path))
    assert said("list") == before  # nor does it tell whether somebody came
    assert said("withdraw", name) == "Withdrawn.\n"
    with pytest.raises(CommandError, match="no link of that name"):
        said("withdraw", name)
    with pytest.raises(CommandError, match="from 1 to 30"):
        said("--days", "31")
    settings.NEARER_SIGNUPS = "closed"
    with pytest.raises(CommandError, match="NEARER_SIGNUPS is closed"):
        said()


def _signed_up(smtp: Mailbox, way: str) -> Client:
    client = Client()
    sign_up(client, smtp, NEW, next=way)
    return client


@pytest.mark.parametrize(
    ("mode", "landing", "hidden"),
    [
        ("open", "You can start alone", ""),
        ("invited", "your partner’s, or one from whoever", SIGN_UP),
        ("closed", "No new accounts", SIGN_UP),
    ],
)
def test_the_pages_say_so(settings: Settings, mode: str, landing: str, hidden: str, smtp: Mailbox) -> None:
    settings.NEARER_SIGNUPS = mode
    page = Client().get("/").content.decode()
    assert landing in page
    assert not hidden or hidden not in page
    asked = Client().get("/i/lamp-maple-otter-4725/").content.decode()
    assert ("No new accounts are made here just now" in asked) == (mode == "closed") == (SIGN_UP not in asked)
    assert (SIGN_UP not in Client().get(SIGN_IN).content.decode()) == (mode == "closed")
    helped = Client().get("/help/").content.decode()
    assert ("Accounts here are made with an invitation" in helped) == (mode == "invited")
    assert ("No new accounts are made here just now" in helped) == (mode == "closed")
    Client().post(BY_CODE, {"email": NEW})
    assert (SIGN_UP in body(smtp.to(NEW)[0])) == (mode == "open")


def test_a_code_that_was_told_leads_to_the_first_look(invited: None, dana: User) -> None:
    client, page = Client(), "/i/"
    assert client.get(page).status_code == 200
    refused = client.post(page, {"code": "lamp"})
    assert refused.status_code == 422
    assert "three words and four digits" in refused.content.decode()
    code = pairing.invite(by=dana, now=NOW).code
    for typed in (code.upper().replace("-", " "), "lamp-maple-otter-4725"):
        assert client.post(page, {"code": typed})["Location"].startswith("/i/")
    assert client.post(page, {"code": code})["Location"] == f"/i/{code}/"


def test_those_who_have_an_account_pair_whatever_is_set(closed: None, dana: User, erin: User) -> None:
    client = Client()
    client.force_login(erin, backend="couples.access.SeatedBackend")
    assert client.post(invitation(dana))["Location"] == "/partner/words/"
    assert "this is for somebody who has one" in client.get("/partner/").content.decode()


def test_the_command_makes_no_link_where_nobody_needs_one(settings: Settings) -> None:
    out = io.StringIO()
    call_command("invite", stdout=out)
    assert out.getvalue().startswith("Sign-ups are open (NEARER_SIGNUPS), so nobody needs a link")
    assert settings.NEARER_URL in out.getvalue()
    assert not SignUpLink.objects.exists()
