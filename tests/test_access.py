"""Every route, for every kind of visitor, by every method: the right answer, no writing on GET, nobody else's words."""

import os
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from http.cookies import SimpleCookie
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Q
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from django.utils import timezone

from accounts.models import User
from adventures import feeds, ideas, occasions, proposing, remembering, wishing
from agendas import building, goals, meeting, notes, outcomes, topics
from agendas.models import AgendaItem
from agendas.plan import TalkPlan
from challenges import attempts, catalogue, habits
from challenges.models import Habit
from checkins import answering, drafts, own_questions, replies, thanking, writing
from checkins.models import CheckIn, CheckInQuerySet
from checkins.words import Base, SaidBack, Words
from couples import asking, days, emails, pairing, parting, weekdays
from couples.models import Partner
from reminders.preferences import stop_token
from tests.access_table import TABLE, Verdict
from tests.adventures.scenarios import agreed, happened
from tests.agendas.scenarios import agree
from tests.cast import NOW, PASSWORD, pair, person, seat
from tests.challenges.scenarios import begin_together
from tests.scenes import stage

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE")
# Everybody reads and sends. The other methods meet the same gates, so that one visitor of each group asks by them, and
# everybody in `make full`.
BY_EVERYBODY = METHODS if os.environ.get("EVERY_METHOD") else ("GET", "POST")
OF_ALL_METHODS = {"anonymous", "ex", "other"}
WITHOUT_DAY = {
    "checkins:begin_quiet",
    "checkins:end_quiet",
    "checkins:evenings",
    "checkins:thanks",
    "checkins:together",
    "checkins:wins",
    "checkins:gesture",
    "checkins:phones_down",
    "checkins:ring",
    "checkins:own_questions",
    "checkins:question",
    "checkins:taste",
    "checkins:write",
}
SESSION_TABLES = ("accounts_session",)
# Somebody halfway through signing up is no member yet, but has a code to type.
STEP = "account_email_verification_sent"
UNVERIFIED = {
    STEP: Verdict("200 200 200 405", "", ""),
    "account_login": Verdict(STEP, "", ""),
    "account_request_login_code": Verdict(STEP, "", ""),
    "mfa_login_webauthn": Verdict(STEP, "", ""),
}


class Wrote(Exception):
    """A request that must only read tried to write."""


