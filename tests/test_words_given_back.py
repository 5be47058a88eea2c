"""Whatever happened meanwhile, every word that was typed is stored or comes back: all forms, whatever happens."""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django import forms
from django.apps import apps
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from accounts.fields import WordsField
from accounts.leaving import erase
from accounts.models import User
from accounts.not_saved import every_form
from accounts.sealed import SealedTextField
from adventures import dating, occasions, proposing, wishing
from adventures.forms.dates import ChangeForm, MoveForm, PlanForm, RhythmForm
from adventures.forms.memories import MemoryForm
from adventures.forms.occasions import OccasionForm
from adventures.forms.wishes import WishForm
from agendas import building, goals, meeting, notes
from agendas.forms.goals import GoalForm
from agendas.forms.words import DifferentlyForm, NoteForm, SayingForm, TopicForm, WillForm
from challenges import attempts
from challenges.forms import RemarkForm
from checkins import replies, writing
from checkins.forms.evenings import CheckInForm, DraftForm, TalkedForm
from checkins.forms.prompts import AnswerForm, OwnPromptForm
from checkins.forms.replies import MoreForm, ReplyForm
from checkins.forms.thanks import ThanksForm, WinForm
from checkins.words import SaidBack
from couples import parting
from couples.forms import BlockForm, CodeForm
from tests.adventures.scenarios import agreed, asked, happened
from tests.agendas.scenarios import LAYS_OUT, STARTS, SUNDAY, agree, evening
from tests.cast import NOW, browser_of, pair, person, seat
from tests.challenges.scenarios import begin_together
from tests.scenes import stage

WORDS = "the heron, and “what” you said <about> it"
DAYS = "2026-12-24"
CODE = "lamp-maple-otter-4725"


@dataclass
class Life:
    """Alice and Bob in the middle of everything, and Alice's pages open."""

    alice: User
    bob: User
    client: Client
    found: dict[str, Any] = field(default_factory=dict)


Lost = Callable[[Life], object]


@dataclass(frozen=True)
class Form:
    """A form of ours as Alice sends it: its page, what goes along, where words go, and what takes its place away."""

    kind: type[forms.BaseForm]
    address: str
    words: tuple[str, ...]
    besides: dict[str, str] = field(default_factory=dict)
    argument: str = ""
    gone: Lost | None = None
    typed: str = ""  # something typed that isn't a word

    def data(self, words: str) -> dict[str, str]:
        return self.besides | dict.fromkeys(self.words, words)

    def url(self, life: Life) -> str:
        return reverse(self.address, args=[life.found[self.argument]] if self.argument else [])


def take_back_page(life: Life) -> None:
    writing.take_back(by=seat(life.bob), day=SUNDAY, now=STARTS)


def answer_reply(life: Life) -> None:
    replies.heard(by=seat(life.alice), day=SUNDAY, now=STARTS)


def call_off(life: Life) -> None:
    dating.call_off(by=seat(life.bob), date_id=life.found["own"], now=STARTS)


def withdraw(life: Life) -> None:
    proposing.withdraw(by=seat(life.bob), date_id=life.found["asked"], now=STARTS)


def finish(life: Life) -> None:
    meeting.finish(by=seat(life.bob), now=STARTS)
    life.found["clock"].shift(timedelta(days=2))  # it is over by the clock as well


def end_goal(life: Life) -> None:
    goals.end(by=seat(life.bob), goal_id=life.found["goal"], now=STARTS)


def put_away(life: Life) -> None:
    attempts.end(by=seat(life.bob), now=STARTS)


def take_back_note(life: Life) -> None:
    notes.take_back(by=seat(life.bob), note_id=life.found["note"], now=STARTS)


