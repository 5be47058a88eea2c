"""Phones down: the server counts, every screen shows the same, and nothing says who."""

import os
import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from time_machine import Traveller

from accounts.leaving import erase
from accounts.models import User
from checkins import quiet_time, writing
from checkins.errors import PartedMeanwhile
from checkins.models import QuietTime
from checkins.words import CheckInText
from couples import parting
from tests.cast import NOW, pair, person, seat
from tests.faults.racing import track

SignIn = Callable[[User], Client]
PAGE, RING, BEGIN, END = "/phones-down/", "/phones-down/ring/", "/phones-down/begin/", "/phones-down/end/"
MINUTE = timedelta(minutes=1)


def shown(client: Client, path: str = PAGE) -> str:
    """A page's bytes, its one-time values masked."""
    answer = client.get(path)
    assert answer.status_code == 200
    return re.sub(r'(nonce|name="csrfmiddlewaretoken" value)="[^"]+"', r"\1", answer.content.decode())


def filled(body: str) -> float | None:
    found = re.search(r'class="gone"[^>]*\sstroke-dasharray="([\d.]+) 600"', body)
    return float(found[1]) / 6 if found else None


# --- the verbs -----------------------------------------------------------------------------------------


def test_one_runs_at_a_time(alice: User, bob: User) -> None:
    couple = seat(alice).couple
    first = quiet_time.begin(couple, 15, now=NOW)
    assert quiet_time.begin(seat(bob).couple, 30, now=NOW + MINUTE) == first
    assert quiet_time.running(couple, now=NOW + 14 * MINUTE) == first
    assert quiet_time.running(couple, now=NOW + 15 * MINUTE) is None
    later = quiet_time.begin(couple, 30, now=NOW + 15 * MINUTE)
    assert later != first
    assert later.ends_at == NOW + 45 * MINUTE


def test_either_ends_it_early_and_twice_is_once(alice: User, bob: User) -> None:
    couple = seat(alice).couple
    quiet_time.begin(couple, 15, now=NOW)
    for minute in (4, 5):
        quiet_time.end(seat(bob).couple, now=NOW + minute * MINUTE)
    (one,) = QuietTime.objects.of(couple)
    assert one.ends_at == NOW + 4 * MINUTE
    quiet_time.end(couple, now=NOW + 20 * MINUTE)
    assert QuietTime.objects.get() == one


def test_ending_by_a_clock_that_is_behind_is_no_nonsense(alice: User) -> None:
    couple = seat(alice).couple
    begun = quiet_time.begin(couple, 15, now=NOW)
    quiet_time.end(couple, now=NOW - MINUTE)
    begun.refresh_from_db()
    assert begun.ends_at == begun.started_at
    found = quiet_time.ring(couple, now=NOW)
    assert found is not None
    assert (found.left, found.arc) == (0, "600.0")


def test_it_is_just_over_for_an_hour(alice: User) -> None:
    couple = seat(alice).couple
    one = quiet_time.begin(couple, 15, now=NOW)
    over = NOW + 15 * MINUTE
    assert quiet_time.just_over(couple, now=over - MINUTE) is None
    assert quiet_time.just_over(couple, now=over) == one
    assert quiet_time.just_over(couple, now=over + 59 * MINUTE) == one
    assert quiet_time.just_over(couple, now=over + 60 * MINUTE) is None
    assert quiet_time.ring(couple, now=over + 60 * MINUTE) is None


@pytest.mark.parametrize("minutes", [0, 14, 16, 60])
def test_there_are_two_lengths(alice: User, minutes: int) -> None:
    with pytest.raises(ValueError):
        quiet_time.begin(seat(alice).couple, minutes, now=NOW)


def test_after_parting_nothing_is_begun_in_what_is_over(alice: User, bob: User) -> None:
    couple = seat(alice).couple
    parting.part(by=bob, now=NOW)
    for verb in (partial(quiet_time.begin, couple, 15), partial(quiet_time.end, couple)):
        with pytest.raises(PartedMeanwhile):
            verb(now=NOW)
    assert not QuietTime.objects.exists()


# --- the page ------------------------------------------------------------------------------------------


