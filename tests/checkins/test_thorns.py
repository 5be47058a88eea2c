"""A thorn is its writer's again after thirty days, with what was said back to it, on every page."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agendas import building, meeting, topics
from agendas.models import Agenda
from checkins import drafts, reading, replies, thanking, writing
from checkins.errors import NoReplyWaits, NoThornToHear
from checkins.models import CheckIn, Reply
from checkins.words import CheckInText, FormVersion, SaidBack
from couples import days
from tests.agendas.scenarios import LAYS_OUT, STARTS, agree_again
from tests.cast import NOW, seat
from tests.private_acts import WORDS, write

SignIn = Callable[[User], Client]
DAY = NOW.date()
THORN, EARLIER, MORE, BACK = "the planted queue", "the planted line", "planted more", "planted back"
MONTH = "/looking-back/2026-11/page/"
PAGES = (
    "today:today",
    "checkins:kept",
    "/kept/2026-11/",
    f"/evenings/{DAY}/",
    "checkins:shared",
    "/shared/2026-11/",
    "today:together",
    "today:look_back",
    "today:looking_back",
    "/looking-back/2026-11/",
    MONTH,
    "agendas:talks",
)


@pytest.fixture
def heard(alice: User, bob: User) -> CheckIn:
    """Alice's thorn, changed once, said back to by Bob, with a bit more after it."""
    for user, words in (
        (alice, CheckInText(rose="a rose", thorn=EARLIER)),
        (bob, CheckInText(rose="his rose")),
    ):
        writing.write(by=seat(user), day=DAY, words=words, share=True, now=NOW)
    writing.write(by=seat(alice), day=DAY, words=CheckInText(rose="a rose", thorn=THORN), share=True, now=NOW)
    replies.reply(by=seat(bob), day=DAY, said=SaidBack(back=BACK), now=NOW)
    replies.a_bit_more(by=seat(alice), day=DAY, text=MORE, now=NOW)
    for ago in (9, 13, 17):  # enough for a page of the month
        thanking.note_win(by=seat(bob), text=f"a win of {ago} days ago", now=NOW - timedelta(days=ago))
    return CheckIn.objects.own(alice).get()


def after(number: int, user: User) -> datetime:
    """The beginning of this person's Day so many days after the thorn's."""
    return days.starts(DAY + timedelta(days=number), user.tz)


def read(client: Client, pages: tuple[str, ...] = PAGES) -> str:
    found = (client.get(page if page.startswith("/") else reverse(page)) for page in pages)
    return "".join(answer.content.decode() for answer in found)


def words_of(user: User, now: datetime) -> list[str]:
    page = reading.evening(seat(user), DAY, now=now).theirs
    return (
        []
        if page is None
        else [text for line in page.shown for text in (line.text, line.more, *line.revisions)]
    )


def apart(page: str) -> tuple[str, str]:
    """A page without what its closed row holds, and what that holds."""
    before, _, rest = page.partition('<details class="shut">')
    row, _, rest = rest.partition("</summary>")
    end = rest.rindex("</details>")  # what is inside may open rows of its own
    return before + row + rest[end:], rest[:end]


def test_the_closed_row_looks_the_same_empty_or_full(alice: User, bob: User, signed_in: SignIn) -> None:
    """Over the shoulder: a page with nothing kept, with a kept line, a note, and a thorn that is hers again."""
    for ago, words in enumerate(
        (
            CheckInText(rose="a rose"),
            CheckInText(rose="a rose", bud="planted", kept=frozenset({"bud"})),
            CheckInText(rose="a rose", note="planted", closeness="2"),
            CheckInText(rose="a rose", thorn="planted"),
        )
    ):
        now = NOW - timedelta(days=ago)
        for user in (alice, bob):
            day = now.date()
            writing.write(
                by=seat(user),
                day=day,
                words=words if user is alice else CheckInText("x"),
                share=True,
                now=now,
            )
    with time_machine.travel(after(30, alice), tick=False):
        pages = [
            apart(read(signed_in(alice), (f"/evenings/{DAY - timedelta(days=ago)}/",)))[0] for ago in range(4)
        ]
    masked = r'nonce="[^"]+"|csrfmiddlewaretoken" value="\w+"|2026-11-\d\d|\w+day, \d+ November'
    plain = [re.sub(masked, "", one) for one in pages]
    assert plain[0] == plain[1] == plain[2] == plain[3]
    assert "planted" not in plain[0]


def test_a_month_looks_the_same_whatever_one_kept(alice: User, bob: User, signed_in: SignIn) -> None:
    """An evening both can read stands open; what she keeps, waits with or left half done, behind the row."""
    for user in (alice, bob):
        write(user, share=True, now=NOW - timedelta(days=5))
    outside = []
    with time_machine.travel(NOW, tick=False):
        client = signed_in(alice)
        for number, leave in enumerate((None, "keep", "wait", "draft"), start=1):
            now = NOW - timedelta(days=number) if leave != "draft" else NOW
            if leave == "draft":
                drafts.keep(
                    by=seat(alice),
                    day=DAY,
                    words=CheckInText("planted"),
                    base=FormVersion(0, "tab", 1),
                    now=now,
                )
            elif leave is not None:
                write(alice, share=leave == "wait", now=now, words=CheckInText("planted"))
            open_part = read(client, ("/shared/2026-11/", "today:together"))
            outside.append(re.sub(r'nonce="[^"]+"|csrfmiddlewaretoken" value="\w+"', "", open_part))
            kept = read(client, ("/kept/2026-11/",))
            assert len(re.findall(r'<h2><a href="/evenings/', kept)) == number - 1
    assert len(set(outside)) == 1
    assert WORDS.rose in outside[0]


