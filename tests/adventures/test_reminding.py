"""What dates and days of the year promise by mail: on the reader's clock, once, and nothing that told of an act."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail as outbox

from accounts.models import User
from adventures import dating, occasions, reminding, yearly
from adventures.models import Occasion
from couples import days, parting
from reminders import choosing, delivery
from reminders.models import Reminder, State
from tests.adventures.life import agreed
from tests.cast import NOW, pair, person, seat

AT = datetime(2026, 11, 27, 19, 30, tzinfo=UTC)
NINE = datetime(2026, 11, 27, 9, tzinfo=UTC)
A_DAY = timedelta(days=1)


def planned(user: User) -> list[tuple[str, datetime]]:
    rows = Reminder.objects.filter(user=user).unsettled().order_by("due_at")
    return [(row.kind, row.due_at) for row in rows]


def deliver_at(moment: datetime) -> int:
    delivery.deliver(clock=lambda: moment)
    return len(outbox.outbox)


def test_both_are_reminded_on_the_day_on_their_own_clocks(db: None) -> None:
    alice, bob = person("Alice", zone="Europe/London"), person("Bob", zone="Pacific/Auckland")
    pair(alice, bob)
    agreed(alice, bob, at=AT, now=NOW)
    assert reminding.promise_due(now=AT - 3 * A_DAY) == 0
    for _ in range(2):
        reminding.promise_due(now=AT - 2 * A_DAY)
    assert planned(alice) == [("date", NINE)]
    assert planned(bob) == []  # at nine on the 28th there it is half past eight already: too late for a mail
    choosing.choices_of(bob)["date"].set(wanted=True, at=time(7), now=NOW)
    night = agreed(alice, bob, "bread", at=AT, now=NOW)
    reminding.promise_due(now=AT - 2 * A_DAY)
    assert planned(bob) == [("date", datetime(2026, 11, 27, 18, tzinfo=UTC))]
    assert night.due_at == AT - 2 * A_DAY


def test_what_is_agreed_on_that_very_day_needs_no_mail_that_would_tell_when(alice: User, bob: User) -> None:
    agreed(alice, bob, at=AT, now=NINE + timedelta(hours=2))
    reminding.promise_due(now=NINE + timedelta(hours=2))
    assert planned(alice) == planned(bob) == []


@pytest.mark.parametrize(
    "act",
    [
        lambda user, night: dating.put_off(by=seat(user), date_id=night.pk, stood=AT, now=NOW),
        lambda user, night: dating.call_off(by=seat(user), date_id=night.pk, now=NOW),
        lambda user, night: parting.part(by=user, now=NOW),
    ],
)
def test_nothing_is_sent_of_what_isnt_to_be(
    alice: User, bob: User, act: Callable[[User, object], object]
) -> None:
    night = agreed(alice, bob, at=AT, now=NOW)
    reminding.promise_due(now=AT - 2 * A_DAY)
    assert len(planned(alice)) == len(planned(bob)) == 1
    act(bob, night)
    assert planned(alice) == planned(bob) == []
    assert deliver_at(NINE) == 0
    reminding.promise_due(now=AT - A_DAY)
    assert planned(alice) == []


def test_moved_it_is_reminded_of_at_the_new_time_and_not_at_the_old(alice: User, bob: User) -> None:
    night = agreed(alice, bob, at=AT, now=NOW)
    reminding.promise_due(now=AT - 2 * A_DAY)
    dating.suggest(by=seat(bob), date_id=night.pk, to=AT + A_DAY, now=NOW)
    dating.agree(by=seat(alice), date_id=night.pk, to=AT + A_DAY, now=NOW)
    reminding.promise_due(now=AT - A_DAY)
    assert planned(alice) == planned(bob) == [("date", NINE + A_DAY)]
    assert deliver_at(NINE) == 0
    assert deliver_at(NINE + A_DAY) == 2
    dating.suggest(by=seat(bob), date_id=night.pk, to=AT, now=NOW)
    back = dating.agree(by=seat(alice), date_id=night.pk, to=AT, now=NOW)  # and back: its own mail is settled
    assert back.moves == 2
    reminding.promise_due(now=AT - A_DAY)
    assert deliver_at(NINE + 2 * A_DAY) == 2


def test_said_to_have_happened_it_needs_no_reminding(alice: User, bob: User) -> None:
    morning = datetime(2026, 11, 27, 8, tzinfo=UTC)
    night = agreed(alice, bob, at=morning, now=NOW)
    choosing.choices_of(bob)["date"].set(wanted=True, at=time(7), now=NOW)
    reminding.promise_due(now=morning - 2 * A_DAY)
    dating.happened(by=seat(alice), date_id=night.pk, now=morning)
    assert deliver_at(morning) == 0
    assert Reminder.objects.get(user=bob).reason in {"no date", "too late"}


def test_only_who_wants_it(alice: User, bob: User) -> None:
    choosing.stop(user=bob, kind="date", now=NOW)
    agreed(alice, bob, at=AT, now=NOW)
    reminding.promise_due(now=AT - 2 * A_DAY)
    assert (len(planned(alice)), planned(bob)) == (1, [])
    choosing.stop(user=alice, kind="date", now=NOW)
    assert deliver_at(NINE) == 0


@pytest.mark.parametrize(
    ("at", "due"),
    [
        (datetime(2027, 3, 28, 19, 30, tzinfo=UTC), datetime(2027, 3, 28, 8, tzinfo=UTC)),
        (datetime(2026, 10, 25, 19, 30, tzinfo=UTC), datetime(2026, 10, 25, 9, tzinfo=UTC)),
    ],
)
def test_nine_is_nine_when_the_clocks_change(alice: User, bob: User, at: datetime, due: datetime) -> None:
    User.objects.update(zone="Europe/London")
    agreed(alice, bob, at=at, now=at - 5 * A_DAY)
    reminding.promise_due(now=at - 2 * A_DAY)
    assert planned(alice) == planned(bob) == [("date", due)]


# --- days of the year --------------------------------------------------------------------------------------


def remember(by: User, month: int, day: int, *, ahead: int = 7, name: str = "planted day") -> Occasion:
    words = occasions.Words("birthday", name, month, day, ahead)
    return occasions.add(by=seat(by), words=words, now=NOW)


def test_a_day_is_said_ahead_every_year(alice: User, bob: User) -> None:
    one = remember(alice, 12, 24)
    for year in (2026, 2027, 2028):
        said = datetime(year, 12, 17, 9, tzinfo=UTC)
        assert reminding.promise_due(now=said - 3 * A_DAY) == 0
        for _ in range(2):
            reminding.promise_due(now=said - A_DAY)
        assert planned(alice) == planned(bob) == [("occasion", said)]
        outbox.outbox.clear()
        assert deliver_at(said) == 2
        assert "planted" not in "".join(one.message().as_string() for one in outbox.outbox)
    one.refresh_from_db()
    assert one.due_at == datetime(2029, 12, 15, tzinfo=UTC)


def test_taken_off_the_list_or_moved_nothing_is_sent(alice: User, bob: User) -> None:
    one, other = remember(alice, 12, 24), remember(bob, 12, 24, name="another")
    said = datetime(2026, 12, 17, 9, tzinfo=UTC)
    reminding.promise_due(now=said - A_DAY)
    occasions.remove(by=seat(alice), pk=one.pk)
    words = occasions.Words("birthday", "another", 12, 26)
    occasions.change(by=seat(bob), pk=other.pk, words=words, now=said)
    assert deliver_at(said) == 0
    assert set(Reminder.objects.values_list("state", "reason")) == {(State.SKIPPED, "no day")}


def test_written_down_too_late_for_this_year_it_is_next_years(alice: User) -> None:
    assert remember(alice, 11, 20).due_at == datetime(2027, 11, 11, tzinfo=UTC)


def test_only_its_writer_changes_it_and_fifty_each(alice: User, bob: User, charlie: User) -> None:
    one = remember(alice, 12, 24)
    assert remember(alice, 12, 24).pk == one.pk
    for user in (bob, charlie):
        assert occasions.own(seat(user), one.pk) is None
        occasions.remove(by=seat(user), pk=one.pk)
        with pytest.raises(occasions.Gone):
            occasions.change(by=seat(user), pk=one.pk, words=occasions.words_of(one), now=NOW)
    assert Occasion.objects.count() == 1
    for number in range(49):
        remember(alice, 1, 1, name=f"day {number}")
    with pytest.raises(occasions.Full):
        remember(alice, 1, 1, name="one more")
    assert remember(bob, 1, 1, name="his")


@pytest.mark.parametrize(
    ("month", "day", "today", "then"),
    [
        (2, 29, date(2027, 1, 1), date(2027, 2, 28)),
        (2, 29, date(2028, 1, 1), date(2028, 2, 29)),
        (1, 1, date(2026, 12, 31), date(2027, 1, 1)),
        (12, 31, date(2026, 12, 31), date(2026, 12, 31)),
        (2, 29, date(2027, 3, 1), date(2028, 2, 29)),
    ],
)
def test_when_it_is_next(month: int, day: int, today: date, then: date) -> None:
    assert yearly.next_on(month, day, today) == then


@pytest.mark.parametrize("ahead", occasions.AHEAD)
@pytest.mark.parametrize(("month", "day"), [(1, 1), (1, 8), (2, 29), (3, 1), (12, 31)])
def test_each_year_has_one_moment_to_promise_it_for_many_years(month: int, day: int, ahead: int) -> None:
    one = Occasion(month=month, day=day, ahead=ahead)
    moment, seen = datetime(2026, 6, 1, tzinfo=UTC), []
    for _ in range(8):
        moment = yearly.due_at(one, after=moment)
        mailed = yearly.mail_day(one, moment)
        assert yearly.mailed_on(one, mailed)
        assert moment < days.starts(mailed, ZoneInfo("Pacific/Kiritimati"))
        seen.append((mailed + timedelta(days=ahead)).year)
    assert seen == list(range(seen[0], seen[0] + 8))
