"""Mails the evening promises, and when there is nothing to say."""

from datetime import time, timedelta

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from checkins.models import CheckIn
from reminders.kinds import Kind

SATURDAY = "5"
A_WEEK = timedelta(days=6)  # and the day itself


# Of a row: what its person wrote themselves. Of a week nothing of the other's is looked at, so that the one they left
# looks like any.
OWN = CheckIn.objects.own(OuterRef("user"))
OF_THE_WEEK = OWN.filter(day__gte=OuterRef("day") - A_WEEK, day__lte=OuterRef("day"))


KINDS = (
    Kind(
        name="check_in",
        title=_("Check-in"),
        hint=_("The page for tonight is open"),
        mail="check_in",
        default_on=True,
        default_at=time(20, 30),
        skip_when={"done": Exists(OWN.on(OuterRef("day")))},
        asked_first=True,
    ),
    Kind(
        name="pages_open",
        joint=True,
        title=_("Both pages are open"),
        hint=_("Only after you have both shared, at a time you set here"),
        mail="pages_open",
        default_on=False,
        default_at=time(21, 30),
        # At the reader's own fixed time, so that nothing tells what the other just did.
        skip_when={"not open": ~Exists(OWN.on(OuterRef("day")).open_to_both())},
    ),
    Kind(
        name="week_letter",
        title=_("A letter at the week’s end"),
        hint=_("To find the week’s lines again"),
        mail="week_letter",
        default_on=False,
        default_at=time(9),
        skip_when={"nothing written": ~Exists(OF_THE_WEEK)},
        default_weekdays=SATURDAY,
        weekly=True,
    ),
)
