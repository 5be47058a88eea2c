"""Thank-yous and small wins: now or kept, until day ten, never after parting; and reading it all together."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from time_machine import Traveller

from accounts.models import User
from checkins import answering, replies, shared_archive, thanking, writing
from checkins.errors import NobodyToThank
from checkins.models import Appreciation, SmallWin
from checkins.words import CheckInText, SaidBack
from couples import parting
from tests.cast import NOW, pair, person, seat
from tests.private_acts import seen

SignIn = Callable[[User], Client]
DAY, MONTH = NOW.date(), date(2026, 11, 1)
A_DAY = timedelta(days=1)
DAY_TEN = NOW + timedelta(days=10)
FIVE = datetime(2026, 11, 19, 17, 0, tzinfo=NOW.tzinfo)  # the next in London
A_SECOND = timedelta(seconds=1)


def thank(
    user: User, text: str = "planted-thanks", *, keep: bool = False, now: datetime = NOW
) -> Appreciation:
    return thanking.say_thanks(by=seat(user), text=text, trait="kind", keep=keep, now=now)


def read(user: User, *, now: datetime = NOW, month: date = MONTH) -> list[tuple[str, str, bool]]:
    pages = shared_archive.read(seat(user), month, now=now).by_day()
    return [(one.kind, one.text, one.own) for page in pages for one in page.said]


def test_said_now_the_other_reads_it_from_five_on(alice: User, bob: User) -> None:
    thank(alice)
    assert read(alice) == [("thanks", "planted-thanks", True)]
    assert read(bob) == read(bob, now=FIVE - A_SECOND) == []
    assert read(bob, now=FIVE) == [("thanks", "planted-thanks", False)]
    assert thanking.kept(seat(alice), now=NOW) == []


def test_kept_it_goes_out_on_the_tenth_day(alice: User, bob: User) -> None:
    row = thank(alice, keep=True)
    assert row.goes_out_at == DAY_TEN
    before, then = DAY_TEN - A_SECOND, DAY_TEN
    five = FIVE + timedelta(days=10)
    assert read(alice, now=before) == []
    assert read(bob, now=five - A_SECOND) == []
    assert [one.text for one in thanking.kept(seat(alice), now=before)] == ["planted-thanks"]
    assert thanking.kept(seat(bob), now=before) == []
    assert read(alice, now=then) == [("thanks", "planted-thanks", True)]
    assert read(bob, now=five) == [("thanks", "planted-thanks", False)]
    assert thanking.kept(seat(alice), now=then) == []


def test_at_the_talk_it_goes_out_at_once(alice: User, bob: User, charlie: User) -> None:
    thank(alice, keep=True)
    thank(charlie, keep=True)
    assert thanking.release_kept(couple=seat(bob).couple, now=NOW) == 1
    assert thanking.release_kept(couple=seat(bob).couple, now=NOW) == 0
    assert read(alice) == [("thanks", "planted-thanks", True)]
    assert read(bob, now=FIVE) == [("thanks", "planted-thanks", False)]
    ids = [one.pk for one in Appreciation.objects.own(alice)]
    assert len(thanking.lines(seat(bob), Appreciation, ids, now=NOW)) == 1  # in the talk it is read at once


def test_a_win_is_there_from_five_on_so_that_nothing_tells_when_it_was_noted(alice: User, bob: User) -> None:
    win = thanking.note_win(by=seat(alice), text="planted-win", now=NOW)
    assert read(alice) == [("win", "planted-win", True)]
    assert read(bob, now=FIVE - A_SECOND) == []
    assert read(bob, now=FIVE) == [("win", "planted-win", False)]
    thanking.take_back(by=seat(alice), model=SmallWin, pk=win.pk, now=FIVE - A_SECOND)
    assert read(bob, now=FIVE) == []  # it never was there


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles", "Asia/Kathmandu"])
@pytest.mark.parametrize("keep", [False, True])
def test_it_is_there_at_five_on_its_readers_clock_wherever_its_writer_is(
    alice: User, bob: User, zone: str, keep: bool
) -> None:
    User.objects.filter(pk=alice.pk).update(zone=zone)
    alice.refresh_from_db()
    thank(alice, keep=keep)
    five = FIVE + timedelta(days=10 * keep)
    assert read(bob, now=five - A_SECOND) == []
    assert read(bob, now=five) == [("thanks", "planted-thanks", False)]


def test_after_parting_never(alice: User, bob: User) -> None:
    thank(alice, "said", now=NOW - A_DAY)
    thank(alice, "kept", keep=True)
    parting.part(by=bob, now=NOW)
    later = DAY_TEN + 9 * A_DAY
    assert read(bob, now=later) == []
    assert read(alice, now=later) == [("thanks", "said", True)]  # what was kept never was between the two
    assert [one.text for one in thanking.never_said(seat(alice), MONTH, DAY)] == ["kept"]
    assert thanking.never_said(seat(bob), MONTH, DAY) == []
    pair(alice, bob, now=later)
    assert read(bob, now=later) == []


def test_what_was_never_said_is_taken_back_as_if_it_had_never_been(
    alice: User, bob: User, signed_in: SignIn, clock: Traveller
) -> None:
    said, row = thank(alice, "said", now=NOW - A_DAY), thank(alice, keep=True)
    parting.part(by=bob, now=NOW)
    clock.move_to(DAY_TEN + A_DAY)
    client = signed_in(alice)
    kept = client.get(reverse("checkins:kept_month", args=[MONTH])).content.decode()
    assert "planted-thanks" in kept
    assert "Goes out on" not in kept
    address = reverse("checkins:thanks_take_back", args=[row.pk])
    assert "nobody will see that it was there" in client.get(address).content.decode()
    client.post(address)
    assert [one.pk for one in Appreciation.objects.own(alice)] == [said.pk]
    address = reverse("checkins:thanks_take_back", args=[said.pk])
    assert "Whoever has read them may remember" in client.get(address).content.decode()


def test_a_second_press_changes_nothing(alice: User) -> None:
    for keep in (False, True):
        assert thank(alice, keep=keep) == thank(alice, keep=keep, now=NOW + timedelta(minutes=9))
    assert Appreciation.objects.count() == 2
    assert thank(alice, "another") != thank(alice, "another", now=NOW + timedelta(minutes=10))
    wins = {thanking.note_win(by=seat(alice), text="the milk", now=NOW).pk for _ in range(3)}
    assert len(wins) == SmallWin.objects.count() == 1


def test_alone_there_is_nobody_to_thank(dana: User) -> None:
    with pytest.raises(NobodyToThank):
        thank(dana)
    thanking.note_win(by=seat(dana), text="the milk", now=NOW)
    assert read(dana) == [("win", "the milk", True)]


def test_what_was_won_alone_stays_ones_own(dana: User) -> None:
    thanking.note_win(by=seat(dana), text="planted-alone", now=NOW - A_DAY)
    gwen = person("Gwen")
    pair(dana, gwen, now=NOW)
    assert read(gwen) == []


def test_a_line_that_is_in_no_couple_is_kept_and_can_be_taken_back(
    alice: User, bob: User, dana: User, signed_in: SignIn
) -> None:
    """What was brought in, or noted alone before. It has a month of its own, though there is no page of then."""
    then = NOW - 800 * A_DAY
    pages = ("checkins:kept", "checkins:shared", "today:today", "today:together", "today:looking_back")
    his = signed_in(bob)
    before = seen(his, pages)
    for model, text in ((Appreciation, "planted-old-thanks"), (SmallWin, "planted-old-win")):
        model.objects.create(author=alice, text=text, written_at=then, goes_out_at=then)
    assert seen(his, pages) == before
    client, month = signed_in(alice), reverse("checkins:kept_month", args=[then.date().replace(day=1)])
    assert f'href="{month}"' in client.get("/kept/2026-11/").content.decode()
    body = client.get(month).content.decode()
    assert 'href="/kept/2026-11/"' not in body  # nothing of hers is there
    for kind, model in (("thanks", Appreciation), ("win", SmallWin)):
        address = reverse(f"checkins:{kind}_take_back", args=[model.objects.own(alice).get().pk])
        assert f"planted-old-{kind}" in body
        assert address in body
        assert "nobody will see that it was there" in client.get(address).content.decode()
        client.post(address)
        assert not model.objects.exists()
    assert "planted-old" not in client.get(month).content.decode()
    thanking.note_win(by=seat(dana), text="planted-alone", now=NOW)
    assert (
        "planted-alone" not in signed_in(dana).get(reverse("checkins:kept")).content.decode()
    )  # with the rest


@pytest.mark.parametrize("keep", [True, False])
def test_taken_back(alice: User, bob: User, keep: bool) -> None:
    row = thank(alice, keep=keep)
    for _ in range(1 if keep else 2):
        thanking.take_back(by=seat(alice), model=Appreciation, pk=row.pk, now=NOW)
    if keep:
        assert not Appreciation.objects.exists()
    else:
        (page,) = shared_archive.read(seat(alice), MONTH, now=NOW).by_day()
        assert [(one.text, one.more, one.taken_back) for one in page.said] == [("", "", True)]
        assert shared_archive.read(seat(bob), MONTH, now=FIVE).by_day() == []  # it never was there


def test_taken_back_once_it_could_be_read_that_is_said_to_both(alice: User, bob: User) -> None:
    row = thank(alice)
    thanking.take_back(by=seat(alice), model=Appreciation, pk=row.pk, now=FIVE)
    for user in (alice, bob):
        (page,) = shared_archive.read(seat(user), MONTH, now=FIVE).by_day()
        assert [(one.text, one.more, one.taken_back) for one in page.said] == [("", "", True)]


def test_only_ones_own_is_taken_back(
    alice: User, bob: User, charlie: User, signed_in: SignIn, clock: Traveller
) -> None:
    row, win = thank(alice), thanking.note_win(by=seat(alice), text="w", now=NOW)
    for user in (bob, charlie):
        for name, pk in (("thanks", row.pk), ("win", win.pk)):
            address = reverse(f"checkins:{name}_take_back", args=[pk])
            assert signed_in(user).get(address).status_code == 404
            assert signed_in(user).post(address).status_code == 404
    client = signed_in(alice)
    address = reverse("checkins:win_take_back", args=[win.pk])
    assert "Whoever has read them may remember" in client.get(address).content.decode()
    assert client.post(address)["Location"] == reverse("checkins:shared")
    assert client.get(address)["Location"] == reverse("checkins:shared")
    assert SmallWin.objects.get().taken_back_at is not None


# --- Together --------------------------------------------------------------------------------------------


def write(user: User, words: CheckInText, *, share: bool = True, ago: int = 0) -> None:
    day, now = DAY - ago * A_DAY, NOW - ago * A_DAY
    writing.write(by=seat(user), day=day, words=words, share=share, now=now)


def test_only_what_is_open_to_both_stands_there(alice: User, bob: User) -> None:
    full = CheckInText(
        rose="planted-rose", bud="planted-kept", thorn="t", note="planted-note", kept=frozenset({"bud"})
    )
    write(alice, full, ago=2)
    assert read(alice) == read(bob) == []
    write(bob, CheckInText(rose="his"), ago=2)
    assert read(bob) == [("rose", "planted-rose", False), ("rose", "his", True), ("thorn", "t", False)]
    assert {line[:2] for line in read(alice)} == {line[:2] for line in read(bob)}
    write(alice, CheckInText(rose="planted-kept-page"), share=False, ago=1)
    write(bob, CheckInText(rose="planted-unrevealed"), ago=1)
    shown = str([read(alice), read(bob)])
    for private in ("planted-kept", "planted-note", "planted-unrevealed"):
        assert private not in shown


def test_once_parted_it_holds_what_both_could_read_and_what_waited_is_kept(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    write(alice, CheckInText(rose="left open", open=True), ago=3)
    write(alice, CheckInText(rose="planted-waiting"), ago=2)
    for user in (alice, bob):
        write(user, CheckInText(rose=f"read {user.name}"), ago=1)
        answering.answer(by=seat(user), day=DAY - A_DAY, text=f"told {user.name}", now=NOW - A_DAY)
    answering.answer(by=seat(alice), day=DAY, text="planted-answer", now=NOW)
    parting.part(by=bob, now=NOW + A_SECOND)
    both = [("rose", "read Alice", True), ("answer", "told Alice", True), ("rose", "left open", True)]
    assert read(alice) == both
    client = signed_in(alice)
    kept = client.get(reverse("checkins:kept_month", args=[MONTH])).content.decode()
    assert "planted-waiting" in kept
    assert "planted-answer" in kept
    assert "planted" not in client.get(reverse("checkins:shared")).content.decode()

    # What the other does with theirs from then on shows nowhere.
    writing.take_back(by=seat(bob), day=DAY - A_DAY, now=NOW)
    answering.take_back(by=seat(bob), day=DAY - A_DAY, now=NOW)
    assert read(alice) == both


def test_latest_first(alice: User, bob: User) -> None:
    for ago in (3, 1):
        for user in (alice, bob):
            write(user, CheckInText(rose=f"rose {ago}", thorn="t"), ago=ago)
    thank(alice, "thanks", now=NOW - A_DAY)
    thanking.note_win(by=seat(bob), text="win", now=NOW)
    said = read(bob)
    assert [text for kind, text, _ in said if kind == "rose"] == ["rose 1", "rose 1", "rose 3", "rose 3"]
    assert ("thanks", "thanks", False) in said
    assert ("win", "win", True) in said
    assert [page.day for page in shared_archive.read(seat(bob), MONTH, now=NOW).by_day()] == [
        DAY,
        DAY - A_DAY,
        DAY - 3 * A_DAY,
    ]


@pytest.mark.parametrize("model", [Appreciation, SmallWin])
@pytest.mark.parametrize("together", [True, False])
def test_what_is_of_one_moment_stands_in_one_order_however_its_rows_lie(
    alice: User, bob: User, model: type[Appreciation] | type[SmallWin], together: bool
) -> None:
    """What was brought in often is. Rows move when somebody else's are changed."""
    couple = seat(alice).couple if together else None
    for number in range(6):
        model.objects.create(
            author=alice, couple=couple, text=f"line {number}", written_at=NOW, goes_out_at=NOW
        )

    def lines() -> list[str]:
        to_nobody = [] if together else shared_archive.said_to_nobody(seat(alice), MONTH)
        pages = shared_archive.read(seat(alice), MONTH, now=NOW + A_DAY).by_day() if together else to_nobody
        return [one.text for page in pages for one in page.said]

    before, rows = lines(), list[Any](model.objects.order_by("-pk"))
    assert len(before) == 6
    for order in (rows, rows[::-1]):
        model.objects.all().delete()
        model.objects.bulk_create(order)
        assert lines() == before


