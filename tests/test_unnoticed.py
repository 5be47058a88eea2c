"""What one does alone can't be noticed: not on the other's pages, mails, calendar and open pages, not by the operator's
tools. In the middle of a life: with asks, dates, a challenge, a talk, words said back.

`tests/test_side_channel.py` and its kin in the rooms look at one act at a time; here several are done one after the
other before Bob looks, from the same life each time.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from adventures import feeds, occasions, wishing
from agendas import building, goals, meeting, notes, topics
from agendas.models import Agenda, Note
from challenges import attempts, catalogue
from checkins import own_questions, replies, thanking
from checkins.words import SaidBack
from couples import asking, emails, weekdays
from reminders import preferences, tasks
from tests import private_acts
from tests.adventures import private_acts as acts_around_dates
from tests.adventures.scenarios import accept, agreed, asked, happened
from tests.agendas import private_acts as acts_around_the_talk
from tests.agendas.scenarios import LAYS_OUT, STARTS, agree_again, evening
from tests.cast import NOW, PASSWORD, seat
from tests.challenges.scenarios import begin_together
from tests.operator_tools import TOKEN, told
from tests.private_acts import MORE, PAGES, YESTERDAY, SignIn, seen, sight
from tests.written import perform

A_DAY = timedelta(days=1)
EVENING = NOW + timedelta(hours=1)
AT = datetime(2026, 11, 27, 19, 30, tzinfo=UTC)
Act = Callable[[User, datetime], object]
EMPTY: list[
    Act
] = []  # those that are to store nothing: looks, what is refused, what is counted or mailed alone


# --- What she does --------------------------------------------------------------------------------------


def hers(alice: User) -> Client:
    client = Client()
    client.force_login(alice, backend="couples.access.SeatedBackend")
    return client


def act(called: str, where: str, told: int = 302, *, empty: bool = False, **typed: object) -> Act:
    """She presses a button, and is told `told`: anything but another page stores nothing."""

    def press(alice: User, now: datetime) -> None:
        answer = hers(alice).post(where, typed)
        assert answer.status_code == told, (called, answer.status_code)

    press.__name__ = called
    if empty or told != 302:
        EMPTY.append(press)
    return press


def look(name: str, *where: str) -> Act:
    """She looks at pages."""

    def open_them(alice: User, now: datetime) -> None:
        client = hers(alice)
        for page in where:
            answer = client.get(page)
            assert answer.status_code < 400, page
            assert "/account/" not in answer.get("Location", ""), page

    open_them.__name__ = name
    EMPTY.append(open_them)
    return open_them


def does(name: str, verb: Act, *, empty: bool = False) -> Act:
    def done(alice: User, now: datetime) -> None:
        verb(alice, now)

    done.__name__ = name
    if empty:
        EMPTY.append(done)
    return done


def pauses(alice: User, now: datetime) -> None:
    quiet = preferences.quiet_of(alice)
    quiet.paused_until = (now + 9 * A_DAY).date()
    quiet.save()


def has_quiet_hours(alice: User, now: datetime) -> None:
    quiet = preferences.quiet_of(alice)
    quiet.begins, quiet.ends = time(21), time(7)
    quiet.save()


def wants_every_mail(alice: User, now: datetime) -> None:
    for choice in preferences.choices_of(alice).values():
        choice.set(wanted=True, now=now)


def adds_a_second_factor(alice: User, now: datetime) -> None:
    Authenticator.objects.create(user=alice, type=Authenticator.Type.RECOVERY_CODES, data={"used_mask": 0})


def changes_her_password(alice: User, now: datetime) -> None:
    alice.set_password("another sentence of hers")
    alice.save()


def signs_in_and_out_elsewhere(alice: User, now: datetime) -> None:
    client = Client()
    answers = (
        client.post("/account/login/", {"login": alice.email, "password": "not hers"}),
        client.post("/account/login/", {"login": alice.email, "password": PASSWORD}),
        client.post("/account/logout/"),
    )
    assert [answer.status_code for answer in answers] == [200, 302, 302]
    assert answers[1]["Location"] == reverse("today:today")


def stops_by_a_link(alice: User, now: datetime) -> None:
    for kind in preferences.choices_of(alice):
        assert Client().post(f"/stop/{preferences.stop_token(alice, kind)}/").status_code == 200
    assert Client().post(f"/never/{emails.never_token(alice.email)}/").status_code == 200


def says_not_now(alice: User, now: datetime) -> None:
    for kind in (weekdays.KIND, "dates"):
        ask = asking.awaiting(seat(alice), kind, now=now)
        assert ask is not None
        asking.set_aside(by=seat(alice), ask_id=ask.pk, now=now)


def sends_a_stale_form(alice: User, now: datetime) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice, backend="couples.access.SeatedBackend")
    assert client.post("/thanks/", {"text": "planted"}).status_code == 403


def tries_many_codes(alice: User, now: datetime) -> None:
    client = hers(alice)
    for number in range(12):
        answer = client.post("/partner/code/", {"code": f"lamp-maple-otter-{number:04}"})
    assert answer.status_code == 422


def takes_a_topic_away(alice: User, now: datetime) -> None:
    topics.take_back(by=seat(alice), topic_id=topics.waiting_of(seat(alice))[0].pk, now=now)


def keeps_habits(alice: User, now: datetime) -> None:
    client = hers(alice)
    found = re.search(r'name="what"\s+value="([^"]+)"', client.get("/challenge/habits/").content.decode())
    assert found is not None
    what = {"what": found[1], "mail": "on", "weekdays": ["0", "3"], "at": "08:00"}
    assert client.post("/challenge/habits/", what).status_code == 302


THORN = f"/evenings/{YESTERDAY}/reply/"
EVENINGS: list[list[Act]] = [
    [
        act("hides touch", "/settings/cards/", touch="no"),
        act("swaps a card", "/challenge/2/swap/", card="close"),
        act("swaps another", "/challenge/2/swap/", card="words"),
        act("counts what he counted", "/challenge/1/count/", card="close"),
        act("and no longer", "/challenge/1/uncount/", card="close"),
        act("keeps no habit", "/challenge/habits/", at="08:00"),
        does("keeps habits", keeps_habits),
        act("leaves no line", "/challenge/1/line/", 422, text=""),
        look(
            "looks at the challenge",
            *(f"/challenge/{page}" for page in ("1/", "2/", "back/", "habits/", "end/")),
        ),
    ],
    [
        does("pauses everything", pauses),
        does("has quiet hours", has_quiet_hours),
        does("wants every mail", wants_every_mail),
        act("has one sent now", "/settings/reminders/check_in/send/"),
        look("looks at her mails", "/settings/reminders/check_in/", "/settings/reminders/check_in/designed/"),
        does("stops them by their links", stops_by_a_link),
        does("has no such address", lambda a, now: preferences.suppress(user=a, address=a.email, now=now)),
    ],
    [
        does("signs in and out elsewhere", signs_in_and_out_elsewhere),
        does("changes her password", changes_her_password),
        does("adds a second factor", adds_a_second_factor),
        act("asks for a new password", "/account/password/reset/", empty=True, email="alice@example.test"),
        act("does not delete her account", "/settings/delete/", empty=True),
        act("blocks somebody", "/settings/privacy/", address="bob@example.test"),
        act("and unblocks", "/settings/privacy/", address="bob@example.test", go="off"),
        look("looks at everything of her own", "/settings/", "/settings/log/", "/settings/part/", "/more/"),
        look("reads the safety page", "/safety/", "/privacy/", "/help/"),
        look("leaves quickly", "/out/"),
    ],
    [
        does("says not now to what he suggests", says_not_now),
        does("says not this one to his ask", lambda a, now: acts_around_dates.says_not_this_one(a, now)),
        does("changes what she hides", lambda a, now: acts_around_dates.changes_what_she_hides(a, now)),
        does("subscribes, with titles", lambda a, now: acts_around_dates.subscribes(a, now)),
        does("has a file mailed", lambda a, now: acts_around_dates.has_a_file_mailed(a, now)),
        act("plans nothing", "/dates/plan/", 422, what="own", title="x" * 300, when="own"),
        act("wishes for nothing", "/wishes/", 422, title=""),
        look(
            "looks at dates",
            "/dates/",
            "/wishes/",
            "/memories/",
            "/dates/days/",
            "/dates/plan/",
            "/wishes/ideas/",
        ),
    ],
    [
        act("says nothing back", THORN, 422, back=""),
        act("looks at a reply", f"{THORN}look/", 200, back="you should just", begin_back="hear"),
        look("opens the reply", THORN),
        act("thanks too long", "/thanks/", 422, text="x" * 501),
        act("notes no win", "/wins/", 422, text=""),
        act("asks no question", "/questions/", 422, text=""),
        look("asks for another question", "/question/another/1/", "/question/another/2/", "/question/"),
        look("looks at kindnesses", "/kindness/", "/kindness/2/", "/kindness/3/"),
        look(
            "reads back",
            "/kept/",
            "/kept/2026-11/",
            f"/evenings/{YESTERDAY}/",
            "/shared/",
            "/thanks/",
        ),
        look("looks at phones down", "/phones-down/", "/phones-down/ring/"),
        does("sends a stale form", sends_a_stale_form, empty=True),
        does("tries many codes", tries_many_codes, empty=True),
    ],
    [
        act("parks", "/talk/park/", about="planted", feel="planted", need=""),
        act("parks nothing", "/talk/park/", 422, about=""),
        act("brings a thorn", "/talk/bring/", bring=f"{YESTERDAY}"),
        act("brings none", "/talk/bring/", bring="none"),
        act("brings what is gone", "/talk/bring/", 422, bring="2026-01-01"),
        does("takes a topic away", takes_a_topic_away),
        act("sets no goal", "/goals/", 422, name=""),
        look("looks at the talk", "/talk/", "/talk/bring/", "/talk/park/", "/goals/", "/talks/"),
    ],
]
NOTE = "/talk/now/note/"


def throws_her_note_away(alice: User, now: datetime) -> None:
    agenda = Agenda.objects.open().get()
    note = Note.objects.own(alice).on(agenda, 1).get()
    notes.take_back(by=seat(alice), note_id=note.pk, now=now)


def edits_her_note(alice: User, now: datetime) -> None:
    agenda, stood = Agenda.objects.open().get(), ""
    for text in ("planted one", "planted two", "planted three"):
        note = notes.write(by=seat(alice), agenda=agenda, part=1, text=text, stood=stood, now=now)
        assert note is not None
        stood = note.shown


def ticks_what_changed(alice: User, now: datetime) -> None:
    note = Note.objects.shared_with(seat(alice)).get()
    answer = hers(alice).post(reverse("agendas:tick", args=[note.pk]), {"read": "not this"})
    assert answer.status_code == 302
    assert Note.objects.get(pk=note.pk).agreed_at is None


IN_THE_TALK: list[Act] = [
    does("edits a note nobody reads", edits_her_note),
    act("changes it unseen of a late window", NOTE, 422, part=1, text="planted", stood="late"),
    act("notes too much", NOTE, 422, part=1, text="x" * 5001),
    does("throws it away", throws_her_note_away),
    act("notes in another part", NOTE, part=4, text="planted", stood=""),
    act("ticks nothing", NOTE, 422, part=2, text="", tick="on"),
    does("ticks what has changed", ticks_what_changed, empty=True),
    act("will nothing", "/talk/now/will/", 422, who="i", will=""),
    act("says nothing", "/talk/now/say/", 422, hope="", noticed=""),
    act("parks for the next", "/talk/park/", about="planted", feel="", need=""),
    look("looks at it", "/talk/now/", "/talk/now/live/", "/talks/", "/talk/bring/"),
    does("swaps a card meanwhile", act("swaps a card meanwhile", "/challenge/3/swap/", card="close")),
]


# --- What he sees of it ---------------------------------------------------------------------------------


@pytest.fixture
def life(alice: User, bob: User) -> None:
    """Some days of two people, with something waiting for each of them."""
    with time_machine.travel(NOW, tick=False):
        for ago in (3, 2, 1):
            for user in (alice, bob):
                evening(
                    user,
                    (NOW - ago * A_DAY).date(),
                    f"rose {ago}",
                    f"bud {ago}",
                    f"thorn of {user.name} {ago}",
                )
        replies.reply(by=seat(bob), day=(NOW - 2 * A_DAY).date(), said=SaidBack(back="said back"), now=NOW)
        begin_together(alice, bob, now=NOW - 2 * A_DAY, challenge=catalogue.FIRST)
        attempts.complete(by=seat(bob), number=1, card="words", now=NOW - 2 * A_DAY)
        agree_again(alice, bob, now=NOW - A_DAY)
        asked(bob, "his ask", at=AT, now=NOW)
        hidden = asked(
            alice,
            "planted",
            at=AT + A_DAY,
            now=NOW,
            surprise=True,
            plan="planted",
            **acts_around_dates.HIDDEN,
        )
        accept(bob, hidden.pk, to=AT + A_DAY, now=NOW)
        agreed(alice, bob, "stands", at=AT + 2 * A_DAY, now=NOW)
        happened(alice, bob, "was", at=NOW - 2 * A_DAY)
        wishing.wish(by=seat(bob), words=wishing.WishWords("his wish"), now=NOW)
        occasions.add(by=seat(bob), words=occasions.OccasionWords("other", "a day", 12, 24), now=NOW)
        asking.ask(by=seat(bob), kind="dates", what="TWO_WEEKS|2026-11-27|19:30|Europe/London", now=NOW)
        asking.ask(by=seat(bob), kind=weekdays.KIND, what="135", now=NOW)
        own_questions.ask(by=seat(bob), text="his question", now=NOW)
        thanking.say_thanks(by=seat(bob), text="his thanks", trait="", keep=False, now=NOW)
        goals.add(by=seat(bob), details=goals.GoalDetails("sea", Decimal(9)), now=NOW)
        topics.park(by=seat(bob), words=topics.TopicWords("his topic"), now=NOW)


def paths(token: str) -> tuple[str, ...]:
    """Everything he can look at: pages, open pages, dates, and his calendar."""
    dates = (reverse("adventures:date", args=[one.pk]) for one in acts_around_dates.date_nights().values())
    return (*PAGES, *MORE, *dates, reverse("adventures:feed", args=[token]))


def picture(bob: User, pages: dict[str, str], now: datetime) -> dict[str, str]:
    """What he looked at, which dates there are, a day's mails, and what the operator's tools say."""
    found = pages | {"dates": f"{sorted(one.pk for one in acts_around_dates.date_nights().values())}"}
    with transaction.atomic():
        already = len(mail.outbox)
        for hours in (12, 24):
            with time_machine.travel(now + timedelta(hours=hours), tick=False):
                building.build_due(now=now + timedelta(hours=hours))
                tasks.tick()
                found[f"tools {hours}"] = "\n".join(told())
        his = [one for one in mail.outbox[already:] if one.to == [bob.email]]
        found["mails"] = "\n".join(f"{one.subject}\n{one.body}" for one in his)
        transaction.set_rollback(True)
    return found


def culprit(acts: list[Act], alice: User, now: datetime, look: Callable[[], dict[str, str]]) -> str:
    """Which of these can be noticed, and where: for whoever reads the failure."""
    before = look()
    for one in acts:
        one(User.objects.get(pk=alice.pk), now)
        after = look()
        for page, body in before.items():
            if body != after[page]:
                differ = list(zip(body.split("\n"), after[page].split("\n"), strict=False))
                return f"{one.__name__} on {page}: {next(pair for pair in differ if pair[0] != pair[1])}"
    return ""


def unnoticed(evenings: list[list[Act]], alice: User, bob: User, client: Client, now: datetime) -> None:
    """Each of these evenings from the same life, and what he sees of it."""
    feeds.show_titles(by=seat(bob), titled=True)
    hers(
        alice
    )  # every page of his reads her row, which has the moment she signed in: it is the same from here on
    his = sight(client, paths(feeds.make_address(by=seat(bob))))

    def look() -> dict[str, str]:
        return picture(bob, his.again(client), now)

    before = look()
    for acts in evenings:
        cache.clear()  # what is counted against limits
        with transaction.atomic():
            for one in acts:
                perform(one, User.objects.get(pk=alice.pk), now, empty=EMPTY)  # as she is now
            same = look() == before
            transaction.set_rollback(True)
        assert same, culprit(acts, alice, now, look)
    thanking.say_thanks(by=seat(alice), text="for the soup", trait="", keep=False, now=now - A_DAY)
    assert look() != before  # the comparison does see a difference


def test_no_evening_of_hers_is_noticed(
    alice: User, bob: User, life: None, signed_in: SignIn, settings: Settings
) -> None:
    settings.NEARER_STATUS_TOKEN = TOKEN
    with time_machine.travel(EVENING, tick=False):
        unnoticed(EVENINGS, alice, bob, signed_in(bob), EVENING)


def test_nor_what_she_does_in_the_talk(
    alice: User, bob: User, life: None, signed_in: SignIn, settings: Settings
) -> None:
    settings.NEARER_STATUS_TOKEN = TOKEN
    building.build_due(now=LAYS_OUT)
    agenda = meeting.begin(by=seat(alice), now=STARTS)
    his = notes.write(by=seat(bob), agenda=agenda, part=2, text="his note", stood="", now=STARTS)
    assert his is not None
    notes.approve(by=seat(bob), note_id=his.pk, stood=his.shown, now=STARTS)
    with time_machine.travel(STARTS, tick=False):
        unnoticed([IN_THE_TALK], alice, bob, signed_in(bob), STARTS)


def a_month(
    alice: User, bob: User, client: Client, private: Callable[[int, datetime], None]
) -> list[dict[str, str]]:
    """What he sees of thirty evenings on which he shares, and she does what `private` says."""
    token, found = feeds.make_address(by=seat(bob)), []
    for number in range(30):
        now = EVENING + number * A_DAY
        with time_machine.travel(now, tick=False):
            cache.clear()
            private(number, now)
            private_acts.write(bob, share=True, now=now)
            seen_then = picture(bob, seen(client, paths(token)), now)
            found.append({page.replace(token, "his"): body for page, body in seen_then.items()})
    return found


@pytest.mark.slow
def test_thirty_evenings_of_them_all_leave_no_pattern(
    alice: User, bob: User, life: None, signed_in: SignIn, settings: Settings
) -> None:
    """Every evening of those above, over and over. What can't be done any more by then, or twice, is left out."""
    settings.NEARER_STATUS_TOKEN = TOKEN
    feeds.show_titles(by=seat(bob), titled=True)
    done: list[str] = []

    def private(number: int, now: datetime) -> None:
        for one in EVENINGS[number % len(EVENINGS)]:
            with suppress(Exception), transaction.atomic():
                one(User.objects.get(pk=alice.pk), now)
                done.append(one.__name__)

    with transaction.atomic():
        quiet = a_month(alice, bob, signed_in(bob), lambda number, now: None)
        transaction.set_rollback(True)
    for number, (his, without) in enumerate(
        zip(a_month(alice, bob, signed_in(bob), private), quiet, strict=True)
    ):
        assert [page for page in without if his[page] != without[page]] == [], f"evening {number}"
    assert len(set(done)) > 50, sorted(set(done))
    assert len({one["today:today"] for one in quiet}) > 3


