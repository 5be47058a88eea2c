"""Every page there is, in both themes and two widths: accessible, valid, silent, and nothing off the side."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
import time_machine
from axe_playwright_python.base import AXE_SCRIPT
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from playwright.sync_api import Browser, FilePayload, Page, Response

from accounts import export_requests, long_work
from accounts.models import LongWork, User
from adventures import dating, occasions, proposing, remembering, surprises, wishing
from adventures import rhythm as date_rhythm
from adventures.models import DateNight, Wish
from adventures.slots import Every as EveryDate
from adventures.slots import Recurrence
from agendas import building, goals, meeting, notes, outcomes, rhythm, topics
from challenges import attempts
from challenges.models import Remark
from checkins import answering, drafts, own_questions, quiet_time, replies, thanking, writing
from checkins.models import CheckIn
from checkins.words import CheckInText, FormVersion, SaidBack
from couples import asking, days, emails, pairing, parting, returning, weekdays
from couples.models import Couple
from reminders.preferences import stop_token
from tests.adventures import scenarios as dates_of
from tests.agendas import scenarios
from tests.cast import NOW, PASSWORD, pair, person, seat
from tests.challenges import scenarios as attempts_of
from tests.journeys import html
from tests.journeys.html import html_checker
from tests.journeys.site import site
from tests.journeys.steps import START, TALKED, TELL, context_of, sign_in
from tests.sights import EVERY_PAGE
from today import context

__all__ = ["html_checker", "site"]

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SCREENSHOTS = os.environ.get("SCREENSHOTS")  # a folder for a picture of each page: to look at, not to compare
NAME = "B" * 50
LONG = "An evening of some length, with words in it that go on. " * 17  # 952 characters
WCAG = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "resultTypes": ["violations"],
}
# Contrast is two fifths of what axe takes. In the other theme the same tokens stand in it: tests/test_contrast.py.
BUT_CONTRAST = WCAG | {"rules": {"color-contrast": {"enabled": False}}}
# How each page is opened: colour scheme, width, and what axe looks for (it is the slow part).
Way = tuple[Literal["light", "dark"], int, dict[str, Any] | None]
WAYS: list[Way] = [
    ("light", 1280, WCAG),
    ("dark", 360, WCAG if EVERY_PAGE else BUT_CONTRAST),
    ("dark", 320, None),
]
PICTURES: list[Way] = [("dark", 1280, None), ("light", 360, None)]
# Said in the page: all that axe passes is longer than the page itself, and nobody reads it.
VIOLATIONS = """async options => (await axe.run(options)).violations.map(
    one => `${one.id}: ${one.nodes[0].html.slice(0, 160)}`)"""
# Everything that is looked for in one way, at once; and how far the page reaches beyond its window.
LOOK = """async options => {
    document.querySelectorAll("details").forEach(one => { one.name = ""; one.open = true });
    const found = options ? await (VIOLATIONS)(options) : [];
    return [found, document.documentElement.scrollWidth - document.documentElement.clientWidth];
}""".replace("VIOLATIONS", VIOLATIONS)
WORD = "o" * 180
THORN = f"The printer, and a word without an end: {WORD}."
PUBLIC = ["landing", "safety", "help", "about", "privacy", "accessibility"]
OWN = ["accounts:more", "accounts:settings", "accounts:security", "accounts:log", "accounts:delete"]
ALLAUTH_OUT = ["account_login", "account_signup", "account_reset_password", "account_request_login_code"]
ALLAUTH_IN = [
    "account_change_password",
    "account_email",
    "account_logout",
    "account_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_generate_recovery_codes",
    "accounts:sessions",
]
# Alike for one and for two, as long as there is nothing on them.
SAME = [
    "adventures:earlier_lists",
    "adventures:calendar",
    "adventures:ideas",
    "adventures:memories",
    "adventures:earlier_memories",
    "adventures:occasions",
    "adventures:earlier_occasions",
    "adventures:rhythm",
]
PRODUCT = [
    "today:today",
    "adventures:dates",
    "adventures:plan",
    "adventures:wishes",
    "adventures:whole_list",
    *SAME,
    "agendas:goals",
    "agendas:park",
    "agendas:talk",
    "agendas:talks",
    "challenges:cards",
    "challenges:habits",
    "challenges:challenge",
    "checkins:write",
    "checkins:kindness",
    "checkins:own_questions",
    "checkins:phones_down",
    "checkins:question",
    "checkins:prompt_preferences",
    "checkins:thanks",
    "checkins:shared",
    "today:together",
    "today:looking_back",
    "today:closeness",
    "today:looked_forward",
    "checkins:comes_back",
    "checkins:wins",
    "couples:evenings",
    "couples:invite",
    "couples:block",
    "reminders:settings",
    "reminders:evening",
]


def addresses(names: list[str]) -> list[str]:
    return [reverse(name) for name in names]


def loud(text: str) -> bool:
    """Whether a console line is trouble: not Chromium's advice, nor an answer such as 404 that was asked for."""
    return not text.startswith(("verbose:", "debug:", "info:")) and "responded with a status of 4" not in text