@pytest.mark.parametrize("zone", ["Europe/London", "Pacific/Kiritimati", "Pacific/Niue"])
def test_until_the_thirtieth_day_on_the_readers_clock(heard: CheckIn, bob: User, zone: str) -> None:
    bob.zone = zone
    bob.save()
    last = after(30, bob) - timedelta(seconds=1)
    assert words_of(bob, last) == ["a rose", "", THORN, MORE, EARLIER]
    assert words_of(bob, after(30, bob)) == ["a rose", ""]
    assert words_of(bob, after(400, bob)) == ["a rose", ""]


def test_no_page_of_the_others_shows_it_from_then_on(
    heard: CheckIn, alice: User, bob: User, signed_in: SignIn
) -> None:
    with time_machine.travel(after(30, bob) - timedelta(seconds=1), tick=False):
        for user in (bob, alice):
            page = read(signed_in(user))
            assert all(word in page for word in (THORN, EARLIER, MORE, BACK))
    with time_machine.travel(after(30, bob), tick=False):
        page = read(signed_in(bob))
        assert [word for word in (THORN, EARLIER, MORE) if word in page] == []
        assert BACK in page  # his own words stay his
        assert "a rose" in page
        assert "a rose" in read(signed_in(bob), (MONTH,))


def test_its_writer_reads_it_on_their_own_page_and_no_shared_one(
    heard: CheckIn, alice: User, signed_in: SignIn
) -> None:
    with time_machine.travel(after(30, alice), tick=False):
        client = signed_in(alice)
        own = read(client, (f"/evenings/{DAY}/",))
        open_part, closed = apart(own)
        assert all(word in closed for word in (THORN, EARLIER, MORE))
        assert [word for word in (THORN, EARLIER, MORE) if word in open_part] == []
        assert BACK not in own  # his words are his again, likewise
        shared = read(client, ("checkins:shared", "/shared/2026-11/", "today:together"))
        assert [word for word in (THORN, EARLIER, MORE, BACK) if word in shared] == []


def test_nothing_can_be_said_back_nor_answered_from_then_on(
    heard: CheckIn, alice: User, bob: User, signed_in: SignIn
) -> None:
    replies.reply(
        by=seat(bob), day=DAY, said=SaidBack(back="the second"), now=after(30, bob) - timedelta(seconds=1)
    )
    for now in (after(30, bob), after(60, bob)):
        with pytest.raises(NoThornToHear):
            replies.reply(by=seat(bob), day=DAY, said=SaidBack(back="too late"), now=now)
        replies.heard(by=seat(alice), day=DAY, now=now)
        with pytest.raises(NoReplyWaits):
            replies.a_bit_more(by=seat(alice), day=DAY, text="too late", now=now)
    assert not Reply.objects.filter(heard_at__isnull=False).exists()
    with time_machine.travel(after(30, bob), tick=False):
        assert signed_in(bob).get(f"/evenings/{DAY}/reply/").status_code == 404
        assert signed_in(alice).get(f"/evenings/{DAY}/more/").status_code == 302
    replies.heard(by=seat(alice), day=DAY, now=after(30, alice) - timedelta(seconds=1))
    assert Reply.objects.filter(heard_at__isnull=False).count() == 1


def test_brought_to_a_talk_it_leaves_the_talk_as_well(
    heard: CheckIn, alice: User, bob: User, signed_in: SignIn
) -> None:
    agree_again(alice, bob, now=NOW)
    topics.bring_thorn(by=seat(alice), day=DAY, now=NOW)
    building.build_due(now=LAYS_OUT)
    meeting.begin(by=seat(alice), now=STARTS)
    meeting.go_to(by=seat(alice), part=3, now=STARTS)
    pages = ("agendas:now", f"/talks/{Agenda.objects.open().get().pk}/")
    with time_machine.travel(STARTS, tick=False):
        for page in pages:
            assert THORN in read(signed_in(bob), (page,))
    with time_machine.travel(after(30, bob), tick=False):
        assert THORN not in read(signed_in(bob), (*pages, "agendas:talk"))
        assert THORN in read(signed_in(alice), pages[1:])


def test_alone_one_reads_all_one_wrote(dana: User, signed_in: SignIn) -> None:
    write(dana, share=False, now=NOW, words=WORDS)
    with time_machine.travel(after(31, dana), tick=False):
        assert WORDS.thorn in read(signed_in(dana), ("/shared/2026-11/",))


def test_a_page_of_nothing_but_a_thorn_is_a_page_still(alice: User, bob: User, signed_in: SignIn) -> None:
    write(alice, share=True, now=NOW, words=CheckInText(thorn=THORN))
    write(bob, share=True, now=NOW, words=CheckInText(rose="his rose"))
    with time_machine.travel(after(30, bob), tick=False):
        client = signed_in(bob)
        assert THORN not in read(client)
