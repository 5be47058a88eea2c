"""Undo: what one tap did is as it was before, for both; twice is once; what followed it meanwhile is never undone."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.test import Client
from time_machine import Traveller, travel

from accounts import undoing
from accounts.models import User
from accounts.sealed import SealedTextField
from adventures import dating, ideas, proposing, remembering, wishing
from adventures.models import DateNight
from agendas import building, goals, rhythm, scheduling, topics
from agendas.models import Agenda, Goal
from challenges import attempts, habits
from challenges.models import Habit
from checkins import own_questions, replies
from checkins.models import OwnPrompt
from checkins.words import SaidBack
from couples import asking, parting, weekdays
from couples.models import Ask
from tests.adventures.scenarios import agreed, asked
from tests.agendas.scenarios import LAYS_OUT, PLAN, agree, agree_again, evening
from tests.cast import NOW, just_signed_in, seat
from tests.challenges.scenarios import begin_together
from tests.house import OURS

A_DAY, AN_HOUR = timedelta(days=1), timedelta(hours=1)
SATURDAY = NOW + 3 * A_DAY
UNDO = re.compile(r'action="(/undo/[\w-]+/)"')
# What moves on only: how often calendars are told, when a worker looks again; and whether a couple asked anything.
MOVES_ON = {"moves", "due_at", "told_at", "last_ask_at"}


@pytest.fixture(autouse=True)
def clock() -> Iterator[Traveller]:
    with travel(NOW, tick=False) as traveller:
        yield traveller


def everything() -> dict[str, list[dict[str, object]]]:
    """Every row of the rooms but accounts, sessions, logs, lists and emails; of what is sealed, how long it is."""
    found = {}
    for room in OURS:
        for model in apps.get_app_config(room).get_models():
            if model.__name__ not in {"User", "Session", "LogEntry", "Reminder", "Withdrawal"}:
                another = {"id"} if model is Habit else set()  # what was kept is kept as another row
                columns = [one for one in model._meta.concrete_fields if one.name not in MOVES_ON | another]
                sealed = {one.attname for one in columns if isinstance(one, SealedTextField)}
                rows = [
                    {name: len(value) if name in sealed and value else value for name, value in row.items()}
                    for row in model._base_manager.values(*(one.attname for one in columns))
                ]
                found[model.__name__] = sorted(rows, key=str)
    return found


@dataclass(frozen=True)
class Tap:
    """One tap of Alice's: where it goes and what the page carried."""

    path: str
    data: dict[str, str] = field(default_factory=dict)


Scene = Callable[[User, User], Tap]


def a_challenge(alice: User, bob: User) -> Tap:
    begin_together(alice, bob, now=NOW)
    return Tap("/challenge/1/swap/", {"card": "words"})


def a_habit(alice: User, bob: User) -> Tap:
    attempt = begin_together(alice, bob, now=NOW)
    attempts.complete(by=seat(alice), number=1, card="words", now=NOW)
    choices = habits.choices(seat(alice), attempt, {1})
    habits.keep(by=seat(alice), whats=[choices[0].value], now=NOW)
    return Tap(f"/challenge/habits/{Habit.objects.get().pk}/let-go/")


def an_ask_for_a_date(alice: User, bob: User) -> DateNight:
    return asked(bob, at=SATURDAY, now=NOW - AN_HOUR)


def yes_to_a_date(alice: User, bob: User) -> Tap:
    one = an_ask_for_a_date(alice, bob)
    one = DateNight.objects.select_related("couple__key").get(pk=one.pk)
    return Tap(f"/dates/{one.pk}/yes/", {"to": SATURDAY.isoformat(), "shown": one.shown})


def not_this_one(alice: User, bob: User) -> Tap:
    one = an_ask_for_a_date(alice, bob)
    return Tap(f"/dates/{one.pk}/not-this-one/", {"to": SATURDAY.isoformat()})


def ask_taken_back(alice: User, bob: User) -> Tap:
    return Tap(f"/dates/{asked(alice, at=SATURDAY, now=NOW - AN_HOUR).pk}/take-back/")