class Inspection:
    """Looks at pages in every way, and gathers what is wrong with them and what the server had sent."""

    def __init__(self, browser: Browser, site: str) -> None:
        self.site = site
        self.wrong: list[str] = []
        self.sources: dict[str, str] = {}
        self.said: list[str] = []
        self.stood = WAYS[0][:2]
        self.kinds: set[tuple[str, int, str]] = set()
        self.cookies: dict[tuple[User | None, str], list[Any]] = {}
        self.context = context_of(browser, site, None, *self.stood)
        self.context.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        self.context.on("weberror", lambda error: self.said.append(str(error.error)))
        self.context.add_init_script(AXE_SCRIPT)
        self.page = self.context.new_page()

    @contextlib.contextmanager
    def window(self, user: User | None) -> Iterator[Page]:
        """The browser with `user`'s cookies, for an hour: no sign-in is fresh for longer. Its console is heard."""
        key = (user, f"{timezone.now():%Y-%m-%d %H}")
        self.context.clear_cookies()
        if key in self.cookies:
            self.context.add_cookies(self.cookies[key])
        elif user is not None:
            sign_in(self.context, self.site, user)
        yield self.page
        self.cookies[key] = self.context.cookies()
        # A page that follows the talk by itself would be on its way when it is moved on.
        if self.page.locator("[data-hx-trigger]").count():
            self.page.goto("about:blank")

    def visit(self, user: User | None, paths: list[str], state: str) -> None:
        with self.window(user) as page:
            for path in paths:
                self.open(page, path, state)

    def open(self, page: Page, path: str, state: str) -> None:
        answer = page.goto(f"{self.site}{path}")
        if urlsplit(page.url).path != path:
            self.wrong.append(f"{state} {path}: came out at {page.url}")
        self._look(page, state, answer)

    def press(self, page: Page, selector: str, state: str) -> None:
        """Look at the page that answers a form."""
        with page.expect_navigation() as going:
            page.locator(selector).first.click()
        self._look(page, state, going.value)

    def _look(self, page: Page, state: str, answer: Response | None) -> None:
        assert answer is not None
        place = f"{state} {urlsplit(page.url).path}"
        self.sources[place] = answer.text()
        ways = WAYS if self.stood == WAYS[0][:2] else WAYS[::-1]  # back the way it came
        known = not EVERY_PAGE and self._knows(page, answer)
        for scheme, width, rules in ways + (PICTURES if SCREENSHOTS else []):
            self._turn(page, scheme, width)
            name = f"{place} {scheme} {width}"
            # By axe a kind of page is looked at in a narrow window once; in a wide one in each state.
            found, sideways = page.evaluate(LOOK, None if known and rules is BUT_CONTRAST else rules)
            self.wrong += [f"{name}: {one}" for one in found]
            if sideways > 0:
                self.wrong.append(f"{name}: {sideways} px wider than the window")
            if SCREENSHOTS:
                file = name.replace("/", "_").replace(" ", "-")
                page.screenshot(path=Path(SCREENSHOTS) / f"{file}.png", full_page=True, caret="initial")
        self.wrong += [f"{place}: console: {text}" for text in self.said if loud(text)]
        self.said.clear()

    def _knows(self, page: Page, answer: Response) -> bool:
        """Whether a page of this kind was looked at before: the same view's, its answer as good, under this title."""
        try:
            kind = resolve(urlsplit(page.url).path).view_name, answer.status, page.title()
        except Resolver404:
            return False
        known = kind in self.kinds
        self.kinds.add(kind)
        return known

    def _turn(self, page: Page, scheme: Literal["light", "dark"], width: int) -> None:
        """Change what differs, and no more: each change lays the page out anew."""
        stood, self.stood = self.stood, (scheme, width)
        if scheme != stood[0]:
            page.emulate_media(color_scheme=scheme)
        if width != stood[1]:
            page.set_viewport_size({"width": width, "height": 900})


def violations(page: Page) -> list[str]:
    """What axe finds on a page it was put into."""
    found: list[str] = page.evaluate(VIOLATIONS, WCAG)
    return found


@pytest.fixture
def look(browser: Browser, site: str, html_checker: str) -> Iterator[Inspection]:
    """Whatever was found on the pages that a test looked at is wrong when it ends, and so is their HTML."""
    inspection = Inspection(browser, site)
    yield inspection
    assert inspection.sources
    found = inspection.wrong
    for place, source in inspection.sources.items():
        found += [f"{place}{line}" for line in html.check(html_checker, source)]
    assert found == [], "\n".join(found)


def test_the_checkers_do_find_something(browser: Browser, html_checker: str) -> None:
    page = browser.new_page()
    page.set_content("<html><body><img src='data:,'><button></button></body></html>")
    page.evaluate(AXE_SCRIPT)
    assert {"image-alt", "button-name"} <= {found.split(":")[0] for found in violations(page)}
    good, bad = "<!doctype html><html lang='en'><title>x</title><p>y</p></html>", "<p><div></p>"
    assert html.check(html_checker, good) == []
    wrong = "\n".join(html.check(html_checker, good.replace("<p>", bad)))
    for kind in (": error: ", "Unclosed element"):
        assert kind in wrong
    assert ": info: " in html.check(html_checker, good.replace("<p>", "<p><br/>"))[0]


def test_pages_that_open_to_anyone(look: Inspection) -> None:
    dana = person("Dana")
    code = pairing.invite(by=dana, now=timezone.now()).code
    paths = [
        *addresses([f"accounts:{name}" for name in PUBLIC]),
        *addresses(ALLAUTH_OUT),
        reverse("couples:invited", args=[code]),
        reverse("couples:invited", args=["lamp-maple-otter-0000"]),
        reverse("couples:not_now"),
        reverse("couples:never", args=[emails.never_token("dana@example.test")]),
        reverse("reminders:stop", args=[stop_token(dana, "check_in")]),
        "/nowhere/",
    ]
    look.visit(None, paths, "anyone")


