import os
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import IntegrityError

from accounts.forms import SettingsForm
from accounts.hooks import rezoned
from accounts.joining import join
from accounts.models import User
from reminders import delivery, kinds, planning, preferences
from reminders.models import Choice, Reminder, State
from tests.cast import NOW, person
from tests.faults.racing import track
from tests.reminders.ledger import KIND, planned, wants

A_MINUTE = timedelta(minutes=1)


def days_planned(user: User) -> list[str]:
    return sorted(Reminder.objects.filter(user=user).values_list("key", flat=True))


def tick_through(start: datetime, hours: int, *, step: timedelta = timedelta(minutes=5)) -> None:
    """The planner's ticks over some hours."""
    moment = start
    while moment <= start + timedelta(hours=hours):
        planning.plan(now=moment)
        moment += step


def test_a_new_person_has_the_calm_default(db: None) -> None:
    dana = person("Dana", now=NOW)
    choice = Choice.objects.get(user=dana, kind=KIND)
    assert (choice.kind, choice.wanted, choice.at) == (KIND, True, time(20, 30))


def test_into_an_inbox_that_others_read_nothing_is_sent_until_asked_for(db: None) -> None:
    shared = join(
        User(email="s@example.test", name="S", zone="Etc/UTC", password="!", inbox_shared=True), now=NOW
    )
    assert not Choice.objects.get(user=shared, kind=KIND).wanted


def test_planning_any_number_of_times_writes_one_row(dana: User) -> None:
    wants(dana)
    for _ in range(3):
        planning.plan(now=NOW)
    choice = Choice.objects.get(user=dana, kind=KIND)
    Choice.objects.filter(pk=choice.pk).update(
        next_at=NOW + 2 * A_MINUTE
    )  # as if the planner had died half-way
    planning.plan(now=NOW)
    assert days_planned(dana) == ["2026-11-18"]
    row = Reminder.objects.get()
    assert (row.due_at, row.state, row.attempts) == (NOW + 2 * A_MINUTE, State.PENDING, 0)
    assert Choice.objects.get(user=dana, kind=KIND).next_at == NOW + timedelta(days=1, minutes=2)


def test_one_row_a_person_kind_and_day_says_the_database(dana: User) -> None:
    row = planned(dana)
    with pytest.raises(IntegrityError):
        Reminder.objects.create(
            user=dana, kind=KIND, key=row.key, channel=row.channel, due_at=NOW, expires_at=NOW
        )


@pytest.mark.parametrize(
    "nonsense",
    [
        {"state": State.CLAIMED},
        {"owner": "6f6d0a3e-2f6b-4c6e-9a0e-0d3a6c4c9a11"},
        {"state": State.SENT},
        {"settled_at": NOW},
    ],
)
def test_half_a_state_is_refused_by_the_database(dana: User, nonsense: dict[str, object]) -> None:
    planned(dana)
    with pytest.raises(IntegrityError):
        Reminder.objects.update(**nonsense)


def test_a_choice_that_is_not_wanted_is_never_due_says_the_database(dana: User) -> None:
    wants(dana)
    with pytest.raises(IntegrityError):
        Choice.objects.filter(user=dana, kind=KIND).update(wanted=False)


def test_what_is_wanted_is_due_but_for_what_its_room_promises(dana: User) -> None:
    for kind in kinds.every():
        preferences.choices_of(dana)[kind.name].set(wanted=True, now=NOW)
        due = Choice.objects.get(user=dana, kind=kind.name).next_at
        assert (due is None) == isinstance(kind, kinds.OccasionalKind), kind.name


@pytest.mark.parametrize(
    ("at", "due", "key"),
    [
        (time(19, 2), "2026-11-18T19:02", "2026-11-18"),
        (time(0, 30), "2026-11-19T00:30", "2026-11-18"),  # the night that ends the Day
        (time(3, 59), "2026-11-19T03:59", "2026-11-18"),
        (time(4, 0), "2026-11-19T04:00", "2026-11-19"),
    ],
)
def test_the_key_is_the_day_and_it_expires_when_the_day_ends(
    dana: User, at: time, due: str, key: str
) -> None:
    wants(dana, at)
    tick_through(NOW, 10)
    row = Reminder.objects.get(user=dana)
    assert row.due_at == datetime.fromisoformat(due).replace(tzinfo=UTC)
    assert row.key == key
    assert row.expires_at == datetime.fromisoformat(f"{key}T04:00").replace(tzinfo=UTC) + timedelta(days=1)


def test_nothing_is_planned_for_who_wants_nothing(dana: User) -> None:
    wants(dana)
    preferences.stop(user=dana, kind=KIND, now=NOW)
    tick_through(NOW, 30)
    assert not Reminder.objects.filter(user=dana, state=State.PENDING).exists()
    assert Choice.objects.get(user=dana, kind=KIND).next_at is None


