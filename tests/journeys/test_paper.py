"""What is printed: what both can read, on light paper, and nothing of one's own alone."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.urls import resolve, reverse
from playwright.sync_api import Browser, Page

from accounts.models import User
from adventures import surprises, wishing
from adventures.models import DateNight
from agendas import building, meeting, notes, topics
from agendas.models import Agenda, Topic
from checkins.models import CheckIn
from checkins.words import CheckInText
from config.demo import couple
from tests import private_acts
from tests.agendas.scenarios import LAYS_OUT, STARTS, four_weeks
from tests.cast import NOW, pair, person, seat
from tests.journeys.site import site
from tests.journeys.steps import context_of
from tests.journeys.walking import walk

__all__ = ["site"]
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PAPER = 666  # of A4, between its margins, in pixels
KEPT = NOW - timedelta(days=29)  # Theo wrote nothing on this evening of the demo
TONIGHT = NOW.date()
OPEN_ALL = "document.querySelectorAll('details').forEach(one => { one.name = ''; one.open = true })"
# Every word that stands on the page, in boxes to fill in as well.
WORDS = """() => [
  document.body.innerText,
  ...[...document.querySelectorAll('textarea, input:not([type=hidden])')]
    .filter(one => one.checkVisibility()).map(one => one.value),
].join(' ')"""
SENTENCE = ".not-printed"
# Elements with words of their own that are too pale for white paper; a stone's number stands on the stone.
PALE = """() => [...document.querySelectorAll('main *')].filter(one => {
  const own = [...one.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
  if (!own || one.closest('.is-done, .visually-hidden') || !one.checkVisibility()) return false;
  const [red, green, blue] = getComputedStyle(one).color.match(/[\\d.]+/g).map(one => (one / 255) ** 2.2);
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) < 4.5;
}).map(one => `${one.tagName}.${one.className}`)"""
# Headings above nothing, on paper.
BARE = """() => [...document.querySelectorAll('main :is(h2, h3, h4, summary)')].filter(one => {
  if (!one.checkVisibility() || !one.innerText.trim()) return false;
  const nodes = document.createTreeWalker(
    one.closest('li, details, section, article, form, .leaf, main'), NodeFilter.SHOW_TEXT);
  while (nodes.nextNode()) {
    const text = nodes.currentNode, around = text.parentElement;
    if (text.textContent.trim() && around.checkVisibility() && !around.closest('h2, h3, h4, summary')) return false;
  }
  return true;
}).map(one => `nothing below “${one.innerText}”`)"""
INKED = """() => [...document.querySelectorAll('html, body, .shell, main, .leaf')].filter(one => {
  const style = getComputedStyle(one);
  return style.backgroundColor !== 'rgba(0, 0, 0, 0)' || style.backgroundImage !== 'none';
}).map(one => `${one.tagName}.${one.className}`)"""
TO_PRESS = "button:visible, .btn:visible, nav:visible, input:visible, textarea:visible"


def words_of(page: Page, media: str) -> str:
    """What stands on a page, on the screen or on paper, with all that is folded unfolded."""
    page.emulate_media(media="print" if media == "print" else "screen")
    words: str = page.evaluate(WORDS)
    return words


def surprise_of() -> DateNight:
    return DateNight.objects.get(surprise=True)


def live_alone(theo: User) -> str:
    """Private things of every kind that hold words. Returns the words of his surprise; the others say "planted"."""
    private = CheckInText("planted rose", "planted bud", "planted thorn", note="planted note", closeness="1")
    private_acts.write(theo, share=False, now=KEPT, words=private)
    private_acts.draft(theo, private, NOW)
    private_acts.keeps_a_thank_you(theo, NOW)
    private_acts.answers_the_question(theo, NOW)
    topics.park(by=seat(theo), words=topics.TopicWords("planted topic", "planted", "planted"), now=NOW)
    surprise = surprises.own_plan(seat(theo), surprise_of())
    assert surprise is not None
    title: str = surprise.title
    return title


def test_what_is_ones_own_alone_is_not_printed(browser: Browser, site: str) -> None:
    on_screen, closeness = set[str](), list[str]()

    def look(page: Page) -> list[str]:
        page.evaluate(OPEN_ALL)
        source = page.content()
        if "chart" in source or any(word in source for word in private):  # else it is nowhere to be seen
            name = resolve(page.url.removeprefix(site).partition("?")[0]).view_name
            if any(word in words_of(page, "screen") for word in private):
                on_screen.add(name)
            closeness.extend([page.url] if page.locator(".chart:visible").count() else [])
        printed = words_of(page, "print")
        wrong = [word for word in private if word in printed]
        wrong += page.evaluate(BARE)
        return wrong + ["closeness" for _ in range(page.locator(".chart:visible").count())]

    with time_machine.travel(NOW):
        couple.seed(now=NOW)
        theo = User.objects.get(name="Theo")
        thorns = {page.thorn for page in CheckIn.objects.with_keys() if page.thorn}
        private = {"planted", live_alone(theo), *thorns}
        page = context_of(browser, site, theo, "light", PAPER).new_page()
        seen, wrong = walk(page, site, look)
        for path in (
            f"/evenings/{KEPT.date()}/",
            f"/evenings/{TONIGHT}/",
            f"/kept/{KEPT.date():%Y-%m}/",
            reverse("adventures:date", args=[surprise_of().pk]),
        ):
            page.goto(f"{site}{path}")
            wrong += [f"{path}: {what}" for what in look(page)]
            assert page.locator(SENTENCE).is_visible() or "/dates/" in path, path
    assert wrong == [], "\n".join(wrong)
    assert closeness  # it was looked for where it is
    wanted = {"kept", "evening", "write", "question"}
    assert {f"checkins:{one}" for one in wanted} | {"agendas:bring", "adventures:date"} <= on_screen
    assert len(seen) >= 50, sorted(seen)


def test_notes_are_printed_once_both_can_read_them(browser: Browser, site: str) -> None:
    alice, bob = person("Alice"), person("Bob")
    with time_machine.travel(NOW) as clock:
        pair(alice, bob)
        four_weeks(alice, bob)
        building.build_due(now=LAYS_OUT)
        clock.move_to(STARTS)
        agenda = meeting.begin(by=seat(alice), now=STARTS)
        note = notes.write(by=seat(alice), agenda=agenda, part=1, text="planted note", stood="", now=STARTS)
        assert note is not None
        meeting.finish(by=seat(alice), now=STARTS)
        page = context_of(browser, site, alice, "light", PAPER).new_page()
        page.goto(f"{site}{reverse('agendas:held', args=[agenda.pk])}")
        assert "planted note" in words_of(page, "screen")
        assert "planted note" not in words_of(page, "print")
        assert "Notes" not in words_of(page, "print")  # above nothing
        notes.approve(by=seat(alice), note_id=note.pk, stood=note.shown, now=STARTS)
        page.reload()
        for words in ("Notes", "planted note", "What was brought"):
            assert words in words_of(page, "print")
        Topic.objects.filter(page_id=None).delete()
        page.reload()
        assert "What was brought" in words_of(page, "screen")  # his thorn
        assert "What was brought" not in words_of(page, "print")


def test_nothing_is_printed_above_a_thorn(browser: Browser, site: str) -> None:
    """An evening of which there is a thorn alone, on its page and among others."""
    alice, bob = person("Alice"), person("Bob")
    with time_machine.travel(NOW):
        pair(alice, bob)
        day = NOW.date() - timedelta(days=1)
        for user in (alice, bob):
            for ago, rose in ((1, ""), (8, "a rose")):
                CheckIn.objects.create(
                    author=user,
                    couple=seat(alice).couple,
                    day=NOW.date() - timedelta(days=ago),
                    shared_at=NOW,
                    rose=rose,
                    bud="",
                    thorn="planted thorn",
                    earlier="",
                )
        page = context_of(browser, site, alice, "light", PAPER).new_page()
        for path in (f"/evenings/{day}/", f"/shared/{day:%Y-%m}/", "/together/"):
            page.goto(f"{site}{path}")
            page.evaluate(OPEN_ALL)
            assert words_of(page, "screen").count("planted thorn") >= 2, path
            printed = words_of(page, "print")
            assert "planted thorn" not in printed
            assert ("a rose" in printed) is ("/evenings/" not in path), path
            assert page.evaluate(BARE) == [], path


def test_recovery_codes_are_printed_and_nothing_else_of_ones_settings(browser: Browser, site: str) -> None:
    dana = person("Dana")
    codes = RecoveryCodes.activate(dana).get_unused_codes()
    page = context_of(browser, site, dana, "light", PAPER).new_page()
    for name, shown in (
        ("mfa_view_recovery_codes", True),
        ("mfa_index", False),
        ("accounts:security", False),
        ("accounts:log", False),
        ("accounts:sessions", False),
        ("accounts:settings", False),
        ("accounts:export", False),
        ("accounts:kept", True),
        ("adventures:calendar", False),
        ("challenges:cards", False),
        ("reminders:settings", False),
        ("checkins:comes_back", False),
        ("checkins:prompt_preferences", False),
    ):
        page.goto(f"{site}{reverse(name)}")
        words = words_of(page, "print")
        assert page.locator(SENTENCE).is_visible() is not shown, name
        assert page.locator("main .leaf:visible, main form:visible").count() == 0 or shown, name
        assert (codes[0] in words) is (name == "mfa_view_recovery_codes"), name


def test_what_both_have_is_printed_light_and_without_anything_to_press(browser: Browser, site: str) -> None:
    """From a dark screen: an evening, a month and its page, the challenge, a talk's notes, the bucket list, a year."""
    with time_machine.travel(NOW):
        couple.seed(now=NOW)
        rosa = User.objects.get(name="Rosa")
        rosa.theme = "dark"
        rosa.save()
        page = context_of(browser, site, rosa, "dark", PAPER).new_page()
        yesterday = TONIGHT - timedelta(days=1)
        month = (TONIGHT.replace(day=1) - timedelta(days=1)).replace(day=1)
        for number in (2, 6, 11):  # the demo's month is short of a fortnight
            for user in User.objects.filter(name__in=["Rosa", "Theo"]):
                CheckIn.objects.create(
                    author=user,
                    couple=seat(rosa).couple,
                    day=month.replace(day=number),
                    shared_at=NOW,
                    rose=f"The {number}th.",
                    bud="",
                    thorn="",
                    earlier="",
                )
        held = Agenda.objects.seen_by(rosa).held().order_by("begun_at").last()
        assert held is not None
        sheets = {
            reverse("checkins:evening", args=[yesterday]): (".line .words", 2),
            reverse("checkins:shared_month", args=[month]): (".said .words", 20),
            reverse("today:month_page", args=[month]): (".month-lines .words", 6),
            reverse("challenges:challenge"): (".stone", 30),
            reverse("agendas:held", args=[held.pk]): (".past-note .words", 1),
            reverse("adventures:wishes"): (".wish h2", 4),
            reverse("today:looking_back"): (".house", 1),
        }
        for path, (what, least) in sheets.items():
            page.goto(f"{site}{path}")
            page.emulate_media(media="print")
            assert page.locator(f"{what}:visible").count() >= least, path
            assert page.locator(TO_PRESS).count() == 0, path
            assert page.evaluate("document.documentElement.scrollWidth") <= PAPER, path
            assert page.evaluate(PALE) == [], path
            assert page.evaluate(INKED) == [], path
        for path in (reverse("today:month_page", args=[month]), reverse("challenges:challenge")):
            page.goto(f"{site}{path}")
            assert sheets_of(page) == 1, path


