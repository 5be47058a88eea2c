"""Stored life of a couple: evenings, thank-yous and small wins of some weeks, and the talk they are for."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from accounts.models import User
from agendas import building, goals, meeting, rhythm, topics
from agendas.models import Agenda, Part
from agendas.plan import TalkPlan
from checkins import drafts, thanking, writing
from checkins.models import Appreciation, SmallWin
from checkins.words import CheckInText, FormVersion
from couples import asking, days
from tests.cast import NOW, seat
from tests.scenes import stage

SUNDAY = date(2026, 11, 22)  # of the talk; the cast's Wednesday is the 18th
PLAN = TalkPlan(every="week", weekday=6, at=time(19), minutes=30, zone="Europe/London")
LAYS_OUT = datetime(2026, 11, 22, 4, tzinfo=UTC)
STARTS = datetime(2026, 11, 22, 19, tzinfo=UTC)


def evening(
    user: User,
    day: date,
    rose: str = "",
    bud: str = "",
    thorn: str = "",
    *,
    share: bool = True,
    kept: str = "",
) -> None:
    """A page of that Day, written at eight in the evening."""
    words = CheckInText(rose, bud, thorn, kept=frozenset(kept.split()))
    now = days.at(day, time(20), user.tz)
    writing.write(by=seat(user), day=day, words=words, share=share, now=now)


def thank(user: User, day: date, text: str, *, trait: str = "", keep: bool = False) -> None:
    now = days.at(day, time(21), user.tz)
    thanking.say_thanks(by=seat(user), text=text, trait=trait, keep=keep, now=now)


def win(user: User, day: date, text: str) -> None:
    thanking.note_win(by=seat(user), text=text, now=days.at(day, time(21), user.tz))


def agree(one: User, other: User, plan: TalkPlan = PLAN, *, now: datetime) -> Agenda:
    """One asks for this rhythm, the other agrees. Returns the talk that is next."""
    ask = asking.ask(by=seat(one), kind=rhythm.KIND, what=str(plan), now=now)
    asking.agree(by=seat(other), ask_id=ask.pk, now=now)
    return Agenda.objects.open().get(couple=seat(one).couple)


def agree_again(one: User, other: User, *, now: datetime) -> Agenda:
    """Agree on the usual rhythm after a first talk: the one that is next has every part."""
    a_first_talk(one)
    return agree(one, other, now=now)


def a_first_talk(user: User) -> Agenda:
    """A talk that this couple began and ended some weeks ago, with nothing on its table."""
    began = STARTS - timedelta(weeks=4)
    return Agenda.objects.create(
        couple=seat(user).couple,
        slot=SUNDAY - timedelta(weeks=4),
        starts_at=began,
        zone=PLAN.zone,
        minutes=PLAN.minutes,
        since_on=SUNDAY - timedelta(weeks=5),
        laid_out_at=began,
        begun_at=began,
        touched_at=began,
        ended_at=began + timedelta(minutes=30),
        closed_at=began + timedelta(days=1),
        part=Part.AHEAD,
    )


def days_before(number: int) -> date:
    """So many days before the talk."""
    return SUNDAY - timedelta(days=number)


TRAPS = (
    "kept line",
    "private note",
    "nobody answered",
    "taken back page",
    "taken back thanks",
    "taken back win",
    "unchosen thorn",
    "second topic",
    "draft",
    "ex page",
    "ex thanks",
    "unsent note",
    "kept evening",
    "another couple",
    "old rose",
)


def trap(name: str) -> str:
    """A string that must never turn up in anybody's talk."""
    assert name in TRAPS
    return f"planted-{name.replace(' ', '-')}"


def four_weeks(alice: User, bob: User, *, agreed: bool = False) -> Agenda:
    """Four weeks of a couple's evenings, and everything that must not end up on the table. Returns Sunday's talk,
    which they agree on here if they haven't yet.
    """
    stage.play(("four weeks", agreed), lambda: _live_four_weeks(alice, bob, agreed=agreed))
    return Agenda.objects.open().get(couple=seat(alice).couple)


def held(alice: User, bob: User, *, by: User) -> Agenda:
    """The four weeks' talk, begun."""
    agenda = four_weeks(alice, bob)

    def begin() -> None:
        building.build_due(now=LAYS_OUT)
        meeting.begin(by=seat(by), now=STARTS)

    stage.play(("held by", by.name), begin)
    agenda.refresh_from_db()
    return agenda