def test_on_the_readers_own_clock(db: None) -> None:
    here, there = person("Gwen", zone="Pacific/Auckland"), person("Hugo", zone="America/Los_Angeles")
    pair(here, there)
    last = datetime(
        2026, 12, 1, 3, 0, tzinfo=NOW.tzinfo
    )  # 16:00 on 1 December in Auckland, 19:00 the day before in LA
    thank(there, "at the turn", now=last)
    five = last + timedelta(hours=1)
    assert read(here, month=date(2026, 12, 1), now=five) == [("thanks", "at the turn", False)]
    assert read(here, now=five) == []
    assert read(there, now=five) == [("thanks", "at the turn", True)]
    thank(here, "the day before", now=last)
    five = last + timedelta(hours=22)  # on 1 December in LA
    assert read(there, month=date(2026, 12, 1), now=five) == [("thanks", "the day before", False)]


def test_months_lead_no_further_than_there_can_be_words(alice: User) -> None:
    assert shared_archive.months(seat(alice), MONTH, now=NOW) == (date(2026, 10, 1), None)
    assert shared_archive.months(seat(alice), date(2026, 10, 1), now=NOW) == (None, MONTH)


def test_answers_once_both_are_there(alice: User, bob: User) -> None:
    answering.answer(by=seat(alice), day=DAY, text="planted-answer", now=NOW)
    assert read(alice) == read(bob) == []
    answering.answer(by=seat(bob), day=DAY, text="his", now=NOW)
    assert read(bob) == [("answer", "planted-answer", False), ("answer", "his", True)]
    (page,) = shared_archive.read(seat(bob), MONTH, now=NOW).by_day()
    assert page.said[0].more.endswith("?")
    parting.part(by=bob, now=NOW)
    assert read(alice) == [("answer", "planted-answer", True)]
    assert read(bob) == [("answer", "his", True)]


