"""Our evenings: the weekdays two people name as theirs. A day that isn't one of them is no gap."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.hooks import Hook
from accounts.undoing import CannotUndo
from couples import asking
from couples.models import Ask, Couple, Partner
from couples.seats import lock_couple

named = Hook("named")  # couple=Couple, before=str (the evenings until now), now=datetime

KIND = "evenings"  # of an ask; what is asked for is the weekdays
EVERY = "0123456"


@transaction.atomic
def name(*, by: Partner, weekdays: Collection[int], now: datetime) -> str:
    """Make these their evenings: alone, or if it is every evening again, at once; as two, by asking the other.

    Returns the evenings until now where they are others from now on, else nothing. Doing it twice is harmless. Raises
    `AskResting`.
    """
    what = "".join(str(number) for number in sorted(set(weekdays)))
    if not what or not set(what) <= set(EVERY):
        raise ValueError(weekdays)
    lock_couple(by)
    couple = Couple.objects.get(pk=by.couple_id)
    if couple.evenings == what:
        return ""
    if what == EVERY or not couple.paired:
        return _put(couple, what, now)
    asking.ask(by=by, kind=KIND, what=what, now=now)
    return ""


@transaction.atomic
def name_again(*, by: Partner, evenings: str, now: datetime) -> None:
    """Make these evenings theirs again, which they had until one named every evening. Raises `CannotUndo`."""
    lock_couple(by)
    couple = Couple.objects.get(pk=by.couple_id)
    if couple.closed_at is not None or couple.evenings != EVERY:
        raise CannotUndo
    _put(couple, evenings, now)


def undo_agreed(*, ask: Ask, before: asking.Before, now: datetime) -> None:
    """Have the evenings again that were theirs before a yes. Raises `CannotUndo` where they are others by now."""
    couple = Couple.objects.get(pk=ask.couple_id)
    if couple.evenings != ask.what:
        raise CannotUndo
    _put(couple, before["evenings"], now)


def says(ask: Ask, *, name: str, reader: Partner, now: datetime) -> str:
    """The line of an ask for other evenings."""
    return _("%(name)s suggests %(evenings)s as your evenings") % {
        "name": name,
        "evenings": in_words(ask.what),
    }


def agreed(*, ask: Ask, now: datetime) -> None:
    """Take up these evenings, which both want: from now on they are theirs."""
    _put(ask.couple, ask.what, now)


def in_words(weekdays: str) -> str:
    """The weekdays in words, such as "Tue, Thu and Sun"."""
    if weekdays == EVERY:
        return _("every evening")
    return get_text_list([str(WEEKDAYS_ABBR[int(number)]) for number in weekdays], _("and"))


def _put(couple: Couple, what: str, now: datetime) -> str:
    before, couple.evenings = couple.evenings, what
    couple.save(update_fields=["evenings"])
    named.announce(couple=couple, before=before, now=now)
    return before


def _before(ask: Ask) -> asking.Before:
    return {"evenings": Couple.objects.get(pk=ask.couple_id).evenings}


ASK = asking.Kind(
    name=KIND,
    page="couples:evenings",
    icon="calendar-days",
    says=says,
    on_agreed=agreed,
    on_undone=undo_agreed,
    line=lazy("Agreed. Your evenings are on this page."),
    before=_before,
)