def test_pages_of_somebody_alone(look: Inspection) -> None:
    now = timezone.now()
    dana, carol = person("Dana", now=now), person("Carol")
    look.visit(dana, addresses([*PRODUCT, *OWN, *ALLAUTH_IN, "couples:code"]), "alone")
    pairing.invite(by=dana, now=now)
    look.visit(dana, addresses(["couples:invite"]), "inviting")

    asked = pairing.invite(by=carol, now=now)
    look.visit(dana, [reverse("couples:accept", args=[asked.code])], "asked")
    pairing.accept(asked.code, by=dana, now=now)
    look.visit(dana, addresses(["couples:words", "couples:invite"]), "words")
    pairing.confirm(asked.pk, by=dana, now=now)
    look.visit(dana, addresses(["couples:words"]), "said")

    day = days.day_of(now, dana.tz)
    writing.write(
        by=seat(dana), day=day, words=CheckInText(rose=LONG, bud="", thorn=THORN), share=False, now=now
    )
    evening = reverse("checkins:evening", args=[day])
    look.visit(dana, [*addresses(["today:today", "checkins:write"]), evening], "written")


def test_pages_of_a_fresh_sign_in(look: Inspection) -> None:
    """By a mailed code, with what was typed waiting; and for whoever has no way left."""
    dana, lost = person("Dana"), person("Erin")
    code, none, own = addresses(
        ["accounts:reauthenticate_by_code", "accounts:no_way_left", "accounts:settings"]
    )
    with look.window(dana) as page:
        look.open(page, code, "asked")
        look.press(page, "text=Email me a code", "sent")
        page.fill("[name=code]", "XXXX-XXXX")
        look.press(page, "main form [type=submit]", "wrong")
    with time_machine.travel(timezone.now() - timedelta(hours=2)), look.window(dana) as page:
        look.open(page, own, "fresh")
        with time_machine.travel(timezone.now() + timedelta(hours=2)):
            page.check("[name=inbox_shared][value=True]", force=True)
            look.press(page, "main form [type=submit]", "not fresh")
            page.fill("[name=password]", PASSWORD)
            look.press(page, "main form [type=submit]", "waiting")
    lost.set_unusable_password()
    lost.inbox_shared = True
    lost.save()
    look.visit(lost, [none], "lost")


def test_pages_of_ones_data(look: Inspection) -> None:
    """What is kept; an export that isn't asked for, prepared, ready, failed; an import refused, previewed, here."""
    dana = person("Dana")
    export, bring = addresses(["accounts:export", "accounts:import_file"])
    look.visit(
        dana, addresses(["accounts:data", "accounts:kept", "accounts:export", "accounts:import_file"]), "own"
    )
    with look.window(dana) as page:
        look.press(page, "text=Preview the import", "no file")
        for name, text in (("damaged.zip", "PK"), ("diary.csv", "date,text\n2026-11-02,Rain.\n")):
            file = FilePayload(name=name, mimeType="application/octet-stream", buffer=text.encode())
            page.set_input_files("[name=file]", file)
            look.press(page, "text=Preview the import", name)
        look.press(page, "main button[type=submit]", "imported")
        page.set_input_files("[name=file]", file)
        look.press(page, "text=Preview the import", "here already")
        work = export_requests.ask(dana, private=False, now=timezone.now())
        look.open(page, export, "asked")
        page.goto("about:blank")
        LongWork.objects.update(written=5_000_000)
        look.open(page, export, "underway")
        page.goto("about:blank")
        assert long_work.work_off(clock=timezone.now) == 1
        look.open(page, export, "ready")
        LongWork.objects.filter(pk=work.pk).update(state=LongWork.State.FAILED)
        look.open(page, export, "failed")
    look.visit(dana, [bring], "again")


def test_pages_of_a_couple(look: Inspection) -> None:
    now = timezone.now()
    alice, bob = person("Alice"), person(NAME)
    pair(alice, bob)
    look.visit(
        alice, addresses([*sorted(set(PRODUCT) - set(SAME)), *OWN, "couples:line", "couples:part"]), "couple"
    )
    write(alice, days.day_of(now, alice.tz), now=now)
    parting.part(by=bob, now=now)
    look.visit(alice, addresses(["today:today"]), "parted")


def test_pages_of_phones_down_and_of_our_evenings(look: Inspection) -> None:
    now = timezone.now()
    alice, bob = person("Alice"), person(NAME)
    couple = pair(alice, bob)
    ring, ours = reverse("checkins:phones_down"), reverse("couples:evenings")
    with look.window(alice) as page:
        look.open(page, ours, "unasked")
        look.press(page, "text=Suggest these evenings", "refused")
    weekdays.name(by=seat(bob), weekdays=[0, 1, 2, 3, 4, 5], now=now)
    look.visit(alice, [ours], "asked")
    look.visit(bob, [ours], "asker")
    asking.agree(by=seat(alice), ask_id=couple.asks.get().pk, now=now)
    look.visit(alice, [ours], "named")
    quiet_time.begin(couple, 15, now=now - timedelta(minutes=4))
    look.visit(alice, [ring], "running")
    quiet_time.end(couple, now=now)
    look.visit(alice, [ring], "over")