@pytest.mark.parametrize("change", ["2026-03-29", "2026-10-25"])
@pytest.mark.parametrize("at", [time(0, 30), time(1, 30), time(2, 30), time(4, 0), time(20, 30)])
def test_the_fortnight_round_a_clock_change_has_each_day_once_at_its_time(
    db: None, change: str, at: time
) -> None:
    """Berlin: from 02:00 to 03:00 on 29 March, and back from 03:00 to 02:00 on 25 October."""
    start = datetime.fromisoformat(f"{change}T12:00").replace(tzinfo=UTC) - timedelta(days=7)
    kim = person("Kim", zone="Europe/Berlin", now=start)
    wants(kim, at, now=start)
    for _ in range(14):
        due = Choice.objects.get(user=kim, kind=KIND).next_at
        assert due is not None
        for moment in (due - timedelta(hours=1), due - A_MINUTE, due, due + A_MINUTE):
            planning.plan(now=moment)
    rows = list(Reminder.objects.filter(user=kim).order_by("due_at"))
    first = datetime.fromisoformat(rows[0].key).date()
    assert [row.key for row in rows] == [(first + timedelta(days=n)).isoformat() for n in range(14)]
    shown = [row.due_at.astimezone(kim.tz) for row in rows]
    in_the_gap = change == "2026-03-29" and at == time(2, 30)
    assert {moment.time() for moment in shown} == ({at, time(3, 30)} if in_the_gap else {at})
    assert len({moment.date() for moment in shown}) == 14
    assert all(moment.fold == 0 for moment in shown)  # the first of the two, where there are two
    for row in rows:
        assert row.expires_at.astimezone(kim.tz).time() == time(4, 0)


def test_another_zone_moves_the_next_one(dana: User) -> None:
    wants(dana, time(21, 0))
    assert Choice.objects.get(user=dana, kind=KIND).next_at == datetime(2026, 11, 18, 21, 0, tzinfo=UTC)
    dana.zone = "Asia/Tokyo"
    dana.save()
    rezoned.announce(user=dana, before="Europe/London", now=NOW)
    assert Choice.objects.get(user=dana, kind=KIND).next_at == datetime(2026, 11, 19, 12, 0, tzinfo=UTC)


def test_another_zone_from_the_settings_moves_it_too(dana: User) -> None:
    wants(dana, time(21, 0))
    before = Choice.objects.get(user=dana, kind=KIND).next_at
    typed = {"name": "Dana", "zone": "Asia/Tokyo", "theme": "", "inbox_shared": "False", "code_sign_in": "on"}
    form = SettingsForm(typed, instance=dana)
    assert form.is_valid(), form.errors
    form.save()
    after = Choice.objects.get(user=dana, kind=KIND).next_at
    assert before is not None
    assert after is not None
    assert after.astimezone(dana.tz).time() == time(21, 0)
    assert (after - before) % timedelta(days=1) == timedelta(hours=15)


def test_travelling_never_reminds_twice_of_one_day(dana: User) -> None:
    """Reminded in Tokyo, then on to Los Angeles, where the same date's evening comes up again."""
    dana.zone = "Asia/Tokyo"
    dana.save()
    start = datetime(2026, 11, 18, 11, 58, tzinfo=UTC)  # 20:58 in Tokyo
    wants(dana, time(21, 0), now=start)
    planning.plan(now=start)
    dana.zone = "America/Los_Angeles"
    dana.save()
    preferences.rezone(user=dana, now=start + timedelta(hours=2))
    tick_through(start + timedelta(hours=2), 22)
    assert days_planned(dana) == ["2026-11-18"]


def test_after_a_day_without_a_planner_only_the_next_evening_counts(dana: User) -> None:
    wants(dana)
    planning.plan(now=NOW + timedelta(days=3, hours=2))
    due = Choice.objects.get(user=dana, kind=KIND).next_at
    assert due == NOW + timedelta(days=4, minutes=2)
    (row,) = Reminder.objects.filter(user=dana)
    assert row.expires_at < NOW + timedelta(days=3)  # expired, never sent


def test_a_clock_that_ran_ahead_for_a_minute_puts_nothing_off(dana: User) -> None:
    wants(dana)
    planning.plan(now=NOW + timedelta(days=1500))
    planning.plan(now=NOW + 3 * A_MINUTE)
    due = Choice.objects.get(user=dana, kind=KIND).next_at
    assert due == NOW + timedelta(days=1, minutes=2)


def test_settled_rows_are_kept_35_days(dana: User) -> None:
    row = planned(dana)
    owner = row.pk
    delivery.claim(owner=owner, now=NOW + 3 * A_MINUTE)
    delivery.settle(row, owner, State.SENT, now=NOW)
    assert planning.prune(now=NOW + timedelta(days=35)) == 0
    assert planning.prune(now=NOW + timedelta(days=35, seconds=1)) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("sqlite" in os.environ["DATABASE_URL"], reason="SQLite has one writer at a time")
def test_planners_in_parallel_write_each_reminder_once() -> None:
    crowd = [person(f"Person{number}") for number in range(12)]
    for user in crowd:
        wants(user)
    with track(4) as lanes:
        for _ in range(3):
            results = lanes.race(*[lambda: planning.plan(now=NOW)] * 4)
            assert all(isinstance(one, int) for one in results), results
    planning.plan(now=NOW)
    assert Reminder.objects.count() == len(crowd)
    assert Reminder.objects.values("user").distinct().count() == len(crowd)
