"""Days to remember on earlier lists: each has a copy after parting and after pairing, and may bring it along."""

import html
from collections.abc import Callable
from datetime import date, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.errors import Gone
from accounts.models import User
from adventures import occasions, reminding
from adventures.errors import TooManyOccasions
from adventures.forms.occasions import OccasionForm
from adventures.models import Occasion
from adventures.models.occasions import Ahead
from couples import parting
from reminders import preferences
from reminders.models import Reminder
from tests.cast import NOW, pair, person, seat

SignIn = Callable[[User], Client]
TODAY = date(2026, 11, 18)
BEFORE = "/dates/days/before/"


@pytest.fixture(autouse=True)
def clock() -> object:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def remember(by: User, name: str, month: int = 12, day: int = 24, *, ahead: int = 7) -> Occasion:
    words = occasions.OccasionWords("birthday", name, month, day, ahead)
    return occasions.add(by=seat(by), words=words, now=NOW)


def bring(by: User, one: Occasion) -> Occasion:
    return occasions.bring_along(by=seat(by), pk=one.pk, now=NOW)


def earlier(user: User) -> list[str]:
    return [one.occasion.name for one in occasions.from_earlier_couples(seat(user), TODAY)]


def on_list(user: User) -> list[str]:
    return [one.occasion.name for one in occasions.coming(seat(user), TODAY)]


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return html.unescape(answer.content.decode())


def test_after_parting_each_has_a_copy_of_the_whole_list(alice: User, bob: User) -> None:
    hers, his = remember(alice, "planted aunt", 3, 1), remember(bob, "planted uncle", 1, 5)
    gone = remember(bob, "planted gone")
    occasions.remove(by=seat(bob), pk=gone.pk, now=NOW)
    assert earlier(alice) == earlier(bob) == []  # it is no earlier list yet
    parting.part(by=alice, now=NOW)
    for user in (alice, bob):
        assert on_list(user) == []
        assert earlier(user) == ["planted uncle", "planted aunt"]  # the next first
    brought = bring(bob, hers)
    assert (brought.author_id, brought.pk == hers.pk) == (bob.pk, False)
    assert (on_list(bob), on_list(alice)) == (["planted aunt"], [])
    occasions.change(
        by=seat(bob), pk=brought.pk, words=occasions.OccasionWords("other", "planted bobs", 3, 1), now=NOW
    )
    assert earlier(alice) == ["planted uncle", "planted aunt"]  # a copy is a copy
    with pytest.raises(Gone):
        occasions.change(by=seat(bob), pk=his.pk, words=occasions.words_of(brought), now=NOW)
    occasions.remove(by=seat(bob), pk=his.pk, now=NOW)
    assert earlier(alice) == earlier(bob)


def test_nothing_remembered_alone_shows_by_pairing_until_it_is_brought_along(db: None) -> None:
    gwen, hugo = person("Gwen"), person("Hugo")
    mine = remember(gwen, "planted kite", ahead=14)
    assert earlier(gwen) == []
    pair(gwen, hugo)
    assert on_list(gwen) == on_list(hugo) == earlier(hugo) == []
    assert earlier(gwen) == ["planted kite"]
    with pytest.raises(Gone):
        bring(hugo, mine)
    first, again = bring(gwen, mine), bring(gwen, mine)
    assert (first.pk, first.author_id) == (again.pk, gwen.pk)
    assert occasions.words_of(first) == occasions.words_of(mine)
    assert on_list(gwen) == on_list(hugo) == ["planted kite"]


def test_what_the_other_brought_along_already_isnt_there_twice(alice: User, bob: User) -> None:
    one = remember(alice, "planted aunt")
    parting.part(by=bob, now=NOW)
    pair(alice, bob, now=NOW)
    assert bring(bob, one).pk == bring(alice, one).pk
    assert on_list(alice) == on_list(bob) == ["planted aunt"]


def test_fifty_are_fifty_of_those_brought_along_too(alice: User, bob: User) -> None:
    one = remember(alice, "planted aunt")
    parting.part(by=bob, now=NOW)
    for number in range(occasions.EACH):
        remember(alice, f"day {number}")
    with pytest.raises(TooManyOccasions):
        bring(alice, one)


def test_nobody_elses_list(alice: User, bob: User, charlie: User, erin: User, dana: User) -> None:
    one = remember(alice, "planted aunt")
    parting.part(by=alice, now=NOW)
    for user in (charlie, erin, dana):  # Erin was Bob's once, and isn't of this list
        assert earlier(user) == []
        with pytest.raises(Gone):
            bring(user, one)
    assert Occasion.objects.count() == 1