def test_pages_of_a_path(look: Inspection) -> None:
    """From the asking to the looking back, with long words in everything."""
    with time_machine.travel(NOW) as clock:
        alice, bob = person("Alice"), person(NAME)
        pair(alice, bob)
        path, habits = addresses(["challenges:challenge", "challenges:habits"])
        attempts.suggest(by=seat(alice), challenge="thirty-days", now=NOW)
        look.visit(alice, [path], "asker")
        look.visit(bob, [path], "asked")
        asking.agree(by=seat(bob), ask_id=seat(bob).couple.asks.get().pk, now=NOW)
        look.visit(alice, [path, habits, *addresses(["today:look_back", "challenges:end"])], "first")
        for number in range(1, 31):
            now = NOW + timedelta(days=number)
            for user in (alice, bob) if number % 3 else ():
                write(user, days.day_of(now, user.tz), now=now)
                attempts.complete(by=seat(user), number=number, card="words", now=now)
                attempts.leave_line(by=seat(user), number=number, text=LONG[:500], now=now)
        clock.move_to(now)
        line = Remark.objects.filter(author=alice).first()
        assert line is not None
        looked = [
            path,
            "/challenge/3/",
            "/challenge/13/",
            habits,
            *addresses(["today:look_back", "today:today", "today:looking_back", "today:closeness"]),
        ]
        look.visit(alice, [*looked, reverse("challenges:take_back", args=[line.pk])], "full")
        with look.window(alice) as page:
            look.open(page, "/challenge/3/", "writing")
            page.fill("[name=text]", "x" * 501)
            look.press(page, "text=/(Save|Share) my line/", "refused")
            look.open(page, habits, "keeping")
            page.locator("[name=mail]").check(force=True)
            page.locator("[name=weekdays]:checked").uncheck(force=True)
            look.press(page, "text=Save habits", "refused")
        clock.move_to(now + timedelta(days=9))
        look.visit(bob, [path], "resting")
        attempts.end(by=seat(bob), now=now)
        look.visit(alice, [path, *addresses(["today:look_back"])], "over")


def test_pages_of_wishes_and_dates(look: Inspection) -> None:
    """Asked, answered, agreed on, moved, over, remembered; with long words in everything."""
    with time_machine.travel(NOW) as clock:
        alice, bob = person("Alice"), person(NAME)
        pair(alice, bob)
        for user in (alice, bob):
            write(user, NOW.date() - timedelta(days=1))
        dates, plan, wishes, month = addresses(
            ["adventures:dates", "adventures:plan", "adventures:wishes", "adventures:rhythm"]
        )
        wish_for_much(alice, bob)
        look.visit(alice, [wishes], "full")
        wish = Wish.objects.of(seat(alice).couple).by(alice).first()
        assert wish is not None
        look.visit(
            alice,
            [reverse(f"adventures:{name}", args=[wish.pk]) for name in ("wish", "wish_take_back")],
            "own",
        )
        recurrence = Recurrence(
            EveryDate.TWO_WEEKS, NOW.date() + timedelta(days=2), time_of_day(19, 30), "Europe/London"
        )
        date_rhythm.suggest(by=seat(bob), recurrence=recurrence, now=NOW)
        look.visit(alice, [month, dates], "suggested")
        look.visit(bob, [month], "asker")
        asking.agree(by=seat(alice), ask_id=seat(bob).couple.asks.get().pk, now=NOW)
        date_rhythm.take_turns(by=seat(bob), on=True)
        look.visit(alice, [month, reverse("adventures:rhythm_end")], "standing")

        at = NOW + timedelta(days=2, minutes=30)
        asked_for = dates_of.asked(
            bob, LONG[:200], at=at, now=NOW, plan=LONG * 2, wear=WORD, cost="much", where="out"
        )
        hidden = dates_of.asked(
            bob,
            "a surprise",
            at=at + timedelta(days=1),
            now=NOW,
            surprise=True,
            where="out",
            cost="some",
            wear=WORD,
            childcare="arranged",
            plan=LONG,
        )
        one, other = (reverse("adventures:date", args=[date_night.pk]) for date_night in (asked_for, hidden))
        look.visit(alice, [dates, one, other, addresses(["today:today"])[0]], "asked")
        look.visit(bob, [one, other], "asker")
        look.visit(alice, [reverse("adventures:another_time", args=[asked_for.pk])], "asked")
        surprises.ask_to_be_told(by=seat(alice), date_id=hidden.pk, now=NOW)
        look.visit(alice, [other], "told first")
        look.visit(bob, [other, reverse("adventures:change", args=[hidden.pk])], "told first")
        plan_badly(look, alice, plan, at)
        dates_of.accept(alice, asked_for.pk, to=at, now=NOW)
        dates_of.change(bob, asked_for.pk, THORN, plan=LONG, wear="boots")
        clash = dates_of.asked(bob, "in the way", at=at + timedelta(hours=1), now=NOW)
        look.visit(alice, [dates, one, reverse("adventures:date", args=[clash.pk])], "agreed")
        proposing.suggest(by=seat(bob), date_id=asked_for.pk, to=at + timedelta(days=3), now=NOW)
        look.visit(alice, [dates, one], "another time")
        look.visit(bob, [one], "suggester")
        dating.postpone(by=seat(alice), date_id=asked_for.pk, stood=at, now=NOW)
        look.visit(bob, [one], "put off")
        dates_of.agreed(bob, alice, THORN, at=at, now=NOW)
        remember_much(look, alice, bob, clock)


