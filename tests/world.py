"""A world for the access table: the cast and others, signed in, with words planted in everything they have."""

from collections.abc import Collection, Iterator, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from http.cookies import SimpleCookie
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from adventures import feeds, ideas, occasions, proposing, remembering, wishing
from agendas import building, goals, meeting, notes, outcomes, topics
from agendas.models import AgendaItem
from agendas.plan import TalkPlan
from challenges import attempts, catalogue, habits
from challenges.models import Habit
from checkins import answering, drafts, own_questions, replies, thanking, writing
from checkins.models import CheckIn
from checkins.words import CheckInText, FormVersion, SaidBack
from couples import asking, days, emails, pairing, parting, returning, weekdays
from couples.models import Partner
from reminders.preferences import stop_token
from tests.access_table import TABLE
from tests.adventures.scenarios import agreed, happened
from tests.agendas.scenarios import agree
from tests.cast import NOW, PASSWORD, pair, person, seat
from tests.challenges.scenarios import begin_together
from tests.scenes import stage

WITHOUT_DAY = {
    "checkins:begin_quiet",
    "checkins:comes_back",
    "checkins:end_quiet",
    "checkins:kept",
    "checkins:thanks",
    "checkins:shared",
    "checkins:together",
    "checkins:wins",
    "checkins:kindness",
    "checkins:phones_down",
    "checkins:ring",
    "checkins:own_questions",
    "checkins:question",
    "checkins:prompt_preferences",
    "checkins:write",
}


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
    words = CheckInText(rose=plant, bud=kept, thorn=plant, note=note, closeness="2", kept=frozenset({"bud"}))
    page = writing.write(by=seat(user), day=day, words=words, share=share, now=now)
    drafted = f"{plant}-draft"
    base = FormVersion(page.version, "a tab", 1)
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
    wish = wishing.wish(by=seat(lea), words=wishing.WishWords("planted-wish"), now=now)
    date_night = happened(lea, max_, "planted-date", at=now - timedelta(days=2))
    line = remembering.leave_line(by=seat(lea), date_id=date_night.pk, text="planted-memory", now=now)
    plan = proposing.Details("planted-surprise", surprise=True, where="out", wear="planted-wear")
    asked = proposing.propose(by=seat(lea), details=plan, starts_at=now + timedelta(days=3), now=now)
    day = occasions.add(by=seat(lea), words=occasions.OccasionWords("other", "planted-day", 1, 1), now=now)
    token = feeds.make_address(by=seat(lea))
    ask = asking.ask(by=seat(lea), kind=weekdays.KIND, what="135", now=now)
    world.plants |= {f"planted-{what}" for what in ("wish", "date", "memory", "surprise", "wear", "day")}
    of_wish = ("ask", "bring", "fulfil", "me_too", "not_me", "wish", "wish_take_back")
    of_date = (
        "another_time", "call_off", "change", "date", "file", "happened", "leave_line", "mail", "not_again",
        "not_this_one",
        "postpone", "tell", "tell_me_first", "withdraw", "yes", "bring_date",
    )  # fmt: skip  # several values a line, to be looked through
    return {
        **{f"adventures:{name}": [wish.pk] for name in of_wish},
        **{f"adventures:{name}": [asked.pk] for name in of_date},
        **{f"adventures:{name}": [day.pk] for name in ("occasion", "occasion_bring", "occasion_remove")},
        "adventures:line_take_back": [line.pk],
        "adventures:revoke": [feeds.of(seat(lea)).pk],
        "adventures:feed": [token],
        "couples:undo": ["of-nobody"],
        "accounts:welcome": ["of-nobody"],
        **{f"couples:{name}": [ask.token] for name in ("ask_yes", "ask_not_now")},
        "adventures:add_idea": [next(iter(ideas.every()))],
    }