def test_the_server_counts_for_every_screen(
    alice: User, bob: User, signed_in: SignIn, clock: Traveller
) -> None:
    hers, her_laptop, his = signed_in(alice), signed_in(alice), signed_in(bob)
    assert "Start fifteen minutes" in shown(hers)
    assert hers.post(BEGIN, {"minutes": "30"})["Location"] == PAGE
    for minute, share in ((0, 0), (3, 10), (15, 50), (27, 90)):
        clock.move_to(NOW + minute * MINUTE)
        pictures = {shown(client) for client in (hers, her_laptop, his)}
        assert len(pictures) == 1
        assert filled(pictures.pop()) == share
        assert len({shown(client, RING) for client in (hers, her_laptop, his)}) == 1
    clock.move_to(NOW + 30 * MINUTE)
    pictures = {shown(client) for client in (hers, her_laptop, his)}
    assert len(pictures) == 1
    assert "Now talk." in pictures.pop()


def test_it_is_the_same_whoever_began_and_whoever_ended(
    alice: User, bob: User, signed_in: SignIn, clock: Traveller
) -> None:
    clients = [signed_in(alice), signed_in(bob)]
    stories = []
    for first, second in (clients, clients[::-1]):
        QuietTime.objects.all().delete()
        clock.move_to(NOW)
        first.post(BEGIN, {"minutes": "15"})
        clock.move_to(NOW + 5 * MINUTE)
        running = [shown(client) for client in clients]
        second.post(END)
        clock.move_to(NOW + 6 * MINUTE)
        stories.append([*running, *(shown(client) for client in clients)])
    assert stories[0] == stories[1]
    first_look, _, last_look, _ = stories[0]
    assert stories[0] == [first_look, first_look, last_look, last_look]
    assert not {"Alice", "Bob"} & set(re.findall(r"\w+", first_look + last_look))


def test_no_digits_count_down(alice: User, signed_in: SignIn, clock: Traveller) -> None:
    client = signed_in(alice)
    client.post(BEGIN, {"minutes": "15"})
    clock.move_to(NOW + 7 * MINUTE)
    body = client.get(RING).content.decode()
    assert re.sub(r"<[^>]*>", " ", body).strip()
    assert not re.search(r"\d", re.sub(r"<[^>]*>", " ", body))


def test_the_next_look_is_exactly_at_the_end_and_a_link_does_without_javascript(
    alice: User, signed_in: SignIn, clock: Traveller
) -> None:
    client = signed_in(alice)
    link = re.compile(rf'<noscript>\s*<p>\s*<a href="{PAGE}">')
    assert not link.search(shown(client))
    client.post(BEGIN, {"minutes": "15"})
    clock.move_to(NOW + 15 * MINUTE - timedelta(seconds=3.4))
    body = shown(client)
    assert 'data-hx-trigger="every 4s,' in body
    assert link.search(body)
    assert "http-equiv" not in body  # a page that loads itself would tell of parting


def test_solo_works_alike(dana: User, alice: User, signed_in: SignIn, clock: Traveller) -> None:
    clients = [signed_in(dana), signed_in(alice)]
    for client in clients:
        client.post(BEGIN, {"minutes": "15"})
    for minute in (0, 7, 15, 75):
        clock.move_to(NOW + minute * MINUTE)
        theirs, hers = (re.sub("of=[0-9a-f]+", "of=", shown(client, RING)) for client in clients)
        assert theirs == hers


def test_strangers_have_a_ring_of_their_own(
    alice: User, charlie: User, erin: User, signed_in: SignIn, clock: Traveller
) -> None:
    signed_in(alice).post(BEGIN, {"minutes": "15"})
    for user in (charlie, erin):
        client = signed_in(user)
        assert filled(shown(client)) is None
        client.post(END)
    assert quiet_time.running(seat(alice).couple, now=NOW) is not None


def looks(client: Client) -> str:
    """The address an open page looks at by itself."""
    found = re.search(r'data-hx-get="([^"]+)"', shown(client))
    assert found
    return found[1]


