"""A life of two with everything there is in it: what each wrote, kept and took back, and what is joint.

Words say whose they are: `alice-…` and `bob-…` are of one of them, with `-only-` in it where the other never could read
them, `joint-…` are of both.
"""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from accounts.models import User
from adventures import occasions, remembering, wishing
from adventures.models import DateNight
from agendas import building, goals, meeting, notes, outcomes, topics
from agendas.models import Agenda, Part
from agendas.plan import TalkPlan
from challenges import attempts, catalogue, habits, swapping
from checkins import (
    answering,
    drafts,
    own_questions,
    prompt_preferences,
    quiet_time,
    replies,
    thanking,
    writing,
)
from checkins.models import Appreciation, CheckIn, SmallWin
from checkins.words import CheckInText, FormVersion, SaidBack
from couples import days, returning
from tests.adventures.scenarios import agreed, asked, happened
from tests.agendas.scenarios import a_first_talk, agree
from tests.cast import NOW, seat
from tests.challenges.scenarios import begin_together

A_DAY = timedelta(days=1)
FAR = timedelta(days=9)


def live(alice: User, bob: User, *, evenings: int, until: datetime = NOW) -> None:
    """Live so many evenings up to `until`, all of it through the verbs; a talk on the last one."""
    for ago in range(evenings, 0, -1):
        _evening(alice, bob, ago, until - ago * A_DAY)
    for one, other in ((alice, bob), (bob, alice)):
        _lists(one, other, until - A_DAY)
    _challenge(alice, bob, until - A_DAY)
    _talk(alice, bob, until)
    for user in (alice, bob):
        _came_back(user, until)
    _unfinished(alice, until)
    _unfinished(bob, until)


def _evening(alice: User, bob: User, ago: int, now: datetime) -> None:
    day = days.day_of(now, alice.tz)
    for user in (alice, bob):
        who = user.name.lower()
        words = CheckInText(
            f"{who}-rose {ago}",
            f"{who}-only-bud {ago}",
            f"{who}-thorn {ago}",
            note=f"{who}-only-note {ago}",
            closeness="4",
            kept=frozenset({"bud"}),
        )
        kept = CheckInText(f"{who}-only-rose {ago}", "", f"{who}-only-thorn {ago}")
        # Each sixth evening one of them keeps theirs, on another nobody answers, on a third it is taken back.
        shares = ago % 6 != (1 if user == alice else 2)
        writing.write(by=seat(user), day=day, words=words if shares else kept, share=shares, now=now)
        if ago % 4 == 0:
            answering.answer(by=seat(user), day=day, text=f"{who}-answer {ago}", now=now)
        elif ago % 4 == 1 and user == alice:
            answering.answer(by=seat(user), day=day, text=f"{who}-only-answer {ago}", now=now)
        if ago % 3 == 0:
            thanking.say_thanks(by=seat(user), text=f"{who}-thanks {ago}", trait="kind", keep=False, now=now)
            thanking.note_win(by=seat(user), text=f"{who}-win {ago}", now=now)
        if ago % 7 == 3:
            gone = thanking.say_thanks(by=seat(user), text=f"{who}-gone {ago}", trait="", keep=False, now=now)
            thanking.take_back(by=seat(user), model=Appreciation, pk=gone.pk, now=now)
            win = thanking.note_win(by=seat(user), text=f"{who}-gone-win {ago}", now=now)
            thanking.take_back(by=seat(user), model=SmallWin, pk=win.pk, now=now)
    if ago % 6 == 0:
        _replies(alice, bob, day, now)
    if ago % 5 == 0:
        quiet_time.begin(seat(alice).couple, 15, now=now)
        date_night = happened(alice, bob, f"joint-date {ago}", at=now)
        remembering.leave_line(
            by=seat(alice), date_id=date_night.pk, text=f"alice-memory {ago}", now=now + A_DAY
        )
        remembering.leave_line(by=seat(bob), date_id=date_night.pk, text=f"bob-memory {ago}", now=now + A_DAY)
    if ago % 6 == 4:
        writing.take_back(by=seat(alice), day=day, now=now)


def _replies(alice: User, bob: User, day: date, now: datetime) -> None:
    for user, other in ((alice, bob), (bob, alice)):
        who = user.name.lower()
        said = SaidBack(f"{who}-back", "left out\ntired", f"{who}-sense", more=True)
        replies.reply(by=seat(user), day=day, said=said, now=now)
        replies.a_bit_more(by=seat(other), day=day, text=f"{other.name.lower()}-more", now=now)


def _lists(one: User, other: User, now: datetime) -> None:
    """Wishes, dates, days to remember, a surprise and an ask of `one`."""
    who = one.name.lower()
    wish = wishing.wish(
        by=seat(one), words=wishing.WishWords(f"joint-wish of {who}", "little", "free"), now=now
    )
    wishing.change(
        by=seat(one), wish_id=wish.pk, words=wishing.WishWords(f"joint-wish of {who}, changed", "some")
    )
    gone = wishing.wish(by=seat(one), words=wishing.WishWords(f"{who}-gone wish"), now=now)
    wishing.take_back(by=seat(one), wish_id=gone.pk, now=now)
    occasions.add(
        by=seat(one), words=occasions.OccasionWords("other", f"joint-day of {who}", 12, 24), now=now
    )
    at = now + (FAR if who == "alice" else FAR + A_DAY)
    hidden = asked(
        one,
        f"{who}-only-surprise",
        at=at,
        now=now,
        surprise=True,
        plan=f"{who}-only-plan",
        where="out",
        wear="boots",
    )
    agreed(one, other, f"joint-plan of {who}", at=at + 3 * A_DAY, now=now, plan="soup")
    asked(one, f"{who}-asks", at=at + 6 * A_DAY, now=now)
    assert hidden.hidden
    goals.add(
        by=seat(one), details=goals.GoalDetails(f"joint-goal of {who}", Decimal(900), Decimal(41)), now=now
    )
    question = own_questions.ask(by=seat(one), text=f"{who}-question", now=now)
    own_questions.agree(by=seat(other), prompt_id=question.pk, now=now)