def sheets_of(page: Page, paper: str = "A4") -> int:
    """How many sheets of paper a page is printed on."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format=paper)))


# A rose of every evening of both, and how many of them at least are on the month's page.
PROSE = "It was the walk by the river, when the rain had just stopped and you laughed at the ducks. "
FULLEST = {
    "a sentence": (PROSE + "Again.", 10),
    "two or three sentences": ((PROSE * 3)[:250], 7),
    "much": ((PROSE * 11)[:1000], 2),
    "a long word": ("a" * 1000, 2),
    "long words": (("supercalifragilistic " * 48)[:1000], 2),
    "wide letters": (("WOMMW " * 18)[:110], 8),
    "short rows": ("\n".join(["ab"] * 12), 4),
    "many rows": ("\n".join(["ab"] * 500), 0),
    "another script": ("Прогулка у реки после ужина. " * 8, 4),
    "wide signs": ("你好" * 50, 6),
}


def test_the_months_page_is_one_sheet_of_paper_whatever_was_written(browser: Browser, site: str) -> None:
    """As it says of itself, on A4 and on Letter: twelve long lines used to take two."""
    alice, bob = person("Alice"), person("W" * 50)
    month = date(2026, 11, 1)
    pair(alice, bob)
    couple_of_two = seat(alice).couple
    with time_machine.travel(datetime(2026, 12, 2, 19, tzinfo=UTC)):
        page = context_of(browser, site, alice, "light", PAPER).new_page()
        for name, (rose, least) in FULLEST.items():
            CheckIn.objects.all().delete()
            CheckIn.objects.bulk_create(
                CheckIn(
                    author=user,
                    couple=couple_of_two,
                    day=month.replace(day=number),
                    shared_at=NOW,
                    rose=rose,
                    bud="",
                    thorn="",
                    earlier="",
                )
                for number in range(1, 31)
                for user in (alice, bob)
            )
            page.goto(f"{site}{reverse('today:month_page', args=[month])}")
            assert page.locator(".month-lines li").count() >= least, name
            assert [sheets_of(page, paper) for paper in ("A4", "Letter")] == [1, 1], name


def test_the_whole_bucket_list_is_printed(browser: Browser, site: str) -> None:
    """All of twenty wishes; where nine of them are printed, a sentence says that there is more."""
    alice, bob = person("Alice"), person("Bob")
    with time_machine.travel(NOW):
        pair(alice, bob)
        for number in range(20):
            words = wishing.WishWords(f"wish {number}.", where="home" if number % 2 else "")
            wishing.wish(by=seat(alice if number % 3 else bob), words=words, now=NOW)
        page = context_of(browser, site, alice, "light", PAPER).new_page()
        page.goto(f"{site}{reverse('adventures:wishes')}")
        assert not page.get_by_text("This is a part of the list.").is_visible()
        assert "This is a part of the list." in words_of(page, "print")
        page.emulate_media(media="screen")
        page.get_by_role("link", name="Show the whole list, to print").click()
        printed = words_of(page, "print")
        assert [number for number in range(20) if f"wish {number}." not in printed] == []
        assert page.locator(TO_PRESS).count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= PAPER
        assert page.evaluate(PALE) == []
        assert page.evaluate(INKED) == []
        assert sheets_of(page) <= 2