class Making:
    """The making of that world, in the order in which it came about. `own` is what each of its people may read."""

    names = ("Bob", "Erin", "Alice", "Charlie", "Cleo", "Dana", "Sam", "Frank", "Gina")
    couples = (("Alice", "Bob"), ("Charlie", "Cleo"))

    def __init__(self, now: datetime) -> None:
        self.world, self.now = World(), now
        self.people = {name: person(name, now=now) for name in self.names}
        self.own: dict[str, set[str]] = {name: set() for name in self.names}
        self.rows: dict[str, list[object]] = {}  # by the address that is about them

    def plant(self, *words: str, read_by: Collection[str]) -> None:
        """Note what was planted, and by whom it may be read."""
        self.world.plants |= set(words)
        for name in read_by:
            self.own[name] |= set(words)

    def seat(self, name: str) -> Partner:
        return seat(self.people[name])

    def pair_people(self) -> None:
        """Erin was Bob's partner once; Alice is now. Charlie and Cleo were two for most of the month before, too."""
        people, now = self.people, self.now
        pair(people["Erin"], people["Bob"], now=now - timedelta(days=39))
        for name in ("Erin", "Bob"):
            then = write(self.world, people[name], "then", days_ago=36)
            self.own[name] |= (
                then if name == "Erin" else set()
            )  # alone she looks back on her own; he sits with Alice
        parting.part(by=people["Erin"], now=now - timedelta(days=35))
        for (one, other), days_ago in zip(self.couples, (30, 39), strict=True):
            pair(people[one], people[other], now=now - timedelta(days=days_ago))

    def write_evenings(self) -> None:
        for name in ("Alice", "Bob", "Charlie", "Cleo"):
            self.own[name] |= write(self.world, self.people[name], "alone", days_ago=2, share=False)
            self.own[name] |= write(self.world, self.people[name], "shared")
        for name in ("Dana", "Erin", "Sam"):
            self.own[name] |= write(self.world, self.people[name], "alone", share=False)

    def look_back(self) -> None:
        """A page of the month before, and what one of the two looked forward to and said was good."""
        for days_ago in (38, 33, 28, 22):
            for name in ("Charlie", "Cleo"):
                then, user = self.now - timedelta(days=days_ago), self.people[name]
                rose, bud = f"planted-{name}-rose-{days_ago}", f"planted-{name}-bud-{days_ago}"
                writing.write(
                    by=seat(user),
                    day=days.day_of(then, user.tz),
                    words=CheckInText(rose=rose, bud=bud, closeness="4"),
                    share=True,
                    now=then,
                )
                self.plant(rose, bud, read_by=["Charlie", "Cleo"])
        good = [page.pk for page in CheckIn.objects.own(self.people["Charlie"])]
        returning.answer(
            by=self.seat("Charlie"), kind=returning.BUD, about=good, said=returning.GOOD, now=self.now
        )

    def reply_and_thank(self) -> None:
        """Cleo said something back to Charlie's thorn, and he said that was it. Thank-yous are given, and kept."""
        now, day = self.now, days.day_of(self.now, self.people["Cleo"].tz)
        said = SaidBack(back="planted-reply", sense="planted-reply")
        reply = replies.reply(by=self.seat("Cleo"), day=day, said=said, now=now)
        replies.heard(by=self.seat("Charlie"), day=day, now=now)
        thanks = thanking.say_thanks(
            by=self.seat("Cleo"), text="planted-thanks", trait="", keep=False, now=now
        )
        win = thanking.note_win(by=self.seat("Cleo"), text="planted-win", now=now)
        self.plant("planted-reply", "planted-thanks", "planted-win", read_by=["Charlie"])
        for name in ("Alice", "Bob", "Cleo"):
            kept = f"planted-kept-thanks-of-{name}"
            thanking.say_thanks(by=self.seat(name), text=kept, trait="", keep=True, now=now)
            self.plant(kept, read_by=[name])
        self.rows["checkins:reply_take_back"] = [reply.pk]
        self.rows["checkins:thanks_take_back"] = [thanks.pk]
        self.rows["checkins:win_take_back"] = [win.pk]

    def ask_and_answer(self) -> None:
        for name in ("Alice", "Charlie", "Dana", "Erin", "Sam"):
            self.own[name] |= ask_and_answer(self.world, self.people[name])

    def agree_on_much(self) -> None:
        """Both couples have a talk, a challenge with a line on it, a date, and a surprise of one of the two."""
        now = self.now
        for one, other in self.couples:
            agree(self.people[one], self.people[other], now=now)
        for one, other in self.couples:
            hers, his = self.people[one], self.people[other]
            begin_together(hers, his, now=now - timedelta(days=3))
            left, out = f"planted-line-of-{one}", f"planted-evening-out-of-{one}"
            attempts.leave_line(by=seat(hers), number=1, text=left, now=now)
            agreed(hers, his, out, at=now + timedelta(days=2), now=now)
            self.plant(left, out, read_by=[one, other])
            hidden = proposing.Details(f"planted-surprise-of-{one}", surprise=True, where="out")
            proposing.propose(by=seat(hers), details=hidden, starts_at=now + timedelta(days=4), now=now)
            self.plant(hidden.title, read_by=[one])
        parked = "planted-topic-of-Alice"
        topics.park(by=self.seat("Alice"), words=topics.TopicWords(parked, parked, parked), now=now)
        self.plant(parked, read_by=["Alice"])

    def invite(self) -> None:
        """Frank's code is in the addresses. Gina's is a secret, and so are names and addresses of the others."""
        code = pairing.invite(by=self.people["Frank"], now=self.now).code
        self.rows |= {"couples:invited": [code], "couples:accept": [code]}
        secret = pairing.invite(by=self.people["Gina"], now=self.now).code
        addresses = ("frank@example.test", "cleo@example.test", "bob@example.test")
        self.plant(secret, secret.upper(), "Cleo", "Frank", *addresses, read_by=())

    def visit(self) -> None:
        """Sign everybody in who is one of the table's visitors."""
        world, people, own = self.world, self.people, self.own
        unverified = person("Uma", verified=False, now=self.now)
        User.objects.filter(pk=people["Sam"].pk).update(is_staff=True, is_superuser=True)
        world.visit("anonymous", None, "out")
        world.visit("unverified", unverified, "out")
        typed = {"login": unverified.email, "password": PASSWORD}
        world.clients["unverified"].post(reverse("account_login"), typed)
        world.visit("stranger", people["Charlie"], "two", sees=own["Charlie"] | shared("Cleo") | {"Cleo"})
        world.visit("ex", people["Erin"], "alone", sees=own["Erin"])
        world.visit("solo", people["Dana"], "alone", sees=own["Dana"])
        of_alice = shared("Alice") | {"planted-Alice-question", "bob@example.test"}
        world.visit("other", people["Bob"], "two", sees=own["Bob"] | of_alice)
        world.visit("owner", people["Alice"], "two", sees=own["Alice"] | shared("Bob"))
        world.visit("staff", people["Sam"], "alone", sees=own["Sam"])

    def address(self) -> None:
        """Fill in what stands in the addresses of the routes: rows of others, or what is nobody's."""
        now, day = self.now, days.day_of(self.now, self.people["Sam"].tz)
        self.world.arguments = {
            **{name: [day] for name in TABLE if name.startswith("checkins:") and name not in WITHOUT_DAY},
            **a_talk_of_others(self.world, now),
            **an_attempt_of_others(self.world, now),
            **dates_of_others(self.world, now),
            **self.rows,
            "checkins:another_kindness": [1],
            "checkins:agree": [uuid4()],
            "checkins:answer_take_back": [day - timedelta(days=9)],  # nobody answered then
            "checkins:kept_month": [day.replace(day=1)],
            "checkins:shared_month": [day.replace(day=1)],
            "today:closeness_until": [day.replace(day=1)],
            "today:looked_forward_until": [day.replace(day=1)],
            "today:looking_back_until": [day.replace(day=1)],
            "today:month_page": [(day.replace(day=1) - timedelta(days=1)).replace(day=1)],
            "checkins:question_another": [1],
            "checkins:question_take_back": [uuid4()],
            "couples:never": [emails.never_token("somebody@example.test")],
            "reminders:stop": [stop_token(self.people["Alice"], "check_in")],
            **{f"reminders:{name}": ["check_in"] for name in ("mail", "mail_designed", "send_now")},
            "moved": ["path/"],
            "mfa_remove_webauthn": [1],
            "mfa_edit_webauthn": [1],
        }


def shared(name: str) -> set[str]:
    """What somebody shared, as a page and as a mail has it."""
    return {f">planted-{name}-shared<", f"planted-{name}-shared\n"}


def make_world() -> World:
    """Everybody and everything, tonight."""
    making = Making(timezone.now())
    making.pair_people()
    making.write_evenings()
    making.look_back()
    making.reply_and_thank()
    making.ask_and_answer()
    making.agree_on_much()
    making.invite()
    making.visit()
    making.address()
    return making.world


@pytest.fixture
def world(db: None) -> Iterator[World]:
    """Everybody, tonight; each test with browsers of its own."""
    with time_machine.travel(NOW, tick=False):
        yield stage.play("the whole world", make_world).again()