@pytest.mark.parametrize("edits", [0, 4])
def test_a_note_once_shown_does_not_tell_how_it_came_about(
    alice: User, bob: User, life: None, signed_in: SignIn, edits: int
) -> None:
    building.build_due(now=LAYS_OUT)
    agenda, stood = meeting.begin(by=seat(alice), now=STARTS), ""
    for text in (*(f"planted {number}" for number in range(edits)), "as it is shown"):
        note = notes.write(by=seat(alice), agenda=agenda, part=1, text=text, stood=stood, now=STARTS)
        assert note is not None
        stood = note.shown
        shown = note.pk
    notes.approve(by=seat(alice), note_id=shown, stood=stood, now=STARTS)
    with time_machine.travel(STARTS, tick=False):
        page = signed_in(bob).get("/talk/now/").content.decode()
    assert "as it is shown" in page
    assert "planted" not in page.split("his topic")[0].split("Notes so far")[-1]
    assert re.findall(r'name="read"\s+value="(\w+)"', page)[0] == stood
    assert not re.search(r'name="version"', page)


def test_there_are_many_of_them() -> None:
    here = {one.__name__ for acts in (*EVENINGS, IN_THE_TALK) for one in acts}
    beside = {*private_acts.ACTS, *acts_around_dates.ACTS, *acts_around_the_talk.ACTS}
    assert len(here) + len(beside) >= 70
