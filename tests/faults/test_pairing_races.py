"""Races of pairing on PostgreSQL, with real threads. `ROUNDS` sets how many of each (20; 200 in `make full`).

Whatever collides: never three in a couple, never two live couples for one person, nobody without a seat, and no
exception but the documented ones. A naive twin (check, then act; no locks, no constraints) runs in the same harness
and must break these rules: else the harness would prove nothing.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from accounts.leaving import erase
from accounts.models import User
from couples import pairing, parting
from couples.errors import AlreadyPaired, InvitationNotOpen, TooManyInvitations
from couples.models import Couple, Invitation, Partner
from tests.cast import NOW
from tests.faults.crowd import ROUNDS
from tests.faults.crowd import crowd as crowd_of
from tests.faults.racing import Act, Track, track

LATER = NOW + timedelta(minutes=1)
ALLOWED = (InvitationNotOpen, AlreadyPaired, TooManyInvitations)
Seats = list[tuple[UUID, UUID]]  # couple, person: who sits where now

pytestmark = [
    pytest.mark.fault,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("sqlite" in os.environ["DATABASE_URL"], reason="SQLite has one writer at a time"),
]


@pytest.fixture
def lanes() -> Iterator[Track]:
    with track(5) as running:
        yield running


def rounds(of: int) -> Iterator[list[User]]:
    """For each round so many fresh people, each in a couple of one; all of them made beforehand."""
    everyone = iter(crowd_of(ROUNDS * of))
    return iter(lambda: list(islice(everyone, of)), [])


def seats(of: Iterable[User]) -> Seats:
    """Everybody in the live couples of these people."""
    couples = Partner.objects.live().filter(user__in=list(of)).values("couple")
    return list(Partner.objects.live().filter(couple__in=couples).values_list("couple_id", "user_id"))


def broken(seated: Seats, everyone: Iterable[UUID]) -> list[str]:
    """Which rules these seats break."""
    in_couple = Counter(couple for couple, _ in seated)
    of_person = Counter(user for _, user in seated)
    found = [f"{many} in one couple" for many in in_couple.values() if many > 2]
    found += [f"one person in {many} live couples" for many in of_person.values() if many > 1]
    found += ["somebody sits nowhere" for user in everyone if of_person[user] == 0]
    return found


def sound(crowd: list[User], results: list[Any]) -> None:
    """Nothing but the documented exceptions, and a world in order."""
    unexpected = [one for one in results if isinstance(one, Exception) and not isinstance(one, ALLOWED)]
    assert not unexpected, unexpected
    assert not broken(seats(crowd), [user.pk for user in crowd])
    for couple in Couple.objects.filter(partners__user__in=crowd, closed_at__isnull=True).distinct():
        live = couple.partners.live().count()
        assert live == (2 if couple.paired else 1)


def pairs(crowd: list[User]) -> list[frozenset[UUID]]:
    """Who is joined with whom now."""
    found: dict[UUID, set[UUID]] = {}
    for couple, user in seats(crowd):
        found.setdefault(couple, set()).add(user)
    return [frozenset(both) for both in found.values() if len(both) > 1]


def take_up(code: str, by: User) -> Couple | None:
    """Accept, and say at once that the words are the same."""
    return pairing.confirm(pairing.accept(code, by=by, now=NOW).pk, by=by, now=LATER)


class Tries:
    """Acts of a race that others wait for."""

    def __init__(self) -> None:
        self._all, self._done = 0, list[None]()

    def counted(self, act: Act) -> Act:
        self._all += 1

        def done() -> Any:
            try:
                return act()
            finally:
                self._done.append(None)

        return done

    def over(self) -> bool:
        return len(self._done) == self._all


def confirm_when_asked(user: User, over: Callable[[], bool]) -> Couple | None:
    """Confirm as soon as somebody took the invitation up, unless all is `over` and nobody did."""
    while True:
        last = over()
        pending = pairing.pending_for(user, now=NOW)
        if pending is not None:
            return pairing.confirm(pending.invitation.pk, by=user, now=LATER)
        if last:
            return None


def test_two_race_for_one_invitation(lanes: Track) -> None:
    for crowd in rounds(3):
        alice, bob, carol = crowd
        code = pairing.invite(by=alice, now=NOW).code
        tries = Tries()
        results = lanes.race(
            tries.counted(partial(take_up, code, bob)),
            tries.counted(partial(take_up, code, carol)),
            partial(confirm_when_asked, alice, tries.over),
        )
        sound(crowd, results)
        assert [type(one) for one in results[:2]].count(InvitationNotOpen) == 1  # the other is told plainly
        (both,) = pairs(crowd)
        assert alice.pk in both
        assert Invitation.objects.get(inviter=alice).accepted_by_id in both


def test_one_takes_two_invitations_up_at_once(lanes: Track) -> None:
    for crowd in rounds(3):
        alice, bob, carol = crowd
        codes = [pairing.invite(by=user, now=NOW).code for user in (alice, carol)]
        tries = Tries()
        results = lanes.race(
            tries.counted(partial(take_up, codes[0], bob)),
            tries.counted(partial(take_up, codes[1], bob)),
            partial(confirm_when_asked, alice, tries.over),
            partial(confirm_when_asked, carol, tries.over),
        )
        sound(crowd, results)
        assert len(pairs(crowd)) <= 1


def test_crossed_invitations_make_one_couple(lanes: Track) -> None:
    for crowd in rounds(2):
        alice, bob = crowd
        alices, bobs = (pairing.invite(by=user, now=NOW).code for user in crowd)
        results = lanes.race(
            partial(take_up, bobs, alice),
            partial(take_up, alices, bob),
        )
        sound(crowd, results)
        assert not [one for one in results if isinstance(one, Exception)]
        assert pairs(crowd) == [frozenset({alice.pk, bob.pk})]
        assert not Invitation.objects.filter(inviter__in=crowd).open(LATER).exists()


def test_crossed_with_double_clicks_and_a_third_person(lanes: Track) -> None:
    for crowd in rounds(3):
        alice, bob, carol = crowd
        alices, bobs = (pairing.invite(by=user, now=NOW).code for user in (alice, bob))
        results = lanes.race(
            partial(take_up, bobs, alice),
            partial(take_up, bobs, alice),
            partial(take_up, alices, bob),
            partial(take_up, alices, bob),
            partial(take_up, alices, carol),
        )
        sound(crowd, results)
        assert len(pairs(crowd)) <= 1


def test_both_confirm_at_once_twice(lanes: Track) -> None:
    for crowd in rounds(2):
        alice, bob = crowd
        row = pairing.accept(pairing.invite(by=alice, now=NOW).code, by=bob, now=NOW)
        results = lanes.race(
            *(partial(pairing.confirm, row.pk, by=user, now=LATER) for user in (*crowd, *crowd))
        )
        sound(crowd, results)
        assert pairs(crowd) == [frozenset({alice.pk, bob.pk})]
        assert Couple.objects.filter(paired=True, partners__user=alice).count() == 1


def test_parting_against_confirming(lanes: Track) -> None:
    for crowd in rounds(2):
        alice, bob = crowd
        row = pairing.accept(pairing.invite(by=alice, now=NOW).code, by=bob, now=NOW)
        pairing.confirm(row.pk, by=alice, now=LATER)
        results = lanes.race(
            partial(pairing.confirm, row.pk, by=bob, now=LATER),
            partial(parting.part, by=alice, now=LATER),
            partial(pairing.stop, row.pk, by=alice, now=LATER),
            partial(parting.part, by=bob, now=LATER),
        )
        sound(crowd, results)


def test_both_part_at_once(lanes: Track) -> None:
    for crowd in rounds(2):
        pairing.join(crowd, now=NOW)
        results = lanes.race(*(partial(parting.part, by=user, now=LATER) for user in (*crowd, *crowd)))
        sound(crowd, results)
        assert results.count(True) == 1
        assert pairs(crowd) == []
        assert all(seat.notice_until for seat in Partner.objects.live().filter(user__in=crowd))


def test_inviting_at_once_makes_one_invitation(lanes: Track) -> None:
    for (alice,) in rounds(1):
        results = lanes.race(*[partial(pairing.invite, by=alice, now=NOW)] * 4)
        assert len({one.pk for one in results}) == 1, results
        assert Invitation.objects.by(alice).count() == 1


def test_taking_back_against_taking_up(lanes: Track) -> None:
    for crowd in rounds(2):
        alice, bob = crowd
        code = pairing.invite(by=alice, now=NOW).code
        results = lanes.race(
            partial(pairing.revoke, by=alice, now=NOW), partial(pairing.accept, code, by=bob, now=NOW)
        )
        sound(crowd, results)
        row = Invitation.objects.get(inviter=alice)
        assert (row.ended_at is None) != (row.accepted_at is None)


@pytest.mark.parametrize("who", ["inviter", "accepter"])
def test_erasing_an_account_against_taking_up_and_confirming(lanes: Track, who: str) -> None:
    for alice, bob in rounds(2):
        goes, stays = (alice, bob) if who == "inviter" else (bob, alice)
        row = pairing.accept(pairing.invite(by=alice, now=NOW).code, by=bob, now=NOW)
        pairing.confirm(row.pk, by=goes, now=LATER)
        again = pairing.invite(by=alice, now=NOW).code
        results = lanes.race(
            partial(pairing.confirm, row.pk, by=stays, now=LATER),
            partial(erase, goes, now=LATER),
            partial(pairing.accept, again, by=bob, now=NOW),
        )
        sound([stays], results)
        assert not User.objects.filter(pk=goes.pk).exists()
        assert pairs([stays]) == []


# --- the naive twin --------------------------------------------------------------------------------


class NaivePairing:
    """Pairing as one writes it first: look, then act. Its tables refuse nothing, its acts lock nothing."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE naive_seat (id serial, couple uuid, person uuid)")
            cursor.execute("CREATE TABLE naive_invitation (id uuid, inviter uuid, accepter uuid)")

    def close(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE naive_seat, naive_invitation")

    def people(self, *names: str) -> list[UUID]:
        everyone = [uuid4() for _ in names]
        for one in everyone:
            self._write("INSERT INTO naive_seat (couple, person) VALUES (%s, %s)", uuid4(), one)
        return everyone

    def invite(self, by: UUID) -> UUID:
        invitation = uuid4()
        self._write("INSERT INTO naive_invitation VALUES (%s, %s, NULL)", invitation, by)
        return invitation

    def take_up(self, invitation: UUID, by: UUID) -> None:
        """Everyone has confirmed: what is left is to see that it is free, and to join the two."""
        ((inviter, accepter),) = self._read(
            "SELECT inviter, accepter FROM naive_invitation WHERE id = %s", invitation
        )
        if accepter is not None or self._paired(inviter) or self._paired(by):
            raise InvitationNotOpen
        self._write("UPDATE naive_invitation SET accepter = %s WHERE id = %s", by, invitation)
        couple, pair = uuid4(), [inviter, by]
        for (left,) in self._read("SELECT id FROM naive_seat WHERE person = ANY(%s)", pair):
            self._write("DELETE FROM naive_seat WHERE id = %s", left)
        for one in pair:
            self._write("INSERT INTO naive_seat (couple, person) VALUES (%s, %s)", couple, one)

    def seats(self, crowd: list[UUID]) -> Seats:
        return self._read(
            "SELECT couple, person FROM naive_seat WHERE couple IN"
            " (SELECT couple FROM naive_seat WHERE person = ANY(%s))",
            crowd,
        )

    def _paired(self, one: UUID) -> bool:
        return len(self.seats([one])) > 1

    def _read(self, sql: str, *values: Any) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return list(cursor.fetchall())

    def _write(self, sql: str, *values: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)


@pytest.fixture
def naive() -> Iterator[NaivePairing]:
    twin = NaivePairing()
    yield twin
    twin.close()


def test_the_naive_twin_breaks_in_the_same_harness(lanes: Track, naive: NaivePairing) -> None:
    """How many rounds it takes until two collide depends on the machine: with one core to share, more."""
    raced, crossed, ran, enough = 0, 0, 0, ROUNDS // 10
    while min(raced, crossed) < enough and ran < 50 * ROUNDS:
        ran += 1
        alice, bob, carol = crowd = naive.people("Alice", "Bob", "Carol")
        invitation = naive.invite(alice)
        lanes.race(
            partial(naive.take_up, invitation, bob),
            partial(naive.take_up, invitation, carol),
        )
        raced += bool(broken(naive.seats(crowd), crowd))
        dana, erin = crowd = naive.people("Dana", "Erin")
        danas, erins = naive.invite(dana), naive.invite(erin)
        lanes.race(
            partial(naive.take_up, erins, dana),
            partial(naive.take_up, danas, erin),
        )
        crossed += bool(broken(naive.seats(crowd), crowd))
    print(f"the naive twin broke in {raced} and {crossed} of {ran} rounds")  # noqa: T201  shown by -s
    assert raced >= enough
    assert crossed >= enough


def test_the_rules_are_told_apart() -> None:
    """`broken` sees what it is there to see."""
    a, b, c, one, two = (uuid4() for _ in range(5))
    assert broken([(one, a), (one, b)], [a, b]) == []
    assert broken([(one, a), (one, b), (one, c)], [a, b, c]) == ["3 in one couple"]
    assert broken([(one, a), (two, a)], [a]) == ["one person in 2 live couples"]
    assert broken([], [a]) == ["somebody sits nowhere"]
