"""Two tabs, two devices, two people at the same moment: one page a person and Day, and no word lost."""

import os
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from accounts.models import User
from checkins import drafts, writing
from checkins.errors import CheckInChanged, CheckInTakenBack
from checkins.models import CheckIn, Draft
from checkins.reading import evening, with_draft
from checkins.words import CheckInText, FormVersion
from couples import parting
from couples.models import Partner
from tests.cast import NOW, pair, person, seat
from tests.faults.racing import track

DAY = NOW.date()
ROUNDS = int(os.environ.get("ROUNDS", "3"))

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("sqlite" in os.environ["DATABASE_URL"], reason="SQLite has one writer at a time"),
]


@pytest.fixture
def seats(db: None) -> tuple[Partner, Partner]:
    alice, bob = person("Alice"), person("Bob")
    pair(alice, bob)
    return seat(alice), seat(bob)


def share(by: Partner, number: int, rose: str, base: FormVersion | None = None) -> partial[Any]:
    now = NOW + timedelta(days=number)
    return partial(
        writing.write, by=by, day=now.date(), words=CheckInText(rose=rose), share=True, now=now, base=base
    )


def autosave(by: Partner, number: int, rose: str, base: FormVersion) -> partial[Any]:
    now = NOW + timedelta(days=number)
    return partial(drafts.keep, by=by, day=now.date(), words=CheckInText(rose=rose), base=base, now=now)


def take_back(by: Partner, number: int) -> partial[Any]:
    now = NOW + timedelta(days=number)
    return partial(writing.take_back, by=by, day=now.date(), now=now)


def day_of(number: int) -> Any:
    return DAY + timedelta(days=number)


def test_two_windows_share_and_the_later_one_is_shown_what_stands(seats: tuple[Partner, Partner]) -> None:
    alice, _ = seats
    with track(2) as lanes:
        for number in range(ROUNDS):
            results = lanes.race(
                share(alice, number, "laptop", FormVersion(0, "laptop")),
                share(alice, number, "phone", FormVersion(0, "phone")),
            )
            (stale,) = [one for one in results if isinstance(one, CheckInChanged)]
            (page,) = [one for one in results if isinstance(one, CheckIn)]
            assert stale.current.rose == page.rose
            assert CheckIn.objects.on(day_of(number)).count() == 1


def test_one_window_sends_its_form_twice(seats: tuple[Partner, Partner]) -> None:
    alice, _ = seats
    with track(2) as lanes:
        for number in range(ROUNDS):
            results = lanes.race(*[share(alice, number, "rose", FormVersion(0, "tab"))] * 2)
            assert [type(one) for one in results] == [CheckIn, CheckIn], results
            assert results[0].pk == results[1].pk
            assert CheckIn.objects.on(day_of(number)).get().version == 1


def test_both_share_at_the_same_moment_and_both_pages_open(seats: tuple[Partner, Partner]) -> None:
    with track(4) as lanes:
        for number in range(ROUNDS):
            acts = [share(by, number, f"{by.seat} {time}") for by in seats for time in ("first", "second")]
            results = lanes.race(*acts)
            assert all(isinstance(one, CheckIn) for one in results), results
            read = [evening(by, day_of(number), now=NOW + timedelta(days=number)) for by in seats]
            for one, other in (read, read[::-1]):
                assert one.mine is not None
                assert other.theirs is not None
                said = [one.mine.rose, *one.mine.revisions.get("rose", [])]
                assert other.theirs.rose == one.mine.rose
                assert set(said) <= {f"{number} {time}" for number in (1, 2) for time in ("first", "second")}
            assert CheckIn.objects.on(day_of(number)).count() == 2


def test_sharing_against_taking_back_ends_in_one_of_the_two(seats: tuple[Partner, Partner]) -> None:
    alice, bob = seats
    with track(2) as lanes:
        for number in range(ROUNDS):
            share(bob, number, "his")()
            share(alice, number, "first")()
            results = lanes.race(share(alice, number, "second"), take_back(alice, number))
            assert all(one is None or isinstance(one, CheckIn | CheckInTakenBack) for one in results), results
            mine = evening(alice, day_of(number), now=NOW + timedelta(days=number)).mine
            assert mine is not None
            assert mine.taken_back_at is not None
            assert (mine.rose, mine.revisions) == ("", {})