def test_a_list_of_before_is_its_own_twos_alone(erin: User, bob: User) -> None:
    pair(erin, bob, now=NOW)
    remember(erin, "planted of erins time")
    parting.part(by=bob, now=NOW)
    alice = person("Alice")
    pair(alice, bob, now=NOW)
    assert (earlier(bob), earlier(erin)) == (["planted of erins time"], ["planted of erins time"])
    assert earlier(alice) == on_list(alice) == on_list(bob) == []


def test_after_the_others_account_is_erased_the_copy_stays(alice: User, bob: User) -> None:
    one = remember(alice, "planted aunt")
    parting.leave(user=alice, now=NOW)
    alice.delete()
    assert earlier(bob) == ["planted aunt"]
    assert bring(bob, one).author_id == bob.pk


def test_nothing_is_mailed_of_earlier_lists_and_of_what_is_brought_along_it_is(
    alice: User, bob: User
) -> None:
    one = remember(alice, "planted aunt", 11, 27)  # said on the 20th
    parting.part(by=alice, now=NOW)
    preferences.choose(preferences.choices_of(bob)["occasion"], wanted=True, now=NOW)
    reminding.promise_due(now=NOW)
    assert not Reminder.objects.filter(kind="occasion").exists()
    bring(bob, one)
    reminding.promise_due(now=NOW)
    row = Reminder.objects.get(kind="occasion")
    assert (row.user, row.due_at) == (bob, datetime(2026, 11, 20, 9, tzinfo=row.due_at.tzinfo))
    assert "planted" not in row.key


# --- pages -------------------------------------------------------------------------------------------------


def test_the_page_and_bringing_along(alice: User, bob: User, charlie: User, signed_in: SignIn) -> None:
    hers, his = signed_in(alice), signed_in(bob)
    assert BEFORE in page(hers, "/dates/days/")
    assert "Nothing from an earlier list." in page(hers, BEFORE)
    one = remember(alice, "planted aunt")
    assert "planted" not in page(hers, BEFORE)
    parting.part(by=alice, now=NOW)
    address = reverse("adventures:occasion_bring", args=[one.pk])
    for client in (hers, his):
        shown = page(client, BEFORE)
        assert "planted aunt" in shown
        assert "24 Dec" in shown
        assert address in shown
        assert "planted" not in page(client, "/dates/days/")
    assert signed_in(charlie).post(address).status_code == 404
    assert "planted" not in page(signed_in(charlie), BEFORE)
    answer = his.post(address, follow=True)
    assert answer.redirect_chain == [(BEFORE, 302)]
    assert "Added to the list." in answer.content.decode()
    assert "planted aunt" in page(his, "/dates/days/")
    assert "planted" not in page(hers, "/dates/days/")
    remember(bob, "another", 1, 1)
    for number in range(48):
        remember(bob, f"day {number}", 1, 1)
    occasions.remove(by=seat(bob), pk=Occasion.objects.of(seat(bob).couple).get(month=12).pk, now=NOW)
    remember(bob, "the fiftieth", 1, 1)
    assert "You wrote down fifty." in his.post(address, follow=True).content.decode()


def test_the_page_asks_the_same_of_one_day_and_of_thirty(
    alice: User, bob: User, signed_in: SignIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    remember(alice, "planted one")
    parting.part(by=alice, now=NOW)
    hers = signed_in(alice)
    page(hers, BEFORE)
    with django_assert_num_queries(3):
        page(hers, BEFORE)
    pair(alice, bob, now=NOW)
    for number in range(30):
        remember(bob, f"planted {number}", 1, 1 + number)
    parting.part(by=bob, now=NOW)
    with django_assert_num_queries(3):
        assert page(hers, BEFORE).count("planted") == 31


def test_taken_off_while_the_other_parts_nothing_breaks(alice: User, bob: User, signed_in: SignIn) -> None:
    one = remember(alice, "planted aunt")
    hers = signed_in(alice)
    parting.part(by=bob, now=NOW)
    answer = hers.post(reverse("adventures:occasion_remove", args=[one.pk]))
    assert (answer.status_code, Occasion.objects.count()) == (302, 1)  # a closed list stays as it is


@pytest.mark.parametrize("ahead", Ahead.values)
def test_the_form_offers_each_time_ahead_there_is(ahead: int) -> None:
    typed = {"what": "other", "name": "x", "day": "31", "month": "12", "ahead": str(ahead)}
    form = OccasionForm(typed)
    assert form.is_valid(), form.errors
    assert form.words().ahead == ahead
    assert not OccasionForm(typed | {"ahead": "5"}).is_valid()
    short = OccasionForm(typed | {"month": "11"})
    assert short.errors["day"] == ["That month has fewer days. Choose an earlier one."]
