from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError

from accounts.models import User
from accounts.sealed import Withheld
from checkins import writing
from checkins.errors import (
    CheckInChanged,
    CheckInRevealed,
    CheckInSavedTooOften,
    EveningClosed,
    NothingWritten,
)
from checkins.models import PRIVATE, CheckIn, Line
from checkins.reading import evening
from checkins.words import CheckInText, FormVersion
from couples import days, parting
from tests import cast
from tests.cast import NOW, pair, person, seat

DAY = NOW.date()
LATER = NOW + timedelta(minutes=7)


def lines(rose: str = "", bud: str = "", thorn: str = "") -> dict[str, str]:
    return {"rose": rose, "bud": bud, "thorn": thorn}


ALICES, BOBS = lines(rose="the frost on the fence"), lines(bud="the ferry", thorn="the printer")


def write(
    user: User, words: dict[str, str], *, share: bool = True, day: date = DAY, now: datetime = NOW
) -> CheckIn:
    return writing.write(by=seat(user), day=day, words=cast.words(words), share=share, now=now)


def theirs(user: User, day: date = DAY) -> list[tuple[str, str]] | None:
    """The other's lines as this person reads them, or None while the page is closed."""
    page = evening(seat(user), day, now=NOW).theirs
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
    mine = evening(seat(alice), DAY, now=NOW).mine
    assert mine is not None
    assert mine.lines == [("rose", "the frost on the fence")]


def test_kept_is_nobody_elses_in_the_database_too(alice: User) -> None:
    kept = write(alice, ALICES, share=False)
    assert (kept.couple, kept.shared_at, kept.kept_at) == (None, None, NOW)
    with pytest.raises(IntegrityError, match="nobody_elses"):
        CheckIn.objects.own(alice).update(couple=seat(alice).couple)


def test_neither_shared_nor_kept_nor_said_aloud_is_refused_by_the_database(alice: User) -> None:
    write(alice, ALICES)
    with pytest.raises(IntegrityError, match=r"checkins_checkin_(shared_kept_or_aloud|unshared)"):
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


def test_once_both_are_open_it_cannot_be_kept_any_more(alice: User, bob: User) -> None:
    write(alice, ALICES)
    write(bob, BOBS)
    for user in (alice, bob):
        with pytest.raises(CheckInRevealed):
            write(user, lines(rose="something else"), share=False, now=LATER)
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
    write(alice, ALICES, day=DAY - timedelta(days=1), now=NOW - timedelta(days=1))
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
    assert evening(seat(erin), old_day, now=NOW).mine is not None
    assert evening(seat(bob), old_day, now=NOW).mine is not None


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
    kept = writing.write(by=before, day=DAY, words=cast.words(ALICES), share=True, now=LATER)
    assert (kept.couple, kept.shared_at, kept.kept_at) == (None, None, LATER)
    assert not CheckIn.objects.shared_with(before).exists()
    assert not CheckIn.objects.shared_with(seat(bob)).exists()


def test_done_is_shared_or_kept(alice: User) -> None:
    assert not CheckIn.objects.own(alice).on(DAY).exists()
    write(alice, ALICES, share=False)
    assert CheckIn.objects.own(alice).on(DAY).exists()
    assert not CheckIn.objects.own(alice).on(DAY + timedelta(days=1)).exists()


# --- when a Day may be written ---------------------------------------------------------------------

MORNING = datetime(2026, 11, 19, tzinfo=UTC)  # London: winter time


@pytest.mark.parametrize(("hour", "minute"), [(4, 0), (9, 0), (11, 59)])
def test_yesterday_can_be_written_until_noon(alice: User, hour: int, minute: int) -> None:
    assert write(alice, ALICES, now=MORNING.replace(hour=hour, minute=minute)).day == DAY


