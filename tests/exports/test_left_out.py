"""What stays out of an import: whole rows, each for a reason that its preview says, however many files there are."""

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from accounts import exporting, import_files, importing, leaving
from accounts.importing import NotImported, Taken
from accounts.models import User
from adventures import occasions, wishing
from adventures.models import Occasion, Wish
from agendas import goals
from agendas.models import Goal
from challenges import catalogue, habits
from challenges.models import Habit
from checkins import own_questions, thanking, writing
from checkins.models import CheckIn, OwnPrompt
from checkins.words import CheckInText
from couples.models import Couple
from tests import private_acts
from tests.cast import NOW, seat
from tests.exports.archive import data_of, exported, files_of
from tests.exports.compared import EXPORTED, LATER
from tests.exports.files import HEAD, look, rows_of_all, take
from tests.exports.lives import live
from tests.private_acts import SignIn

Rows = list[dict[str, Any]]


def coming(user: User, now: datetime = NOW, /, **sections: Rows) -> Taken:
    content = json.dumps(HEAD | sections).encode()
    return importing.take(user, importing.checked(import_files.read(content, user.tz).whole), now=now)


def words_of(client: Client, content: bytes) -> str:
    """What the preview of this file says."""
    answer = look(client, content)
    assert answer.status_code == 200
    return " ".join(strip_tags(answer.content.decode()).split())


# --- limits of an account --------------------------------------------------------------------------


def numbered(name: str, first: int, last: int, **rest: Any) -> Rows:
    return [{name: f"{name} {number}", **rest} for number in range(first, last)]


def an_occasion(number: int) -> dict[str, Any]:
    return {"name": f"day {number}", "what": "other", "month": 1, "day": 1}


LIMITS: dict[str, tuple[Any, int, Callable[[int], dict[str, Any]]]] = {
    "wishes": (Wish.objects.open, wishing.EACH, lambda n: {"title": f"wish {n}"}),
    "goals": (Goal.objects.open, goals.EACH, lambda n: {"name": f"goal {n}"}),
    "questions": (
        OwnPrompt.objects.not_taken_back, own_questions.MOST, lambda n: {"text": f"{n}?", "day": "2026-11-10"},
    ),
    "days_to_remember": (Occasion.objects.all, occasions.EACH, an_occasion),
}  # fmt: skip  # a section a line


@pytest.mark.parametrize("section", LIMITS)
def test_a_limit_holds_over_several_files(dana: User, section: str) -> None:
    rows, limit, row = LIMITS[section]
    first, more = limit * 3 // 5, limit // 2
    assert not coming(dana, NOW, **{section: [row(n) for n in range(first)]}).left
    taken = coming(dana, NOW, **{section: [row(n) for n in range(first, first + more)]})
    assert rows().count() == limit
    assert taken.stored == {section: limit - first}
    (said,) = taken.left
    assert said.startswith(f"Left out, over the {limit} that one account holds: {first + more - limit} ")
    assert coming(dana, NOW, **{section: [row(limit * 2)]}).stored == {section: 0}
    assert rows().count() == limit


def test_what_is_on_ones_list_already_counts(dana: User, signed_in: SignIn) -> None:
    wish = wishing.wish(by=seat(dana), words=wishing.WishWords("typed"), now=NOW)
    content = json.dumps(HEAD | {"wishes": numbered("title", 0, wishing.EACH)}).encode()
    client = signed_in(dana)
    preview = look(client, content)
    assert "499 wishes" in preview.content.decode()
    assert "Left out, over the 500 that one account holds: 1 wish." in preview.content.decode()
    assert "Left out, over the 500 that one account holds: 1 wish." in take(client, preview).content.decode()
    assert Wish.objects.by(dana).open().count() == wishing.EACH
    wishing.take_back(by=seat(dana), wish_id=wish.pk, now=NOW)
    assert coming(dana, wishes=numbered("title", wishing.EACH - 1, wishing.EACH)).stored == {"wishes": 1}


def test_nobody_elses_things_count(alice: User, bob: User, dana: User) -> None:
    coming(bob, wishes=numbered("title", 0, wishing.EACH))
    assert coming(alice, wishes=numbered("title", 0, wishing.EACH)).stored == {"wishes": wishing.EACH}
    assert not coming(dana, wishes=numbered("title", 0, wishing.EACH)).left


def test_what_came_true_or_is_off_the_list_takes_no_room(dana: User) -> None:
    lived = numbered("title", 0, 600, lived=True)
    open_ones = numbered("title", 600, 600 + wishing.EACH)
    assert coming(dana, wishes=lived + open_ones).stored == {"wishes": 600 + wishing.EACH}
    off = numbered("name", 0, 60, ended=True)
    open_goals = numbered("name", 60, 60 + goals.EACH)
    assert coming(dana, goals=off + open_goals).stored == {"goals": 60 + goals.EACH}