def test_taking_back_against_the_others_sharing_shows_no_word(seats: tuple[Partner, Partner]) -> None:
    """Either he came first and reads "taken back", or she did and there is nothing."""
    alice, bob = seats
    with track(2) as lanes:
        for number in range(ROUNDS):
            share(alice, number, "hers")()
            results = lanes.race(share(bob, number, "his"), take_back(alice, number))
            assert isinstance(results[0], CheckIn), results
            his, hers = (
                evening(bob, day_of(number), now=NOW + timedelta(days=number)),
                evening(alice, day_of(number), now=NOW + timedelta(days=number)),
            )
            assert his.mine is not None
            if his.theirs is None:
                assert hers == type(hers)(day_of(number))
            else:
                assert his.theirs.taken_back_at is not None
                assert his.theirs.rose == ""
                assert hers.theirs is not None


def test_an_autosave_against_sharing_never_brings_the_draft_back(seats: tuple[Partner, Partner]) -> None:
    alice, _ = seats
    with track(2) as lanes:
        for number in range(ROUNDS):
            seen = autosave(alice, number, "the fro", FormVersion(0, "tab", 1))()
            results = lanes.race(
                share(alice, number, "the frost", FormVersion(seen, "tab", 3)),
                autosave(alice, number, "the fros", FormVersion(seen, "tab", 2)),
            )
            assert isinstance(results[0], CheckIn), results
            assert isinstance(results[1], int | CheckInChanged), results
            found = with_draft(alice, day_of(number), now=NOW + timedelta(days=number))
            assert found.draft is None
            assert found.mine is not None
            assert found.mine.rose == "the frost"


def test_another_devices_autosave_against_sharing_loses_no_word(seats: tuple[Partner, Partner]) -> None:
    alice, _ = seats
    with track(2) as lanes:
        for number in range(ROUNDS):
            results = lanes.race(
                share(alice, number, "laptop", FormVersion(0, "laptop")),
                autosave(alice, number, "phone", FormVersion(0, "phone", 1)),
            )
            refused = [one for one in results if isinstance(one, CheckInChanged)]
            assert len(refused) == 1, results
            found = with_draft(alice, day_of(number), now=NOW + timedelta(days=number))
            stands = found.draft.rose if found.draft else found.mine.rose if found.mine else ""
            assert refused[0].current.rose == stands
            assert stands in {"laptop", "phone"}


def test_two_devices_save_at_once_and_one_is_told(seats: tuple[Partner, Partner]) -> None:
    alice, _ = seats
    with track(2) as lanes:
        for number in range(ROUNDS):
            results = lanes.race(
                autosave(alice, number, "laptop", FormVersion(0, "laptop", 1)),
                autosave(alice, number, "phone", FormVersion(0, "phone", 1)),
            )
            assert sorted(type(one).__name__ for one in results) == ["CheckInChanged", "int"], results
            assert Draft.objects.on(day_of(number)).count() == 1


def test_sharing_against_parting_never_shows_a_word_afterwards() -> None:
    with track(2) as lanes:
        for number in range(ROUNDS):
            alice, bob = person(f"Alice{number}"), person(f"Bob{number}")
            pair(alice, bob)
            before = seat(alice)
            share(seat(bob), 0, "planted")()
            results = lanes.race(share(before, 0, "planted"), partial(parting.part, by=bob, now=NOW))
            assert isinstance(results[0], CheckIn), results
            assert results[1] is True
            _only_their_own(alice, bob)


def _only_their_own(*people: User) -> None:
    for user in people:
        assert evening(seat(user), DAY, now=NOW).theirs is None
        assert evening(seat(user), DAY, now=NOW).mine is not None
