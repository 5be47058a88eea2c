"""A read whose SQL is compiled once gives what its queryset gives, whatever is asked, on every database."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.prepared import Change, Prepared, PreparedChange, PreparedTogether
from checkins import writing
from checkins.models import CheckIn, CheckInQuerySet
from checkins.words import CheckInText
from couples.models import Partner
from tests.cast import NOW, seat
from tests.objects import all_there_are

DAY = NOW.date()


def build(user: UUID, couple: UUID, first: date, last: date) -> CheckInQuerySet:
    return CheckIn.objects.between(first, last).readable_by(Partner(user_id=user, couple_id=couple))


PAGES: Prepared[CheckIn] = Prepared(build, user=UUID, couple=UUID, first=date, last=date)


@pytest.fixture
def evenings(alice: User, bob: User) -> None:
    """Three evenings: both shared, one left open, one kept."""
    for ago, share, is_open in ((2, True, False), (1, True, True), (0, False, False)):
        now = NOW - timedelta(days=ago)
        words = CheckInText(rose=f"rose {ago}", note="a note", open=is_open)
        writing.write(by=seat(bob), day=now.date(), words=words, share=share, now=now)
        if ago == 2:
            writing.write(by=seat(alice), day=now.date(), words=words, share=True, now=now)


def values(page: CheckIn) -> dict[str, object]:
    return {field.attname: page.__dict__[field.attname] for field in CheckIn._meta.concrete_fields}


@pytest.mark.parametrize("first", [DAY - timedelta(days=days) for days in range(3)])
def test_the_same_rows_with_every_column(alice: User, bob: User, evenings: None, first: date) -> None:
    for person in (alice, bob):
        place = seat(person)
        plain = build(place.user_id, place.couple_id, first, DAY)
        found = PAGES(user=place.user_id, couple=place.couple_id, first=first, last=DAY)
        assert {page.pk: values(page) for page in found} == {page.pk: values(page) for page in plain}
        assert found or first == DAY


def test_it_is_one_question_and_asks_about_nobody_else(alice: User, evenings: None) -> None:
    place = seat(alice)
    stranger = {"user": uuid4(), "couple": uuid4(), "first": DAY - timedelta(days=2), "last": DAY}
    PAGES(**stranger)
    with CaptureQueriesContext(connection) as asked:
        assert PAGES(**stranger) == []
        found = PAGES(**stranger | {"user": place.user_id, "couple": place.couple_id})
    assert ["checkins_checkin" in query["sql"] for query in asked] == [True, True]
    assert sorted(page.day for page in found) == [DAY - timedelta(days=days) for days in (2, 2, 1)]


SEATS: Prepared[Partner] = Prepared(
    lambda couple: Partner.objects.filter(couple=couple).with_keys().order_by("seat"), couple=UUID
)


def test_what_is_joined_comes_along(alice: User, bob: User) -> None:
    couple = seat(alice).couple
    SEATS(couple=couple.pk)
    with CaptureQueriesContext(connection) as asked:
        found = [(one.user.name, one.user.key.pk, one.couple.key.pk) for one in SEATS(couple=couple.pk)]
    assert len(asked) == 1
    assert found == [(user.name, user.key_id, couple.key_id) for user in (alice, bob)]


def some(kind: type[UUID] | type[date], number: int) -> UUID | date:
    """A value for a place, unlike any other's."""
    if kind is UUID:
        return uuid4()
    moment = datetime(2026, 3, 29, 1, 30, tzinfo=UTC) + timedelta(days=number)
    return moment if kind is datetime else moment.date()


def test_every_one_asks_with_each_value_in_its_place(db: None) -> None:
    everyone: list[Prepared[Any]] = [one for one in all_there_are() if type(one) is Prepared]
    assert len(everyone) >= 10
    for one in everyone:
        values = {name: some(kind, number) for number, (name, kind) in enumerate(one._places.items())}
        asked: list[tuple[str, tuple[Any, ...]]] = []

        def keep(execute: Any, sql: str, params: Any, many: bool, context: Any, asked: Any = asked) -> Any:
            asked.append((sql, tuple(params)))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(keep):
            one(**values)
            one._build(**values).query.get_compiler(connection=connection).execute_sql()  # rows of nobody
        assert filled_in(*asked[0]) == filled_in(*asked[1])


def filled_in(sql: str, params: tuple[Any, ...]) -> str:
    """The statement with its values in their places, whether these are numbered or come in turn."""
    left = iter(params)
    return re.sub(
        r"%s|\$(\d+)", lambda found: repr(params[int(found[1]) - 1] if found[1] else next(left)), sql
    )


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="only its places have numbers")
def test_a_value_is_sent_once_however_often_it_is_asked_for(alice: User, evenings: None) -> None:
    sent = list[tuple[Any, ...]]()

    def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append((sql, tuple(params)))
        return execute(sql, params, many, context)

    place = seat(alice)
    with connection.execute_wrapper(keep):
        PAGES(user=place.user_id, couple=place.couple_id, first=DAY - timedelta(days=2), last=DAY)
    [(sql, params)] = sent
    assert sql.count("$") > len(params)
    values = [one for one in params if isinstance(one, UUID | date)]
    assert len(values) == len(set(values)) == 4