def wish_for_much(alice: User, bob: User) -> None:
    """Wishes of each and of both, changed and taken back, and a day to remember."""
    for number, title in enumerate((LONG[:200], f"{WORD} {THORN}"[:200], "Soup by the window")):
        words = wishing.WishWords(title, "a plan", "much", "away", both_new=True)
        wish = wishing.wish(by=seat(alice), words=words, now=NOW)
        if number:
            wishing.want(by=seat(bob), wish_id=wish.pk, now=NOW)
    his = wishing.wish(by=seat(bob), words=wishing.WishWords("The ferry"), now=NOW)
    wishing.change(by=seat(bob), wish_id=his.pk, words=wishing.WishWords("The slow ferry"))
    gone = wishing.wish(by=seat(bob), words=wishing.WishWords("gone"), now=NOW)
    wishing.take_back(by=seat(bob), wish_id=gone.pk, now=NOW)
    occasions.add(by=seat(alice), words=occasions.OccasionWords("birthday", LONG[:200], 12, 1), now=NOW)


def plan_badly(look: Inspection, alice: User, plan: str, at: datetime) -> None:
    """Everything a plan can be told is wrong with it, and something in the way; a wish, a rhythm and a day refused."""
    with look.window(alice) as page:
        page.goto(f"{look.site}{plan}")
        for name, value in {"what": "own", "when": "own", "who": "surprise"}.items():
            page.locator(f"[name={name}][value={value}]").check(force=True)
        page.fill("[name=title]", "x" * 201)
        page.fill("[name=plan]", "x" * 2001)
        look.press(page, ".tap--last [type=submit]", "refused")
        dates_of.agreed(alice, User.objects.get(name=NAME), LONG[:200], at=at + timedelta(days=4), now=NOW)
        local = alice.local(at + timedelta(days=4))
        page.goto(f"{look.site}{plan}?day={local:%Y-%m-%d}")
        page.locator("[name=when]").first.check(force=True)
        look.press(page, ".tap--last [type=submit]", "in the way")
        page.goto(f"{look.site}{reverse('adventures:wishes')}")
        look.press(page, "text=Add to the bucket list", "refused")
        page.goto(f"{look.site}{reverse('adventures:occasions')}")
        page.select_option("[name=day]", "31")
        page.select_option("[name=month]", "2")
        look.press(page, "form:has([name=ahead]) [type=submit]", "refused")
        page.goto(f"{look.site}{reverse('adventures:calendar')}")
        look.press(page, "text=Make a new address", "made")


def remember_much(look: Inspection, alice: User, bob: User, clock: time_machine.Traveller) -> None:
    """What is over, what happened, a line from each and one taken back; a year later."""
    date_night = DateNight.objects.standing().order_by("starts_at").first()
    assert date_night is not None
    assert date_night.starts_at is not None
    clock.move_to(date_night.starts_at + timedelta(hours=1))
    here = reverse("adventures:date", args=[date_night.pk])
    look.visit(alice, [here], "in the middle")
    clock.move_to(date_night.starts_at + timedelta(hours=12))
    look.visit(alice, [here, *addresses(["adventures:dates", "today:today"])], "over")
    now = timezone.now()
    dating.happened(by=seat(alice), date_id=date_night.pk, now=now)
    look.visit(alice, [here], "happened")
    with look.window(alice) as page:
        page.goto(f"{look.site}{here}")
        page.fill("[name=text]", "x" * 501)
        look.press(page, "text=/(Save|Share) my line/", "refused")
    for user in (alice, bob):
        line = remembering.leave_line(by=seat(user), date_id=date_night.pk, text=LONG[:500], now=now)
    wish = Wish.objects.open().first()
    assert wish is not None
    dating.fulfil(by=seat(bob), wish_id=wish.pk, day=now.date(), now=now)
    look.visit(bob, [reverse("adventures:line_take_back", args=[line.pk])], "own")
    look.visit(alice, [here, *addresses(["adventures:memories", "adventures:dates"])], "remembered")
    remembering.take_back(by=seat(bob), pk=line.pk, now=now)
    look.visit(alice, [here], "taken back")
    clock.move_to(now + timedelta(days=365))
    write(alice, timezone.now().date() - timedelta(days=1))
    look.visit(alice, addresses(["adventures:memories", "today:today"]), "a year later")
    parting.part(by=bob, now=timezone.now())
    kept = ["adventures:earlier_lists", "adventures:earlier_memories", "adventures:earlier_occasions"]
    look.visit(alice, addresses(kept), "parted")


def test_pages_of_a_talk(look: Inspection) -> None:
    """From the asking to the reading again, with long words in everything."""
    with time_machine.travel(NOW) as clock:
        alice, bob = person("Alice"), person(NAME)
        pair(alice, bob)
        look.visit(alice, addresses(["agendas:rhythm", "agendas:bring"]), "early")
        with look.window(alice) as page:
            look.open(page, reverse("agendas:rhythm"), "offered")
            page.fill("[name=at]", "")
            look.press(page, "text=Suggest this", "refused")
        scenarios.a_first_talk(alice)
        talk = addresses(["agendas:talk"])
        rhythm.suggest(by=seat(alice), plan=scenarios.PLAN, now=NOW)
        look.visit(alice, talk, "asker")
        look.visit(bob, talk, "asked")
        asking.agree(by=seat(bob), ask_id=seat(bob).couple.asks.get().pk, now=NOW)
        scenarios.four_weeks(alice, bob, agreed=True)
        topics.park(by=seat(alice), words=topics.TopicWords(LONG[:500], LONG[:500], LONG[:500]), now=NOW)
        plan = goals.GoalDetails(LONG[:200], Decimal(10) ** 11, Decimal("12.5"), "x" * 20, scenarios.SUNDAY)
        goal = goals.add(by=seat(alice), details=plan, now=NOW)
        looked = addresses(
            ["agendas:talk", "agendas:bring", "agendas:move", "agendas:rhythm", "agendas:goals"]
        )
        looked += [reverse("agendas:rhythm_end"), reverse("agendas:goal", args=[goal.pk])]
        look.visit(alice, looked, "ahead")
        with look.window(alice) as page:
            look.open(page, reverse("agendas:park"), "ahead")
            look.press(page, "text=Save for the talk", "refused")
            look.open(page, reverse("agendas:goals"), "ahead again")
            look.press(page, "text=Add this goal", "refused")
            look.open(page, reverse("agendas:move"), "ahead again")
            page.fill("[name=day]", "2026-11-01")
            look.press(page, "text=Suggest this", "refused")

        clock.move_to(scenarios.LAYS_OUT)
        building.build_due(now=scenarios.LAYS_OUT)
        look.visit(alice, addresses(["agendas:talk", "agendas:bring", "today:today"]), "laid out")
        hold(look, alice, bob, clock)


