"""What is being written is kept while it is written, and a late save never writes over a newer one."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from accounts.models import User
from checkins import drafts, writing
from checkins.errors import CheckInChanged, CheckInTakenBack, EveningClosed
from checkins.models import CheckIn, Draft
from checkins.reading import month, with_draft
from checkins.words import Base, Words
from tests.cast import NOW, seat

DAY = NOW.date()
FULL = Words("the fro", "", "x" * 1200, note="a no", closeness="3", kept=frozenset({"thorn"}), open=True)


def keep(user: User, words: Words, version: int, tab: str = "laptop", stroke: int = 1) -> int:
    return drafts.keep(by=seat(user), day=DAY, words=words, base=Base(version, tab, stroke), now=NOW)


def stands(user: User) -> Words | None:
    draft = with_draft(seat(user), DAY, now=NOW).draft
    return draft.words if draft else None


def share(user: User, words: Words, base: Base | None = None) -> CheckIn:
    return writing.write(by=seat(user), day=DAY, words=words, share=True, now=NOW, base=base)


def test_everything_typed_comes_back_even_what_is_too_long_to_share(alice: User) -> None:
    keep(alice, FULL, 0)
    assert stands(alice) == FULL
    assert not CheckIn.objects.exists()


def test_nothing_typed_is_no_draft(alice: User) -> None:
    assert keep(alice, Words(), 0) == 0
    assert not Draft.objects.exists()


def test_one_draft_a_person_and_day(alice: User) -> None:
    version = keep(alice, FULL, 0)
    keep(alice, Words("the frost"), version, stroke=2)
    assert Draft.objects.count() == 1
    with pytest.raises(IntegrityError):
        Draft.objects.create(author=alice, day=DAY, version=9, tab="x")


def test_of_one_window_the_later_stroke_wins_in_whatever_order_they_arrive(alice: User) -> None:
    keep(alice, Words("the"), 0, stroke=1)
    keep(alice, Words("the frost on"), 0, stroke=3)
    keep(alice, Words("the frost"), 0, stroke=2)  # held up on the way
    assert stands(alice) == Words("the frost on")


def test_a_window_whose_answer_was_lost_goes_on_saving(alice: User) -> None:
    keep(alice, Words("the"), 0, stroke=1)
    keep(alice, Words("the frost"), 0, stroke=2)  # it never heard of version 1
    assert stands(alice) == Words("the frost")


def test_of_two_windows_the_one_that_is_behind_is_told_and_writes_nothing(alice: User) -> None:
    keep(alice, Words("from the laptop"), 0, "laptop")
    with pytest.raises(CheckInChanged) as late:
        keep(alice, Words("from the phone"), 0, "phone")
    assert late.value.current == Words("from the laptop")
    assert stands(alice) == Words("from the laptop")
    keep(alice, Words("from the phone"), late.value.version, "phone")
    assert stands(alice) == Words("from the phone")


def test_sharing_puts_the_draft_away(alice: User) -> None:
    version = keep(alice, Words("the frost"), 0)
    share(alice, Words("the frost"), Base(version, "laptop", 1))
    assert stands(alice) is None


def test_an_autosave_that_comes_after_sharing_writes_nothing(alice: User) -> None:
    version = keep(alice, Words("the fro"), 0)
    share(alice, Words("the frost"), Base(version, "laptop", 1))
    with pytest.raises(CheckInChanged) as late:
        keep(alice, Words("the fros"), version, stroke=2)
    assert late.value.current == Words("the frost")
    assert not Draft.objects.exists()


def test_sharing_from_one_window_never_loses_what_another_is_writing(alice: User) -> None:
    keep(alice, Words("a long thought, on the phone"), 0, "phone")
    with pytest.raises(CheckInChanged) as late:
        share(alice, Words("short, on the laptop"), Base(0, "laptop"))
    assert late.value.current == Words("a long thought, on the phone")
    assert not CheckIn.objects.exists()
    share(alice, Words("short, on the laptop"), Base(late.value.version, "laptop"))
    assert stands(alice) is None


def test_the_same_page_sent_twice_leaves_another_windows_draft_alone(alice: User) -> None:
    share(alice, Words("the frost"), Base(0, "laptop"))
    keep(alice, Words("the frost, and more"), 1, "phone")
    share(alice, Words("the frost"), Base(0, "laptop"))  # a double click, late
    assert stands(alice) == Words("the frost, and more")


def test_a_form_without_a_name_is_nobodys_window(alice: User) -> None:
    keep(alice, Words("first"), 0, tab="", stroke=0)
    with pytest.raises(CheckInChanged):
        keep(alice, Words("second"), 0, tab="", stroke=0)
    assert stands(alice) == Words("first")


def test_changes_of_a_shared_page_are_a_draft_too(alice: User) -> None:
    version = share(alice, Words("the frost")).version
    keep(alice, Words("the thaw"), version)
    found = with_draft(seat(alice), DAY, now=NOW)
    assert found.draft is not None
    assert found.mine is not None
    assert (found.draft.words.rose, found.mine.rose) == ("the thaw", "the frost")


def test_a_closed_day_and_a_page_taken_back_take_no_draft(alice: User, bob: User) -> None:
    with pytest.raises(EveningClosed):
        drafts.keep(by=seat(alice), day=DAY, words=FULL, base=Base(0, "x"), now=NOW + timedelta(days=1))
    share(alice, Words("the frost"))
    share(bob, Words("the ferry"))
    writing.take_back(by=seat(alice), day=DAY, now=NOW)
    with pytest.raises(CheckInTakenBack):
        keep(alice, FULL, 3)
    assert not Draft.objects.exists()


def test_a_draft_left_behind_lies_among_ones_own_evenings_and_can_be_thrown_away(
    alice: User, bob: User
) -> None:
    keep(alice, Words("half a thought"), 0)
    first = DAY.replace(day=1)
    (found,) = month(seat(alice), first, now=NOW)
    assert found.draft is not None
    assert found.draft.words.rose == "half a thought"
    assert month(seat(bob), first, now=NOW) == []
    for _ in range(2):
        drafts.discard(by=seat(alice), day=DAY)
    assert month(seat(alice), first, now=NOW) == []