@pytest.mark.parametrize("gone", ["parted", "erased", "together with somebody new"])
def test_an_open_page_runs_to_its_end_whatever_became_of_the_two(
    alice: User, bob: User, dana: User, signed_in: SignIn, clock: Traveller, gone: str
) -> None:
    """Every look of his open page, until an hour after its end, with and without her leaving. Seen by himself, it is
    another matter.
    """
    hers, his = signed_in(alice), signed_in(bob)
    hers.post(BEGIN, {"minutes": "30"})
    address = looks(his)

    def story() -> list[str]:
        pictures = []
        for minute in (1, 15, 29, 30, 31, 89, 90):
            clock.move_to(NOW + minute * MINUTE)
            pictures.append(shown(his, address))
        return pictures

    ordinary = story()
    clock.move_to(NOW)
    if gone == "erased":
        erase(alice, now=NOW)
    else:
        parting.part(by=alice, now=NOW)
    if gone == "together with somebody new":
        pair(bob, dana, now=NOW)
        signed_in(dana).post(BEGIN, {"minutes": "15"})
    assert story() == ordinary
    assert "ring is filling" in ordinary[2]
    assert "Time is up" in ordinary[3]
    clock.move_to(NOW + MINUTE)
    assert shown(his) != ordinary[0]
    if gone == "parted":
        hers.post(BEGIN, {"minutes": "15"})  # her own, now
        his.post(END)
        assert filled(shown(hers)) is not None


def test_a_page_of_nobodys_gets_no_answer(
    alice: User, charlie: User, signed_in: SignIn, clock: Traveller
) -> None:
    signed_in(alice).post(BEGIN, {"minutes": "15"})
    for mark in ("", "x", seat(alice).couple.mark):
        answer = signed_in(charlie).get(RING, {"of": mark})
        assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize("minutes", ["", "0", "20", "15.0", "x", "-15"])
def test_another_length_is_no_length(alice: User, signed_in: SignIn, clock: Traveller, minutes: str) -> None:
    answer = signed_in(alice).post(BEGIN, {"minutes": minutes})
    assert answer.status_code == 422
    assert "Start thirty minutes" in answer.content.decode()
    assert not QuietTime.objects.exists()


def test_a_look_asks_for_one_row(
    alice: User, signed_in: SignIn, clock: Traveller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Session, person, the two seats with their keys, and the latest."""
    client = signed_in(alice)
    for rows in (1, 30):
        for number in range(rows):
            quiet_time.begin(seat(alice).couple, 15, now=NOW - timedelta(days=rows - number))
        client.get(RING)
        with django_assert_num_queries(3):
            client.get(RING)


def test_the_pages_that_end_in_talking_lead_here(
    alice: User, bob: User, dana: User, signed_in: SignIn, clock: Traveller
) -> None:
    hers, his, danas = signed_in(alice), signed_in(bob), signed_in(dana)
    assert f'href="{PAGE}"' not in hers.get("/today/").content.decode()
    assert f'href="{PAGE}"' in hers.get(f"/evening/{NOW.date()}/aloud/").content.decode()
    for user in (alice, bob, dana):
        writing.write(by=seat(user), day=NOW.date(), words=CheckInText("x"), share=True, now=NOW)
        if user == alice:
            assert f'href="{PAGE}"' in hers.get("/today/").content.decode()
    for client in (hers, his):
        assert f'href="{PAGE}"' in client.get("/today/").content.decode()
    assert f'href="{PAGE}"' not in danas.get("/today/").content.decode()


# --- at the same moment ---------------------------------------------------------------------------------


at_once = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("sqlite" in os.environ["DATABASE_URL"], reason="SQLite has one writer at a time"),
]


class TestAtOnce:
    pytestmark = at_once

    def test_both_begin_and_there_is_one(self) -> None:
        alice, bob = person("Alice"), person("Bob")
        pair(alice, bob)
        one, other = seat(alice).couple, seat(bob).couple
        with track(4) as lanes:
            for number in range(5):
                now = NOW + timedelta(days=number)
                begins = [
                    partial(quiet_time.begin, couple, minutes, now=now + timedelta(milliseconds=late))
                    for late, (couple, minutes) in enumerate(((one, 15), (other, 30), (one, 30), (other, 15)))
                ]
                results = lanes.race(*begins)
                assert len({result.pk for result in results}) == 1, results
                assert QuietTime.objects.count() == number + 1

    def test_beginning_against_parting_leaves_nothing_behind_in_what_is_over(self) -> None:
        with track(2) as lanes:
            for number in range(5):
                alice, bob = person(f"Alice{number}"), person(f"Bob{number}")
                couple = pair(alice, bob)
                results = lanes.race(
                    partial(quiet_time.begin, couple, 15, now=NOW), partial(parting.part, by=bob, now=NOW)
                )
                assert isinstance(results[0], QuietTime | PartedMeanwhile), results
                assert results[1] is True
                for user in (alice, bob):
                    assert quiet_time.ring(seat(user).couple, now=NOW) is None