def hold(look: Inspection, alice: User, bob: User, clock: time_machine.Traveller) -> None:
    """Every part of the talk, its rests and its end, and reading it again."""
    clock.move_to(scenarios.STARTS)
    here = [reverse("agendas:now")]
    agenda = meeting.begin(by=seat(alice), now=scenarios.STARTS)
    note = notes.write(by=seat(bob), agenda=agenda, part=1, text=LONG, stood="", now=scenarios.STARTS)
    assert note is not None
    notes.approve(by=seat(bob), note_id=note.pk, stood=note.shown, now=scenarios.STARTS)
    notes.write(by=seat(alice), agenda=agenda, part=3, text=LONG, stood="", now=scenarios.STARTS)
    will = outcomes.add_action(
        by=seat(bob), agenda=agenda, who="we", part=1, text=LONG[:500], now=scenarios.STARTS
    )
    outcomes.say(by=seat(bob), agenda=agenda, kind="hope", text=LONG[:500], now=scenarios.STARTS)
    for part in (1, 2, 3, 4, 5, 6):
        meeting.go_to(by=seat(alice), part=part, now=scenarios.STARTS)
        look.visit(alice, here, f"part {part}")
    meeting.go_to(by=seat(alice), part=3, now=scenarios.STARTS)
    meeting.swap(by=seat(alice), seat=2, turn=0, now=scenarios.STARTS)
    with look.window(alice) as page:
        look.open(page, here[0], "turn")
        look.press(page, "[formaction='/talk/now/will/'] >> visible=true", "refused")
        page.fill("#id_note", "x" * 5001)
        look.press(page, "text=Save my notes", "refused note")
    meeting.take_break(by=seat(alice), now=scenarios.STARTS)
    look.visit(alice, here, "break")
    meeting.pause(by=seat(alice), now=scenarios.STARTS)
    look.visit(alice, [*here, reverse("agendas:talk")], "resting")
    meeting.go_on(by=seat(alice), now=scenarios.STARTS)
    notes.approve(by=seat(alice), note_id=note.pk, stood=note.shown, now=scenarios.STARTS)
    meeting.finish(by=seat(alice), now=scenarios.STARTS)
    held = reverse("agendas:held", args=[agenda.pk])
    look.visit(alice, [*here, reverse("agendas:talk"), reverse("agendas:talks"), held], "over")
    notes.see_differently(by=seat(alice), note_id=note.pk, text=LONG, now=scenarios.STARTS)
    look.visit(alice, [held, reverse("agendas:differently", args=[note.pk])], "differently")
    look.visit(bob, [held, reverse("agendas:action_take_back", args=[will.pk])], "his")


FULL = CheckInText(rose=LONG, bud="Saturday.", thorn=THORN)
GUARDED = CheckInText(rose=THORN, thorn=THORN, note=LONG, closeness="5", kept=frozenset(["rose"]))


def write(
    user: User, day: date, words: CheckInText = FULL, *, share: bool = True, now: datetime | None = None
) -> None:
    """Put a page away on the evening of `day`."""
    writing.write(by=seat(user), day=day, words=words, share=share, now=now or evening_of(day))


def evening_of(day: date) -> datetime:
    return datetime.combine(day, NOW.timetz())


def leaf_through(alice: User, bob: User) -> dict[str, date]:
    """An evening of each kind, by what is there to be read of it."""
    kinds = ("nothing", "aloud", "draft", "kept", "left open", "taken back", "theirs taken back", "changed")
    day = dict(zip(kinds, (date(2026, 11, number) for number in range(1, 9)), strict=True))
    writing.talk(by=seat(alice), day=day["aloud"], now=evening_of(day["aloud"]))
    half, base = CheckInText(rose=THORN, bud=LONG), FormVersion(0, "a tab", 1)
    drafts.keep(by=seat(alice), day=day["draft"], words=half, base=base, now=evening_of(day["draft"]))
    write(alice, day["kept"], GUARDED, share=False)
    write(bob, day["left open"], replace(FULL, open=True))
    for name in ("taken back", "theirs taken back", "changed"):
        write(alice, day[name], GUARDED)
        write(bob, day[name])
    writing.take_back(by=seat(alice), day=day["taken back"], now=NOW)
    writing.take_back(by=seat(bob), day=day["theirs taken back"], now=NOW)
    write(alice, day["changed"], replace(GUARDED, bud=WORD))
    write(alice, day["changed"], replace(GUARDED, bud="Saturday.", thorn=""))
    write(bob, day["changed"], replace(FULL, bud=WORD, thorn=""))
    return day