# --- several as one -----------------------------------------------------------------------------------

BOTH = PreparedTogether(pages=PAGES, seats=SEATS)


def test_several_are_one_statement_and_give_what_each_gives(
    alice: User, bob: User, charlie: User, evenings: None
) -> None:
    days = {"first": DAY - timedelta(days=2), "last": DAY}
    for person in (alice, bob, charlie):
        place = seat(person)
        asked_for = {"user": place.user_id, "couple": place.couple_id}
        BOTH(**asked_for, **days)
        with CaptureQueriesContext(connection) as asked:
            found = BOTH(**asked_for, **days)
        assert len(asked) == 1
        pages, seats = PAGES(**asked_for, **days), SEATS(couple=place.couple_id)
        assert {page.pk: values(page) for page in found["pages"]} == {page.pk: values(page) for page in pages}
        assert bool(pages) is (person is not charlie)
        names = {(one.pk, one.user.name, one.user.key.pk) for one in found["seats"]}
        assert names == {(one.pk, one.user.name, one.user.key.pk) for one in seats}


def test_several_of_nobody_are_nothing(db: None) -> None:
    found = BOTH(user=uuid4(), couple=uuid4(), first=DAY, last=DAY)
    assert found == {"pages": [], "seats": []}


LOCKED: Prepared[User] = Prepared(lambda pk: User.objects.filter(pk=pk).select_for_update(), pk=UUID)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="it locks the database, never a row")
def test_a_row_is_locked_in_a_transaction_or_not_at_all(alice: User) -> None:
    with transaction.atomic():
        assert LOCKED(pk=alice.pk) == [alice]
    with pytest.raises(transaction.TransactionManagementError):
        LOCKED(pk=alice.pk)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="it keeps no plans")
def test_a_plan_that_an_upgrade_outdates_is_made_anew(alice: User) -> None:
    found: Prepared[User] = Prepared(lambda pk: User.objects.filter(pk=pk), pk=UUID)
    assert found(pk=alice.pk) == [alice]
    upgrade = connection.copy()
    try:
        for length in (60, 50):
            with upgrade.cursor() as cursor:
                cursor.execute(f"ALTER TABLE accounts_user ALTER COLUMN name TYPE varchar({length})")
            assert found(pk=alice.pk) == [alice]
    finally:
        upgrade.close()


# --- together with changes --------------------------------------------------------------------------

ENDED: PreparedChange[Partner] = PreparedChange(
    lambda live, **_: Partner.objects.filter(pk=live, left_at__isnull=True).select_related("user"),
    lambda gone, live, left_at, joined_at: [
        Change(User.objects.filter(pk=gone), to={"is_active": False, "joined_at": joined_at}),
        Change(Partner.objects.filter(pk=live, left_at__isnull=True), to={"left_at": left_at}),
    ],
    gone=UUID,
    live=UUID,
    left_at=datetime,
    joined_at=datetime,
)


def end(seat: Partner, gone: UUID | None, left_at: datetime | None = NOW) -> list[Partner]:
    return ENDED(live=seat.pk, gone=gone, left_at=left_at, joined_at=NOW - timedelta(days=1))


def test_changes_are_made_and_the_row_comes_as_it_was(alice: User, bob: User) -> None:
    (found,) = end(seat(alice), bob.pk)
    assert (found.user, found.left_at) == (alice, None)
    assert Partner.objects.get(pk=found.pk).left_at == NOW
    bob.refresh_from_db()
    assert (bob.is_active, bob.joined_at) == (False, NOW - timedelta(days=1))
    assert User.objects.get(pk=alice.pk).is_active


def test_no_row_where_the_last_change_found_nothing_and_the_others_hold(alice: User, bob: User) -> None:
    place = seat(alice)
    end(place, None)
    assert end(place, bob.pk, NOW + timedelta(days=1)) == []
    assert Partner.objects.get(pk=place.pk).left_at == NOW
    bob.refresh_from_db()
    assert not bob.is_active


def test_what_nothing_is_given_for_changes_nothing(alice: User, bob: User) -> None:
    (found,) = end(seat(alice), None, None)
    assert Partner.objects.get(pk=found.pk).left_at is None
    assert User.objects.filter(is_active=False).count() == 0


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no such statement")
def test_it_is_one_statement(alice: User, bob: User) -> None:
    end(seat(bob), None)
    place = seat(alice)
    with CaptureQueriesContext(connection) as asked:
        end(place, bob.pk)
    assert len(asked) == 1
