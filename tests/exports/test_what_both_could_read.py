"""What a default export holds at the edges: words left too late to be read, not shown yet, or of an earlier couple."""

import json
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from accounts import log
from accounts.models import LogEntry, User
from adventures import proposing, remembering, wishing
from agendas import building, goals, meeting, topics
from agendas.models import Goal, Part
from checkins import own_questions, thanking, writing
from checkins.words import CheckInText
from couples import days, parting
from tests.adventures.scenarios import agreed, asked, change, happened
from tests.agendas.scenarios import LAYS_OUT, STARTS, SUNDAY, agree_again, days_before, evening
from tests.cast import NOW, pair, seat
from tests.exports.archive import data_of, exported, files_of
from tests.exports.lives import live

A_DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
AT = NOW + 5 * A_DAY


def words_of(user: User, *, private: bool, now: datetime) -> str:
    """Everything an export holds, in whichever of its files."""
    return "".join(files_of(exported(user, private=private, now=now)).values())


# --- dates -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("had_left_one", [False, True])
def test_a_line_left_after_parting_is_ones_own(alice: User, bob: User, had_left_one: bool) -> None:
    """Nobody can read it any more, whether or not it stands in place of one that somebody could."""
    date_id = happened(alice, bob, "joint-date", at=NOW - 2 * A_DAY).pk
    if had_left_one:
        line = remembering.leave_line(by=seat(alice), date_id=date_id, text="alice-first", now=NOW - A_DAY)
        assert "alice-first" in words_of(alice, private=False, now=NOW)
        remembering.take_back(by=seat(alice), pk=line.pk, now=NOW)
    parting.part(by=alice, now=NOW)
    before = exported(alice, private=False, now=NOW + HOUR)
    remembering.leave_line(by=seat(alice), date_id=date_id, text="alice-only-late", now=NOW + HOUR)
    assert exported(alice, private=False, now=NOW + HOUR) == before
    assert "alice-only-late" in words_of(alice, private=True, now=NOW + HOUR)


def test_a_line_left_before_parting_stays(alice: User, bob: User) -> None:
    date_id = happened(alice, bob, "joint-date", at=NOW - 2 * A_DAY).pk
    remembering.leave_line(by=seat(alice), date_id=date_id, text="alice-memory", now=NOW - A_DAY)
    parting.part(by=alice, now=NOW)
    assert "alice-memory" in words_of(alice, private=False, now=NOW)


@pytest.mark.parametrize("private", [False, True])
def test_another_time_doesnt_make_the_others_words_ones_own(alice: User, bob: User, private: bool) -> None:
    date_id = asked(bob, "bob-asks", at=AT, now=NOW, plan="bob-plan", wear="bob-wears").pk
    proposing.suggest(by=seat(alice), date_id=date_id, to=AT + A_DAY, now=NOW)
    assert "bob-" not in words_of(alice, private=private, now=NOW)


@pytest.mark.parametrize("private", [False, True])
def test_an_ask_the_other_put_in_other_words_is_nobodys_own(alice: User, bob: User, private: bool) -> None:
    """What both are to arrange either may change, before anybody said yes to it."""
    date_id = asked(alice, "alice-asks", at=AT, now=NOW, together=True).pk
    assert "alice-asks" in words_of(alice, private=private, now=NOW)
    change(bob, date_id, "bob-asks", plan="bob-plan")
    for user, other in ((alice, "bob-"), (bob, "alice-")):
        assert other not in words_of(user, private=private, now=NOW)


@pytest.mark.every_database
def test_dates_are_in_the_order_of_their_days(alice: User, bob: User) -> None:
    """One that is only asked for too, on either database."""
    for title, at in (("the third", AT + 2 * A_DAY), ("the first", AT)):
        agreed(alice, bob, title, at=at, now=NOW)
    asked(alice, "the second", at=AT + A_DAY, now=NOW)
    titles = [row["title"] for row in data_of(alice, private=False, now=NOW)["dates"]]
    assert titles == ["the first", "the second", "the third"]


def test_after_parting_an_exs_wish_is_as_it_stood_last(alice: User, bob: User) -> None:
    for who in (alice, bob):
        wish = wishing.wish(by=seat(who), words=wishing.WishWords(f"wish of {who.name}, first"), now=NOW)
        changed = wishing.WishWords(f"wish of {who.name}, then")
        wishing.change(by=seat(who), wish_id=wish.pk, words=changed)
    assert "wish of Bob, first" in words_of(alice, private=False, now=NOW)
    parting.part(by=bob, now=NOW)
    for private in (False, True):
        found = words_of(alice, private=private, now=NOW)
        assert "wish of Bob, then" in found
        assert "wish of Bob, first" not in found
        assert "wish of Alice, first" in found