def test_pages_of_earlier_evenings_of_a_morning_after_and_of_a_quiet_week(look: Inspection) -> None:
    with time_machine.travel(NOW) as clock:
        alice, bob = person("Alice"), person(NAME)
        pair(alice, bob)
        look.visit(alice, [reverse("checkins:kept")], "empty")
        write(bob, date(2026, 10, 20), replace(FULL, open=True))
        day = leaf_through(alice, bob)
        paths = [reverse("checkins:evening", args=[one]) for one in day.values()]
        paths += [reverse("checkins:take_back", args=[day[kind]]) for kind in ("kept", "changed")]
        paths += [reverse("checkins:show", args=[day["kept"]])]
        paths += [reverse("checkins:kept"), "/kept/2026-10/", "/shared/2026-10/", "/shared/2020-02/"]
        look.visit(alice, paths, "earlier")

        for user in (alice, bob):
            write(user, NOW.date() - timedelta(days=1))
        clock.move_to(NOW + timedelta(hours=14))
        yesterday = reverse("checkins:write_day", args=[NOW.date()])
        look.visit(alice, [reverse("today:today"), yesterday], "morning")
        clock.move_to(NOW + timedelta(days=8))
        look.visit(alice, [reverse("today:today")], "quiet")


def test_pages_of_a_check_in(look: Inspection) -> None:
    """Fresh, begun, refused, late, aloud: each as its form answers."""
    with time_machine.travel(NOW):
        alice, bob = person("Alice"), person(NAME)
        pair(alice, bob)
        day, form, today = NOW.date(), reverse("checkins:write"), reverse("today:today")
        share, elsewhere = "[name=go][value=share]", seat(alice)
        with look.window(alice) as page:
            look.open(page, reverse("checkins:aloud", args=[day]), "not begun")
            words = CheckInText(
                rose=THORN, thorn=LONG, note=LONG, closeness="4", kept=frozenset(["thorn"]), open=True
            )
            drafts.keep(by=elsewhere, day=day, words=words, base=FormVersion(0, "a tab", 1), now=NOW)
            page.goto(f"{look.site}{form}")
            newer = replace(words, bud=LONG, note=THORN)
            drafts.keep(by=elsewhere, day=day, words=newer, base=FormVersion(1, "a tab", 2), now=NOW)
            page.fill("[name=rose]", LONG)
            look.press(page, share, "late")
            page.fill("[name=rose]", LONG * 2)
            page.fill("[name=note]", "o" * 5100)
            look.press(page, share, "too long")
            look.open(page, form, "draft")
            look.press(page, TELL, "told")
            look.press(page, START, "five minutes")
            page.fill("[name=note]", "o" * 20_001)
            look.press(page, TALKED, "told, too long")
            page.fill("[name=note]", LONG)
            look.press(page, TALKED, "talked")
            look.press(page, "form[action$='/not-yet/'] [type=submit]", "open")

            write(alice, day, now=NOW)
            for path in (today, form):
                look.open(page, path, "waiting")
            writing.take_back(by=elsewhere, day=day, now=NOW)
            write(bob, day, replace(FULL, open=True), now=NOW)
            look.open(page, today, "left open")
            write(alice, day, now=NOW)
            for user in (alice, bob):
                write(user, day, replace(FULL, bud=WORD, thorn=""), now=NOW)
            for path in (today, form):
                look.open(page, path, "revealed")
            for user in (alice, bob):
                writing.take_back(by=seat(user), day=day, now=NOW)
            look.open(page, today, "taken back")


def test_pages_of_hearing_and_of_thank_yous(look: Inspection) -> None:
    now = timezone.now()
    alice, bob = person("Alice"), person(NAME)
    pair(alice, bob)
    day = days.day_of(now, alice.tz)
    for user in (alice, bob):
        write(user, day, now=now)
    form = reverse("checkins:reply", args=[day])
    with look.window(alice) as page:
        look.open(page, form, "unsaid")
        look.press(page, "button:has-text('Send my reply to')", "nothing said")
        page.fill("[name=sense]", "You should rest. " + LONG)
        look.press(page, "button:has-text('Send my reply to')", "advising")
        page.fill("[name=back]", LONG * 3)
        look.press(page, "button:has-text('Send my reply to')", "too long")
    said = SaidBack(LONG, f"sad\non edge\n{WORD[:50]}", THORN, more=True)
    reply = replies.reply(by=seat(alice), day=day, said=said, now=now)
    look.visit(alice, [reverse("checkins:reply_take_back", args=[reply.pk])], "said")
    look.visit(bob, [reverse("today:today"), reverse("checkins:more", args=[day])], "asked")
    replies.a_bit_more(by=seat(bob), day=day, text=THORN, now=now)
    look.visit(alice, [reverse("today:today"), form], "second round")
    with look.window(alice) as page:
        page.goto(f"{look.site}{reverse('today:today')}")
        assert page.locator(".heard").first.is_visible()
        page.emulate_media(media="print")  # no thorn is printed, nor what was said back to one
        assert not page.locator(".heard:visible, .is-thorn:visible").count()
        page.emulate_media(media="screen")
    thanks = thanking.say_thanks(by=seat(alice), text=LONG[:500], trait=WORD[:50], keep=True, now=now)
    thanking.say_thanks(by=seat(bob), text=THORN, trait="kind", keep=False, now=now)
    win = thanking.note_win(by=seat(alice), text=THORN, now=now)
    look.visit(alice, addresses(["checkins:thanks", "checkins:shared"]), "said")
    look.visit(alice, [reverse("checkins:thanks_take_back", args=[thanks.pk])], "kept")
    look.visit(alice, [reverse("checkins:win_take_back", args=[win.pk])], "said")
    with look.window(alice) as page:
        for name in ("checkins:thanks", "checkins:wins"):
            look.open(page, reverse(name), "unsaid")
            look.press(page, "main form [type=submit]", "empty")


