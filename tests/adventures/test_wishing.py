"""The bucket list: wishes, "me too", both, taken back, brought along."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from accounts.errors import Gone
from accounts.models import User
from adventures import ideas, wishing
from adventures.errors import TooManyWishes, WishSavedTooOften
from adventures.models import Want, Wish
from couples import parting
from tests.cast import NOW, just_signed_in, pair, person, seat


def wish(user: User, title: str = "the ferry", **fields: object) -> Wish:
    return wishing.wish(by=seat(user), words=wishing.WishWords(title, **fields), now=NOW)  # type: ignore[arg-type]  # keywords of several types


def on_list(user: User, **looked_for: Any) -> list[tuple[str, bool, bool]]:
    """Title, whether both want it, whether this person said "me too"."""
    return [(one.title, one.matched, one.too) for one in wishing.on_list(seat(user), **looked_for)[0]]


def test_me_too_makes_it_both_and_can_be_taken_back(alice: User, bob: User) -> None:
    one = wish(alice)
    assert on_list(alice) == on_list(bob) == [("the ferry", False, False)]
    for _ in range(2):
        wishing.want(by=seat(bob), wish_id=one.pk, now=NOW)
    assert (on_list(alice), on_list(bob)) == ([("the ferry", True, False)], [("the ferry", True, True)])
    for _ in range(2):
        wishing.unwant(by=seat(bob), wish_id=one.pk)
    assert on_list(bob) == [("the ferry", False, False)]


def test_ones_own_wish_needs_no_me_too(alice: User, bob: User) -> None:
    wishing.want(by=seat(alice), wish_id=wish(alice).pk, now=NOW)
    assert on_list(alice) == [("the ferry", False, False)]


def test_the_same_words_twice_are_once_and_from_the_other_a_me_too(alice: User, bob: User) -> None:
    assert wish(alice).pk == wish(alice, " The  Ferry ").pk
    assert wish(bob, "the ferry").pk == Wish.objects.get().pk
    assert on_list(alice) == [("the ferry", True, False)]


def test_what_both_want_stands_first(alice: User, bob: User) -> None:
    first, _, third = wish(alice, "one"), wish(alice, "two"), wish(bob, "three")
    wishing.want(by=seat(bob), wish_id=first.pk, now=NOW)
    assert next(title for title, *_ in on_list(bob)) == "one"
    assert [one.title for one in wishing.matches(seat(alice), 1)] == ["one"]
    assert third.author_id == bob.pk


def test_one_that_was_asked_for_stands_before_what_both_want(alice: User, bob: User) -> None:
    first, second, third = (wish(alice, title) for title in ("one", "two", "three"))
    wishing.want(by=seat(bob), wish_id=third.pk, now=NOW)

    def titles(before: UUID) -> list[str]:
        return [one.title for one in wishing.matches(seat(bob), 2, before=before)]

    assert titles(first.pk) == ["one", "three"]
    wishing.take_back(by=seat(alice), wish_id=first.pk, now=NOW)
    assert titles(first.pk) == titles(uuid4()) == ["three", second.title]


def test_only_its_writer_changes_it_and_the_words_before_stay(alice: User, bob: User) -> None:
    one = wish(alice)
    with pytest.raises(Gone):
        wishing.change(by=seat(bob), wish_id=one.pk, words=wishing.WishWords("his"))
    wishing.change(by=seat(alice), wish_id=one.pk, words=wishing.WishWords("the slow ferry", where="out"))
    found = wishing.one(seat(bob), one.pk)
    assert found is not None
    assert (found.title, found.earlier, found.where) == ("the slow ferry", "the ferry", "out")
    wishing.change(by=seat(alice), wish_id=one.pk, words=wishing.WishWords("the slow ferry", cost="low"))
    found = wishing.one(seat(bob), one.pk)
    assert found is not None
    assert found.earlier == "the ferry"  # other details are no other words


def test_changed_twenty_times_and_no_more(alice: User, bob: User) -> None:
    one = wish(alice)
    for number in range(wishing.CHANGES):
        wishing.change(by=seat(alice), wish_id=one.pk, words=wishing.WishWords(f"ferry {number}"))
    client = just_signed_in(alice)
    answer = client.post(reverse("adventures:wish", args=[one.pk]), {"title": "once more"})
    assert answer.status_code == 422
    assert (
        "This wish was changed twenty times already: its words stay as they are." in answer.content.decode()
    )
    assert "once more" in answer.content.decode()
    with pytest.raises(WishSavedTooOften):
        wishing.change(by=seat(alice), wish_id=one.pk, words=wishing.WishWords("once more"))
    wishing.change(by=seat(alice), wish_id=one.pk, words=wishing.WishWords("ferry 19", cost="low"))
    assert len(Wish.objects.select_related("couple__key").get().revisions) == wishing.CHANGES


def test_taken_back_the_words_are_gone_for_both(alice: User, bob: User) -> None:
    one = wish(alice)
    wishing.want(by=seat(bob), wish_id=one.pk, now=NOW)
    with pytest.raises(Gone):
        wishing.take_back(by=seat(bob), wish_id=one.pk, now=NOW)
    for _ in range(2):
        wishing.take_back(by=seat(alice), wish_id=one.pk, now=NOW)
    assert on_list(alice) == on_list(bob) == []
    row = Wish.objects.select_related("couple__key").get()
    assert (row.title, row.earlier, row.idea) == ("", "", "")
    assert not Want.objects.exists()
    assert wishing.taken_back_lately(seat(bob), now=NOW) == 1
    assert wishing.taken_back_lately(seat(bob), now=NOW.replace(day=26)) == 0


def test_what_is_looked_for(alice: User, bob: User) -> None:
    wish(alice, "ferry", where="out", cost="low", effort="some", both_new=True)
    wish(alice, "soup", where="home", cost="free")
    assert [title for title, *_ in on_list(bob, where="home")] == ["soup"]
    assert [title for title, *_ in on_list(bob, cost="low", new=True)] == ["ferry"]
    assert on_list(bob, effort="a plan") == []


def test_five_hundred_of_ones_own_and_nobody_elses_count(alice: User, bob: User) -> None:
    couple = seat(alice).couple
    rows = [Wish(couple=couple, author=alice, added_at=NOW, title=f"wish {n}") for n in range(wishing.EACH)]
    Wish.objects.bulk_create(rows)
    with pytest.raises(TooManyWishes):
        wish(alice, "one more")
    assert wish(bob, "his").author_id == bob.pk
    assert wish(alice, "wish 7").pk == rows[7].pk


def test_nobody_elses_list(alice: User, bob: User, charlie: User, erin: User) -> None:
    one = wish(alice)
    for user in (charlie, erin):
        assert on_list(user) == []
        assert wishing.one(seat(user), one.pk) is None
        for verb in (wishing.want, wishing.take_back, wishing.bring_along):
            with pytest.raises(Gone):
                verb(by=seat(user), wish_id=one.pk, now=NOW)
        with pytest.raises(Gone):
            wishing.unwant(by=seat(user), wish_id=one.pk)


def test_nothing_wished_alone_shows_by_pairing_until_it_is_brought_along(db: None) -> None:
    gwen, hugo = person("Gwen"), person("Hugo")
    mine = wish(gwen, "a kite")
    assert wishing.from_earlier_couples(seat(gwen)) == []
    pair(gwen, hugo)
    assert on_list(gwen) == on_list(hugo) == []
    assert [one.title for one in wishing.from_earlier_couples(seat(gwen))] == ["a kite"]
    assert wishing.from_earlier_couples(seat(hugo)) == []
    with pytest.raises(Gone):
        wishing.bring_along(by=seat(hugo), wish_id=mine.pk, now=NOW)
    for _ in range(2):
        wishing.bring_along(by=seat(gwen), wish_id=mine.pk, now=NOW)
    assert on_list(hugo) == [("a kite", False, False)]


def test_after_parting_each_has_a_copy_of_the_list_and_what_was_taken_back_is_gone(
    alice: User, bob: User
) -> None:
    wish(alice, "ferry")
    gone = wish(bob, "gone")
    wishing.take_back(by=seat(bob), wish_id=gone.pk, now=NOW)
    parting.part(by=alice, now=NOW)
    for user in (alice, bob):
        assert on_list(user) == []
        titles = [one.title for one in wishing.from_earlier_couples(seat(user))]
        assert [one for one in titles if one == "ferry"] == ["ferry"]
        assert "" not in titles
    brought = wishing.bring_along(by=seat(bob), wish_id=Wish.objects.get(author=alice).pk, now=NOW)
    assert (brought.author_id, on_list(alice)) == (bob.pk, [])


def test_an_idea_on_the_list_is_known_as_such(alice: User, bob: User) -> None:
    key, idea = next(iter(ideas.every().items()))
    wishing.wish(by=seat(alice), words=idea.words, now=NOW)
    assert wishing.ideas_taken(seat(bob)) == {key}
    assert on_list(bob) == [(idea.title, False, False)]