def _live_four_weeks(alice: User, bob: User, *, agreed: bool) -> None:
    if not agreed:
        agree_again(alice, bob, now=NOW)
    for ago in range(27, 7, -1):  # the weeks before: they are told, but not for this talk
        evening(alice, days_before(ago), f"{trap('old rose')} {ago}", thorn=f"the neighbours’ music, {ago}")
        evening(bob, days_before(ago), f"{trap('old rose')} of Bob {ago}")
    evening(
        alice, days_before(6), "the first frost on the shed", "the Thursday broth", trap("unchosen thorn")
    )
    evening(bob, days_before(6), "the heron came back", "", "the review was moved")
    evening(alice, days_before(5), trap("kept line"), "a Sunday with nothing in it", kept="rose")
    evening(bob, days_before(5), "", "the noodles", "")
    evening(alice, days_before(4), trap("nobody answered"), trap("nobody answered"), trap("nobody answered"))
    evening(bob, days_before(3), trap("kept evening"), share=False)
    evening(alice, days_before(3), trap("nobody answered"))
    evening(alice, days_before(2), trap("taken back page"), trap("taken back page"))
    evening(bob, days_before(2), "the shelf is up", "", "")
    writing.take_back(by=seat(alice), day=days_before(2), now=days.at(days_before(2), time(22), alice.tz))
    late = days.at(days_before(1), time(20), alice.tz)
    private = CheckInText("the jam set", note=trap("private note"), closeness="2")
    writing.write(by=seat(alice), day=days_before(1), words=private, share=True, now=late)
    evening(bob, days_before(1), "the jam, from the other side", "", "")
    drafts.keep(
        by=seat(alice),
        day=days_before(1),
        words=CheckInText(trap("draft")),
        base=FormVersion(1, "a tab", 1),
        now=late,
    )
    thank(bob, days_before(6), "the soup on Monday", trait="kind")
    thank(alice, days_before(5), "the heater, on before I was up")
    thank(alice, days_before(1), "not a word about the two extra holes", trait="generous", keep=True)
    back = thanking.say_thanks(by=seat(bob), text=trap("taken back thanks"), trait="", keep=False, now=late)
    thanking.take_back(by=seat(bob), model=Appreciation, pk=back.pk, now=late)
    win(alice, days_before(4), "we laughed about the gull")
    gone = thanking.note_win(by=seat(alice), text=trap("taken back win"), now=late)
    thanking.take_back(by=seat(alice), model=SmallWin, pk=gone.pk, now=late)
    words = topics.TopicWords("the holidays, and with whom", "torn", "to decide it together")
    topics.park(by=seat(alice), words=words, now=days.at(days_before(3), time(21), alice.tz))
    topics.park(by=seat(alice), words=topics.TopicWords(trap("second topic")), now=late)
    topics.bring_thorn(by=seat(bob), day=days_before(6), now=late)
    plan = goals.GoalDetails("Three nights by the sea", Decimal(900), Decimal(410), "pounds")
    goals.add(by=seat(bob), details=plan, now=late)


def golden() -> dict[int, list[tuple[str, str, str]]]:
    """What four weeks come to, as Alice reads it in the talk: kind, words, where they come from."""
    return {
        1: [
            ("thanks", "not a word about the two extra holes", "kept for this talk"),
            ("thanks", "the heater, on before I was up", "said on Tuesday"),
            ("thanks", "the soup on Monday", "said on Monday"),
            ("rose", "the jam set", "Saturday’s rose"),
            ("rose", "the jam, from the other side", "Saturday’s rose"),
            ("rose", "the shelf is up", "Friday’s rose"),
            ("rose", "the first frost on the shed", "Monday’s rose"),
            ("rose", "the heron came back", "Monday’s rose"),
        ],
        2: [("win", "we laughed about the gull", "noted on Wednesday")],
        3: [
            ("topic", "the holidays, and with whom", "saved for this talk by you"),
            ("topic", "the review was moved", "Monday’s thorn, chosen to bring by Bob"),
        ],
        4: [("goal", "Three nights by the sea", "yours together")],
        5: [],
        6: [
            ("bud", "a Sunday with nothing in it", "Tuesday’s bud"),
            ("bud", "the noodles", "Tuesday’s bud"),
            ("bud", "the Thursday broth", "Monday’s bud"),
        ],
    }
