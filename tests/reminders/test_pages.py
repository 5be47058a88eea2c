import html
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from time_machine import Traveller

from accounts.leaving import erase
from accounts.models import User
from reminders import delivery, kinds, preferences
from reminders.models import Choice
from tests.cast import NOW
from tests.reminders.ledger import KIND, planned, state, wants

SignIn = Callable[[User], Client]
SETTINGS, EVENING = "/settings/reminders/", "/welcome/evening/"
pytestmark = pytest.mark.usefixtures("clock")


EVERY_DAY = list("0123456")


def typed(at: str, *, wanted: bool = True, days: list[str] = EVERY_DAY) -> dict[str, Any]:
    """The settings page as it stands for somebody new, with the check-in's line filled in."""
    others = {"pages_open-at": "21:30", "pages_open-weekdays": EVERY_DAY}
    letter = {"week_letter-at": "09:00", "week_letter-weekdays": "5"}
    own = {f"{KIND}-at": at, f"{KIND}-weekdays": days} | ({f"{KIND}-wanted": "on"} if wanted else {})
    talk = {"talk_laid_out-at": "09:00", "talk_laid_out-wanted": "on"}
    path = {"challenge_day-at": "17:30", "challenge_day-weekdays": EVERY_DAY}
    habit = {"habit-at": "18:00", "habit-weekdays": ["6"]}
    dates = {"date-at": "09:00", "date-wanted": "on", "occasion-at": "09:00", "occasion-wanted": "on"}
    return others | letter | path | habit | dates | talk | own


def choice(user: User) -> Choice:
    return Choice.objects.get(user=user, kind=KIND)


@pytest.mark.parametrize(("path", "then"), [(SETTINGS, SETTINGS), (EVENING, "/partner/")])
def test_a_time_on_ones_own_clock(dana: User, signed_in: SignIn, path: str, then: str) -> None:
    client = signed_in(dana)
    assert client.get(path).status_code == 200
    assert client.post(path, typed("21:15"))["Location"] == then
    now = choice(dana)
    assert (now.wanted, now.at, now.next_at) == (
        True,
        time(21, 15),
        datetime(2026, 11, 18, 21, 15, tzinfo=UTC),
    )
    assert 'value="21:15"' in client.get(path).content.decode()


@pytest.mark.parametrize("path", [SETTINGS, EVENING])
def test_switched_off(dana: User, signed_in: SignIn, path: str) -> None:
    wants(dana)
    signed_in(dana).post(path, typed("21:15", wanted=False))
    assert (choice(dana).wanted, choice(dana).next_at, choice(dana).at) == (False, None, time(21, 15))


@pytest.mark.parametrize("path", [SETTINGS, EVENING])
@pytest.mark.parametrize(
    "at", ["25:00", "half past eight", "", "20:30; DROP", "\0", "<b>8</b>", "2026-11-18T20:30"]
)
def test_an_impossible_time_is_kept_and_nothing_saved(
    dana: User, signed_in: SignIn, path: str, at: str
) -> None:
    wants(dana)
    before = choice(dana)
    answer = signed_in(dana).post(path, typed(at))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'value="{at}"' in html.unescape(page)
    assert "<b>8</b>" not in page
    assert (choice(dana).at, choice(dana).next_at) == (before.at, before.next_at)


def test_other_fields_change_nothing(dana: User, bob: User, signed_in: SignIn) -> None:
    wants(dana)
    planted = {
        f"{KIND}-user": str(bob.pk),
        f"{KIND}-next_at": "2020-01-01",
        "user": str(bob.pk),
        f"{KIND}-kind": "x",
    }
    signed_in(dana).post(SETTINGS, typed("21:00") | planted)
    assert choice(dana).next_at == datetime(2026, 11, 18, 21, 0, tzinfo=UTC)
    assert Choice.objects.count() == 2 * len(kinds.every())


def test_ones_own_choice_only(alice: User, bob: User, signed_in: SignIn) -> None:
    wants(bob, time(20, 45))
    signed_in(alice).post(SETTINGS, typed("18:00", wanted=False))
    assert (choice(bob).wanted, choice(bob).at) == (True, time(20, 45))


# --- stopping without signing in -------------------------------------------------------------------


def stop_link(user: User) -> str:
    return reverse("reminders:stop", args=[preferences.stop_token(user, KIND)])


def test_opening_the_link_changes_nothing(dana: User, client: Client) -> None:
    row = planned(dana)
    before = choice(dana)
    for method in (client.get, client.head, client.get):
        answer: Any = method(stop_link(dana))
        assert answer.status_code == 200
        assert not answer.cookies
    assert (choice(dana).wanted, choice(dana).next_at) == (True, before.next_at)
    assert state(row) == ("pending", "")
    assert dana.name not in client.get(stop_link(dana)).content.decode()
    assert dana.email not in client.get(stop_link(dana)).content.decode()


@pytest.mark.parametrize("claimed", [False, True])
def test_pressing_it_stops_at_once_what_is_claimed_too(dana: User, claimed: bool) -> None:
    row = planned(dana)
    if claimed:
        delivery.claim(owner=row.pk, now=NOW + timedelta(minutes=2))
    strict = Client(enforce_csrf_checks=True)
    for _ in range(2):
        assert strict.post(stop_link(dana), {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not choice(dana).wanted
    assert state(row) == ("skipped", "unsubscribed")


def test_the_link_still_works_next_year_and_after_switching_on_again(
    dana: User, client: Client, clock: Traveller
) -> None:
    link = stop_link(dana)
    client.post(link)
    wants(dana)
    clock.shift(timedelta(days=400))
    client.post(link)
    assert not choice(dana).wanted


@pytest.mark.parametrize("token", ["x", "a.b.c", "WyJ4Il0:1:forged", "%00", "é"])
def test_a_made_up_token_leads_nowhere(db: None, client: Client, token: str) -> None:
    for method in (client.get, client.post):
        assert method(f"/stop/{token}/").status_code == 404


def test_somebody_who_is_gone_is_not_found(dana: User, client: Client) -> None:
    link = stop_link(dana)
    erase(dana, now=NOW)
    assert client.get(link).status_code == client.post(link).status_code == 404


def test_a_tampered_token_is_not_found(dana: User, bob: User, client: Client) -> None:
    head, rest = preferences.stop_token(dana, KIND).split(":", 1)
    other = preferences.stop_token(bob, KIND).split(":", 1)[0]
    assert head != other
    assert client.post(f"/stop/{other}:{rest}/").status_code == 404
    assert choice(bob).wanted


def test_what_is_only_mailed_when_asked_for_is_no_kind_to_look_at(dana: User, signed_in: SignIn) -> None:
    client = signed_in(dana)
    for page in ("", "designed/"):
        assert client.get(f"/settings/reminders/date_file/{page}").status_code == 404
    assert client.post("/settings/reminders/date_file/send/").status_code == 404
