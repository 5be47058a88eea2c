"""What a default export holds at the edges: words left too late to be read, not shown yet, or of an earlier couple."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from accounts import log
from accounts.models import LogEntry, User
from adventures import wishing
from checkins import own_questions, thanking, writing
from checkins.words import CheckInText
from couples import days, parting
from tests.adventures.scenarios import happened
from tests.cast import NOW, pair, seat
from tests.exports.archive import data_of, exported, files_of
from tests.exports.lives import live

A_DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
AT = NOW + 5 * A_DAY

Act = Callable[[User, User], None]


def words_of(user: User, *, private: bool, now: datetime) -> str:
    """Everything an export holds, in whichever of its files."""
    return "".join(files_of(exported(user, private=private, now=now)).values())


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
    for name in ("PARTED", "PAIRED", "ALONE"):
        log.note(alice, log.What[name], now=NOW)
    entries = LogEntry.objects.of(alice).filter(at=NOW).order_by("pk")
    found = data_of(alice, private=True, now=NOW)
    assert [row["what"] for row in found["log"] if row["at"] == "2026-11-18T19:00:00Z"] == [
        one.what for one in entries
    ]
    kinds = [row["kind"] for row in found["reminders"]]
    assert kinds == sorted(kinds)