@pytest.mark.parametrize("now", [MORNING.replace(hour=12), MORNING.replace(day=25), NOW - timedelta(days=1)])
def test_from_noon_on_it_is_closed_and_before_its_time_too(alice: User, now: datetime) -> None:
    with pytest.raises(EveningClosed):
        write(alice, ALICES, now=now)
    with pytest.raises(EveningClosed):
        writing.talk(by=seat(alice), day=DAY, now=now)
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize(("day", "noon"), [("2026-03-28", 11), ("2026-10-24", 12)])
def test_noon_is_noon_over_both_clock_changes(alice: User, day: str, noon: int) -> None:
    """London: the clocks change in the night that ends these Days."""
    evening_of = datetime.fromisoformat(f"{day}T19:00").replace(tzinfo=UTC)
    closing = (evening_of + timedelta(days=1)).replace(hour=noon)
    write(alice, ALICES, day=evening_of.date(), now=closing - timedelta(seconds=1))
    with pytest.raises(EveningClosed):
        write(alice, BOBS, day=evening_of.date(), now=closing)


# --- kept lines, and the private side ----------------------------------------------------------------

FULL = CheckInText(
    "the frost", "the ferry", "the queue", note="a note", closeness="2", kept=frozenset({"thorn"})
)


def put(
    user: User,
    words: CheckInText,
    *,
    share: bool = True,
    now: datetime = NOW,
    base: FormVersion | None = None,
) -> CheckIn:
    return writing.write(by=seat(user), day=DAY, words=words, share=share, now=now, base=base)


def test_a_kept_line_looks_empty_to_the_other(alice: User, bob: User) -> None:
    put(alice, FULL)
    write(bob, BOBS)
    page = evening(seat(bob), DAY, now=NOW).theirs
    assert page is not None
    assert page.shown == [Line("rose", "the frost", []), Line("bud", "the ferry", [])]
    mine = evening(seat(alice), DAY, now=NOW).mine
    assert mine is not None
    assert mine.words == FULL


@pytest.mark.parametrize("column", PRIVATE)
def test_what_is_private_cannot_be_read_from_the_others_page(alice: User, bob: User, column: str) -> None:
    put(alice, FULL)
    write(bob, BOBS)
    through_the_door = CheckIn.objects.shared_with(seat(bob)).with_keys().get()
    for page in (evening(seat(bob), DAY, now=NOW).theirs, through_the_door):
        with pytest.raises(Withheld):
            getattr(page, column)
    assert getattr(evening(seat(alice), DAY, now=NOW).mine, column) is not None


def test_a_page_needs_one_line_that_is_not_kept_to_be_shared(alice: User) -> None:
    for words in (
        CheckInText(),
        CheckInText(note="only a note"),
        CheckInText(rose="x", kept=frozenset({"rose"})),
    ):
        with pytest.raises(NothingWritten):
            put(alice, words)
    assert put(alice, CheckInText(note="only a note"), share=False).kept_at == NOW


# --- left open -------------------------------------------------------------------------------------------


def test_a_page_left_open_is_read_without_writing(alice: User, bob: User) -> None:
    put(alice, replace(FULL, open=True))
    assert theirs(bob) == [("rose", "the frost"), ("bud", "the ferry")]
    assert theirs(alice) is None  # it opens hers, not his
    write(bob, BOBS, share=False)
    assert theirs(alice) is None


def test_once_left_open_it_counts_as_read(alice: User, bob: User) -> None:
    put(alice, replace(FULL, open=True))
    with pytest.raises(CheckInRevealed):
        put(alice, FULL, share=False)
    changed = put(alice, replace(FULL, rose="the thaw"))  # the box is gone from the form by then
    assert changed.open_at == NOW
    assert changed.revisions == {"rose": ["the frost"]}


def test_open_without_sharing_is_refused_by_the_database(alice: User) -> None:
    kept = put(alice, replace(FULL, open=True), share=False)
    assert kept.open_at is None
    with pytest.raises(IntegrityError, match="open_or_taken_back"):
        CheckIn.objects.own(alice).update(open_at=NOW)


# --- changed after it could be read ------------------------------------------------------------------


@pytest.fixture
def open_pages(alice: User, bob: User) -> None:
    put(alice, FULL)
    write(bob, BOBS)


