"""Each kind's "why not" for every way an evening can end, and that nobody's private acts decide over another's mail."""

from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from time_machine import Traveller

from accounts.models import User
from checkins import drafts, thanking, writing
from checkins.words import CheckInText, FormVersion
from couples import days, pairing, parting
from reminders import delivery, kinds, planning, preferences
from reminders.models import Quiet, Reminder
from tests.cast import NOW, person, seat
from tests.fixtures import Mailbox
from tests.reminders import ledger
from tests.scenes import once, stage

DAY = NOW.date()
A_DAY = timedelta(days=1)
DUE = NOW + timedelta(minutes=2)
WORDS = CheckInText("planted frost", "planted broth", "planted queue")
NAMES = ("check_in", "pages_open", "week_letter")  # the evening's; the talk's are in tests/agendas
Act = Callable[[User], object]


def skip_reason(user: User) -> tuple[str, ...]:
    """What check-in, pages open and the week's letter answer for tonight."""
    return tuple(ledger.skip_reason(name, user, DAY) for name in NAMES)


def write(user: User, *, share: bool, words: CheckInText = WORDS) -> None:
    writing.write(by=seat(user), day=DAY, words=words, share=share, now=NOW)


# --- What can become of an evening -----------------------------------------------------------------


def nothing(user: User) -> None:
    pass


def shares(user: User) -> None:
    write(user, share=True)


def shares_with_a_line_kept(user: User) -> None:
    write(user, share=True, words=replace(WORDS, kept=frozenset({"thorn"})))


def leaves_open(user: User) -> None:
    write(user, share=True, words=replace(WORDS, open=True))


def keeps(user: User) -> None:
    write(user, share=False)


def keeps_and_shows(user: User) -> None:
    keeps(user)
    writing.show(by=seat(user), day=DAY, now=NOW)


def takes_back(user: User) -> None:
    writing.take_back(by=seat(user), day=DAY, now=NOW)


def says_they_talked(user: User) -> None:
    writing.talk(by=seat(user), day=DAY, now=NOW)


def says_so_and_not_yet(user: User) -> None:
    says_they_talked(user)
    writing.not_yet(by=seat(user), day=DAY, now=NOW)


def begins_a_draft(user: User) -> None:
    drafts.keep(by=seat(user), day=DAY, words=WORDS, base=FormVersion(0, "a tab", 1), now=NOW)


def parts(user: User) -> None:
    parting.part(by=user, now=NOW)


def test_these_are_the_kinds() -> None:
    """A new kind needs its lines in the table below."""
    assert [kind.name for kind in kinds.every()] == [
        *NAMES,
        "challenge_day",
        "habit",
        "date",
        "occasion",
        "talk_laid_out",
        "talk_soon",
    ]


@pytest.mark.parametrize(
    ("she", "he", "answers"),
    [
        (nothing, nothing, ("", "not open", "nothing written")),
        (begins_a_draft, nothing, ("", "not open", "nothing written")),
        (says_so_and_not_yet, nothing, ("", "not open", "nothing written")),
        (says_they_talked, nothing, ("done", "not open", "")),
        (keeps, nothing, ("done", "not open", "")),
        (shares, nothing, ("done", "not open", "")),
        (leaves_open, nothing, ("done", "not open", "")),
        (nothing, begins_a_draft, ("", "not open", "nothing written")),
        (nothing, says_they_talked, ("", "not open", "nothing written")),
        (nothing, keeps, ("", "not open", "nothing written")),
        (nothing, shares, ("", "not open", "nothing written")),
        (nothing, leaves_open, ("", "not open", "nothing written")),  # she can read it, but hasn't shared
        (says_they_talked, leaves_open, ("done", "not open", "")),
        (keeps, leaves_open, ("done", "not open", "")),
        (keeps, shares, ("done", "not open", "")),
        (keeps, keeps, ("done", "not open", "")),
        (says_they_talked, says_they_talked, ("done", "not open", "")),
        (says_they_talked, shares, ("done", "not open", "")),
        (shares, keeps, ("done", "not open", "")),
        (shares, says_they_talked, ("done", "not open", "")),
        (shares, begins_a_draft, ("done", "not open", "")),
        (shares, shares, ("done", "", "")),
        (leaves_open, shares, ("done", "", "")),
        (shares, keeps_and_shows, ("done", "", "")),
        (keeps_and_shows, shares, ("done", "", "")),
        (shares_with_a_line_kept, shares_with_a_line_kept, ("done", "", "")),
    ],
)
def test_what_each_kind_says_to_her(
    alice: User, bob: User, she: Act, he: Act, answers: tuple[str, ...]
) -> None:
    she(alice)
    he(bob)
    assert skip_reason(alice) == answers