def test_what_comes_back_and_is_offered_in_the_third_week(look: Inspection) -> None:
    with time_machine.travel(NOW):
        alice, bob = person("Alice"), person(NAME)
        pair(alice, bob)
        for ago in range(1, 30):
            for user in (alice, bob):
                write(user, NOW.date() - timedelta(days=ago))
        for ahead in range(5):
            with time_machine.travel(NOW + timedelta(days=ahead)):
                look.visit(alice, [reverse("today:today")], f"evening {ahead}")


def test_pages_of_the_evenings_question(look: Inspection) -> None:
    now = timezone.now()
    alice, bob = person("Alice"), person(NAME)
    pair(alice, bob)
    day = days.day_of(now, alice.tz)
    paths = addresses(["checkins:question", "checkins:own_questions"])
    with look.window(alice) as page:
        look.open(page, paths[0], "unasked")
        page.fill("main textarea", LONG * 3)
        look.press(page, "main form:has(textarea) [type=submit]", "too long")
    answering.answer(by=seat(alice), day=day, text=LONG, now=now)
    own_questions.ask(by=seat(bob), text=WORD[:150] + "?", now=now)
    look.visit(alice, paths, "waiting")
    answering.answer(by=seat(bob), day=day, text=THORN, now=now)
    look.visit(alice, [*paths, reverse("checkins:answer_take_back", args=[day])], "open")
    look.visit(alice, [reverse("checkins:question_another", args=[1])], "another")
    look.visit(alice, [reverse("checkins:question_day", args=[day - timedelta(days=3)])], "older")


def test_pages_of_looking_back(look: Inspection) -> None:
    """A year and the one before, with long words; one's closeness; a month's page; what comes back, and the choice."""
    with time_machine.travel(NOW) as clock:
        alice, bob = person("Alice"), person(NAME)
        couple = pair(alice, bob)
        long_ago = NOW - timedelta(days=800)
        User.objects.update(joined_at=long_ago)
        Couple.objects.filter(pk=couple.pk).update(opened_at=long_ago)
        paths = addresses(["today:looking_back", "today:closeness", "today:looked_forward"])
        early = [
            reverse(f"today:{name}_until", args=[date(2025, 10, 1)])
            for name in ("looking_back", "closeness", "looked_forward")
        ]
        page = reverse("today:month_page", args=[date(2026, 10, 1)])
        look.visit(alice, [*paths, *early, page], "little")

        for ago in (*range(1, 45), 182, 365, 366, 400):
            for user, words in ((alice, replace(FULL, bud=WORD, closeness=str(1 + ago % 5))), (bob, FULL)):
                write(user, NOW.date() - timedelta(days=ago), words)
        looked_forward = CheckIn.objects.own(alice).on(NOW.date() - timedelta(days=9)).get()
        returning.answer(
            by=seat(alice), kind=returning.BUD, about=[looked_forward.pk], said=returning.GOOD, now=NOW
        )
        for user, text in ((alice, THORN), (bob, LONG[:500])):
            thanking.note_win(by=seat(user), text=text, now=NOW - timedelta(days=3))
        for title, ago in ((WORD[:100], 20), ("The ferry.", 365)):
            dates_of.happened(alice, bob, title, at=NOW - timedelta(days=ago))
        quiet_time.begin(couple, 30, now=NOW - timedelta(days=2))
        attempts_of.begin_together(alice, bob, now=NOW - timedelta(days=40))
        look.visit(alice, [*paths, *early, page, reverse("today:today")], "much")
        with look.window(alice) as window:
            window.goto(f"{look.site}{paths[0]}")
            window.emulate_media(media="print")  # on paper there is nothing of one's own alone
            assert window.locator("#b-rose").is_visible()
            assert not window.locator(".shut--link").first.is_visible()
            window.goto(f"{look.site}{paths[2]}")
            assert not window.locator(".wins").is_visible()
            window.emulate_media(media="screen")
            assert window.locator(".wins").is_visible()
            look.open(window, reverse("checkins:comes_back"), "chosen")
            window.evaluate("document.querySelector('[name=kinds]').value = 'thorns'")
            look.press(window, "main form [type=submit]", "refused")
        evenings = (NOW + timedelta(days=ahead) for ahead in range(7))
        asked = next(at for at in evenings if context.of(seat(alice), now=at).bud)
        clock.move_to(asked)
        look.visit(alice, [reverse("today:today")], "asked")
        clock.move_to(NOW.replace(day=1, month=12))
        look.visit(alice, [reverse("today:today")], "a month's first evening")
    for place, said in (
        ("much /looking-back/", "b-rose"),
        ("much /looking-back/looked-forward/", "wins"),
        ("much /looking-back/closeness/", "<svg"),
        ("much /looking-back/2026-10/page/", "words"),
        ("asked /today/", "Did it happen?"),
        ("refused /settings/comes-back/", "error_kinds"),
        ("a month's first evening /today/", "t-month"),
    ):
        assert said in look.sources[place], place