FORMS = {
    "check-in": Form(CheckInForm, "checkins:save", ("rose", "thorn", "note"), {"go": "share"}, "day"),
    "draft": Form(DraftForm, "checkins:save", ("bud",), {"go": "draft"}, "day"),
    "talked": Form(TalkedForm, "checkins:save", ("bud", "note"), {"go": "talked"}, "day"),
    "reply": Form(ReplyForm, "checkins:reply", ("back", "sense"), {}, "day", take_back_page),
    "feeling": Form(
        ReplyForm, "checkins:reply", ("feeling_own",), {"begin_back": "hear"}, "day", take_back_page
    ),
    "look": Form(ReplyForm, "checkins:reply_look", ("back",), {}, "day", take_back_page),
    "a bit more": Form(MoreForm, "checkins:more", ("text",), {}, "day", answer_reply),
    "answer": Form(AnswerForm, "checkins:answer", ("text",), {}, "day"),
    "own question": Form(OwnPromptForm, "checkins:own_questions", ("text",)),
    "thanks": Form(ThanksForm, "checkins:thanks", ("text", "trait_own"), {"go": "now"}),
    "win": Form(WinForm, "checkins:wins", ("text",)),
    "line": Form(RemarkForm, "challenges:leave_line", ("text",), {}, "number", put_away),
    "wish": Form(WishForm, "adventures:wishes", ("title",)),
    "changed wish": Form(
        WishForm,
        "adventures:wish",
        ("title",),
        {},
        "wish",
        lambda life: wishing.take_back(by=seat(life.alice), wish_id=life.found["wish"], now=STARTS),
    ),
    "plan": Form(
        PlanForm,
        "adventures:plan",
        ("title", "plan", "wear"),
        {"what": "own", "when": "own", "day": DAYS, "at": "19:30", "who": "i"},
    ),
    "another time": Form(
        MoveForm, "adventures:another_time", (), {"day": DAYS, "at": "20:15"}, "asked", withdraw, typed=DAYS
    ),
    "code": Form(CodeForm, "couples:code", (), {"code": CODE}, typed=CODE),
    "blocked": Form(
        BlockForm, "couples:block", (), {"address": "erin@example", "go": "on"}, typed="erin@example"
    ),
    "rhythm": Form(
        RhythmForm,
        "adventures:rhythm",
        (),
        {"every": "TWO_WEEKS", "at": "19:4x", "weekday": "4"},
        typed="19:4x",
    ),
    "changed plan": Form(
        ChangeForm, "adventures:change", ("title", "plan", "wear"), {"stood": "x"}, "own", call_off
    ),
    "memory": Form(MemoryForm, "adventures:leave_line", ("text",), {}, "was"),
    "day of the year": Form(
        OccasionForm,
        "adventures:occasions",
        ("name",),
        {"what": "other", "day": "3", "month": "4", "ahead": "7"},
    ),
    "changed day": Form(
        OccasionForm,
        "adventures:occasion",
        ("name",),
        {"what": "other", "day": "3", "month": "4", "ahead": "7"},
        "occasion",
        lambda life: occasions.remove(by=seat(life.alice), pk=life.found["occasion"], now=STARTS),
    ),
    "topic": Form(TopicForm, "agendas:park", ("about", "feel", "need")),
    "note": Form(NoteForm, "agendas:now_note", ("text",), {"part": "2", "stood": ""}, gone=finish),
    "will": Form(WillForm, "agendas:now_will", ("will",), {"who": "i"}, gone=finish),
    "say": Form(SayingForm, "agendas:say", ("noticed", "hope"), gone=finish),
    "differently": Form(DifferentlyForm, "agendas:differently", ("text",), {}, "note", take_back_note),
    "goal": Form(GoalForm, "agendas:goals", ("name", "unit"), {"target": "777.25"}, typed="777.25"),
    "changed goal": Form(
        GoalForm, "agendas:goal", ("name", "unit"), {"target": "777.25"}, "goal", end_goal, typed="777.25"
    ),
}
LONG = {"draft"}  # a draft holds more than a page shows; whether it is too long is said when it is shared


