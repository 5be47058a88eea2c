"""What real calendars are told: the bytes, the versions, the address; after moving, parting and erasing."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import icalendar
import pytest
import time_machine
from django.core import mail as outbox
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.errors import Gone
from accounts.leaving import erase
from accounts.models import User
from adventures import attachments, board, calendar, dating, feeds, proposing, reading, wishing
from adventures.models import Calendar, DateNight
from agendas.models import Agenda
from couples import parting
from reminders import delivery
from reminders.models import Reminder, State
from tests.adventures.scenarios import accept, agreed, asked, change, happened
from tests.agendas.scenarios import agree as agree_on_talks
from tests.cast import NOW, pair, person, seat

SignIn = Callable[[User], Client]
AT = datetime(2026, 11, 27, 19, 30, tzinfo=UTC)
A_DAY = timedelta(days=1)


def event(body: bytes, number: int = 0) -> Any:
    found: Any = icalendar.Calendar.from_ical(body)
    assert str(found["method"]) == "PUBLISH"
    return found.walk("VEVENT")[number]


def told(user: User, token: str, *, now: datetime = NOW) -> list[tuple[str, str, datetime, int]]:
    """Of each date: title, status, when (UTC), version (as it is counted, not as it is written)."""
    feed = feeds.read(token)
    assert feed is not None
    with time_machine.travel(now, tick=False):
        body = Client().get(reverse("adventures:feed", args=[token])).content
    events: Any = icalendar.Calendar.from_ical(body).walk("VEVENT")
    return [
        (
            str(one["summary"]),
            str(one["status"]),
            one["dtstart"].dt.astimezone(UTC),
            int(one["sequence"]) - feeds.WRITTEN,
        )
        for one in events
    ]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Kathmandu"])
def test_a_file_has_the_moment_and_nothing_else(alice: User, bob: User, signed_in: SignIn, zone: str) -> None:
    User.objects.filter(pk=bob.pk).update(zone=zone)
    date_night = agreed(alice, bob, "planted", at=AT, now=NOW)
    with time_machine.travel(NOW, tick=False):
        answer = signed_in(bob).get(reverse("adventures:file", args=[date_night.pk]))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="plans.ics"'
    one = event(answer.content)
    assert b"DTSTART:20261127T193000Z\r\nDTEND:20261127T223000Z\r\n" in answer.content
    for word in ("ATTENDEE", "ORGANIZER", "planted", "Alice", "Bob", "TZID"):
        assert word.encode() not in answer.content
    assert str(one["summary"]) == "Plans"
    assert one["uid"] == str(date_night.pk)


def test_where_titles_were_chosen_nothing_is_private_and_elsewhere_it_is(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    """Google shows a private event as "busy", to its owner as well."""
    date_night = agreed(alice, bob, "planted", at=AT, now=NOW)
    feeds.show_titles(by=seat(bob), titled=True)
    path = reverse("adventures:file", args=[date_night.pk])
    kept, titled = (event(signed_in(one).get(path).content) for one in (alice, bob))
    assert (str(kept["summary"]), kept["class"]) == ("Plans", "PRIVATE")
    assert (str(titled["summary"]), "class" in titled) == ("planted", False)
    mailed = attachments.file_of(bob, date_night.pk)
    assert mailed is not None
    assert event(mailed.content)["class"] == "PRIVATE"


def test_of_a_date_without_an_hour_there_is_no_file(alice: User, bob: User, signed_in: SignIn) -> None:
    """A calendar takes no event that ends when it begins."""
    wish = wishing.wish(by=seat(alice), words=wishing.WishWords("tea"), now=NOW)
    date_night = dating.fulfil(by=seat(alice), wish_id=wish.pk, day=NOW.date(), now=NOW)
    assert signed_in(alice).get(reverse("adventures:file", args=[date_night.pk])).status_code == 404
    assert signed_in(alice).post(reverse("adventures:mail", args=[date_night.pk])).status_code == 404
    assert attachments.file_of(alice, date_night.pk) is None


def test_lines_end_and_fold_as_the_standard_says(alice: User, bob: User) -> None:
    feeds.show_titles(by=seat(alice), titled=True)
    agreed(alice, bob, "ü" * 200, at=AT, now=NOW)
    token = feeds.make_address(by=seat(alice))
    with time_machine.travel(NOW, tick=False):
        body = Client().get(reverse("adventures:feed", args=[token])).content
    assert body.endswith(b"END:VCALENDAR\r\n")
    for said in (b"REFRESH-INTERVAL;VALUE=DURATION:PT6H", b"X-PUBLISHED-TTL:PT6H"):
        assert said in body
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert max(len(line) for line in body.split(b"\r\n")) <= 75


NASTY = [
    "a\r\nATTENDEE:mailto:x@example.test",
    "semi;colon,comma\\n",
    "BEGIN:VALARM",
    "\u202etxet",
    "END:VEVENT\n",
]


@pytest.mark.parametrize("title", NASTY)
def test_a_title_stays_a_title(alice: User, bob: User, title: str) -> None:
    feeds.show_titles(by=seat(alice), titled=True)
    agreed(alice, bob, title, at=AT, now=NOW)
    token = feeds.make_address(by=seat(alice))
    with time_machine.travel(NOW, tick=False):
        body = Client().get(reverse("adventures:feed", args=[token])).content
    found: Any = icalendar.Calendar.from_ical(body)
    assert [type(one).__name__ for one in found.walk() if one.name == "VEVENT"] == ["Event"]
    assert not found.walk("VALARM")
    one = found.walk("VEVENT")[0]
    assert "ATTENDEE" not in one
    assert str(one["summary"]).replace("\r\n", "\n") == title.replace("\r\n", "\n")


def test_the_address_is_shown_once_hashed_and_closes(alice: User, bob: User, signed_in: SignIn) -> None:
    client = signed_in(alice)
    shown = client.post(reverse("adventures:make_address")).content.decode()
    token = shown.split("localhost:8000/calendar/")[1].split(".ics")[0]
    assert len(token) == 48
    assert token not in client.get(reverse("adventures:calendar")).content.decode()
    row = Calendar.objects.get()
    assert row.address_hash is not None
    assert token not in str(vars(row))
    path = reverse("adventures:feed", args=[token])
    assert Client().get(path).status_code == 200
    assert Client().get(path.replace(token, token[::-1])).status_code == 404
    signed_in(bob).post(reverse("adventures:revoke", args=[row.pk]))
    assert Client().get(path).status_code == 200  # not his to close
    client.post(reverse("adventures:make_address"))
    assert Client().get(path).status_code == 404  # another one instead
    client.post(reverse("adventures:revoke", args=[row.pk]))
    assert not Calendar.objects.filter(address_hash__isnull=False).exists()


def test_asked_again_it_says_that_nothing_changed(alice: User, bob: User) -> None:
    date_night = agreed(alice, bob, at=AT, now=NOW)
    path = reverse("adventures:feed", args=[feeds.make_address(by=seat(alice))])
    with time_machine.travel(NOW, tick=False) as clock:
        first = Client().get(path)
        assert first["Cache-Control"] == "private, no-cache"
        assert "Set-Cookie" not in first
        clock.shift(timedelta(hours=5))
        again = Client().get(path, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        dating.postpone(by=seat(bob), date_id=date_night.pk, stood=AT, now=NOW)
        moved = Client().get(path, headers={"If-None-Match": first["ETag"]})
        assert (moved.status_code, moved["ETag"] == first["ETag"]) == (200, False)
        assert Client().head(path)["ETag"] == moved["ETag"]


def test_versions_move_with_what_the_reader_sees_and_never_go_back(alice: User, bob: User) -> None:
    date_night = agreed(alice, bob, at=AT, now=NOW)
    neutral, titled = feeds.make_address(by=seat(alice)), feeds.make_address(by=seat(bob))
    feeds.show_titles(by=seat(bob), titled=True)
    assert told(alice, neutral) == [("Plans", "CONFIRMED", AT, 0)]
    assert told(bob, titled) == [("soup", "CONFIRMED", AT, 1)]
    change(alice, date_night.pk, "bread")
    assert told(alice, neutral) == [("Plans", "CONFIRMED", AT, 0)]
    assert told(bob, titled) == [("bread", "CONFIRMED", AT, 2)]
    dating.postpone(by=seat(alice), date_id=date_night.pk, stood=AT, now=NOW)
    assert (told(alice, neutral), told(bob, titled)) == (
        [("Plans", "CANCELLED", AT, 1)],
        [("bread", "CANCELLED", AT, 3)],
    )
    proposing.suggest(by=seat(alice), date_id=date_night.pk, to=AT + A_DAY, now=NOW)
    assert told(alice, neutral) == [("Plans", "CANCELLED", AT, 1)]  # asked for isn't agreed on
    accept(bob, date_night.pk, to=AT + A_DAY, now=NOW)
    assert told(alice, neutral) == [("Plans", "CONFIRMED", AT + A_DAY, 2)]
    versions = [told(bob, titled)[0][3]]
    for shows in (False, True, False, True):
        feeds.show_titles(by=seat(bob), titled=shows)
        versions.append(told(bob, titled)[0][3])
    assert versions == sorted(set(versions))


def test_nothing_that_was_only_asked_for_stands_in_a_calendar(alice: User, bob: User) -> None:
    token = feeds.make_address(by=seat(alice))
    date_night = asked(alice, at=AT, now=NOW)
    dating.set_aside(by=seat(bob), date_id=date_night.pk, to=AT, now=NOW)
    proposing.withdraw(by=seat(alice), date_id=date_night.pk, now=NOW)
    assert told(alice, token) == []


def test_stamps_tell_the_day_of_the_first_ask_and_nothing_of_when_somebody_did_something(
    alice: User, bob: User
) -> None:
    date_night = asked(alice, at=AT, now=NOW)
    token = feeds.make_address(by=seat(alice))
    stamps = []
    for hours in (1, 30, 50):
        now = NOW + timedelta(hours=hours)
        if hours == 1:
            accept(bob, date_night.pk, to=AT, now=now)
        elif hours == 30:
            dating.postpone(by=seat(bob), date_id=date_night.pk, stood=AT, now=now)
        else:
            dating.call_off(by=seat(bob), date_id=date_night.pk, now=now)
        with time_machine.travel(now, tick=False):
            one = event(Client().get(reverse("adventures:feed", args=[token])).content)
        assert "LAST-MODIFIED" not in one
        assert "CREATED" not in one
        stamps.append(one["dtstamp"].dt)
    seconds = [(stamp - datetime(2026, 11, 18, tzinfo=UTC)).total_seconds() for stamp in stamps]
    assert seconds == [feeds.WRITTEN, feeds.WRITTEN + 1, feeds.WRITTEN + 1]


def answer(token: str, when: datetime, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    """All a calendar gets, at a moment."""
    with time_machine.travel(when, tick=False):
        got = Client().get(reverse("adventures:feed", args=[token]), headers=headers)
    return got.status_code, got.content, {k: v for k, v in got.items() if k != "Content-Security-Policy"}


def parts(bob: User, alice: User) -> None:
    parting.part(by=bob, now=NOW)


def erases(bob: User, alice: User) -> None:
    erase(bob, now=NOW)


def parts_and_erases_later(bob: User, alice: User) -> None:
    parting.part(by=bob, now=NOW)
    erase(bob, now=NOW + A_DAY)


def parts_and_she_finds_somebody_new(bob: User, alice: User) -> None:
    parting.part(by=bob, now=NOW)
    dana = person("Dana", zone="Asia/Tokyo")
    pair(alice, dana, now=NOW + A_DAY)
    feeds.show_titles(by=seat(alice), titled=False)
    feeds.make_address(by=seat(alice))
    agreed(dana, alice, "new", at=AT + A_DAY, now=NOW + A_DAY)


def parts_and_she_moves(bob: User, alice: User) -> None:
    parting.part(by=bob, now=NOW)
    User.objects.filter(pk=alice.pk).update(zone="America/New_York")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "leave", [parts, erases, parts_and_erases_later, parts_and_she_finds_somebody_new, parts_and_she_moves]
)
@pytest.mark.parametrize("titled", [False, True])
def test_after_parting_it_answers_what_it_showed_byte_for_byte_for_good(
    alice: User, bob: User, leave: Callable[[User, User], None], titled: bool
) -> None:
    happened(bob, alice, "planted once", at=NOW - 399 * A_DAY)
    agreed(bob, alice, "planted", at=AT, now=NOW)
    moved = agreed(alice, bob, "planted too", at=AT + A_DAY, now=NOW)
    proposing.suggest(by=seat(bob), date_id=moved.pk, to=AT + 2 * A_DAY, now=NOW)
    if titled:
        feeds.show_titles(by=seat(alice), titled=True)
    token = feeds.make_address(by=seat(alice))
    before = answer(token, NOW)
    assert (b"planted too" in before[1]) == titled
    tag = before[2]["ETag"]
    same = answer(token, NOW, **{"If-None-Match": tag})
    assert same[0] == 304
    leave(bob, alice)
    for days in (0, 1, 2, 10, 400, 4000):
        later = NOW + days * A_DAY
        assert answer(token, later) == before, days
        assert answer(token, later, **{"If-None-Match": '"another"'}) == before
        assert answer(token, later, **{"If-None-Match": tag}) == same
        with time_machine.travel(later, tick=False):
            assert Client().head(reverse("adventures:feed", args=[token]))["ETag"] == tag


def test_first_read_after_parting_it_shows_no_titles_then_or_ever(alice: User, bob: User) -> None:
    agreed(bob, alice, "planted", at=AT, now=NOW)
    feeds.show_titles(by=seat(alice), titled=True)
    feeds.make_address(by=seat(alice))
    token = feeds.make_address(by=seat(alice))
    parting.part(by=bob, now=NOW)
    first = answer(token, NOW)
    assert (first[0], b"planted" in first[1], b"SUMMARY:Plans" in first[1]) == (200, False, True)
    assert answer(token, NOW + A_DAY) == first


def test_what_was_read_at_another_address_or_before_titles_were_wanted_anew_isnt_read(
    alice: User, bob: User
) -> None:
    agreed(bob, alice, "planted", at=AT, now=NOW)
    feeds.show_titles(by=seat(alice), titled=True)
    assert b"planted" in answer(feeds.make_address(by=seat(alice)), NOW)[1]
    token = feeds.make_address(by=seat(alice))
    for titled in (False, True):
        feeds.show_titles(by=seat(alice), titled=titled)
    parting.part(by=bob, now=NOW)
    assert b"planted" not in answer(token, NOW)[1]


def test_nothing_drops_out_as_days_go_by_and_nothing_new_comes_in_after_parting(
    alice: User, bob: User
) -> None:
    agreed(bob, alice, at=AT, now=NOW)
    token = feeds.make_address(by=seat(alice))
    ordinary = [answer(token, NOW + days * A_DAY) for days in (0, 1, 500)]
    assert ordinary[0] == ordinary[1] == ordinary[2]
    parting.part(by=bob, now=NOW)
    asked(alice, "her own", at=AT, now=NOW)
    assert answer(token, NOW) == ordinary[0]
    own = feeds.make_address(by=seat(alice))
    assert [one[0] for one in told(alice, own)] == ["Plans"]
    assert len(feeds.all_of(seat(alice))) == 2
    feeds.revoke(by=seat(alice), pk=feeds.all_of(seat(alice))[0].pk)
    assert feeds.read(token) is None
    with pytest.raises(Gone):
        dating.call_off(by=seat(bob), date_id=DateNight.objects.earliest("made_at").pk, now=NOW)


def test_a_calendar_is_told_the_latest_dates_and_asks_for_as_much_with_many(
    alice: User, bob: User, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(feeds, "SHOWN", 3)
    token = feeds.make_address(by=seat(alice))
    for number in range(5):
        agreed(bob, alice, at=AT + number * A_DAY, now=NOW)
        with django_assert_num_queries(2):
            feeds.read(token)
    assert [one[2] for one in told(alice, token)] == [AT + number * A_DAY for number in (2, 3, 4)]
    feeds.show_titles(by=seat(alice), titled=True)
    for queries in (4, 2):
        with django_assert_num_queries(queries):
            feeds.read(token)


@pytest.mark.django_db(transaction=True)
def test_after_the_other_erased_their_account_it_still_answers(alice: User, bob: User) -> None:
    agreed(bob, alice, at=AT, now=NOW)
    token = feeds.make_address(by=seat(alice))
    erase(bob, now=NOW)
    assert told(alice, token) == [("Plans", "CONFIRMED", AT, 0)]


def test_a_file_by_mail_to_oneself(alice: User, bob: User, signed_in: SignIn) -> None:
    feeds.show_titles(by=seat(alice), titled=True)
    date_night = agreed(alice, bob, "planted", at=AT, now=NOW)
    with time_machine.travel(NOW, tick=False):
        signed_in(alice).post(reverse("adventures:mail", args=[date_night.pk]))
        delivery.deliver(clock=lambda: NOW)
    [sent] = outbox.outbox
    found = message_from_bytes(sent.message().as_bytes(), policy=default)
    assert (found["To"], found["List-Unsubscribe"]) == (alice.email, None)
    [part] = [one for one in found.walk() if one.get_content_type() == "text/calendar"]
    assert part.get_filename() == "plans.ics"
    assert part.get_param("method") == "PUBLISH"
    one = event(part.get_payload(decode=True))  # type: ignore[arg-type]  # no multipart
    assert (str(one["summary"]), one["dtstart"].dt.astimezone(UTC)) == ("Plans", AT)
    assert "planted" not in sent.message().as_string()


def test_a_file_of_a_date_that_is_gone_by_then_isnt_sent(alice: User, bob: User) -> None:
    date_night = agreed(alice, bob, at=AT, now=NOW)
    attachments.mail(by=seat(alice), date_night=date_night, now=NOW)
    DateNight.objects.all().delete()
    delivery.deliver(clock=lambda: NOW)
    row = Reminder.objects.get()
    assert (row.state, row.reason, outbox.outbox) == (State.SKIPPED, "gone", [])


# --- the month ---------------------------------------------------------------------------------------------


def entries(user: User, month: date, now: datetime = NOW) -> list[tuple[str, str, str]]:
    with time_machine.travel(now, tick=False):
        found = board.read(seat(user), month, now=now).month
    return [(entry.kind, entry.title, entry.on.isoformat()) for entry in found.entries]


def test_the_month_has_dates_asks_and_talks_on_the_readers_clock(db: None) -> None:
    alice, bob = person("Alice", zone="Europe/London"), person("Bob", zone="Pacific/Auckland")
    pair(alice, bob)
    agreed(alice, bob, at=AT, now=NOW)
    asked(bob, "his", at=AT + A_DAY, now=NOW)
    happened(alice, bob, "was", at=NOW - 3 * A_DAY)
    agree_on_talks(alice, bob, now=NOW)
    november = date(2026, 11, 1)
    assert entries(alice, november) == [
        ("past", "was", "2026-11-15"),
        ("talk", "Talk", "2026-11-22"),
        ("date", "soup", "2026-11-27"),
        ("asked", "his", "2026-11-28"),
        ("talk", "Talk", "2026-11-29"),
    ]
    assert entries(bob, november) == [
        ("past", "was", "2026-11-16"),
        ("talk", "Talk", "2026-11-23"),
        ("date", "soup", "2026-11-28"),
        ("asked", "his", "2026-11-29"),
        ("talk", "Talk", "2026-11-30"),
    ]


def test_what_one_set_aside_is_gone_from_ones_own_month_alone(alice: User, bob: User) -> None:
    date_night = asked(alice, at=AT, now=NOW)
    dating.set_aside(by=seat(bob), date_id=date_night.pk, to=AT, now=NOW)
    assert entries(bob, date(2026, 11, 1)) == []
    assert entries(alice, date(2026, 11, 1)) == [("asked", "soup", "2026-11-27")]


@pytest.mark.parametrize(
    ("hours", "minutes", "clashes"),
    [(0, 180, True), (-3, 180, True), (-4, 180, False), (3, 60, True), (4, 60, False), (24, 60, False)],
)
def test_what_leaves_no_room(alice: User, bob: User, hours: int, minutes: int, clashes: bool) -> None:
    agreed(alice, bob, at=AT, now=NOW)
    found = reading.clashes(seat(alice), AT + timedelta(hours=hours), minutes, now=NOW)
    assert [one.title for one in found] == (["soup"] if clashes else [])


def test_a_talk_leaves_no_room_either(alice: User, bob: User) -> None:
    talk = agree_on_talks(alice, bob, now=NOW)
    assert isinstance(talk, Agenda)
    assert [one.title for one in reading.clashes(seat(bob), talk.starts_at, 60, now=NOW)] == ["Talk"]
    assert reading.clashes(seat(bob), talk.starts_at + A_DAY, 60, now=NOW) == []


def test_every_month_page_has_whole_weeks_from_monday() -> None:
    for month in range(1, 13):
        page = calendar.month(date(2027, month, 1), [], today=date(2027, 3, 3))
        days = [cell.day for week in page.weeks for cell in week]
        assert [len(week) for week in page.weeks] == [7] * len(page.weeks)
        assert days == [days[0] + timedelta(days=n) for n in range(len(days))]
        assert days[0].weekday() == 0
        assert sum(cell.inside for week in page.weeks for cell in week) in {28, 30, 31}
        assert sum(cell.today for week in page.weeks for cell in week) == (date(2027, 3, 3) in days)


@pytest.mark.parametrize("text", ["", "x", "2026-13", "9999-01", "0001-01", "2026-11-05", "2026", "٢٠٢٦-١١"])
def test_a_month_that_makes_no_sense_is_this_one(alice: User, text: str) -> None:
    assert reading.month_of(text, seat(alice), now=NOW) == date(2026, 11, 1)


def test_a_month_by_name(alice: User) -> None:
    assert reading.month_of("2027-02", seat(alice), now=NOW) == date(2027, 2, 1)
