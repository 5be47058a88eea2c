"""What is being written is kept while it is written, and a late save never writes over a newer one."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from accounts.models import User
from checkins import drafts, writing
from checkins.errors import CheckInChanged, CheckInTakenBack, EveningClosed
from checkins.models import CheckIn, Draft
from checkins.reading import month, with_draft
from checkins.words import CheckInText, FormVersion
from tests.cast import NOW, seat

DAY = NOW.date()
FULL = CheckInText(
    "the fro", "", "x" * 1200, note="a no", closeness="3", kept=frozenset({"thorn"}), open=True
)


def keep(user: User, words: CheckInText, version: int, tab: str = "laptop", save_number: int = 1) -> int:
    return drafts.keep(
        by=seat(user), day=DAY, words=words, base=FormVersion(version, tab, save_number), now=NOW
    )


def stands(user: User) -> CheckInText | None:
    draft = with_draft(seat(user), DAY, now=NOW).draft
    return draft.words if draft else None


def share(user: User, words: CheckInText, base: FormVersion | None = None) -> CheckIn:
    return writing.write(by=seat(user), day=DAY, words=words, share=True, now=NOW, base=base)


def test_everything_typed_comes_back_even_what_is_too_long_to_share(alice: User) -> None:
    keep(alice, FULL, 0)
    assert stands(alice) == FULL
    assert not CheckIn.objects.exists()


def test_nothing_typed_is_no_draft(alice: User) -> None:
    assert keep(alice, CheckInText(), 0) == 0
    assert not Draft.objects.exists()


def test_one_draft_a_person_and_day(alice: User) -> None:
    version = keep(alice, FULL, 0)
    keep(alice, CheckInText("the frost"), version, save_number=2)
    assert Draft.objects.count() == 1
    with pytest.raises(IntegrityError):
        Draft.objects.create(author=alice, day=DAY, version=9, tab="x")


def test_of_one_window_the_later_stroke_wins_in_whatever_order_they_arrive(alice: User) -> None:
    keep(alice, CheckInText("the"), 0, save_number=1)
    keep(alice, CheckInText("the frost on"), 0, save_number=3)
    keep(alice, CheckInText("the frost"), 0, save_number=2)  # held up on the way
    assert stands(alice) == CheckInText("the frost on")


def test_a_window_whose_answer_was_lost_goes_on_saving(alice: User) -> None:
    keep(alice, CheckInText("the"), 0, save_number=1)
    keep(alice, CheckInText("the frost"), 0, save_number=2)  # it never heard of version 1
    assert stands(alice) == CheckInText("the frost")


def test_of_two_windows_the_one_that_is_behind_is_told_and_writes_nothing(alice: User) -> None:
    keep(alice, CheckInText("from the laptop"), 0, "laptop")
    with pytest.raises(CheckInChanged) as late:
        keep(alice, CheckInText("from the phone"), 0, "phone")
    assert late.value.current == CheckInText("from the laptop")
    assert stands(alice) == CheckInText("from the laptop")
    keep(alice, CheckInText("from the phone"), late.value.version, "phone")
    assert stands(alice) == CheckInText("from the phone")


def test_sharing_puts_the_draft_away(alice: User) -> None:
    version = keep(alice, CheckInText("the frost"), 0)
    share(alice, CheckInText("the frost"), FormVersion(version, "laptop", 1))
    assert stands(alice) is None


def test_an_autosave_that_comes_after_sharing_writes_nothing(alice: User) -> None:
    version = keep(alice, CheckInText("the fro"), 0)
    share(alice, CheckInText("the frost"), FormVersion(version, "laptop", 1))
    with pytest.raises(CheckInChanged) as late:
        keep(alice, CheckInText("the fros"), version, save_number=2)
    assert late.value.current == CheckInText("the frost")
    assert not Draft.objects.exists()


def test_sharing_from_one_window_never_loses_what_another_is_writing(alice: User) -> None:
    keep(alice, CheckInText("a long thought, on the phone"), 0, "phone")
    with pytest.raises(CheckInChanged) as late:
        share(alice, CheckInText("short, on the laptop"), FormVersion(0, "laptop"))
    assert late.value.current == CheckInText("a long thought, on the phone")
    assert not CheckIn.objects.exists()
    share(alice, CheckInText("short, on the laptop"), FormVersion(late.value.version, "laptop"))
    assert stands(alice) is None


def test_the_same_page_sent_twice_leaves_another_windows_draft_alone(alice: User) -> None:
    share(alice, CheckInText("the frost"), FormVersion(0, "laptop"))
    keep(alice, CheckInText("the frost, and more"), 1, "phone")
    share(alice, CheckInText("the frost"), FormVersion(0, "laptop"))  # a double click, late
    assert stands(alice) == CheckInText("the frost, and more")


def test_a_form_without_a_name_is_nobodys_window(alice: User) -> None:
    keep(alice, CheckInText("first"), 0, tab="", save_number=0)
    with pytest.raises(CheckInChanged):
        keep(alice, CheckInText("second"), 0, tab="", save_number=0)
    assert stands(alice) == CheckInText("first")


def test_changes_of_a_shared_page_are_a_draft_too(alice: User) -> None:
    version = share(alice, CheckInText("the frost")).version
    keep(alice, CheckInText("the thaw"), version)
    found = with_draft(seat(alice), DAY, now=NOW)
    assert found.draft is not None
    assert found.mine is not None
    assert (found.draft.words.rose, found.mine.rose) == ("the thaw", "the frost")


def test_a_closed_day_and_a_page_taken_back_take_no_draft(alice: User, bob: User) -> None:
    with pytest.raises(EveningClosed):
        drafts.keep(
            by=seat(alice), day=DAY, words=FULL, base=FormVersion(0, "x"), now=NOW + timedelta(days=1)
        )
    share(alice, CheckInText("the frost"))
    share(bob, CheckInText("the ferry"))
    writing.take_back(by=seat(alice), day=DAY, now=NOW)
    with pytest.raises(CheckInTakenBack):
        keep(alice, FULL, 3)
    assert not Draft.objects.exists()


def test_a_draft_left_behind_lies_among_ones_own_evenings_and_can_be_thrown_away(
    alice: User, bob: User
) -> None:
    keep(alice, CheckInText("half a thought"), 0)
    first = DAY.replace(day=1)
    (found,) = month(seat(alice), first, now=NOW)
    assert found.draft is not None
    assert found.draft.words.rose == "half a thought"
    assert month(seat(bob), first, now=NOW) == []
    for _ in range(2):
        drafts.discard(by=seat(alice), day=DAY)
    assert month(seat(alice), first, now=NOW) == []