def _live() -> dict[str, Any]:
    """A Sunday evening: both have written, Bob said something back, the talk is on, dates were and are to come."""
    alice, bob = person("Alice"), person("Bob")
    pair(alice, bob)
    agree(alice, bob, now=NOW)
    goals.add(by=seat(bob), details=goals.GoalDetails("sea", Decimal(9)), now=NOW)
    begin_together(alice, bob, now=STARTS)
    for user in (alice, bob):
        evening(user, SUNDAY, "r", "", f"thorn of {user.name}")
    replies.reply(by=seat(bob), day=SUNDAY, said=SaidBack("heard"), now=STARTS)
    building.build_due(now=LAYS_OUT)
    agenda = meeting.begin(by=seat(alice), now=STARTS)
    note = notes.write(
        by=seat(bob), agenda=agenda, part=1, text="his notes", stood="", now=STARTS, own_device=True
    )
    assert note is not None
    for user in (bob, alice):
        notes.approve(by=seat(user), note_id=note.pk, stood=note.shown, now=STARTS)
    soon, year = STARTS + timedelta(days=3), occasions.OccasionWords("other", "a day", 1, 1)
    return {
        "day": SUNDAY,
        "number": 1,
        "goal": goals.open_of(seat(alice))[0].pk,
        "note": note.pk,
        "wish": wishing.wish(by=seat(alice), words=wishing.WishWords("the ferry"), now=STARTS).pk,
        "asked": asked(bob, "his", at=soon, now=STARTS).pk,
        "own": agreed(alice, bob, "own", at=soon + timedelta(days=1), now=STARTS).pk,
        "was": happened(alice, bob, "was", at=STARTS - timedelta(days=2)).pk,
        "occasion": occasions.add(by=seat(alice), words=year, now=STARTS).pk,
    }


@pytest.fixture
def life(db: None) -> Iterator[Life]:
    """That evening, and Alice's pages open."""
    with time_machine.travel(STARTS, tick=False) as clock:
        found = stage.play("an evening in the middle of everything", _live)
        alice, bob = User.objects.get(name="Alice"), User.objects.get(name="Bob")
        yield Life(alice, bob, browser_of(alice), {**found, "clock": clock})


def stored() -> str:
    """Every sealed word that is readable, as it is stored."""
    found = []
    for model in apps.get_models():
        sealed = [one.name for one in model._meta.fields if isinstance(one, SealedTextField)]
        for row in model._base_manager.all() if sealed else ():
            found += [getattr(row, name) for name in sealed]
    return "\n".join(found)


def is_stored_or_back(answer: Any, text: str) -> bool:
    shown = html.unescape(answer.content.decode()).replace("\r\n", "\n")
    return text in shown or text.strip() in stored()


def parted(life: Life) -> None:
    parting.part(by=life.bob, now=STARTS)


def erased(life: Life) -> None:
    erase(life.bob, now=STARTS)


HAPPENED: dict[str, Lost | None] = {
    "nothing": None,
    "parted": parted,
    "erased": erased,
    "session ended": None,
}


def check(form: Form, answer: Any, words: str = WORDS) -> None:
    """What was typed came back, or the words are stored; days, figures and codes come back as well."""
    if form.words:
        assert is_stored_or_back(answer, words)
    if form.typed and answer.status_code != 302:
        assert form.typed in answer.content.decode()


@pytest.mark.parametrize("happens", sorted(HAPPENED))
@pytest.mark.parametrize("name", sorted(FORMS))
def test_every_word_is_stored_or_comes_back(life: Life, name: str, happens: str) -> None:
    form, act = FORMS[name], HAPPENED[happens]
    if act is not None:
        stage.play(happens, lambda: act(life))
    if happens == "session ended":
        life.client.cookies.clear()
    answer = life.client.post(form.url(life), form.data(WORDS))
    assert answer.status_code in {200, 302, 403, 404, 422}
    check(form, answer)
    if happens == "session ended":
        assert answer.status_code == 403


@pytest.mark.parametrize("name", sorted(name for name, form in FORMS.items() if form.gone))
def test_when_its_place_is_gone_it_comes_back_and_nothing_is_stored(life: Life, name: str) -> None:
    form = FORMS[name]
    assert form.gone is not None
    form.gone(life)
    before = stored()
    answer = life.client.post(form.url(life), form.data(WORDS))
    assert answer.status_code in {404, 422}
    check(form, answer)
    assert stored() == before


@pytest.mark.parametrize("name", sorted(FORMS))
def test_a_form_that_is_too_old_gives_every_word_back(life: Life, name: str) -> None:
    form, client = FORMS[name], Client(enforce_csrf_checks=True)
    client.cookies = life.client.cookies
    answer = client.post(form.url(life), form.data(WORDS))
    assert answer.status_code == 403
    check(form, answer)