def test_so_many_habits_and_no_more(dana: User) -> None:
    challenge = catalogue.get(catalogue.FIRST)
    assert challenge is not None
    titles = [day.activity("words", touch=True, again=0, swapped=0).title for day in challenge.days]
    whats = [{"what": f"{challenge.id}/{number}/{title}"} for number, title in enumerate(titles, 1)]
    assert coming(dana, habits=whats[:3]).stored == {"habits": 3}
    taken = coming(dana, habits=whats[2:7])
    assert taken.stored == {"habits": 2}
    assert taken.left == [
        "Left out, being here already: 1 habit.",
        "Left out, over the 5 that one account holds: 2 habits.",
    ]
    assert Habit.objects.count() == habits.MOST


MANY: dict[str, Callable[[int], dict[str, Any]]] = {
    "evenings": lambda n: {"day": f"2026-10-{n + 1:02d}", "rose": "x"},
    "drafts": lambda n: {"day": f"2026-10-{n + 1:02d}", "rose": "x"},
    "replies": lambda n: {"day": f"2026-10-{n + 1:02d}", "round": 1, "back": "x"},
    "thank_yous": lambda n: {"day": "2026-10-01", "text": f"{n}"},
    "small_wins": lambda n: {"day": "2026-10-01", "text": f"{n}"},
    "answers": lambda n: {"day": f"2026-10-{n + 1:02d}", "text": "x"},
    "phones_down": lambda n: {"day": "2026-10-01", "minutes": n + 1},
    "dates": lambda n: {"day": "2026-10-01", "state": "happened", "title": f"{n}"},
    "challenges": lambda n: {"title": "x", "challenge": catalogue.FIRST, "begun": f"2026-10-{n + 1:02d}"},
    "talks": lambda n: {"day": f"2026-10-{n + 1:02d}", "hope": "x"},
    "topics": lambda n: {"about": f"{n}"},
}