# --- the evening ---------------------------------------------------------------------------------


def test_a_yes_to_ones_question_shows_once_its_day_is_over(alice: User, bob: User) -> None:
    """Until then neither it nor its being taken back changes a byte: the page says nothing either."""
    question = own_questions.ask(by=seat(alice), text="alice-asks", now=NOW)
    for private in (False, True):
        before = exported(alice, private=private, now=NOW)
        own_questions.agree(by=seat(bob), prompt_id=question.pk, now=NOW)
        assert exported(alice, private=private, now=NOW) == before
        own_questions.undo_agree(by=seat(bob), prompt=str(question.pk), now=NOW)
        assert exported(alice, private=private, now=NOW) == before
    own_questions.agree(by=seat(bob), prompt_id=question.pk, now=NOW)
    for private in (False, True):
        assert "agreed" in data_of(alice, private=private, now=NOW + 2 * A_DAY)["questions"][0]


def test_a_late_yes_doesnt_keep_a_question_in_it_the_same_day(alice: User, bob: User) -> None:
    """On the evening on which it fades it goes, with a yes of an hour ago or without; then it comes back."""
    question = own_questions.ask(by=seat(alice), text="alice-asks", now=NOW)
    late = NOW + 7 * A_DAY
    own_questions.agree(by=seat(bob), prompt_id=question.pk, now=late - HOUR)
    assert "alice-asks" not in words_of(alice, private=False, now=late + HOUR)
    assert "alice-asks" in words_of(alice, private=False, now=late + 2 * A_DAY)


def test_half_past_midnight_is_of_the_evening_before(alice: User, bob: User) -> None:
    late = NOW.replace(hour=0, minute=30) + A_DAY
    thanking.say_thanks(by=seat(alice), text="alice-thanks", trait="", keep=False, now=late)
    thanking.note_win(by=seat(alice), text="alice-win", now=late)
    happened(alice, bob, "a night out", at=late)
    found = data_of(alice, private=False, now=late + 9 * HOUR)
    assert {found[name][0]["day"] for name in ("thank_yous", "small_wins", "dates")} == {"2026-11-18"}


# --- the talk ------------------------------------------------------------------------------------


def talk(alice: User, bob: User, *parts: int) -> None:
    """Hold the talk to which she brings a topic, as far as these parts, and finish it."""
    words = topics.TopicWords("alice-about", "alice-feel", "alice-need")
    topics.park(by=seat(alice), words=words, now=NOW)
    agree_again(alice, bob, now=NOW)
    building.build_due(now=LAYS_OUT)
    meeting.begin(by=seat(bob), now=STARTS)
    for part in parts:
        meeting.go_to(by=seat(bob), part=part, now=STARTS)
    meeting.finish(by=seat(bob), now=STARTS)


@pytest.mark.parametrize(
    ("parts", "read"),
    [
        ((), False),
        ((Part.RIGHT, Part.TRACK), False),
        ((Part.WEIGHING,), True),
        ((Part.WEIGHING, Part.AHEAD), True),
    ],
)
def test_what_a_topic_says_is_in_it_once_they_came_to_it(
    alice: User, bob: User, parts: tuple[int, ...], read: bool
) -> None:
    """Its title is there from the morning; the rest nobody else was shown before."""
    talk(alice, bob, *parts)
    found = words_of(alice, private=False, now=STARTS + HOUR)
    assert "alice-about" in found
    assert ("alice-feel" in found, "alice-need" in found) == (read, read)
    whole = words_of(alice, private=True, now=STARTS + HOUR)
    assert "alice-feel" in whole
    assert "alice-need" in whole