@pytest.mark.parametrize("he", [nothing, shares, leaves_open])
@pytest.mark.parametrize("by_whom", ["she", "he"])
def test_parted_she_has_her_own_evening_and_nothing_of_his(
    alice: User, bob: User, he: Act, by_whom: str
) -> None:
    he(bob)
    parts(alice if by_whom == "she" else bob)
    assert skip_reason(alice) == ("", "not open", "nothing written")
    keeps(alice)
    assert skip_reason(alice) == ("done", "not open", "")


def test_parted_after_both_were_open_nothing_is_open(alice: User, bob: User) -> None:
    shares(alice)
    shares(bob)
    parts(bob)
    assert skip_reason(alice) == skip_reason(bob) == ("done", "not open", "")


def test_paired_again_the_old_evening_stays_shut(alice: User, bob: User) -> None:
    shares(alice)
    shares(bob)
    parts(bob)
    pairing.join([alice, bob], now=NOW)
    assert skip_reason(alice) == ("done", "not open", "")


def test_alone_there_is_nothing_to_be_open(dana: User) -> None:
    assert skip_reason(dana) == ("", "not open", "nothing written")
    shares(dana)
    assert skip_reason(dana) == ("done", "not open", "")


def test_taken_back_before_anyone_read_it_the_evening_is_not_written(alice: User, bob: User) -> None:
    shares(alice)
    takes_back(alice)
    assert skip_reason(alice) == ("", "not open", "nothing written")


@pytest.mark.parametrize("who", ["she", "he"])
def test_taken_back_once_it_was_open_it_is_not_announced(alice: User, bob: User, who: str) -> None:
    shares(alice)
    shares(bob)
    takes_back(alice if who == "she" else bob)
    assert skip_reason(alice) == ("done", "not open", "")


def test_an_evening_is_that_of_the_day_after_midnight_too(
    smtp: Mailbox, clock: Traveller, dana: User
) -> None:
    late = NOW + timedelta(hours=5, minutes=30)
    writing.write(by=seat(dana), day=days.day_of(late, dana.tz), words=WORDS, share=False, now=late)
    assert ledger.skip_reason("check_in", dana, DAY) == "done"
    assert ledger.skip_reason("check_in", dana, DAY + A_DAY) == ""


# --- Private acts ----------------------------------------------------------------------------------


def writes_only_a_note(user: User) -> None:
    write(user, share=False, words=CheckInText(note="planted note", closeness="1"))


def keeps_and_takes_back(user: User) -> None:
    keeps(user)
    takes_back(user)


def notes_something(user: User) -> None:
    """A private note beside whatever he shared."""
    write(user, share=True, words=replace(WORDS, note="planted note", closeness="1"))


def throws_his_draft_away(user: User) -> None:
    drafts.discard(by=seat(user), day=DAY)


def keeps_a_thank_you(user: User) -> None:
    thanking.say_thanks(by=seat(user), text="planted thanks", trait="", keep=True, now=NOW)


def wants_no_mails(user: User) -> None:
    for name in NAMES:
        preferences.stop(user=user, kind=name, now=NOW)


def wants_quiet(user: User) -> None:
    Quiet(user=user, begins=time(18), ends=time(23), paused_until=DAY + A_DAY).save()


def asks_for_a_mail(user: User) -> None:
    preferences.ask_now(user=user, kind="pages_open", now=NOW)


def became(alice: User, smtp: Mailbox, clock: Traveller) -> list[tuple[object, ...]]:
    """What becomes of her three mails of this evening, and which arrive."""
    clock.move_to(NOW)
    for name in NAMES:
        preferences.choices_of(alice)[name].set(wanted=True, at=time(19, 2), weekdays="2", now=NOW)
    planning.plan(now=NOW)
    clock.move_to(DUE)
    delivery.deliver(clock=timezone.now)
    settled: list[tuple[object, ...]] = [
        (row.kind, row.state, row.reason, row.due_at, row.settled_at, row.attempts)
        for row in Reminder.objects.filter(user=alice).order_by("kind")
    ]
    arrived = [(str(mail["Subject"]),) for mail in smtp.to(alice.email)]
    smtp.messages.clear()
    return settled + sorted(arrived)


