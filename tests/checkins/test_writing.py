from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError

from accounts.models import User
from checkins import writing
from checkins.models import CheckIn
from checkins.reading import evening
from couples import days, parting
from tests.cast import NOW, pair, person, seat

DAY = NOW.date()
LATER = NOW + timedelta(minutes=7)


def lines(rose: str = "", bud: str = "", thorn: str = "") -> dict[str, str]:
    return {"rose": rose, "bud": bud, "thorn": thorn}


ALICES, BOBS = lines(rose="the frost on the fence"), lines(bud="the ferry", thorn="the printer")


def write(
    user: User, words: dict[str, str], *, share: bool = True, day: object = DAY, now: datetime = NOW
) -> CheckIn:
    return writing.write(by=seat(user), day=day, lines=words, share=share, now=now)  # type: ignore[arg-type]


def theirs(user: User, day: object = DAY) -> list[tuple[str, str]] | None:
    """The other's lines as this person reads them, or None while the page is closed."""
    page = evening(seat(user), day).theirs  # type: ignore[arg-type]
    return page.lines if page else None


def test_both_pages_open_when_both_have_shared(alice: User, bob: User) -> None:
    write(alice, ALICES)
    assert theirs(bob) is None
    assert theirs(alice) is None
    write(bob, BOBS, now=LATER)
    assert theirs(alice) == [("bud", "the ferry"), ("thorn", "the printer")]
    assert theirs(bob) == [("rose", "the frost on the fence")]


@pytest.mark.parametrize("shares", [(True, False), (False, True), (False, False)])
def test_a_kept_page_opens_neither(alice: User, bob: User, shares: tuple[bool, bool]) -> None:
    write(alice, ALICES, share=shares[0])
    write(bob, BOBS, share=shares[1])
    assert theirs(alice) is None
    assert theirs(bob) is None
    mine = evening(seat(alice), DAY).mine
    assert mine is not None
    assert mine.lines == [("rose", "the frost on the fence")]


def test_kept_is_nobody_elses_in_the_database_too(alice: User) -> None:
    kept = write(alice, ALICES, share=False)
    assert (kept.couple, kept.shared_at, kept.kept_at) == (None, None, NOW)
    with pytest.raises(IntegrityError, match="nobody_elses"):
        CheckIn.objects.own(alice).update(couple=seat(alice).couple)


def test_neither_shared_nor_kept_is_refused_by_the_database(alice: User) -> None:
    write(alice, ALICES)
    with pytest.raises(IntegrityError, match="checkins_checkin_"):
        CheckIn.objects.own(alice).update(shared_at=None)


def test_shared_and_kept_at_once_is_refused_by_the_database(alice: User) -> None:
    write(alice, ALICES)
    with pytest.raises(IntegrityError, match="shared_or_kept"):
        CheckIn.objects.own(alice).update(kept_at=NOW)


def test_one_row_a_person_and_day(alice: User, bob: User) -> None:
    first = write(alice, ALICES)
    again = write(alice, ALICES, now=LATER)
    assert again.pk == first.pk
    assert again.shared_at == NOW  # nothing more happened
    write(bob, BOBS)
    assert CheckIn.objects.count() == 2
    with pytest.raises(IntegrityError):
        CheckIn.objects.create(author=alice, day=DAY, kept_at=NOW)


def test_until_both_are_open_it_can_be_changed_kept_and_shared_again(alice: User, bob: User) -> None:
    write(alice, ALICES)
    write(alice, lines(rose="the toast"), share=False)
    write(bob, BOBS)
    assert theirs(bob) is None
    write(alice, lines(rose="the toast, really"), now=LATER)
    assert theirs(bob) == [("rose", "the toast, really")]


def test_once_both_are_open_the_words_stand(alice: User, bob: User) -> None:
    write(alice, ALICES)
    write(bob, BOBS)
    for user, share in ((alice, True), (alice, False), (bob, True)):
        with pytest.raises(writing.Revealed):
            write(user, lines(rose="something else"), share=share, now=LATER)
    assert theirs(bob) == [("rose", "the frost on the fence")]
    assert write(alice, ALICES, now=LATER).shared_at == NOW  # the same again is harmless