def put_off(alice: User, bob: User) -> Tap:
    one = agreed(alice, bob, at=SATURDAY, now=NOW - AN_HOUR)
    return Tap(f"/dates/{one.pk}/put-off/", {"stood": SATURDAY.isoformat()})


def called_off(alice: User, bob: User) -> Tap:
    return Tap(f"/dates/{agreed(alice, bob, at=SATURDAY, now=NOW - AN_HOUR).pk}/call-off/")


def happened(alice: User, bob: User) -> Tap:
    wish = wishing.wish(by=seat(bob), words=wishing.WishWords("soup"), now=NOW - 9 * A_DAY)
    one = agreed(alice, bob, at=NOW - 4 * AN_HOUR, now=NOW - 2 * A_DAY, wish=wish.pk)
    return Tap(f"/dates/{one.pk}/happened/")


def told_first(alice: User, bob: User) -> Tap:
    one = agreed(bob, alice, at=SATURDAY, now=NOW - AN_HOUR, surprise=True, where="home", minutes=60)
    return Tap(f"/dates/{one.pk}/tell-me-first/")


def we_did_it(alice: User, bob: User) -> Tap:
    wish = wishing.wish(by=seat(bob), words=wishing.WishWords("soup"), now=NOW - A_DAY)
    return Tap(f"/wishes/{wish.pk}/lived/")


def we_did_what_was_planned(alice: User, bob: User) -> Tap:
    tap = happened(alice, bob)
    assert tap.path.startswith("/dates/")
    return Tap(f"/wishes/{DateNight.objects.get().wish_id}/lived/")


def an_idea(alice: User, bob: User) -> Tap:
    return Tap(f"/wishes/ideas/{next(iter(ideas.every()))}/")


def a_goal(alice: User, bob: User) -> Tap:
    goals.add(by=seat(bob), details=goals.GoalDetails("the sea", Decimal(900)), now=NOW)
    return Tap(f"/goals/{Goal.objects.get().pk}/end/")


def a_topic(alice: User, bob: User) -> Tap:
    topic = topics.park(by=seat(alice), words=topics.TopicWords("the shed"), now=NOW)
    return Tap(f"/talk/topics/{topic.pk}/wait/")


def a_topic_on_the_table(alice: User, bob: User) -> Tap:
    tap = a_topic(alice, bob)
    agree_again(alice, bob, now=NOW)
    building.build_due(now=LAYS_OUT)
    return tap


def a_talk_left_out(alice: User, bob: User) -> Tap:
    return Tap("/talk/skip/", {"talk": str(agree(alice, bob, now=NOW).pk)})


def yes_to(ask: Ask) -> Tap:
    return Tap(f"/asks/{ask.token}/yes/")


def yes_to_a_challenge(alice: User, bob: User) -> Tap:
    return yes_to(asking.ask(by=seat(bob), kind=attempts.KIND, what="thirty-days", now=NOW - AN_HOUR))


def yes_to_evenings(alice: User, bob: User) -> Tap:
    return yes_to(asking.ask(by=seat(bob), kind=weekdays.KIND, what="136", now=NOW - AN_HOUR))


def yes_to_a_rhythm(alice: User, bob: User) -> Tap:
    return yes_to(asking.ask(by=seat(bob), kind=rhythm.KIND, what=str(PLAN), now=NOW - AN_HOUR))


def yes_to_another_rhythm(alice: User, bob: User) -> Tap:
    agree(alice, bob, now=NOW - 2 * AN_HOUR)
    other = str(PLAN).replace("week", "month", 1)
    assert other != str(PLAN)
    return yes_to(asking.ask(by=seat(bob), kind=rhythm.KIND, what=other, now=NOW - AN_HOUR))


def yes_to_another_hour(alice: User, bob: User) -> Tap:
    agenda = agree(alice, bob, now=NOW - 2 * AN_HOUR)
    to = agenda.starts_at + AN_HOUR
    scheduling.suggest_move(by=seat(bob), agenda_id=agenda.pk, to=to, now=NOW - AN_HOUR)
    ask = asking.asked(seat(bob), scheduling.move_kind(agenda), now=NOW)
    assert ask is not None
    return yes_to(ask)