def left_alone(alice: User, smtp: Mailbox, clock: Traveller) -> list[tuple[object, ...]]:
    """What becomes of them where he does nothing. Undone afterwards."""
    with transaction.atomic():
        found = became(alice, smtp, clock)
        transaction.set_rollback(True)
    return found


PRIVATE: list[Act] = [begins_a_draft, keeps_a_thank_you, wants_no_mails, wants_quiet, asks_for_a_mail]
UNSHARED: list[Act] = [
    keeps,
    says_they_talked,
    says_so_and_not_yet,
    writes_only_a_note,
    keeps_and_takes_back,
    throws_his_draft_away,
]


@pytest.mark.parametrize("act", PRIVATE + UNSHARED)
@pytest.mark.parametrize("she", [nothing, keeps, shares])
def test_what_he_does_for_himself_changes_none_of_her_mails(
    alice: User, bob: User, smtp: Mailbox, clock: Traveller, she: Act, act: Act
) -> None:
    stage.play(("she", she.__name__), lambda: she(alice))
    quiet = once(("he does nothing", she.__name__), lambda: left_alone(alice, smtp, clock))
    clock.move_to(NOW)
    act(bob)
    assert became(alice, smtp, clock) == quiet
    assert len(quiet) > len(NAMES)  # something did arrive


@pytest.mark.parametrize("act", [*PRIVATE[1:], notes_something])
def test_once_both_are_open_neither_does_it(
    alice: User, bob: User, smtp: Mailbox, clock: Traveller, act: Act
) -> None:
    stage.play("hers is open", lambda: write(alice, share=True))
    stage.play("both are open", lambda: write(bob, share=True))
    quiet = once("both are open, he does nothing", lambda: left_alone(alice, smtp, clock))
    clock.move_to(NOW)
    act(bob)
    assert became(alice, smtp, clock) == quiet
    assert len(quiet) == len(NAMES) + 2  # that both are open, and the letter


def test_what_he_shares_moves_no_mail_of_hers_in_time(
    alice: User, bob: User, smtp: Mailbox, clock: Traveller
) -> None:
    """The mail that both are open comes at her own time, whether he shared at seven or a minute before."""
    shares(alice)
    pictures = []
    for early in (True, False):
        with transaction.atomic():
            if early:
                shares(bob)
            for name in NAMES:
                preferences.choices_of(alice)[name].set(wanted=name == "pages_open", at=time(19, 2), now=NOW)
            planning.plan(now=NOW)
            clock.move_to(DUE - timedelta(seconds=1))
            if not early:
                shares(bob)
            delivery.deliver(clock=timezone.now)
            assert smtp.to(alice.email) == []
            clock.move_to(DUE)
            delivery.deliver(clock=timezone.now)
            row = Reminder.objects.get(user=alice)
            pictures.append((row.state, row.due_at, row.settled_at))
            smtp.messages.clear()
            transaction.set_rollback(True)
        clock.move_to(NOW)
    assert pictures == [("sent", DUE, DUE)] * 2


def test_shared_after_her_time_it_comes_no_more(
    alice: User, bob: User, smtp: Mailbox, clock: Traveller
) -> None:
    """Else the moment of the mail would tell when he shared."""
    shares(alice)
    assert became(alice, smtp, clock)[1][1:3] == ("skipped", "not open")
    shares(bob)
    for hour in range(8):
        clock.move_to(DUE + hour * timedelta(hours=1))
        planning.plan(now=DUE + hour * timedelta(hours=1))
        delivery.deliver(clock=timezone.now)
    assert [mail["Subject"] for mail in smtp.to(alice.email)] == []


@pytest.mark.parametrize(("zone", "answer"), [("America/Los_Angeles", ""), ("Pacific/Auckland", "not open")])
def test_pages_open_together_by_their_date(db: None, zone: str, answer: str) -> None:
    """It is Wednesday for both in Los Angeles and London; in Auckland it is Thursday already."""
    near, far = person("Kim"), person("Lou", zone=zone)
    pairing.join([near, far], now=NOW - 30 * A_DAY)
    for user in (near, far):
        writing.write(by=seat(user), day=days.day_of(NOW, user.tz), words=WORDS, share=True, now=NOW)
    for user in (near, far):
        assert ledger.skip_reason("pages_open", user, days.day_of(NOW, user.tz)) == answer