def marks(user: User) -> dict[str, list[str]]:
    """What this person sees of the marks on Alice's page."""
    found = evening(seat(user), DAY, now=NOW)
    page = found.theirs if user.name == "Bob" else found.mine
    assert page is not None
    return page.revisions


def test_a_changed_line_keeps_its_earlier_words_for_both(alice: User, bob: User, open_pages: None) -> None:
    put(alice, replace(FULL, rose="the thaw"), now=LATER)
    put(alice, replace(FULL, rose="the thaw, at last"), now=LATER)
    assert marks(alice) == marks(bob) == {"rose": ["the frost", "the thaw"]}
    assert theirs(bob) == [("rose", "the thaw, at last"), ("bud", "the ferry")]


def test_a_line_added_afterwards_says_so(alice: User, bob: User, open_pages: None) -> None:
    put(alice, replace(FULL, kept=frozenset()), now=LATER)  # she shares the thorn after all
    assert marks(alice) == marks(bob) == {"thorn": [""]}
    page = evening(seat(bob), DAY, now=NOW).theirs
    assert page is not None
    assert page.shown[-1] == Line("thorn", "the queue", [""])


def test_a_line_taken_out_leaves_what_it_said(alice: User, bob: User, open_pages: None) -> None:
    put(alice, replace(FULL, bud=""), now=LATER)
    page = evening(seat(bob), DAY, now=NOW).theirs
    assert page is not None
    assert page.shown[-1] == Line("bud", "", ["the ferry"])


def test_a_line_that_was_read_cannot_be_kept_any_more(alice: User, bob: User, open_pages: None) -> None:
    with pytest.raises(CheckInRevealed):
        put(alice, replace(FULL, kept=frozenset({"rose", "thorn"})))
    assert theirs(bob) == [("rose", "the frost"), ("bud", "the ferry")]


def test_what_is_private_changes_without_a_mark(alice: User, bob: User, open_pages: None) -> None:
    put(alice, replace(FULL, thorn="another queue", note="another note", closeness="5"), now=LATER)
    assert marks(bob) == {}
    mine = evening(seat(alice), DAY, now=NOW).mine
    assert mine is not None
    assert (mine.words.thorn, mine.words.note, mine.words.closeness) == ("another queue", "another note", "5")


def test_a_line_is_changed_twenty_times_and_no_more(alice: User, bob: User, open_pages: None) -> None:
    for number in range(writing.CHANGES):
        put(alice, replace(FULL, rose=f"frost {number}"))
    with pytest.raises(CheckInSavedTooOften):
        put(alice, replace(FULL, rose="once more"))
    assert len(marks(bob)["rose"]) == writing.CHANGES


def test_before_it_could_be_read_a_change_leaves_no_mark(alice: User, bob: User) -> None:
    put(alice, FULL)
    put(alice, replace(FULL, rose="the thaw"), now=LATER)
    write(bob, BOBS)
    assert marks(bob) == {}


# --- two windows -----------------------------------------------------------------------------------------


def test_a_form_that_has_not_seen_what_stands_is_shown_it(alice: User) -> None:
    seen = put(alice, FULL).version
    put(alice, replace(FULL, rose="from the phone"), base=FormVersion(seen, "phone"))
    with pytest.raises(CheckInChanged) as late:
        put(alice, replace(FULL, rose="from the laptop"), base=FormVersion(seen, "laptop"))
    assert late.value.current == replace(FULL, rose="from the phone")
    put(alice, replace(FULL, rose="from the laptop"), base=FormVersion(late.value.version, "laptop"))
    mine = evening(seat(alice), DAY, now=NOW).mine
    assert mine is not None
    assert mine.rose == "from the laptop"


def test_the_same_form_sent_twice_changes_nothing_more(alice: User) -> None:
    first = put(alice, FULL, base=FormVersion(0, "tab"))
    again = put(alice, FULL, now=LATER, base=FormVersion(0, "tab"))
    assert (again.version, again.shared_at) == (first.version, NOW)