SECRETS = {
    "account_login": {"password": "planted secret"},
    "account_signup": {"password1": "planted secret", "password2": "planted secret"},
    "account_change_password": {"oldpassword": "planted secret", "password1": "planted secret"},
    "account_reauthenticate": {"password": "planted secret"},
    "account_confirm_login_code": {"code": "planted secret"},
    "account_confirm_password_reset_code": {"code": "planted secret"},
    "mfa_authenticate": {"code": "planted secret"},
    "mfa_activate_totp": {"code": "planted secret"},
    "accounts:reauthenticate_by_code": {"code": "planted secret"},
}


@pytest.mark.parametrize("signed_in", [True, False])
@pytest.mark.parametrize("address", sorted(SECRETS))
def test_no_secret_comes_back(life: Life, address: str, signed_in: bool) -> None:
    """Passwords and one-time codes, in a form that is too old; what else was typed does come back."""
    client = Client(enforce_csrf_checks=True)
    if signed_in:
        client.cookies = life.client.cookies
    answer = client.post(reverse(address), SECRETS[address] | {"email": "alice@example.test"})
    assert answer.status_code in {302, 403}
    assert "planted secret" not in answer.content.decode()
    if answer.status_code == 403 and not address.startswith("accounts:"):
        assert "alice@example.test" in answer.content.decode()


@pytest.mark.parametrize("length", [6_000, 3_000_000])
@pytest.mark.parametrize("name", sorted(name for name, form in FORMS.items() if form.words))
def test_too_many_words_come_back_beside_their_field(life: Life, name: str, length: int) -> None:
    form = FORMS[name]
    words = ("heron " * length)[:length].strip() + "."
    last = form.words[-1]  # one field of that length: all of them together are more than a request may bring
    answer = life.client.post(form.url(life), form.data("a word") | {last: words})
    assert answer.status_code in {200, 302, 422}
    assert is_stored_or_back(answer, words)
    assert answer.status_code != 302 or name in LONG


# Answered with a part of the page (what is drafted, what a reply reads like), or on the talk's page: that is one form
# with three boxes, of which the one that came back has the cursor.
IN_THE_FIELD = {"draft", "look", "note", "will", "say"}
SUMMED_UP = sorted(name for name, form in FORMS.items() if form.words and name not in IN_THE_FIELD)


@pytest.mark.parametrize("name", SUMMED_UP)
def test_a_form_that_comes_back_says_so_first_with_a_way_to_the_field(life: Life, name: str) -> None:
    form = FORMS[name]
    answer = life.client.post(form.url(life), form.data("a word") | {form.words[-1]: "heron " * 1_000})
    page = answer.content.decode()
    assert answer.status_code == 422
    (summary,) = re.findall(
        r'<div class="alert" role="alert" tabindex="-1" autofocus>(.*?)</form>', page, re.DOTALL
    )
    ways = re.findall(r'<a href="#(.*?)">', summary)
    assert ways
    assert all(f'id="{way}"' in page for way in ways)


@pytest.mark.parametrize("name", sorted(name for name, form in FORMS.items() if form.words))
def test_a_database_that_is_busy_gives_every_word_back(life: Life, name: str) -> None:
    form = FORMS[name]
    address = form.url(life)
    client = Client(raise_request_exception=False)
    client.cookies = life.client.cookies

    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        raise OperationalError("database is locked")

    with connection.execute_wrapper(refuse):
        answer = client.post(address, form.data(WORDS))
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert WORDS in html.unescape(answer.content.decode())


def test_every_form_with_words_is_here() -> None:
    bases = {"LineForm", "DetailsForm", "_TextForm"}
    made = {
        form
        for form in every_form(forms.BaseForm)
        if any(isinstance(one, WordsField) for one in getattr(form, "base_fields", {}).values())
        and not form.__module__.startswith("tests.")
        and form.__name__ not in bases
    }
    assert made == {form.kind for form in FORMS.values() if form.words}


def test_what_is_no_word_is_not_shown(life: Life) -> None:
    """Somebody signed out taps "Yes": they are asked to sign in, and no token comes up in a box."""
    life.client.cookies.clear()
    token = "3f2b9c1d"
    answer = life.client.post(reverse("couples:ask_yes", args=[token]), {"ask": token})
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))
    answer = life.client.post(reverse("agendas:now_note"), {"text": WORDS, "version": token, "part": token})
    assert token not in answer.content.decode()
    assert html.unescape(answer.content.decode()).count(WORDS) == 1
