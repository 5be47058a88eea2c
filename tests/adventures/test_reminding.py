"""What dates and days of the year promise by mail: on the reader's clock, once, and nothing that told of an act."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail as outbox
from django.test import Client

from accounts.errors import Gone
from accounts.hooks import rezoned
from accounts.models import User
from adventures import anniversaries, dating, occasions, proposing, reminding
from adventures.errors import TooManyOccasions
from adventures.models import DateNight, Occasion
from adventures.models.occasions import Ahead
from couples import days, parting
from reminders import delivery, kinds, preferences
from reminders.forms import ChoiceForm
from reminders.models import Reminder, State
from tests.adventures.scenarios import agreed, asked
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


def moved(one: User, other: User, date_night: DateNight, *, to: datetime, now: datetime) -> None:
    """The other asks for another time, the one says yes."""
    asks = proposing.suggest(by=seat(other), date_id=date_night.pk, to=to, now=now)
    dating.accept(by=seat(one), date_id=date_night.pk, to=to, shown=asks.shown, now=now)


def test_both_are_reminded_on_the_day_on_their_own_clocks(db: None) -> None:
    alice, bob = person("Alice", zone="Europe/London"), person("Bob", zone="Pacific/Auckland")
    pair(alice, bob)
    agreed(alice, bob, at=AT, now=NOW)
    assert reminding.promise_due(now=AT - 3 * A_DAY) == 0
    for _ in range(2):
        reminding.promise_due(now=AT - 2 * A_DAY)
    assert planned(alice) == [("date", NINE)]
    assert planned(bob) == []  # at nine on the 28th there it is half past eight already: too late for a mail
    preferences.choices_of(bob)["date"].set(wanted=True, at=time(7), now=NOW)
    date_night = agreed(alice, bob, "bread", at=AT, now=NOW)
    reminding.promise_due(now=AT - 2 * A_DAY)
    assert planned(bob) == [("date", datetime(2026, 11, 27, 18, tzinfo=UTC))]
    assert date_night.due_at == AT - 2 * A_DAY


def test_what_is_agreed_on_that_very_day_needs_no_mail_that_would_tell_when(alice: User, bob: User) -> None:
    agreed(alice, bob, at=AT, now=NINE + timedelta(hours=2))
    reminding.promise_due(now=NINE + timedelta(hours=2))
    assert planned(alice) == planned(bob) == []


@pytest.mark.parametrize(
    "act",
    [
        lambda user, date_night: dating.postpone(by=seat(user), date_id=date_night.pk, stood=AT, now=NOW),
        lambda user, date_night: dating.call_off(by=seat(user), date_id=date_night.pk, now=NOW),
        lambda user, date_night: parting.part(by=user, now=NOW),
    ],
)
def test_nothing_is_sent_of_what_isnt_to_be(
    alice: User, bob: User, act: Callable[[User, object], object]
) -> None:
    date_night = agreed(alice, bob, at=AT, now=NOW)
    reminding.promise_due(now=AT - 2 * A_DAY)
    assert len(planned(alice)) == len(planned(bob)) == 1
    act(bob, date_night)
    assert planned(alice) == planned(bob) == []
    assert deliver_at(NINE) == 0
    reminding.promise_due(now=AT - A_DAY)
    assert planned(alice) == []


def test_moved_it_is_reminded_of_at_the_new_time_and_not_at_the_old(alice: User, bob: User) -> None:
    date_night = agreed(alice, bob, at=AT, now=NOW)
    reminding.promise_due(now=AT - 2 * A_DAY)
    moved(alice, bob, date_night, to=AT + A_DAY, now=NOW)
    reminding.promise_due(now=AT - A_DAY)
    assert planned(alice) == planned(bob) == [("date", NINE + A_DAY)]
    assert deliver_at(NINE) == 0
    assert deliver_at(NINE + A_DAY) == 2
    moved(alice, bob, date_night, to=AT, now=NOW)  # and back: a promise of its own
    reminding.promise_due(now=AT - A_DAY)
    assert planned(alice) == planned(bob) == [("date", NINE)]


def test_postponed_and_agreed_on_again_for_the_same_time_it_is_reminded_of_once(
    alice: User, bob: User
) -> None:
    date_night = agreed(alice, bob, at=AT, now=NOW)
    reminding.promise_due(now=AT - 2 * A_DAY)
    dating.postpone(by=seat(bob), date_id=date_night.pk, stood=AT, now=NOW)
    moved(alice, bob, date_night, to=AT, now=NOW)
    for _ in range(2):
        reminding.promise_due(now=AT - A_DAY)
    assert planned(alice) == planned(bob) == [("date", NINE)]
    assert deliver_at(NINE) == 2
    dating.postpone(by=seat(bob), date_id=date_night.pk, stood=AT, now=NINE + timedelta(hours=1))
    moved(alice, bob, date_night, to=AT, now=NINE + timedelta(hours=1))
    reminding.promise_due(now=NINE + timedelta(hours=1))
    assert deliver_at(NINE + timedelta(hours=2)) == 2  # that morning they knew already


def test_said_to_have_happened_it_needs_no_reminding(alice: User, bob: User) -> None:
    morning = datetime(2026, 11, 27, 8, tzinfo=UTC)
    date_night = agreed(alice, bob, at=morning, now=NOW)
    preferences.choices_of(bob)["date"].set(wanted=True, at=time(7), now=NOW)
    reminding.promise_due(now=morning - 2 * A_DAY)
    dating.happened(by=seat(alice), date_id=date_night.pk, now=morning)
    assert deliver_at(morning) == 0
    assert Reminder.objects.get(user=bob).reason in {"no date", "too late"}


def test_only_who_wants_it(alice: User, bob: User) -> None:
    preferences.stop(user=bob, kind="date", now=NOW)
    agreed(alice, bob, at=AT, now=NOW)
    reminding.promise_due(now=AT - 2 * A_DAY)
    assert (len(planned(alice)), planned(bob)) == (1, [])
    preferences.stop(user=alice, kind="date", now=NOW)
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


# --- the reader's clock, and what they want, set anew ------------------------------------------------------


def goes_to(user: User, zone: str, *, now: datetime) -> None:
    user.zone = zone
    user.save()
    rezoned.announce(user=user, before="Europe/London", now=now)


def wants(user: User, kind: str = "date", *, now: datetime, **wish: object) -> None:
    preferences.choose(preferences.choices_of(user)[kind], **{"wanted": True, **wish}, now=now)  # type: ignore[arg-type]  # keywords of several types


def promised(alice: User, bob: User) -> DateNight:
    date_night = agreed(alice, bob, at=AT, now=NOW)
    reminding.promise_due(now=AT - 2 * A_DAY)
    assert planned(alice) == planned(bob) == [("date", NINE)]
    return date_night


@pytest.mark.parametrize(
    ("zone", "then"),
    [
        ("America/Los_Angeles", datetime(2026, 11, 27, 17, tzinfo=UTC)),
        ("Asia/Kolkata", datetime(2026, 11, 27, 3, 30, tzinfo=UTC)),
        ("Europe/London", NINE),
    ],
)
def test_it_travels_along_and_the_others_stays(alice: User, bob: User, zone: str, then: datetime) -> None:
    promised(alice, bob)
    other = Reminder.objects.filter(user=bob).values().get()
    goes_to(alice, zone, now=NINE - A_DAY)
    for _ in range(2):
        reminding.promise_due(now=NINE - A_DAY)
    assert planned(alice) == [("date", then)]
    assert Reminder.objects.filter(user=bob).values().get() == other
    deliver_at(max(then, NINE))
    assert [one.to for one in outbox.outbox].count([alice.email]) == 1
    assert len(outbox.outbox) == 2


def test_no_mail_after_it_began_and_none_where_nine_comes_too_late(alice: User, bob: User) -> None:
    promised(alice, bob)
    goes_to(alice, "Pacific/Auckland", now=NINE - A_DAY)  # where it begins at half past eight on the 28th
    assert planned(alice) == []
    reminding.promise_due(now=NINE - A_DAY)
    goes_to(alice, "Europe/London", now=NINE - A_DAY)  # and home again
    assert planned(alice) == [("date", NINE)]
    goes_to(alice, "Pacific/Honolulu", now=NINE - A_DAY)  # where nine is 19:00 UTC
    assert planned(alice) == [("date", AT - timedelta(minutes=30))]
    goes_to(alice, "Pacific/Marquesas", now=AT)
    reminding.promise_due(now=AT)
    assert deliver_at(AT) == 0  # after an outage until then


def test_landed_where_nine_is_past_it_comes_at_once(alice: User, bob: User) -> None:
    promised(alice, bob)
    landed = NINE - timedelta(hours=3)
    goes_to(alice, "Asia/Kolkata", now=landed)
    assert planned(alice) == [("date", landed)]
    assert deliver_at(landed) == 1
    goes_to(alice, "America/Los_Angeles", now=landed + timedelta(hours=1))  # nine is to come again there
    reminding.promise_due(now=landed + timedelta(hours=1))
    assert deliver_at(NINE + timedelta(hours=8)) == 2  # and Bob's
    assert [one.to for one in outbox.outbox] == [[alice.email], [bob.email]]


def test_what_a_worker_tries_already_stays_its(alice: User, bob: User) -> None:
    promised(alice, bob)
    owner = uuid.uuid4()
    rows = delivery.claim(owner=owner, now=NINE)
    for row in rows:
        delivery.renew(row, owner, now=NINE)
    goes_to(alice, "America/Los_Angeles", now=NINE)
    wants(bob, now=NINE, at=time(12))
    reminding.promise_due(now=NINE)
    assert Reminder.objects.filter(kind="date").count() == 2
    for row in rows:
        assert delivery.settle(row, owner, State.SENT, now=NINE)
    assert deliver_at(NINE + timedelta(hours=9)) == 0


def test_switched_on_the_day_before_it_still_comes(alice: User, bob: User) -> None:
    preferences.stop(user=alice, kind="date", now=NOW)
    agreed(alice, bob, at=AT, now=NOW)
    reminding.promise_due(now=AT - 2 * A_DAY)
    assert planned(alice) == []
    wants(alice, now=NINE - A_DAY)
    wants(alice, now=NINE - A_DAY)
    reminding.promise_due(now=NINE - A_DAY)
    assert planned(alice) == [("date", NINE)]


def test_unsubscribed_and_switched_on_again_it_comes_once(alice: User, bob: User) -> None:
    promised(alice, bob)
    preferences.stop(user=alice, kind="date", now=NINE - A_DAY)
    assert planned(alice) == []
    wants(alice, now=NINE - A_DAY)
    assert planned(alice) == [("date", NINE)]
    assert deliver_at(NINE) == 2
    preferences.stop(user=alice, kind="date", now=NINE)
    wants(alice, now=NINE, at=time(12))
    reminding.promise_due(now=NINE)
    assert deliver_at(NINE + timedelta(hours=4)) == 2


def test_at_another_time_it_comes_then(alice: User, bob: User) -> None:
    promised(alice, bob)
    wants(alice, now=NINE - A_DAY, at=time(12))
    assert planned(alice) == [("date", NINE + timedelta(hours=3))]
    wants(alice, now=NINE - A_DAY, at=time(20))  # it has begun by then
    assert planned(alice) == []
    wants(alice, now=NINE - A_DAY, at=time(12))
    wants(alice, now=NINE - A_DAY, wanted=False)
    assert planned(alice) == []
    wants(alice, now=NINE + timedelta(hours=4))  # too late for twelve
    assert planned(alice) == []


def test_the_settings_page_moves_it(alice: User, bob: User, signed_in: Callable[[User], Client]) -> None:
    promised(alice, bob)
    page = signed_in(alice)
    with time_machine.travel(NINE - A_DAY, tick=False):
        choices = preferences.choices_of(alice)
        forms = [ChoiceForm(None, instance=choices[kind.name], kind=kind) for kind in kinds.every()]
        typed = {form[name].html_name: form[name].value() for form in forms for name in form.fields}
        off = {name: value for name, value in typed.items() if value}
        assert page.post("/settings/reminders/", off | {"date-at": "12:15"}).status_code == 302
    assert planned(alice) == [("date", NINE + timedelta(hours=3, minutes=15))]
    assert planned(bob) == [("date", NINE)]


def test_what_isnt_agreed_on_or_of_an_ended_couple_is_never_promised(alice: User, bob: User) -> None:
    asked(alice, at=AT, now=NOW)
    date_night = agreed(alice, bob, "bread", at=AT, now=NOW)
    dating.postpone(by=seat(bob), date_id=date_night.pk, stood=AT, now=NOW)
    agreed(alice, bob, "tea", at=AT + A_DAY, now=NOW)
    goes_to(alice, "Europe/Lisbon", now=NINE - A_DAY)
    assert planned(alice) == []  # the third is more than two days ahead
    parting.part(by=bob, now=NINE)
    for user in (alice, bob):
        wants(user, now=NINE)
        wants(user, "occasion", now=NINE)
        assert planned(user) == []


# --- days of the year --------------------------------------------------------------------------------------


def remember(by: User, month: int, day: int, *, ahead: int = 7, name: str = "planted day") -> Occasion:
    words = occasions.OccasionWords("birthday", name, month, day, ahead)
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


def test_a_clock_that_ran_years_ahead_for_a_minute_puts_no_day_off(alice: User, bob: User) -> None:
    remember(alice, 12, 24)
    said = datetime(2026, 12, 17, 9, tzinfo=UTC)
    reminding.promise_due(now=datetime(2031, 12, 20, tzinfo=UTC))
    for moment in (NOW, said - A_DAY, said - A_DAY):
        reminding.promise_due(now=moment)
    assert planned(alice)[0] == planned(bob)[0] == ("occasion", said)  # and one, in time, for 2032


def test_taken_off_the_list_or_moved_nothing_is_sent(alice: User, bob: User) -> None:
    one, other = remember(alice, 12, 24), remember(bob, 12, 24, name="another")
    said = datetime(2026, 12, 17, 9, tzinfo=UTC)
    reminding.promise_due(now=said - A_DAY)
    occasions.remove(by=seat(alice), pk=one.pk, now=NOW)
    words = occasions.OccasionWords("birthday", "another", 12, 26)
    occasions.change(by=seat(bob), pk=other.pk, words=words, now=said)
    assert planned(alice) == planned(bob) == []
    assert deliver_at(said) == 0
    assert not Reminder.objects.exists()


def test_corrected_to_a_later_day_it_is_said_ahead_of_that_too(alice: User, bob: User) -> None:
    one = remember(alice, 12, 1)
    first, second = datetime(2026, 11, 24, 9, tzinfo=UTC), datetime(2026, 12, 3, 9, tzinfo=UTC)
    reminding.promise_due(now=first - A_DAY)
    assert planned(alice) == planned(bob) == [("occasion", first)]
    assert deliver_at(first) == 2
    words = occasions.words_of(one)
    occasions.change(by=seat(alice), pk=one.pk, words=replace(words, day=10), now=first)
    for _ in range(2):
        reminding.promise_due(now=second - A_DAY)
    assert planned(alice) == planned(bob) == [("occasion", second)]
    for day in (11, 10):  # and back
        occasions.change(by=seat(alice), pk=one.pk, words=replace(words, day=day), now=second - A_DAY)
        reminding.promise_due(now=second - A_DAY)
        assert len(planned(alice)) == len(planned(bob)) == 1
    assert deliver_at(second) == 4
    occasions.change(by=seat(alice), pk=one.pk, words=words, now=second)  # to what was said already
    reminding.promise_due(now=second)
    assert planned(alice) == planned(bob) == []


def test_in_other_words_its_mail_stays(alice: User, bob: User) -> None:
    one = remember(alice, 12, 24)
    said = datetime(2026, 12, 17, 9, tzinfo=UTC)
    reminding.promise_due(now=said - A_DAY)
    rows = list(Reminder.objects.order_by("pk").values())
    words = replace(occasions.words_of(one), name="planted aunt")
    occasions.change(by=seat(alice), pk=one.pk, words=words, now=said - timedelta(seconds=20))
    reminding.promise_due(now=said + timedelta(seconds=20))
    assert list(Reminder.objects.order_by("pk").values()) == rows


def test_written_down_the_evening_before_its_mail_it_is_said_this_year(alice: User, bob: User) -> None:
    one = remember(alice, 11, 26)
    reminding.promise_due(now=NOW)
    assert planned(alice) == planned(bob) == [("occasion", datetime(2026, 11, 19, 9, tzinfo=UTC))]
    one.refresh_from_db()
    assert one.due_at == datetime(2027, 11, 17, tzinfo=UTC)
    remember(bob, 11, 25)  # its mail would have come this morning
    reminding.promise_due(now=NOW)
    assert len(planned(alice)) == len(planned(bob)) == 1


def test_the_mail_of_a_day_travels_along_too(alice: User, bob: User) -> None:
    remember(bob, 12, 24)
    said = datetime(2026, 12, 17, 9, tzinfo=UTC)
    reminding.promise_due(now=said - A_DAY)
    goes_to(alice, "America/Los_Angeles", now=said - A_DAY)
    assert planned(alice) == [("occasion", said + timedelta(hours=8))]
    wants(alice, "occasion", now=said - A_DAY, at=time(10))
    assert planned(alice) == [("occasion", said + timedelta(hours=9))]
    assert planned(bob) == [("occasion", said)]
    assert deliver_at(said + timedelta(hours=9)) == 2


def test_two_on_one_day_are_one_mail(alice: User, bob: User) -> None:
    """It names neither, so that a second one would say the same again."""
    for number in range(2):
        remember(bob, 12, 24, name=f"twin {number}")
        agreed(alice, bob, f"soup {number}", at=datetime(2026, 12, 17, 19 + number, tzinfo=UTC), now=NOW)
    said = datetime(2026, 12, 17, 9, tzinfo=UTC)
    reminding.promise_due(now=said - A_DAY)
    assert deliver_at(said) == 4  # one of each kind to each of the two
    assert Reminder.objects.filter(state=State.SKIPPED, reason="said already").count() == 4


def test_one_sent_to_see_it_takes_nothing_away(alice: User, bob: User) -> None:
    agreed(alice, bob, at=datetime(2026, 12, 17, 19, tzinfo=UTC), now=NOW)
    said = datetime(2026, 12, 17, 9, tzinfo=UTC)
    reminding.promise_due(now=said - A_DAY)
    preferences.ask_now(user=alice, kind="date", now=said - timedelta(minutes=5))
    assert deliver_at(said - timedelta(minutes=4)) == 1
    assert deliver_at(said) == 3


def test_written_down_too_late_for_this_year_it_is_next_years(alice: User) -> None:
    assert remember(alice, 11, 20).due_at == datetime(2027, 11, 11, tzinfo=UTC)


def test_only_its_writer_changes_it_and_fifty_each(alice: User, bob: User, charlie: User) -> None:
    one = remember(alice, 12, 24)
    assert remember(alice, 12, 24).pk == one.pk
    for user in (bob, charlie):
        assert occasions.own(seat(user), one.pk) is None
        occasions.remove(by=seat(user), pk=one.pk, now=NOW)
        with pytest.raises(Gone):
            occasions.change(by=seat(user), pk=one.pk, words=occasions.words_of(one), now=NOW)
    assert Occasion.objects.count() == 1
    for number in range(49):
        remember(alice, 1, 1, name=f"day {number}")
    with pytest.raises(TooManyOccasions):
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
    assert anniversaries.next_on(month, day, today) == then


@pytest.mark.parametrize("ahead", Ahead.values)
@pytest.mark.parametrize(("month", "day"), [(1, 1), (1, 8), (2, 29), (3, 1), (12, 31)])
def test_each_year_has_one_moment_to_promise_it_for_many_years(month: int, day: int, ahead: int) -> None:
    one = Occasion(month=month, day=day, ahead=ahead)
    moment, seen = datetime(2026, 6, 1, tzinfo=UTC), []
    for _ in range(8):
        moment = anniversaries.due_at(one, after=moment)
        mailed = anniversaries.mail_day(one, moment)
        assert (month, day, ahead) in anniversaries.mailed(mailed)
        assert moment < days.starts(mailed, ZoneInfo("Pacific/Kiritimati"))
        seen.append((mailed + timedelta(days=ahead)).year)
    assert seen == list(range(seen[0], seen[0] + 8))