def _challenge(alice: User, bob: User, now: datetime) -> None:
    begin_together(alice, bob, now=now - 3 * A_DAY)
    attempts.complete(by=seat(alice), number=1, card="close", now=now)
    attempts.complete(by=seat(bob), number=2, card="words", now=now)
    swapping.swap(by=seat(alice), number=1, card="words")
    for user in (alice, bob):
        attempts.leave_line(by=seat(user), number=2, text=f"{user.name.lower()}-remark", now=now)
        habits.keep(by=seat(user), whats=[f"{catalogue.FIRST}/2/Ask, then only listen"], now=now)


def _talk(alice: User, bob: User, now: datetime) -> None:
    """A talk that was held, and what came of it."""
    a_first_talk(alice)
    plan = TalkPlan("week", days.day_of(now, alice.tz).weekday(), time(12), 30, alice.zone)
    agree(alice, bob, plan, now=now - A_DAY)
    for user in (alice, bob):
        who = user.name.lower()
        topics.park(
            by=seat(user), words=topics.TopicWords(f"{who}-topic", f"{who}-feel", "x"), now=now - A_DAY
        )
        topics.park(by=seat(user), words=topics.TopicWords(f"{who}-only-topic"), now=now - A_DAY)
    building.build_due(now=now)
    agenda = meeting.begin(by=seat(alice), now=now)
    for user, other in ((alice, bob), (bob, alice)):
        _came_of(user, other, agenda, now)
    for part in (Part.WEIGHING, Part.LOVING):
        meeting.go_to(by=seat(alice), part=part, now=now)
    meeting.finish(by=seat(bob), now=now + timedelta(minutes=30))


def _came_of(user: User, other: User, agenda: Agenda, now: datetime) -> None:
    who = user.name.lower()
    note = notes.write(by=seat(user), agenda=agenda, part=1, text=f"joint-notes of {who}", stood="", now=now)
    shown = notes.write(by=seat(user), agenda=agenda, part=2, text=f"{who}-notes", stood="", now=now)
    notes.write(by=seat(user), agenda=agenda, part=3, text=f"{who}-only-notes", stood="", now=now)
    assert note is not None
    assert shown is not None
    for one in (user, other):
        notes.approve(by=seat(one), note_id=note.pk, stood=note.shown, now=now)
    notes.approve(by=seat(user), note_id=shown.pk, stood=shown.shown, now=now)
    notes.see_differently(by=seat(user), note_id=note.pk, text=f"{who}-differently", now=now)
    outcomes.say(by=seat(user), agenda=agenda, kind="noticed", text=f"{who}-noticed", now=now)
    outcomes.say(by=seat(user), agenda=agenda, kind="hope", text=f"{who}-hope", now=now)
    outcomes.add_action(by=seat(user), agenda=agenda, who="i", part=4, text=f"{who}-will", now=now)
    outcomes.add_action(by=seat(user), agenda=agenda, who="we", part=4, text=f"joint-will of {who}", now=now)


def _came_back(user: User, now: datetime) -> None:
    """What was said of what came back: of buds, of an evening, of a date, and of a kind."""
    pages = [page.pk for page in CheckIn.objects.own(user).filter(taken_back_at=None).order_by("-day")]
    for said, page in zip(returning.ANSWERS, pages, strict=False):
        returning.answer(by=seat(user), kind=returning.BUD, about=[page], said=said, now=now)
    returning.answer(by=seat(user), kind=returning.PAGE, about=pages[1:4], said=returning.HIDE, now=now)
    dates = DateNight.objects.of(seat(user).couple).happened().values_list("pk", flat=True)[:1]
    returning.answer(by=seat(user), kind=returning.DATE, about=dates, said=returning.HIDE, now=now)
    kinds = [kind for kind in returning.KINDS if kind not in {returning.HALF, returning.ROSE}]
    returning.choose(by=seat(user), kinds=kinds, now=now)


def _unfinished(user: User, now: datetime) -> None:
    """What is nobody else's: a draft, a thank-you kept for the talk, preferences."""
    who, day = user.name.lower(), days.day_of(now, user.tz)
    words = CheckInText(f"{who}-only-draft", note=f"{who}-only-draft-note")
    drafts.keep(by=seat(user), day=day, words=words, base=FormVersion(0, "a tab", 1), now=now)
    thanking.say_thanks(by=seat(user), text=f"{who}-only-thanks", trait="", keep=True, now=now + A_DAY / 2)
    prompt_preferences.choose(by=seat(user), depth=3, seasons=["illness"], now=now)
    swapping.choose_touch(user=user, touch=False)