@pytest.mark.parametrize("gone", ["taken back", "only the thorn"])
def test_a_thorn_that_was_brought_goes_with_its_page(alice: User, bob: User, gone: str) -> None:
    """No date is left of it where there is no evening beside it."""
    day = days_before(2)
    evening(alice, day, "alice-rose", "", "alice-thorn")
    evening(bob, day, "bob-rose")
    agree_again(alice, bob, now=NOW)
    topics.bring_thorn(by=seat(alice), day=day, now=LAYS_OUT)
    building.build_due(now=LAYS_OUT)
    if gone == "only the thorn":
        at = days.starts(day, alice.tz) + 18 * HOUR
        writing.write(by=seat(alice), day=day, words=CheckInText("alice-rose"), share=True, now=at)
    meeting.begin(by=seat(bob), now=STARTS)
    meeting.go_to(by=seat(bob), part=Part.WEIGHING, now=STARTS)
    there = data_of(alice, private=False, now=STARTS)["talks"][-1]
    if gone == "taken back":
        assert there["topics"] == [{"thorn": day.isoformat()}]
        writing.take_back(by=seat(alice), day=day, now=STARTS)
    for private in (False, gone == "taken back"):
        found = data_of(alice, private=private, now=STARTS)
        assert "topics" not in found["talks"][-1]
        assert [row["day"] for row in found["talks"]][-1] == SUNDAY.isoformat()
    if gone == "taken back":
        assert day.isoformat() not in words_of(alice, private=False, now=STARTS)


def test_a_goal_off_the_list_is_in_it_before_and_after_parting(alice: User, bob: User) -> None:
    for name in ("the sea", "a sofa"):
        goals.add(by=seat(alice), details=goals.GoalDetails(name, Decimal(900)), now=NOW)
    goals.end(by=seat(bob), goal_id=Goal.objects.order_by("added_at").first().pk, now=NOW)  # type: ignore[union-attr]  # there are two
    before = data_of(alice, private=False, now=NOW)["goals"]
    assert {row["name"] for row in before} == {"the sea", "a sofa"}
    parting.part(by=alice, now=NOW)
    assert data_of(alice, private=False, now=NOW)["goals"] == before


# --- earlier couples -----------------------------------------------------------------------------


def test_an_earlier_couple_is_in_a_private_export_alone(alice: User, bob: User, dana: User) -> None:
    """Whoever one is with now could read none of it, and can't tell that there was one; alone, it is the last."""
    with_nothing = exported(alice, private=False, now=NOW)
    live(alice, bob, evenings=6)
    parting.part(by=alice, now=NOW + HOUR)
    assert "alice-rose" in words_of(alice, private=False, now=NOW + HOUR)
    pair(alice, dana, now=NOW + 2 * HOUR)
    for days_on in (0, 1, 8, 40):
        assert exported(alice, private=False, now=NOW + 3 * HOUR + days_on * A_DAY) == with_nothing
    whole = words_of(alice, private=True, now=NOW + 3 * HOUR)
    for own in ("rose", "back", "answer", "thanks", "win", "memory", "question", "remark", "topic", "notes"):
        assert f"alice-{own}" in whole, own
    assert "joint-wish of bob" in whole


def test_with_somebody_else_it_is_the_later_couples(alice: User, bob: User, dana: User) -> None:
    live(alice, bob, evenings=6)
    parting.part(by=alice, now=NOW + HOUR)
    pair(alice, dana, now=NOW + 2 * HOUR)
    later = NOW + 2 * A_DAY
    for user in (alice, dana):
        words = CheckInText(f"later-rose of {user.name}")
        writing.write(by=seat(user), day=days.day_of(later, user.tz), words=words, share=True, now=later)
    thanking.say_thanks(by=seat(alice), text="later-thanks", trait="", keep=False, now=later)
    wishing.wish(by=seat(dana), words=wishing.WishWords("later-wish"), now=later)

    def check(now: datetime) -> None:
        found = json.loads(files_of(exported(alice, private=False, now=now))["nearer.json"])
        del found["format"], found["version"], found["name"]
        assert found == {
            "evenings": [{"day": "2026-11-20", "rose": "later-rose of Alice"}],
            "thank_yous": [{"day": "2026-11-20", "text": "later-thanks"}],
            "wishes": [{"title": "later-wish", "by": "them"}],
        }

    check(later)
    parting.part(by=dana, now=later + HOUR)
    check(later + 2 * HOUR)


# --- the same on either database -----------------------------------------------------------------


@pytest.mark.every_database
def test_rows_of_one_moment_are_in_one_order(alice: User, bob: User) -> None:
    """What has nothing else to be told apart by is in the order of its ids, whatever the database finds first."""
    for what in (log.What.PARTED, log.What.PAIRED, log.What.ALONE):
        log.note(alice, what, now=NOW)
    entries = LogEntry.objects.of(alice).filter(at=NOW).order_by("pk")
    found = data_of(alice, private=True, now=NOW)
    assert [row["what"] for row in found["log"] if row["at"] == "2026-11-18T19:00:00Z"] == [
        one.what for one in entries
    ]
    kinds = [row["kind"] for row in found["reminders"]]
    assert kinds == sorted(kinds)
