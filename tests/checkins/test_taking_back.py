"""Said aloud, taken back, shown later: what a person does with a page that is there."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from accounts.models import User
from checkins import drafts, writing
from checkins.errors import CheckInTakenBack, NothingWritten
from checkins.models import CheckIn, Draft
from checkins.reading import Evening, evening, with_draft
from checkins.words import NOTE_LIMIT, CheckInText, FormVersion
from couples import parting
from tests.cast import NOW, pair, person, seat

DAY = NOW.date()
LATER = NOW + timedelta(days=9)
FULL = CheckInText("the frost", "", "the queue", note="a note", closeness="2", kept=frozenset({"thorn"}))


def put(user: User, words: CheckInText = FULL, *, share: bool = True) -> CheckIn:
    return writing.write(by=seat(user), day=DAY, words=words, share=share, now=NOW)


def seen(user: User) -> Evening:
    return evening(seat(user), DAY, now=NOW)


def take_back(user: User) -> None:
    writing.take_back(by=seat(user), day=DAY, now=LATER)


# --- taken back ----------------------------------------------------------------------------------------


def test_what_was_read_leaves_taken_back_for_both(alice: User, bob: User) -> None:
    put(alice)
    put(bob, CheckInText(bud="the ferry"))
    writing.write(by=seat(alice), day=DAY, words=CheckInText("the thaw", note="a note"), share=True, now=NOW)
    take_back(alice)
    hers, his = seen(alice).mine, seen(bob).theirs
    for page in (hers, his):
        assert page is not None
        assert (page.taken_back_at, page.lines, page.revisions) == (LATER, [], {})
    assert hers is not None
    assert hers.words.note == "a note"  # her own side stays hers
    assert seen(alice).theirs is not None  # what he shared, she has read


def test_what_nobody_could_read_is_gone_as_if_it_had_never_been(alice: User, bob: User) -> None:
    for share in (True, False):
        put(alice, share=share)
        take_back(alice)
        assert not CheckIn.objects.exists()
    put(bob, CheckInText(bud="the ferry"))
    assert seen(bob).theirs is None
    assert seen(alice).theirs is None


def test_its_draft_goes_along(alice: User) -> None:
    version = put(alice).version
    drafts.keep(
        by=seat(alice), day=DAY, words=CheckInText("more"), base=FormVersion(version, "tab", 1), now=NOW
    )
    take_back(alice)
    assert not Draft.objects.exists()


def test_it_is_the_end_of_that_page(alice: User, bob: User) -> None:
    put(alice)
    put(bob, CheckInText(bud="the ferry"))
    writing.take_back(by=seat(alice), day=DAY, now=NOW)
    for share in (True, False):
        with pytest.raises(CheckInTakenBack):
            put(alice, share=share)
    with pytest.raises(CheckInTakenBack):
        writing.talk(by=seat(alice), day=DAY, now=NOW)
    before = seen(alice).mine
    take_back(alice)  # doing it twice is harmless
    after = seen(alice).mine
    assert before is not None
    assert after is not None
    assert (before.taken_back_at, before.version) == (after.taken_back_at, after.version)


def test_nobody_takes_back_the_others(alice: User, bob: User) -> None:
    put(alice)
    put(bob, CheckInText(bud="the ferry"))
    take_back(bob)
    page = seen(bob).theirs
    assert page is not None
    assert page.lines == [("rose", "the frost")]


def test_taken_back_without_sharing_is_refused_by_the_database(alice: User) -> None:
    put(alice, share=False)
    with pytest.raises(IntegrityError, match="open_or_taken_back"):
        CheckIn.objects.own(alice).update(taken_back_at=NOW)


# --- said aloud ------------------------------------------------------------------------------------------


def test_we_talked_is_ones_own_fact_and_a_whole_evening(alice: User, bob: User) -> None:
    writing.talk(by=seat(alice), day=DAY, now=NOW)
    assert seen(alice).aloud
    assert not seen(alice).written
    assert seen(bob) == Evening(DAY)
    assert CheckIn.objects.own(alice).on(DAY).exists()
    assert not CheckIn.objects.own(bob).on(DAY).exists()


def test_it_keeps_the_private_side_and_what_was_begun_stays_a_draft(alice: User) -> None:
    writing.talk(by=seat(alice), day=DAY, now=NOW, words=FULL, base=FormVersion(0, "tab"))
    mine = seen(alice).mine
    assert mine is not None
    assert (mine.words.note, mine.words.closeness, mine.lines) == ("a note", "2", [])
    draft = with_draft(seat(alice), DAY, now=NOW).draft
    assert draft is not None
    assert draft.words.lines == FULL.lines


def test_a_note_beyond_its_limit_stays_in_the_draft(alice: User) -> None:
    words = CheckInText(note="n" * (NOTE_LIMIT + 1), closeness="2")
    drafts.keep(by=seat(alice), day=DAY, words=words, base=FormVersion(0, "tab", 1), now=NOW)
    for _ in range(2):
        writing.talk(by=seat(alice), day=DAY, now=NOW)
        mine = seen(alice).mine
        assert mine is not None
        assert (mine.talked_at, mine.words) == (NOW, CheckInText(closeness="2"))
        draft = with_draft(seat(alice), DAY, now=NOW).draft
        assert draft is not None
        assert draft.words == words


def test_a_slip_of_the_finger_is_undone_without_a_word_lost(alice: User) -> None:
    writing.talk(
        by=seat(alice), day=DAY, now=NOW, words=CheckInText(note="a note"), base=FormVersion(0, "tab")
    )
    for _ in range(2):
        writing.not_yet(by=seat(alice), day=DAY, now=NOW)
    assert seen(alice).mine is None
    draft = with_draft(seat(alice), DAY, now=NOW).draft
    assert draft is not None
    assert draft.words == CheckInText(note="a note")
    assert not CheckIn.objects.own(alice).on(DAY).exists()


def test_talked_and_written_are_both_true(alice: User, bob: User) -> None:
    put(alice)
    writing.talk(by=seat(alice), day=DAY, now=NOW)
    put(bob, CheckInText(bud="the ferry"))
    assert seen(bob).theirs is not None
    writing.not_yet(by=seat(alice), day=DAY, now=NOW)
    mine = seen(alice).mine
    assert mine is not None
    assert (mine.talked_at, mine.shared_at) == (None, NOW)


# --- shown later -------------------------------------------------------------------------------------------


def test_a_page_written_alone_is_shown_by_a_deliberate_act_for_this_one(db: None) -> None:
    dana, kim = person("Dana"), person("Kim")
    for ago in (3, 2):
        now = NOW - timedelta(days=ago)
        writing.write(by=seat(dana), day=now.date(), words=FULL, share=True, now=now)
    pair(dana, kim, now=NOW)
    days_ago = [DAY - timedelta(days=ago) for ago in (3, 2)]
    assert [evening(seat(kim), day, now=NOW).theirs for day in days_ago] == [None, None]
    for _ in range(2):
        writing.show(by=seat(dana), day=days_ago[0], now=NOW)
    shown, other = (evening(seat(kim), day, now=NOW).theirs for day in days_ago)
    assert other is None
    assert shown is not None
    assert shown.lines == [("rose", "the frost")]  # the kept line stays hers


@pytest.mark.parametrize("share", [True, False])
def test_a_waiting_page_and_a_kept_one_can_be_shown_alike(alice: User, bob: User, share: bool) -> None:
    put(alice, share=share)
    assert seen(alice).showable(seat(alice))
    writing.show(by=seat(alice), day=DAY, now=LATER)
    page = seen(bob).theirs
    assert page is not None
    assert page.open_at == LATER
    assert not seen(alice).showable(seat(alice))


def test_there_has_to_be_somebody_and_something_to_show(alice: User, bob: User, dana: User) -> None:
    put(dana, share=False)
    writing.talk(by=seat(alice), day=DAY, now=NOW, words=CheckInText(note="a note"), base=FormVersion(0, "t"))
    for user in (dana, alice, bob):
        assert not seen(user).showable(seat(user))
        with pytest.raises(NothingWritten):
            writing.show(by=seat(user), day=DAY, now=NOW)


def test_what_was_taken_back_is_not_shown(alice: User, bob: User) -> None:
    put(alice)
    put(bob, CheckInText(bud="the ferry"))
    take_back(alice)
    with pytest.raises(NothingWritten):
        writing.show(by=seat(alice), day=DAY, now=LATER)


def test_an_evening_with_somebody_else_can_be_shown_to_the_next_without_its_earlier_words(
    alice: User, bob: User
) -> None:
    put(alice)
    put(bob, CheckInText(bud="the ferry"))
    put(alice, CheckInText("the thaw"))
    parting.part(by=bob, now=NOW)
    kim = person("Kim")
    pair(alice, kim, now=LATER)
    assert evening(seat(kim), DAY, now=NOW).theirs is None
    writing.show(by=seat(alice), day=DAY, now=LATER)
    page = evening(seat(kim), DAY, now=NOW).theirs
    assert page is not None
    assert (page.lines, page.revisions) == ([("rose", "the thaw")], {})
    assert seen(bob).theirs is None
