from datetime import timedelta

import pytest

from accounts import log
from accounts.hooks import Hook, joined
from accounts.joining import discard_unverified, join, never_verified
from accounts.models import DataKey, LogEntry, User
from couples.models import Couple, Partner
from reminders import kinds
from reminders.models import Choice
from tests.cast import NOW, person


def newcomer(email: str = "gwen@example.test") -> User:
    return User(email=email, name="Gwen", zone="Etc/UTC", password="!")


def test_joining_makes_a_key_a_couple_of_one_and_the_choices(db: None) -> None:
    gwen = join(newcomer(), now=NOW)
    assert gwen.joined_at == NOW
    assert Partner.objects.get(user=gwen).sat_at == NOW
    assert Choice.objects.filter(user=gwen).count() == len(kinds.every())
    assert DataKey.objects.count() == 2  # theirs, and the couple's


def test_joining_twice_is_harmless(db: None) -> None:
    gwen = join(newcomer(), now=NOW)
    assert join(gwen, now=NOW + timedelta(days=1)).joined_at == NOW
    assert (User.objects.count(), Couple.objects.count(), DataKey.objects.count()) == (1, 1, 2)


def test_an_error_in_one_room_undoes_the_whole_act(db: None) -> None:
    def fall_over(**_news: object) -> None:
        raise RuntimeError("a room fell over")

    joined.take(fall_over)
    try:
        with pytest.raises(RuntimeError, match="fell over"):
            join(newcomer(), now=NOW)
    finally:
        joined._takers.remove(fall_over)
    assert not User.objects.exists()
    assert not DataKey.objects.exists()
    assert not Couple.objects.exists()


def test_a_hook_tells_everyone_once() -> None:
    heard: list[int] = []
    hook = Hook("news")

    def hear(*, number: int) -> None:
        heard.append(number)

    hook.take(hear)
    hook.take(hear)
    hook.announce(number=7)
    assert heard == [7]


def test_who_was_ever_inside_is_not_discarded(db: None) -> None:
    proven, unproven, inside = (
        person("Proven"),
        person("Unproven", verified=False),
        person("Inside", verified=False),
    )
    User.objects.filter(pk=inside.pk).update(last_login=NOW)
    assert list(never_verified()) == [unproven]
    for user in (proven, unproven, inside):
        discard_unverified(user.email.upper(), now=NOW)
    assert set(User.objects.all()) == {proven, inside}
    discard_unverified("nobody@example.test", now=NOW)


def test_staff_are_not_swept(db: None) -> None:
    staff = person("Staff", verified=False)
    User.objects.filter(pk=staff.pk).update(is_staff=True)
    assert list(never_verified()) == []


def test_a_person_is_written_as_a_number_only(dana: User) -> None:
    assert str(dana) == str(dana.pk)
    assert repr(dana) == f"<User: {dana.pk}>"


def test_the_log_is_forgotten_after_a_season(dana: User) -> None:
    log.note(dana, LogEntry.What.PASSWORD, now=NOW - log.KEPT - timedelta(seconds=1))
    log.note(dana, LogEntry.What.SIGNED_IN, now=NOW - log.KEPT + timedelta(seconds=1))
    assert log.forget(now=NOW) == 1
    assert [entry.what for entry in LogEntry.objects.of(dana)] == ["signed_in"]
