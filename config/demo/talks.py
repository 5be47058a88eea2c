"""Rosa's and Theo's talks: their first, held a week ago, and tonight's, which is laid out. Made up for the demo."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from agendas import building, goals, meeting, notes, outcomes, rhythm, topics
from agendas.models import Part
from agendas.plan import TalkPlan
from couples import asking, days
from couples.models import Partner

BEGAN = 15  # days ago
HELD = 7
AT = time(19)
NOTE = "Phones charge in the hall after nine. We’ll try it for a week."
NOTICED = "You rang my mother back before I had to ask."
HOPE = "An hour on the shed, with you holding the other end of things."
WILLS = [
    ("Theo", "i", "put up the shelf, with two holes at most"),
    ("Rosa", "we", "walk to the noodle place instead of driving, once"),
]
SEA = goals.GoalDetails("Three nights by the sea", Decimal(900), Decimal(410), "pounds")
TOPIC = topics.TopicWords(
    "Where we are for the holidays, and with whom",
    "torn, and a bit hunted by the calendar",
    "to decide it between the two of us first",
)


def hold(by_name: Mapping[str, Partner], *, now: datetime) -> None:
    """The rhythm they agreed on, and the talk of a week ago."""
    rosa, theo = by_name["Rosa"], by_name["Theo"]
    tz, today = rosa.user.tz, days.day_of(now, rosa.user.tz)
    plan = TalkPlan("week", today.weekday(), AT, 30, rosa.user.zone)
    agreed_at = days.at(today - timedelta(days=BEGAN), time(20), tz)
    ask = asking.ask(by=theo, kind=rhythm.KIND, what=str(plan), now=agreed_at)
    asking.agree(by=rosa, ask_id=ask.pk, now=agreed_at)
    for ago in (HELD * 2, HELD):
        evening = today - timedelta(days=ago)
        building.build_due(now=days.starts(evening, tz))
        if ago == HELD:
            _talk(rosa, theo, evening)
        building.build_due(now=days.ends(evening + timedelta(days=1), tz))


def lay_out(by_name: Mapping[str, Partner], *, now: datetime) -> None:
    """A goal, what is brought tonight, and tonight's talk on the table."""
    rosa, theo = by_name["Rosa"], by_name["Theo"]
    tz, today = rosa.user.tz, days.day_of(now, rosa.user.tz)
    goals.add(by=rosa, details=SEA, now=days.at(today - timedelta(days=HELD), AT, tz))
    topics.park(by=rosa, words=TOPIC, now=days.at(today - timedelta(days=3), time(21), tz))
    topics.bring_thorn(by=theo, day=today - timedelta(days=1), now=days.starts(today, tz))
    building.build_due(now=max(days.starts(today, tz), now))


def _talk(rosa: Partner, theo: Partner, evening: date) -> None:
    moment = days.at(evening, AT, rosa.user.tz)
    agenda = meeting.begin(by=rosa, now=moment)
    for part in (Part.RIGHT, Part.TRACK, Part.LOVING):
        meeting.go_to(by=rosa, part=part, now=moment)
    note = notes.write(by=theo, agenda=agenda, part=Part.TRACK, text=NOTE, stood="", now=moment)
    if note is not None:
        for seat in (theo, rosa):
            notes.approve(by=seat, note_id=note.pk, stood=note.shown, now=moment)
    outcomes.say(by=rosa, agenda=agenda, kind="noticed", text=NOTICED, now=moment)
    outcomes.say(by=theo, agenda=agenda, kind="hope", text=HOPE, now=moment)
    for name, who, text in WILLS:
        by = theo if name == theo.user.name else rosa
        outcomes.add_action(by=by, agenda=agenda, who=who, part=Part.AHEAD, text=text, now=moment)
    meeting.go_to(by=theo, part=Part.AHEAD, now=moment)
    meeting.finish(by=theo, now=moment + timedelta(minutes=30))
