"""Kinds of mail: a day of the challenge, and a habit somebody keeps; with the reasons to send none."""

from collections.abc import Sequence
from datetime import datetime, time

from django.db.models import Case, Exists, F, OuterRef, When
from django.db.models.functions import Least
from django.utils.translation import gettext_lazy as _

from challenges import catalogue, habits
from challenges.counting import QUIET
from challenges.models import Attempt, CompletedDay, Habit
from couples import days
from couples.access import seat_of
from reminders.kinds import Kind, Reasons
from reminders.models import Reminder

SUNDAY = "6"


def _no_day_tonight(row: Reminder) -> Reasons:
    """Reasons to skip a day's mail: no challenge is on, it rests, this is no evening of theirs, the day is done.

    It takes the person's clock to say in which Day a moment lies, and the two's evenings to say which Days count: those
    are read here, and the attempt is asked for by them.
    """
    day = row.day or days.day_of(row.due_at, row.user.tz)
    here = seat_of(row.user)
    evenings = here.couple.evenings
    longest = max(len(one) for one in catalogue.every().values())
    before = [days.back(day, count, [int(digit) for digit in evenings]) for count in range(longest)]
    begins = [days.starts(evening, row.user.tz) for evening in before]  # tonight's, and those before it
    ours = Attempt.objects.running().of(here.couple).filter(couple__evenings=evenings)
    tonight = ours.filter(couple__evenings__contains=f"{day.weekday()}")
    done = CompletedDay.objects.done().filter(attempt__in=tonight, number=_number(here.seat, begins))
    return {
        "no path": ~Exists(tonight),
        "resting": Exists(tonight.filter(active_at__lt=begins[QUIET])),
        "done": Exists(done),
    }


def _number(seat: int, begins: Sequence[datetime]) -> Least:
    """The day of an attempt that is awake, as `counting.position` counts: from where it was, one an evening since."""
    came = [Case(When(attempt__from_at__lt=begin, then=1), default=0) for begin in begins]
    lengths = [When(attempt__challenge=name, then=len(one)) for name, one in catalogue.every().items()]
    since = F("attempt__first_seat_from") if seat == 1 else F("attempt__second_seat_from")
    return Least(sum(came, since), Case(*lengths, default=1))


KINDS = (
    Kind(
        name="challenge_day",
        joint=True,
        title=_("Challenge day"),
        hint=_("Only during a challenge, while the day isn’t done yet"),
        mail="challenge_day",
        default_on=False,
        default_at=time(17, 30),
        skip_when=_no_day_tonight,
    ),
    Kind(
        name=habits.KIND,
        title=_("A habit you keep"),
        hint=_("Only once you keep one from a challenge"),
        mail="habit",
        default_on=False,
        default_at=time(18),
        skip_when={"nothing kept": ~Exists(Habit.objects.own(OuterRef("user")))},
        default_weekdays=SUNDAY,
    ),
)