@contextmanager
def reading_only() -> Iterator[None]:
    """Refuses every statement that changes something, but for session tables."""

    def refuse(
        execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        verb = sql.lstrip("( ").split(None, 1)[0].upper()
        harmless = verb in {"SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "WITH"}
        if not harmless and not any(f'"{table}"' in sql for table in SESSION_TABLES):
            raise Wrote(sql[:120])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        yield


@dataclass
class World:
    """The cast, signed in, with words planted that must not turn up elsewhere."""

    clients: dict[str, Client] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    may_see: dict[str, set[str]] = field(default_factory=dict)
    plants: set[str] = field(default_factory=set)
    arguments: dict[str, list[object]] = field(default_factory=dict)

    def visit(self, who: str, user: User | None, group: str, *, sees: Set[str] = frozenset()) -> None:
        client = Client()
        if user is not None and group != "out":
            client.force_login(user, backend="couples.access.SeatedBackend")
        self.clients[who], self.groups[who], self.may_see[who] = client, group, set(sees)

    def again(self) -> "World":
        """The same world, with the same sessions in other browsers."""
        clients = {who: Client() for who in self.clients}
        for who, client in clients.items():
            client.cookies = SimpleCookie({key: one.value for key, one in self.clients[who].cookies.items()})
        return replace(self, clients=clients)


def write(world: World, user: User, what: str, *, days_ago: int = 0, share: bool = True) -> set[str]:
    """An evening with words planted in every place there is: read by the other if shared, kept, noted, drafted."""
    now = timezone.now() - timedelta(days=days_ago)
    day, plant = days.day_of(now, user.tz), f"planted-{user.name}-{what}"
    kept, note = f"{plant}-kept-line", f"{plant}-note"
    words = Words(rose=plant, bud=kept, thorn=plant, note=note, closeness="2", kept=frozenset({"bud"}))
    page = writing.write(by=seat(user), day=day, words=words, share=share, now=now)
    drafted = f"{plant}-draft"
    base = Base(page.version, "a tab", 1)
    drafts.keep(by=seat(user), day=day, words=replace(words, rose=drafted), base=base, now=now)
    world.plants |= {f">{plant}<", f"{plant}\n", kept, note, drafted}
    return {f">{plant}<", f"{plant}\n", kept, note, drafted}


def ask_and_answer(world: World, user: User) -> set[str]:
    """An answer nobody else may read yet, and a question of one's own: the other may read that."""
    now = timezone.now()
    answered, asked = f"planted-{user.name}-answer", f"planted-{user.name}-question"
    answering.answer(by=seat(user), day=days.day_of(now, user.tz), text=answered, now=now)
    own_questions.ask(by=seat(user), text=asked, now=now)
    world.plants |= {answered, asked}
    return {answered, asked}


def a_talk_of_others(world: World, now: datetime) -> dict[str, list[object]]:
    """A talk that was held by two who are nobody else's, with words planted in all of it. Gives its addresses."""
    hal, ines = person("Hal", now=now), person("Ines", now=now)
    pair(hal, ines, now=now - timedelta(days=30))
    plan = TalkPlan("week", days.day_of(now, hal.tz).weekday(), time(12), 30, hal.zone)
    agree(hal, ines, plan, now=now - timedelta(days=1))
    topic = topics.park(by=seat(hal), words=topics.TopicWords("planted-about"), now=now - timedelta(days=1))
    building.build_due(now=now)
    agenda = meeting.begin(by=seat(hal), now=now)
    rose = AgendaItem.objects.create(
        agenda=agenda, part=1, kind="rose", source=uuid4(), author=hal, added_at=now, rank=1
    )
    note = notes.write(by=seat(hal), agenda=agenda, part=1, text="planted-notes", stood="", now=now)
    assert note is not None
    for user in (hal, ines):
        notes.approve(by=seat(user), note_id=note.pk, stood=note.shown, now=now)
    added = notes.see_differently(by=seat(ines), note_id=note.pk, text="planted-addition", now=now)
    said = outcomes.say(by=seat(hal), agenda=agenda, kind="hope", text="planted-hope", now=now)
    will = outcomes.add_action(by=seat(hal), agenda=agenda, who="we", part=1, text="planted-will", now=now)
    goal = goals.add(by=seat(hal), details=goals.GoalDetails("planted-goal", Decimal(1)), now=now)
    world.plants |= {f"planted-{what}" for what in ("about", "notes", "addition", "hope", "will", "goal")}
    rows: dict[str, Any] = {
        "action_take_back": will,
        "addition_take_back": added,
        "differently": note,
        "goal": goal,
        "goal_end": goal,
        "held": agenda,
        "leave_out": rose,
        "note_take_back": note,
        "now_settle": will,
        "tick": note,
        "saying_take_back": said,
        "topic_take_back": topic,
        "topic_wait": topic,
    }
    return {f"agendas:{name}": [row.pk] for name, row in rows.items()}


def an_attempt_of_others(world: World, now: datetime) -> dict[str, list[object]]:
    """A challenge begun by two who are nobody else's, with a line and a habit planted. Gives its addresses."""
    jo, kim = person("Jo", now=now), person("Kim", now=now)
    pair(jo, kim, now=now - timedelta(days=30))
    begin_together(jo, kim, now=now - timedelta(days=5))
    attempt = attempts.current_attempt(seat(jo).couple)
    assert attempt is not None
    line = attempts.leave_line(by=seat(jo), number=1, text="planted-stone-line", now=now)
    attempts.complete(by=seat(kim), number=2, card="words", now=now)
    habits.keep(by=seat(kim), whats=[f"{catalogue.FIRST}/2/Ask, then only listen"], now=now)
    world.plants |= {"planted-stone-line"}
    return {
        "challenges:take_back": [line.pk],
        "challenges:let_go": [Habit.objects.get(author=kim).pk],
        "today:look_back_at": [attempt.pk],
        **{f"challenges:{name}": [3] for name in ("day", "complete", "uncomplete", "swap", "leave_line")},
    }


def dates_of_others(world: World, now: datetime) -> dict[str, list[object]]:
    """A wish, a date, a surprise, a memory and days of two who are nobody else's. Gives their addresses."""
    lea, max_ = person("Lea", now=now), person("Max", now=now)
    pair(lea, max_, now=now - timedelta(days=30))
    wish = wishing.wish(by=seat(lea), words=wishing.Words("planted-wish"), now=now)
    night = happened(lea, max_, "planted-date", at=now - timedelta(days=2))
    line = remembering.leave_line(by=seat(lea), date_id=night.pk, text="planted-memory", now=now)
    plan = proposing.Details("planted-surprise", surprise=True, where="out", wear="planted-wear")
    asked = proposing.propose(by=seat(lea), details=plan, starts_at=now + timedelta(days=3), now=now)
    day = occasions.add(by=seat(lea), words=occasions.Words("other", "planted-day", 1, 1), now=now)
    token = feeds.make_address(by=seat(lea))
    ask = asking.ask(by=seat(lea), kind=weekdays.KIND, what="135", now=now)
    world.plants |= {f"planted-{what}" for what in ("wish", "date", "memory", "surprise", "wear", "day")}
    of_wish = ("ask", "bring", "lived", "me_too", "not_me", "wish", "wish_take_back")
    of_date = (
        "another_time", "call_off", "change", "date", "file", "happened", "leave_line", "mail", "not_this_one",
        "postpone", "tell", "tell_me_first", "withdraw", "yes", "bring_date",
    )  # fmt: skip  # several values a line, to be looked through
    return {
        **{f"adventures:{name}": [wish.pk] for name in of_wish},
        **{f"adventures:{name}": [asked.pk] for name in of_date},
        **{f"adventures:{name}": [day.pk] for name in ("occasion", "occasion_bring", "occasion_remove")},
        "adventures:line_take_back": [line.pk],
        "adventures:revoke": [feeds.of(seat(lea)).pk],
        "adventures:feed": [token],
        **{f"couples:{name}": [ask.token] for name in ("ask_yes", "ask_not_now")},
        "adventures:add_idea": [next(iter(ideas.every()))],
    }


@pytest.fixture
def world(db: None) -> Iterator[World]:
    """Everybody, tonight; each test with browsers of its own."""
    with time_machine.travel(NOW, tick=False):
        yield stage.play("the whole world", _world).again()


def _world() -> World:
    now = timezone.now()
    world = World()
    people = {
        name: person(name, now=now)
        for name in ("Bob", "Erin", "Alice", "Charlie", "Cleo", "Dana", "Sam", "Frank", "Gina")
    }
    pair(people["Erin"], people["Bob"], now=now - timedelta(days=39))
    for name in ("Erin", "Bob"):
        write(world, people[name], "then", days_ago=36)
    parting.part(by=people["Erin"], now=now - timedelta(days=35))
    pair(people["Alice"], people["Bob"], now=now - timedelta(days=30))
    pair(people["Charlie"], people["Cleo"], now=now - timedelta(days=30))
    own: dict[str, set[str]] = {}
    for name in ("Alice", "Bob", "Charlie", "Cleo"):
        own[name] = write(world, people[name], "alone", days_ago=2, share=False)
        own[name] |= write(world, people[name], "shared")
    for name in ("Dana", "Erin", "Sam"):
        own[name] = write(world, people[name], "alone", share=False)
    # Cleo said something back to Charlie's thorn, and he said that was it.
    today, heard = days.day_of(now, people["Cleo"].tz), "planted-reply"
    said = SaidBack(back=heard, sense=heard)
    reply = replies.reply(by=seat(people["Cleo"]), day=today, said=said, now=now)
    replies.heard(by=seat(people["Charlie"]), day=today, now=now)
    own["Charlie"] |= {heard}
    world.plants |= {heard}
    thanks = thanking.thank(by=seat(people["Cleo"]), text="planted-thanks", trait="", keep=False, now=now)
    win = thanking.win(by=seat(people["Cleo"]), text="planted-win", now=now)
    own["Charlie"] |= {"planted-thanks", "planted-win"}
    for name in ("Alice", "Bob", "Cleo"):
        kept = f"planted-kept-thanks-of-{name}"
        thanking.thank(by=seat(people[name]), text=kept, trait="", keep=True, now=now)
        own[name] |= {kept}
        world.plants |= {kept}
    world.plants |= {"planted-thanks", "planted-win"}
    for name in ("Alice", "Charlie", "Dana", "Erin", "Sam"):
        own[name] |= ask_and_answer(world, people[name])
    agree(people["Alice"], people["Bob"], now=now)
    agree(people["Charlie"], people["Cleo"], now=now)
    for one, other in (("Alice", "Bob"), ("Charlie", "Cleo")):
        begin_together(people[one], people[other], now=now - timedelta(days=3))
        left = f"planted-line-of-{one}"
        attempts.leave_line(by=seat(people[one]), number=1, text=left, now=now)
        own[one] |= {left}
        own[other] |= {left}
        world.plants |= {left}
        agreed(
            people[one], people[other], f"planted-evening-out-of-{one}", at=now + timedelta(days=2), now=now
        )
        hidden = proposing.Details(f"planted-surprise-of-{one}", surprise=True, where="out")
        proposing.propose(by=seat(people[one]), details=hidden, starts_at=now + timedelta(days=4), now=now)
        own[one] |= {f"planted-evening-out-of-{one}", hidden.title}
        own[other] |= {f"planted-evening-out-of-{one}"}
        world.plants |= {f"planted-evening-out-of-{one}", hidden.title}
    parked = "planted-topic-of-Alice"
    topics.park(by=seat(people["Alice"]), words=topics.TopicWords(parked, parked, parked), now=now)
    own["Alice"] |= {parked}
    world.plants |= {parked}
    code = pairing.invite(by=people["Frank"], now=now).code
    secret = pairing.invite(by=people["Gina"], now=now).code
    world.plants |= {
        secret,
        secret.upper(),
        "frank@example.test",
        "Cleo",
        "cleo@example.test",
        "Frank",
        "bob@example.test",
    }

    def shared(*names: str) -> set[str]:
        return {words for name in names for words in (f">planted-{name}-shared<", f"planted-{name}-shared\n")}

    unverified = person("Uma", verified=False, now=now)
    sam = people["Sam"]
    User.objects.filter(pk=sam.pk).update(is_staff=True, is_superuser=True)
    world.visit("anonymous", None, "out")
    world.visit("unverified", unverified, "out")
    world.clients["unverified"].post(
        reverse("account_login"), {"login": unverified.email, "password": PASSWORD}
    )
    world.visit("stranger", people["Charlie"], "two", sees=own["Charlie"] | shared("Cleo") | {"Cleo"})
    world.visit("ex", people["Erin"], "alone", sees=own["Erin"])
    world.visit("solo", people["Dana"], "alone", sees=own["Dana"])
    world.visit(
        "other",
        people["Bob"],
        "two",
        sees=own["Bob"] | shared("Alice") | {"planted-Alice-question", "bob@example.test"},
    )
    world.visit("owner", people["Alice"], "two", sees=own["Alice"] | shared("Bob"))
    world.visit("staff", sam, "alone", sees=own["Sam"])
    day = days.day_of(now, sam.tz)
    world.arguments = {
        **{name: [day] for name in TABLE if name.startswith("checkins:") and name not in WITHOUT_DAY},
        **a_talk_of_others(world, now),
        **an_attempt_of_others(world, now),
        **dates_of_others(world, now),
        "checkins:another_gesture": [1],
        "checkins:agree": [uuid4()],
        "checkins:answer_take_back": [day - timedelta(days=9)],  # nobody answered then
        "checkins:month": [day.replace(day=1)],
        "checkins:reply_take_back": [reply.pk],
        "checkins:thanks_take_back": [thanks.pk],
        "checkins:win_take_back": [win.pk],
        "checkins:together_month": [day.replace(day=1)],
        "checkins:question_another": [1],
        "checkins:question_take_back": [uuid4()],
        "couples:invited": [code],
        "couples:accept": [code],
        "couples:never": [emails.never_token("somebody@example.test")],
        "reminders:stop": [stop_token(people["Alice"], "check_in")],
        **{f"reminders:{name}": ["check_in"] for name in ("mail", "mail_designed", "send_now")},
        "moved": ["path/"],
        "mfa_remove_webauthn": [1],
        "mfa_edit_webauthn": [1],
    }
    return world


def routes(resolver: URLResolver | None = None, space: str = "") -> Iterator[str]:
    """The name of every route of the URL configuration, allauth's included."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{space}{entry.name}"
        else:
            yield from routes(entry, f"{space}{entry.namespace}:" if entry.namespace else space)


def answer(response: HttpResponse) -> str:
    """A response as the table writes it: a status, or the name of the page it leads to."""
    if response.status_code not in {301, 302, 303}:
        return str(response.status_code)
    target = response["Location"].split("?")[0]
    return "away" if target == settings.QUICK_EXIT_URL.split("?")[0] else str(resolve(target).view_name)


def ask(client: Client, method: str, path: str) -> HttpResponse | str:
    """One request, undone afterwards. Returns the response, or what it did that it must not."""
    cache.clear()  # rate limits count what is asked here, and would answer in its place
    with transaction.atomic():
        try:
            if method in {"GET", "HEAD"}:
                with reading_only():
                    return getattr(client, method.lower())(path)  # type: ignore[no-any-return]  # a response
            return getattr(client, method.lower())(path)  # type: ignore[no-any-return]  # a response
        except Wrote as wrote:
            return f"writes: {wrote}"
        finally:
            transaction.set_rollback(True)


def findings(world: World) -> list[str]:
    """Everything that differs from the table, writes on GET, or shows somebody else's words."""
    found = []
    for name in sorted(set(routes()) & set(TABLE)):
        path = reverse(name, args=world.arguments.get(name, []))
        for who, client in world.clients.items():
            signed_in = {key: morsel.value for key, morsel in client.cookies.items()}
            for method in METHODS if who in OF_ALL_METHODS else BY_EVERYBODY:
                client.cookies = SimpleCookie(signed_in)  # what the last answer did to them is undone, too
                response = ask(client, method, path)
                where = f"{method} {name} as {who}"
                if isinstance(response, str):
                    found.append(f"{where} {response}")
                    continue
                verdict = UNVERIFIED.get(name, TABLE[name]) if who == "unverified" else TABLE[name]
                expected = verdict.answer(world.groups[who], method)
                if answer(response) != expected:
                    found.append(f"{where}: {answer(response)}, not {expected}")
                body = response.content.decode()
                found += [
                    f"{where} shows {plant}" for plant in world.plants - world.may_see[who] if plant in body
                ]
            client.cookies = SimpleCookie(signed_in)
    return found


def test_every_route_has_a_verdict_and_every_verdict_a_route() -> None:
    assert set(routes()) == set(TABLE)


VISITORS = ("anonymous", "unverified", "stranger", "ex", "solo", "other", "owner", "staff")


@pytest.mark.parametrize("some", [VISITORS[0:2], VISITORS[2:4], VISITORS[4:6], VISITORS[6:8]], ids=", ".join)
def test_each_visitor_gets_what_the_table_says(world: World, some: tuple[str, ...]) -> None:
    assert set(VISITORS) == set(world.clients)
    world.clients = {who: world.clients[who] for who in some}
    found = findings(world)
    assert found == [], "\n".join(found)


def test_the_plants_are_there_to_be_seen(world: World) -> None:
    owner = world.clients["owner"]
    pages = [
        owner.get(reverse(name, args=world.arguments.get(name, [])))
        for name in ("today:today", "checkins:write")
    ]
    seen = "".join(page.content.decode() for page in pages)
    for words in (
        ">planted-Bob-shared<",
        ">planted-Alice-shared<",
        "Alice-shared-kept-line",
        "Alice-shared-note",
    ):
        assert words in seen
    assert "planted-Alice-shared-draft" in seen


def _open_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.middleware.WordsKeptLoginRequired.process_view", lambda *args: None)


def _forget_that_both_must_share(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(self: CheckInQuerySet, partner: Any) -> CheckInQuerySet:
        return self.filter(~Q(author=partner.user_id))

    monkeypatch.setattr(CheckInQuerySet, "_shared_with", careless)


def _forget_whose_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CheckInQuerySet, "own", lambda self, user: self.all())


def _seat_everyone_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    first = Partner.objects.live().filter(user__name="Charlie").get()
    monkeypatch.setattr("couples.access._seats", lambda pk: (first, None))


@pytest.mark.parametrize(
    "gate", [_open_everything, _forget_that_both_must_share, _forget_whose_words, _seat_everyone_everywhere]
)
def test_without_a_gate_the_table_fails(
    world: World, monkeypatch: pytest.MonkeyPatch, gate: Callable[[pytest.MonkeyPatch], None]
) -> None:
    for who in set(world.clients) - {"anonymous", "owner", "solo"}:
        del world.clients[who]
    gate(monkeypatch)
    monkeypatch.setattr(
        "tests.test_access.TABLE", {name: TABLE[name] for name in ("checkins:evenings", "accounts:log")}
    )
    for client in world.clients.values():
        client.raise_request_exception = False
    assert findings(world) != []


def test_a_page_that_writes_on_get_is_caught(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("today.context.reading.desk", lambda seat, day: CheckIn.objects.update(kept_at=None))
    response = ask(world.clients["owner"], "GET", reverse("today:today"))
    assert str(response).startswith("writes: UPDATE")