def test_alone_it_is_kept_whatever_was_pressed(dana: User) -> None:
    kept = write(dana, ALICES, share=True)
    assert (kept.couple, kept.shared_at) == (None, None)


def test_half_past_midnight_belongs_to_the_evening_before(alice: User, bob: User) -> None:
    late = datetime(2026, 11, 19, 0, 30, tzinfo=UTC)  # London: winter time
    day = days.day_of(late, alice.tz)
    assert day == DAY
    write(bob, BOBS)
    write(alice, ALICES, day=day, now=late)
    assert theirs(alice) == [("bud", "the ferry"), ("thorn", "the printer")]


def test_two_zones_pair_by_date(db: None) -> None:
    """Each writes on the evening of the 18th, ten hours apart: one evening."""
    yuki, leo = person("Yuki", zone="Asia/Tokyo"), person("Leo", zone="America/Los_Angeles")
    pair(yuki, leo)
    hers, his = datetime(2026, 11, 18, 12, 0, tzinfo=UTC), datetime(2026, 11, 19, 5, 0, tzinfo=UTC)
    assert days.day_of(hers, yuki.tz) == days.day_of(his, leo.tz) == DAY
    write(yuki, ALICES, now=hers)
    write(leo, BOBS, now=his)
    assert theirs(yuki) == [("bud", "the ferry"), ("thorn", "the printer")]
    assert days.day_of(his, yuki.tz) != DAY  # it is her tomorrow already, and pairs with nothing
    assert theirs(leo, days.day_of(his, yuki.tz)) is None


def test_days_do_not_mix(alice: User, bob: User) -> None:
    write(alice, ALICES, day=DAY - timedelta(days=1))
    write(bob, BOBS)
    assert theirs(alice) is None
    assert theirs(bob) is None
    assert theirs(bob, DAY - timedelta(days=1)) is None


def test_an_ex_partners_words_are_shut_and_ones_own_stay(erin: User, bob: User, alice: User) -> None:
    """Erin was Bob's partner: neither reads the other, and Alice reads nothing of that time."""
    old_day = (NOW - timedelta(days=36)).date()
    erins_seat = erin.seats.filter(couple__paired=True).get()
    bobs_seat = bob.seats.get(couple=erins_seat.couple)
    for place, words in ((erins_seat, ALICES), (bobs_seat, BOBS)):
        CheckIn(author=place.user, couple=place.couple, day=old_day, shared_at=NOW, **words).save()
    for place in (seat(erin), seat(bob), seat(alice), erins_seat, bobs_seat):
        assert not CheckIn.objects.shared_with(place).exists()
    assert evening(seat(erin), old_day).mine is not None
    assert evening(seat(bob), old_day).mine is not None


def test_a_stranger_reads_nothing(alice: User, bob: User, charlie: User, dana: User) -> None:
    write(alice, ALICES)
    write(bob, BOBS)
    write(charlie, lines(rose="x"))
    for stranger in (charlie, dana):
        assert theirs(stranger) is None
        assert not CheckIn.objects.shared_with(seat(stranger)).exists()


def test_a_page_that_was_open_while_the_other_parted_keeps_its_words(alice: User, bob: User) -> None:
    """The seat is the one from before: what is written through it is kept, not shared into a closed couple."""
    before = seat(alice)
    write(bob, BOBS)
    parting.part(by=bob, now=NOW)
    kept = writing.write(by=before, day=DAY, lines=ALICES, share=True, now=LATER)
    assert (kept.couple, kept.shared_at, kept.kept_at) == (None, None, LATER)
    assert not CheckIn.objects.shared_with(before).exists()
    assert not CheckIn.objects.shared_with(seat(bob)).exists()


def test_done_is_shared_or_kept(alice: User) -> None:
    assert not writing.is_done(alice, DAY)
    write(alice, ALICES, share=False)
    assert writing.is_done(alice, DAY)
    assert not writing.is_done(alice, DAY + timedelta(days=1))