@pytest.mark.parametrize("section", MANY)
def test_no_number_of_files_fills_an_account_without_end(
    dana: User, section: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file holds so many rows of a kind, and so does an account: here five."""
    few = replace(importing._importers[section], most=5)
    monkeypatch.setitem(importing._importers, section, few)
    stored = left = 0
    for first in (0, 4, 8):
        taken = coming(dana, NOW, **{section: [MANY[section](n) for n in range(first, first + 4)]})
        stored += taken.stored[section]
        left += sum("over the 5 that one account holds" in sentence for sentence in taken.left)
    assert (stored, left) == (5, 2)


def test_what_came_true_has_its_limit_as_well(dana: User) -> None:
    for first, fits in ((0, 1500), (1500, 500)):
        wishes = numbered("title", first, first + 1500, lived=True)
        assert coming(dana, wishes=wishes).stored == {"wishes": fits}


def test_every_import_adds_to_the_same_copy(dana: User, alice: User, bob: User) -> None:
    """A copy each would be a couple more for each page to look through."""
    talks = [{"day": "2026-10-02", "hope": "x"}, {"day": "2026-10-02", "hope": "y"}]
    coming(dana, talks=talks, wishes=[{"title": "a"}])
    coming(dana, NOW + timedelta(days=1), talks=[{"day": "2026-10-01", "hope": "z"}], wishes=[{"title": "b"}])
    coming(alice, wishes=[{"title": "c"}])
    copies = Couple.objects.filter(paired=False, closed_at=F("opened_at"))
    assert {seat.user for copy in copies for seat in copy.partners.all()} == {dana, alice}
    assert copies.count() == 2
    found = data_of(dana, private=True, now=NOW + timedelta(days=1))
    assert [row["day"] for row in found["talks"]] == ["2026-10-01", "2026-10-02", "2026-10-02"]
    assert [row["title"] for row in found["wishes"]] == ["a", "b"]


# --- days that haven't come ------------------------------------------------------------------------

AHEAD: dict[str, dict[str, Any]] = {
    "evenings": {"rose": "x"},
    "drafts": {"rose": "x"},
    "replies": {"round": 1, "back": "x"},
    "thank_yous": {"text": "x"},
    "small_wins": {"text": "x"},
    "questions": {"text": "x?"},
    "answers": {"text": "x"},
    "phones_down": {"minutes": 15},
    "talks": {"hope": "x"},
    "dates": {"state": "happened", "title": "x"},
    "topics": {"about": "x"},
    "challenges": {"title": "x", "challenge": catalogue.FIRST},
}
DAY_OF = {"topics": "thorn", "challenges": "begun"}


@pytest.mark.parametrize("section", AHEAD)
@pytest.mark.parametrize("day", ["2026-11-19", "2099-01-01"])
def test_what_has_a_day_that_has_not_come_stays_out(dana: User, section: str, day: str) -> None:
    before = rows_of_all()
    taken = coming(dana, NOW, **{section: [AHEAD[section] | {DAY_OF.get(section, "day"): day}]})
    assert not any(taken.stored.values())
    (said,) = taken.left
    assert said.startswith("Left out, as that day hasn’t come yet: 1 ")
    assert rows_of_all() == before


@pytest.mark.parametrize("section", [name for name in AHEAD if name != "topics"])
def test_what_is_of_today_comes_in_and_is_of_no_moment_to_come(dana: User, section: str) -> None:
    """At half past six in the morning, too: noon of today would be later than now."""
    early = datetime(2026, 11, 18, 6, 30, tzinfo=UTC)
    row = AHEAD[section] | {DAY_OF.get(section, "day"): "2026-11-18"}
    assert coming(dana, early, **{section: [row]}).stored == {section: 1}
    assert not any(coming(dana, early, **{section: [row]}).stored.values())
    for model in (CheckIn, OwnPrompt):
        for one in model.objects.all():
            assert all(
                value <= early for name, value in vars(one).items() if name.endswith("_at") and value
            ), model


def test_every_section_with_a_day_is_among_them() -> None:
    dated = {
        section.name
        for section in exporting.sections()
        if {"day", "begun", "thorn"} & set(section.fields) and section.name in importing._importers
    }
    assert dated - {"days_to_remember"} == set(AHEAD)


def test_after_midnight_the_evening_before_is_the_latest(dana: User) -> None:
    late = datetime(2026, 11, 19, 0, 30, tzinfo=UTC)
    rows = [{"day": day, "text": "x"} for day in ("2026-11-18", "2026-11-19")]
    assert coming(dana, late, thank_yous=rows).stored == {"thank_yous": 1}


def test_what_is_kept_for_the_talk_is_of_the_day_it_was_written(alice: User, bob: User, dana: User) -> None:
    """It goes out in ten days: its export says no day that hasn't come, and is known again once it went out."""
    thanking.say_thanks(by=seat(alice), text="kept", trait="", keep=True, now=NOW)
    archive = exported(alice, private=True, now=NOW)
    assert json.loads(files_of(archive)["nearer.json"])["thank_yous"][0]["day"] == "2026-11-18"
    rows = importing.checked(import_files.read(archive, dana.tz).whole)
    assert importing.take(dana, rows, now=NOW).stored["thank_yous"] == 1
    for later in (NOW, NOW + timedelta(days=20)):
        assert importing.take(alice, rows, now=later).stored["thank_yous"] == 0


def test_whoever_was_erased_meanwhile_takes_nothing_in(dana: User) -> None:
    gone = User.objects.with_key().get(pk=dana.pk)
    leaving.erase(dana, now=NOW)
    with pytest.raises(NotImported, match="This account is gone"):
        coming(gone, wishes=[{"title": "x"}])


# --- in words --------------------------------------------------------------------------------------


def test_every_row_comes_in_or_is_said_to_stay_out(alice: User, bob: User, dana: User) -> None:
    live(alice, bob, evenings=EXPORTED)
    rows = importing.checked(import_files.read(exported(alice, private=True, now=LATER), dana.tz).whole)
    there = {name: len(found) for name, found in rows.items() if name in importing._importers}
    for _turn in range(2):
        taken = importing.take(dana, rows, now=LATER)
        left: Counter[str] = Counter()
        for sentence in taken.left:
            for name, importer in importing._importers.items():
                for count in range(1, there.get(name, 0) + 1):
                    if re.search(rf"(: |, |and ){re.escape(importer.counted(count))}(,|\.| and)", sentence):
                        left[name] += count
        assert {name: count + left[name] for name, count in taken.stored.items()} == there


def test_the_preview_says_how_many_days_stay_out_and_why(dana: User, signed_in: SignIn) -> None:
    for day in (17, 18):
        at = NOW.replace(day=day)
        writing.write(by=seat(dana), day=at.date(), words=CheckInText("mine"), share=False, now=at)
    journal = "date,text\n" + "".join(
        f"2026-11-{day},{'x' * 5001 if day in {10, 12} else 'x'}\n" for day in range(10, 22)
    )
    with time_machine.travel(NOW, tick=False):
        client = signed_in(dana)
        said = words_of(client, journal.encode())
        assert "5 evenings" in said
        assert "Left out, as that day has a page already: 2 evenings." in said
        assert "Left out, as that day hasn’t come yet: 3 evenings." in said
        assert (
            "Left out, over the 5000 characters that a day holds: 10 November 2026 and 12 November 2026."
            in said
        )
        take(client, look(client, journal.encode()))
    assert CheckIn.objects.own(dana).count() == 7


def test_a_draft_stays_out_for_a_page_or_for_a_draft(dana: User) -> None:
    for day in (17, 18):
        private_acts.draft(dana, CheckInText("begun"), NOW.replace(day=day))
    at = NOW.replace(day=18)
    writing.write(by=seat(dana), day=at.date(), words=CheckInText("mine"), share=False, now=at)
    taken = coming(dana, drafts=[{"day": f"2026-11-{day}", "rose": "x"} for day in (16, 17, 18)])
    assert taken.stored == {"drafts": 1}
    assert taken.left == [
        "Left out, as that day has one already: 1 draft.",
        "Left out, as that day has a page already: 1 draft.",
    ]


@pytest.mark.parametrize(
    "journal",
    [
        b"date,text,mood\n2026-10-01,a walk,3\n2026-10-02,,4\n,,\n,,5\n,,\n",
        b"""{"entries": [{"creationDate": "2026-10-01T08:00:00Z", "text": "a walk"},
            {"creationDate": "2026-10-02T08:00:00Z", "photos": [{}]}, {"text": " "}]}""",
    ],
)
def test_entries_without_text_are_said_to_stay_out(dana: User, signed_in: SignIn, journal: bytes) -> None:
    client = signed_in(dana)
    said = words_of(client, journal)
    assert "1 evening" in said
    assert "Left out, having no text: 2 entries." in said
    take(client, look(client, journal))
    assert [page.note for page in CheckIn.objects.own(dana)] == ["a walk"]


def test_of_many_days_that_are_too_long_a_few_are_named(dana: User, signed_in: SignIn) -> None:
    journal = "date,text\n2026-10-01,short\n" + "".join(
        f"2026-11-{day},{'x' * 5001}\n" for day in range(10, 18)
    )
    said = words_of(signed_in(dana), journal.encode())
    assert "10 November 2026, 11 November 2026" in said
    assert "14 November 2026 and 3 days more." in said


def test_a_topic_about_a_thorn_that_is_not_here_is_said(dana: User) -> None:
    taken = coming(dana, topics=[{"thorn": "2026-11-01", "feel": "x"}, {"thorn": "2026-11-01", "about": "y"}])
    assert taken.stored == {"topics": 1}
    assert taken.left == ["Left out, as the evening of its thorn isn’t here: 1 topic."]
    talk = {"day": "2026-11-10", "topics": [{"thorn": "2026-11-01"}]}
    assert coming(dana, talks=[talk]).left == ["Left out, as the evening of its thorn isn’t here: 1 topic."]


# --- however many they are -------------------------------------------------------------------------


def a_talk(number: int) -> dict[str, Any]:
    return {
        "day": f"2026-0{1 + number // 28}-{1 + number % 28:02d}",
        "notes": [{"part": "1", "text": "x"}, {"part": "1", "text": "y"}],
        "actions": [{"part": "4", "who": "we", "text": f"z {one}"} for one in range(9)],
        "topics": [{"about": "x"}],
        "noticed": "n",
    }


def a_run(number: int) -> dict[str, Any]:
    days = [{"number": one, "line": "x", "counted": ["words"], "words_swapped": 1} for one in range(1, 9)]
    begun = f"2026-0{1 + number // 28}-{1 + number % 28:02d}"
    return {"title": "x", "challenge": catalogue.FIRST, "begun": begun, "days": days}


def a_date(number: int) -> dict[str, Any]:
    day = f"2026-0{1 + number // 28}-{1 + number % 28:02d}"
    return {"day": day, "state": "happened", "title": f"{number}", "line": "x"}


@pytest.mark.parametrize(("section", "row"), [("talks", a_talk), ("challenges", a_run), ("dates", a_date)])
def test_many_rows_are_written_by_as_many_statements_as_one(
    dana: User, erin: User, section: str, row: Any
) -> None:
    counts = []
    for user, many in ((dana, 1), (erin, 6)):  # few enough for one statement of SQLite's
        with CaptureQueriesContext(connection) as asked:
            assert coming(user, NOW, **{section: [row(n) for n in range(many)]}).stored == {section: many}
        counts.append(len(asked))
    assert counts[0] == counts[1]
