"""Our evenings: named alone at once, as two by asking; other days are no gaps."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.test import Client
from time_machine import Traveller

from accounts.models import User
from checkins import reading, tonight, writing
from checkins.words import CheckInText
from couples import days, parting, weekdays
from couples.models import Ask
from tests.cast import NOW, seat

SignIn = Callable[[User], Client]
PAGE, EVERY = "/evenings-of-ours/", "/evenings-of-ours/every/"
TUE_THU_SUN = {"weekdays": ["1", "3", "6"]}
DAY = timedelta(days=1)
TODAY = NOW.date()  # a Wednesday


def body(client: Client, path: str = PAGE) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return re.sub(r'(nonce|name="csrfmiddlewaretoken" value)="[^"]+"', r"\1", answer.content.decode())


def yes(token: str = "") -> str:
    """Where a page with the latest ask on it sends a yes."""
    return f"/asks/{token or Ask.objects.latest('asked_at').token}/yes/"


def not_now(token: str = "") -> str:
    """Where it sends the other answer."""
    return yes(token).replace("/yes/", "/not-now/")


def stands(user: User) -> str:
    return seat(user).couple.evenings


# --- alone ---------------------------------------------------------------------------------------------


def test_alone_it_takes_effect_at_once(dana: User, signed_in: SignIn, clock: Traveller) -> None:
    client = signed_in(dana)
    assert "Every evening" in body(client)
    assert client.post(PAGE, TUE_THU_SUN)["Location"] == PAGE
    assert stands(dana) == "136"
    assert "Tue, Thu and Sun" in body(client)
    assert not Ask.objects.exists()
    client.post(EVERY)
    assert stands(dana) == "0123456"


@pytest.mark.parametrize("weekdays", [[], ["7"], ["x"], ["1", "-1"], [""]])
def test_what_is_no_weekday_is_refused(
    dana: User, signed_in: SignIn, clock: Traveller, weekdays: list[str]
) -> None:
    answer = signed_in(dana).post(PAGE, {"weekdays": weekdays})
    assert answer.status_code == 422
    assert "invalid-feedback" in answer.content.decode()
    assert stands(dana) == "0123456"


# --- as two --------------------------------------------------------------------------------------------


def test_as_two_one_suggests_and_the_other_says_yes(
    alice: User, bob: User, signed_in: SignIn, clock: Traveller
) -> None:
    hers, his = signed_in(alice), signed_in(bob)
    writing.talk(by=seat(bob), day=TODAY - DAY, now=NOW - DAY)  # so that it isn't quiet for him
    assert "suggests" not in body(his, "/today/")
    hers.post(PAGE, TUE_THU_SUN)
    assert stands(alice) == "0123456"
    assert "You suggested Tue, Thu and Sun" in body(hers)
    for path in (PAGE, "/today/"):
        assert "Alice suggests Tue, Thu and Sun" in body(his, path)
        assert "Alice suggests" not in body(hers, path)
    his.post(yes())
    assert stands(alice) == stands(bob) == "136"
    assert "Alice suggests" not in body(his) + body(his, "/today/")
    for client in (hers, his):
        assert "Tue, Thu and Sun" in body(client)


def test_yes_and_not_now_weigh_the_same(alice: User, bob: User, signed_in: SignIn, clock: Traveller) -> None:
    signed_in(alice).post(PAGE, TUE_THU_SUN)
    buttons = re.findall(r'<button class="([^"]+)"[^>]*>\s*(Yes[^<]*|Not now)<', body(signed_in(bob)))
    assert buttons == [
        ("btn btn-even btn-block", "Yes, use these evenings"),
        ("btn btn-even btn-block", "Not now"),
    ]


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_either_alone_makes_it_every_evening_again(
    alice: User, bob: User, signed_in: SignIn, clock: Traveller, who: str
) -> None:
    signed_in(alice).post(PAGE, TUE_THU_SUN)
    signed_in(bob).post(yes())
    client = signed_in(alice if who == "alice" else bob)
    client.post(EVERY)
    assert stands(alice) == "0123456"
    signed_in(bob).post(yes())  # an old page, sent again
    assert stands(alice) == "0123456"


def test_all_seven_need_nobody_else(alice: User, signed_in: SignIn, clock: Traveller) -> None:
    seat(alice).couple.__class__.objects.update(evenings="136")
    signed_in(alice).post(PAGE, {"weekdays": list("6543210")})
    assert stands(alice) == "0123456"
    assert not Ask.objects.exists()


def test_what_stands_already_is_no_ask(alice: User, signed_in: SignIn, clock: Traveller) -> None:
    seat(alice).couple.__class__.objects.update(evenings="136")
    signed_in(alice).post(PAGE, TUE_THU_SUN)
    assert not Ask.objects.exists()


def test_an_answer_is_to_what_stood_on_the_page(
    alice: User, bob: User, signed_in: SignIn, clock: Traveller
) -> None:
    signed_in(alice).post(PAGE, TUE_THU_SUN)
    his = signed_in(bob)
    for answer in (yes, not_now):
        for token in ("136", "0" * 32, str(seat(bob).pk), str(Ask.objects.get().pk)):
            assert his.post(answer(token)).status_code == 404
    assert stands(bob) == "0123456"
    assert "Alice suggests" in body(his)


def test_asking_again_rests(alice: User, bob: User, signed_in: SignIn, clock: Traveller) -> None:
    hers = signed_in(alice)
    hers.post(PAGE, TUE_THU_SUN)
    for day in (1, 8, 29):
        clock.move_to(NOW + day * DAY)
        answer = hers.post(PAGE, {"weekdays": ["0"]})
        assert answer.status_code == 422
        assert "thirty days" in answer.content.decode()
        assert "18 December" in body(hers)
    clock.move_to(NOW + 30 * DAY)
    signed_in(alice).post(PAGE, {"weekdays": ["0"]})
    assert "Alice suggests Mon" in body(signed_in(bob))


def test_strangers_and_those_who_left_see_nothing_of_it(
    alice: User, bob: User, charlie: User, dana: User, erin: User, signed_in: SignIn, clock: Traveller
) -> None:
    signed_in(alice).post(PAGE, TUE_THU_SUN)
    for user in (charlie, dana, erin):
        client = signed_in(user)
        for path in (PAGE, "/today/"):
            assert "Tue, Thu" not in body(client, path)
        client.post(yes())
        client.post(not_now())
    assert stands(alice) == "0123456"
    assert "Alice suggests" in body(signed_in(bob))


def test_after_parting_each_starts_with_every_evening(
    alice: User, bob: User, signed_in: SignIn, clock: Traveller
) -> None:
    hers, his = signed_in(alice), signed_in(bob)
    hers.post(PAGE, TUE_THU_SUN)
    parting.part(by=alice, now=NOW)
    his.post(yes())  # from an old page
    for user, client in ((alice, hers), (bob, his)):
        assert stands(user) == "0123456"
        assert "suggest" not in body(client)


# --- the asker can't tell ------------------------------------------------------------------------------


def ignores(client: Client) -> None:
    pass


def looks(client: Client) -> None:
    for path in ("/today/", PAGE):
        client.get(path)


def sets_aside(client: Client) -> None:
    looks(client)
    client.post(not_now())


def sets_aside_twice(client: Client) -> None:
    sets_aside(client)
    client.post(not_now())


def test_unseen_ignored_and_declined_look_the_same_for_forty_days(
    alice: User, bob: User, signed_in: SignIn, clock: Traveller
) -> None:
    stories = []
    for answer in (ignores, looks, sets_aside, sets_aside_twice):
        with transaction.atomic():
            clock.move_to(NOW)
            signed_in(alice).post(PAGE, TUE_THU_SUN)
            answer(signed_in(bob))
            story: list[str] = []
            for day in (0, 1, 6, 7, 8, 29, 30, 40):
                clock.move_to(NOW + day * DAY)
                hers = signed_in(alice)  # a session lasts thirty days
                story += [body(hers, path) for path in (PAGE, "/today/", "/more/", "/partner/")]
                again = hers.post(PAGE, TUE_THU_SUN)  # the same once more: idempotent, resting, or new
                story.append(f"{again.status_code} {again.get('Location')}")
            stories.append(story)
            transaction.set_rollback(True)
    assert stories[0] == stories[1] == stories[2] == stories[3]


def test_a_yes_can_be_seen(alice: User, bob: User, signed_in: SignIn, clock: Traveller) -> None:
    hers = signed_in(alice)
    hers.post(PAGE, TUE_THU_SUN)
    before = body(hers)
    signed_in(bob).post(yes())
    assert body(hers) != before  # the comparison above does see a difference


def test_no_page_names_the_row(alice: User, bob: User, signed_in: SignIn, clock: Traveller) -> None:
    signed_in(alice).post(PAGE, TUE_THU_SUN)
    one = Ask.objects.get()
    for user in (alice, bob):
        for path in (PAGE, "/today/"):
            assert str(one.pk) not in body(signed_in(user), path)


# --- gaps ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weekdays", "quiet_from"),
    [("0123456", date(2026, 11, 11)), ("136", date(2026, 11, 3)), ("2", date(2026, 9, 30))],
)
def test_seven_of_their_evenings_are_counted(alice: User, weekdays: str, quiet_from: date) -> None:
    place = seat(alice)
    place.couple.evenings = weekdays
    assert reading.quiet_from(place, TODAY) == quiet_from
    for day, quiet in ((quiet_from - DAY, True), (quiet_from, False)):
        with transaction.atomic():
            now = days.starts(day, alice.tz)
            writing.talk(by=place, day=day, now=now)
            heard_on = tonight.of(place, TODAY, now=NOW).heard_on
            assert heard_on is not None
            assert (heard_on < quiet_from) is quiet
            transaction.set_rollback(True)


def test_a_page_on_another_day_is_a_page(alice: User) -> None:
    place = seat(alice)
    place.couple.evenings = "136"
    monday = date(2026, 11, 9)
    writing.write(
        by=place, day=monday, words=CheckInText("x", open=True), share=True, now=days.starts(monday, alice.tz)
    )
    assert tonight.of(place, TODAY, now=NOW).heard_on == monday


def test_today_counts_their_evenings_only(alice: User, signed_in: SignIn, clock: Traveller) -> None:
    day = TODAY - 9 * DAY
    writing.talk(by=seat(alice), day=day, now=days.starts(day, alice.tz))
    client = signed_in(alice)
    assert "Start anywhere." in body(client, "/today/")
    seat(alice).couple.__class__.objects.filter(pk=seat(alice).couple_id).update(evenings="136")
    assert "Start anywhere." not in body(client, "/today/")


def test_nobody_is_quiet_before_seven_of_their_evenings_were_there(
    dana: User, signed_in: SignIn, clock: Traveller
) -> None:
    """She joined forty days ago: that is long for every evening, and not yet seven Wednesdays."""
    client = signed_in(dana)
    assert "Start anywhere." in body(client, "/today/")
    client.post(PAGE, {"weekdays": ["2"]})
    assert "Start anywhere." not in body(client, "/today/")


def test_no_weekday_is_no_evening() -> None:
    with pytest.raises(ValueError, match="no weekday"):
        days.back(TODAY, 7, [])


@pytest.mark.parametrize("named", [[], [7], [-1, 2]])
def test_the_verb_takes_weekdays_only(dana: User, named: list[int]) -> None:
    with pytest.raises(ValueError):
        weekdays.name(by=seat(dana), weekdays=named, now=NOW)