def not_now(alice: User, bob: User) -> Tap:
    ask = asking.ask(by=seat(bob), kind=weekdays.KIND, what="136", now=NOW - AN_HOUR)
    return Tap(f"/asks/{ask.token}/not-now/")


def every_evening(alice: User, bob: User) -> Tap:
    ask = asking.ask(by=seat(bob), kind=weekdays.KIND, what="136", now=NOW - AN_HOUR)
    asking.agree(by=seat(alice), ask_id=ask.pk, now=NOW - AN_HOUR)
    return Tap("/evenings-of-ours/every/")


def yes_ask_us(alice: User, bob: User) -> Tap:
    own_questions.ask(by=seat(bob), text="what now?", now=NOW - AN_HOUR)
    return Tap(f"/questions/{OwnPrompt.objects.get().pk}/yes/")


def thats_it(alice: User, bob: User) -> Tap:
    day = NOW.date() - A_DAY
    evening(alice, day, thorn="the bus")
    evening(bob, day, rose="the heron")
    replies.reply(by=seat(bob), day=day, said=SaidBack("the bus was late"), now=NOW - AN_HOUR)
    return Tap(f"/evenings/{day}/heard/")


def it_was_good(alice: User, bob: User) -> Tap:
    day = NOW.date() - 7 * A_DAY
    evening(alice, day, bud="the heron again")
    return Tap(f"/evenings/{day}/happened/", {"said": "good"})


def not_that_evening_again(alice: User, bob: User) -> Tap:
    day = NOW.date() - A_DAY
    evening(alice, day, rose="the heron")
    evening(bob, day, rose="the lock")
    return Tap(f"/evenings/{day}/not-again/")


def not_that_date_again(alice: User, bob: User) -> Tap:
    one = agreed(alice, bob, at=NOW - 2 * A_DAY, now=NOW - 4 * A_DAY)
    dating.happened(by=seat(bob), date_id=one.pk, now=NOW - A_DAY)
    return Tap(f"/dates/{one.pk}/not-again/")


SCENES = (
    it_was_good,
    not_that_evening_again,
    not_that_date_again,
    a_challenge,
    a_habit,
    yes_to_a_date,
    not_this_one,
    ask_taken_back,
    put_off,
    called_off,
    happened,
    told_first,
    we_did_it,
    we_did_what_was_planned,
    an_idea,
    a_goal,
    a_topic,
    a_topic_on_the_table,
    a_talk_left_out,
    yes_to_a_challenge,
    yes_to_evenings,
    yes_to_a_rhythm,
    yes_to_another_rhythm,
    yes_to_another_hour,
    not_now,
    every_evening,
    yes_ask_us,
    thats_it,
)