def test_replies_are_never_listed(alice: User, bob: User) -> None:
    for user in (alice, bob):
        write(user, CheckInText(thorn="t"))
    replies.reply(by=seat(alice), day=DAY, said=SaidBack("planted-reply"), now=NOW)
    assert "planted-reply" not in str(read(bob)) + str(read(alice))


def test_as_few_queries_for_two_years_as_for_two_days(
    alice: User,
    bob: User,
    signed_in: SignIn,
    clock: Traveller,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = signed_in(bob)
    for ago in (1, 2):
        for user in (alice, bob):
            write(user, CheckInText(rose="r", bud="b", thorn="t"), ago=ago)
    with django_assert_num_queries(3):  # session, person and seats, the month's words
        client.get(reverse("checkins:shared"))
    for ago in range(3, 60):
        for user in (alice, bob):
            write(user, CheckInText(rose="r", bud="b", thorn="t"), ago=ago)
            thank(user, now=NOW - ago * A_DAY)
    with django_assert_num_queries(3):
        client.get(reverse("checkins:shared"))


# --- Pages -----------------------------------------------------------------------------------------------


def test_the_forms_say_and_keep(alice: User, bob: User, signed_in: SignIn, clock: Traveller) -> None:
    client = signed_in(alice)
    for go, text in (
        ("now", "for the <i>milk</i>"),
        ("keep", "for the patience"),
        ("nonsense", "for the wait"),
    ):
        answer = client.post(reverse("checkins:thanks"), {"text": text, "trait": "kind", "go": go})
        assert answer.status_code == 302
    assert client.post(reverse("checkins:wins"), {"text": "we laughed"}).status_code == 302
    kept = client.get(reverse("checkins:kept")).content.decode()
    assert kept.index("for the patience") < kept.index("for the wait")
    assert kept.count("Goes out on Saturday, 28 November at the latest.") == 2
    his_pages = [reverse(f"checkins:{name}") for name in ("shared", "kept", "thanks", "wins")]
    his_browser = signed_in(bob)
    his = "".join(his_browser.get(page).content.decode() for page in his_pages)
    assert "we laughed" not in his
    clock.move_to(FIVE)
    his = "".join(his_browser.get(page).content.decode() for page in his_pages)
    assert "for the &lt;i&gt;milk&lt;/i&gt;" in his
    assert "we laughed" in his
    assert "for the patience" not in his


def test_the_row_of_what_is_kept_is_the_same_empty_or_full(
    alice: User, signed_in: SignIn, clock: Traveller
) -> None:
    client, address = signed_in(alice), ("checkins:thanks",)
    before = seen(client, address)
    row = thank(alice, keep=True)
    assert seen(client, address) == before
    assert row.text not in str(before)
    assert "planted-thanks" in client.get(reverse("checkins:kept")).content.decode()


@pytest.mark.parametrize(("page", "over"), [("thanks", 501), ("wins", 501)])
def test_too_long_or_empty_is_said_and_kept(alice: User, signed_in: SignIn, page: str, over: int) -> None:
    client, address = signed_in(alice), reverse(f"checkins:{page}")
    answer = client.post(address, {"text": "x" * over, "trait_own": "y" * 51})
    assert answer.status_code == 422
    assert "x" * over in answer.content.decode()
    assert "one character over the 500" in answer.content.decode()
    assert "does need one" in client.post(address, {"text": "  "}).content.decode()
    assert not Appreciation.objects.exists()
    assert not SmallWin.objects.exists()


def test_alone_the_page_says_so_kindly(dana: User, signed_in: SignIn) -> None:
    client = signed_in(dana)
    assert "wants somebody to hear it" in client.get(reverse("checkins:thanks")).content.decode()
    assert client.post(reverse("checkins:thanks"), {"text": "x"}).status_code == 422


def test_an_unknown_month_is_no_page(alice: User, signed_in: SignIn) -> None:
    client = signed_in(alice)
    assert client.get("/shared/2026-13/").status_code == 404
    assert client.get("/shared/2031-01/").status_code == 200


def test_a_kept_thank_you_changes_nothing_for_the_other(
    alice: User, bob: User, signed_in: SignIn, clock: Traveller
) -> None:
    pages = ("today:today", "checkins:shared", "checkins:thanks", "checkins:wins", "accounts:more")
    before = seen(signed_in(bob), pages)
    row = thank(alice, keep=True)
    assert seen(signed_in(bob), pages) == before
    thanking.take_back(by=seat(alice), model=Appreciation, pk=row.pk, now=NOW)
    assert seen(signed_in(bob), pages) == before