def press(client: Client, tap: Tap) -> str:
    """The page that follows it."""
    answer = client.post(tap.path, tap.data, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def offered(page: str) -> str:
    """The address of the one Undo of a line."""
    (address,) = UNDO.findall(page)
    return str(address)


@pytest.mark.parametrize("scene", SCENES)
def test_it_is_as_it_was_and_twice_is_once(alice: User, bob: User, scene: Scene) -> None:
    tap, client = scene(alice, bob), just_signed_in(alice)
    before = everything()
    address = offered(press(client, tap))
    assert everything() != before
    assert "It is as it was before." in press(client, Tap(address))
    assert everything() == before
    assert "can’t be undone any more" in press(client, Tap(address))
    assert everything() == before
    if scene is not a_habit:  # which is another row by now
        offered(press(client, tap))  # and it can be done again
        assert everything() != before


@pytest.mark.parametrize("scene", SCENES)
def test_after_an_hour_it_stays(alice: User, bob: User, scene: Scene, clock: Traveller) -> None:
    tap, client = scene(alice, bob), just_signed_in(alice)
    address = offered(press(client, tap))
    after = everything()
    clock.shift(undoing.LIFE)
    press(client, Tap(address))
    assert everything() == after


@pytest.mark.parametrize("scene", SCENES)
def test_nobody_else_undoes_it(alice: User, bob: User, scene: Scene) -> None:
    address = offered(press(just_signed_in(alice), scene(alice, bob)))
    after = everything()
    for client in (just_signed_in(bob), just_signed_in(alice)):  # in another browser of hers, neither
        press(client, Tap(address))
        assert everything() == after


@pytest.mark.parametrize(
    "scene", [yes_to_a_date, not_this_one, called_off, happened, yes_to_evenings, a_goal]
)
def test_parted_meanwhile_nothing_is_undone(alice: User, bob: User, scene: Scene) -> None:
    tap, client = scene(alice, bob), just_signed_in(alice)
    address = offered(press(client, tap))
    parting.part(by=bob, now=NOW)
    after = everything()
    press(client, Tap(address))
    assert everything() == after


def test_alone_a_challenge_that_was_begun_is_taken_back(dana: User) -> None:
    client, before = just_signed_in(dana), everything()
    address = offered(press(client, Tap("/challenge/start/", {"challenge": "thirty-days"})))
    press(client, Tap(address))
    assert everything() == before


def test_what_followed_is_not_undone(alice: User, bob: User) -> None:
    tap, client = happened(alice, bob), just_signed_in(alice)
    address = offered(press(client, tap))
    date_id = DateNight.objects.get().pk
    remembering.leave_line(by=seat(bob), date_id=date_id, text="that soup", now=NOW)
    assert "can’t be undone any more" in press(client, Tap(address))
    assert DateNight.objects.get().happened_at is not None


def test_a_yes_is_not_undone_once_it_moved(alice: User, bob: User) -> None:
    client = just_signed_in(alice)
    address = offered(press(client, yes_to_a_date(alice, bob)))
    one = DateNight.objects.get()
    dating.postpone(by=seat(bob), date_id=one.pk, stood=SATURDAY, now=NOW)
    press(client, Tap(address))
    assert DateNight.objects.get().postponed_at is not None


def test_a_challenge_is_not_taken_back_once_a_day_is_done(alice: User, bob: User) -> None:
    client = just_signed_in(alice)
    address = offered(press(client, yes_to_a_challenge(alice, bob)))
    attempts.complete(by=seat(bob), number=1, card="words", now=NOW)
    press(client, Tap(address))
    assert attempts.current_attempt(seat(alice).couple) is not None


def test_an_undo_tells_nothing_of_what_the_other_set_aside(alice: User, bob: User) -> None:
    """Alice puts off a date and asks for another time; whether Bob said "not that time" hinders nothing."""
    found = []
    for says_no in (False, True):
        DateNight.objects.all().delete()
        one = agreed(alice, bob, at=SATURDAY, now=NOW - AN_HOUR)
        proposing.suggest(by=seat(alice), date_id=one.pk, to=SATURDAY + A_DAY, now=NOW - AN_HOUR)
        client = just_signed_in(alice)
        address = offered(press(client, Tap(f"/dates/{one.pk}/put-off/", {"stood": SATURDAY.isoformat()})))
        if says_no:
            dating.set_aside(by=seat(bob), date_id=one.pk, to=SATURDAY + A_DAY, now=NOW)
        page = press(client, Tap(address))
        found.append(re.sub(r'nonce="[^"]+"|value="[\w-]{64}"|[0-9a-f-]{36}', "", page))
        assert DateNight.objects.get().postponed_at is None
        assert (DateNight.objects.get().set_aside_at is not None) == says_no
    assert found[0] == found[1]


def test_a_page_names_nothing_of_what_was_before(alice: User, bob: User) -> None:
    """When the other asked is nothing the one who answers may know."""
    page = press(just_signed_in(alice), yes_to_a_date(alice, bob))
    assert "asked_at" not in page
    assert (NOW - AN_HOUR).isoformat() not in page
    assert Agenda.objects.count() == 0
    assert date.fromisoformat("2026-11-18") == NOW.date()
