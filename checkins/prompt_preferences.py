"""The depth, and the seasons of life, two people are asked about: the gentler of two private choices.

What one of them chose shows to nobody. What the two are asked follows from both, from the next Day on.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.models import User
from accounts.prepared import Prepared
from checkins import deck
from checkins.models import PromptPreference, PromptSelection
from couples.models import Couple, Partner
from couples.seats import lock, people_of


@transaction.atomic
def choose(*, by: Partner, depth: int, seasons: Collection[str], now: datetime) -> None:
    """Keep what `by` would like to be asked. Raises `ValueError` for a depth or a season that there isn't."""
    if depth not in deck.DEPTHS or not set(seasons) <= set(deck.SEASONS):
        raise ValueError("there is no such depth or season")
    people = people_of(by.couple)
    locked = lock(by.user, *people)
    PromptPreference(user=locked[by.user_id], depth=str(depth), seasons=_joined(seasons)).save()
    _select(by.couple, [locked[person.pk] for person in people], by.latest_day(now) + timedelta(days=1))


def of(user: User) -> tuple[int, list[str]]:
    """The choice of this person: how deep, and which seasons. For their own page, nobody else's."""
    return _chosen([user])[0]


SELECTIONS_OF = Prepared(lambda couple: PromptSelection.objects.of(Couple(pk=couple)), couple=UUID)


def are_apart(partner: Partner, day: date) -> bool:
    """Whether nothing on `day` should need one home: the two chose so, or `partner` is alone. One query, for two."""
    paired = partner.couple.paired
    return chose_apart(partner, day, SELECTIONS_OF(couple=partner.couple_id) if paired else [])


def chose_apart(partner: Partner, day: date, selections: list[PromptSelection]) -> bool:
    """Whether these rows of `SELECTIONS_OF` say so, or `partner` is alone. No query."""
    if not partner.couple.paired:
        return True
    for selection in selections:
        selection.couple = partner.couple
    in_order = sorted(selections, key=lambda selection: selection.first_day)
    return deck.FAR_APART in deck.held_on(day, in_order)[1].split()


def begin_together(*, couple: Couple, now: datetime) -> None:
    """Ask a new couple by what both chose before, from their first Day on."""
    _begin(couple)


def begin_alone(*, couple: Couple, now: datetime) -> None:
    """Ask each of a couple that ended by what they chose, in the couple of one that was opened for them."""
    seats = Partner.objects.live().filter(user__seats__couple=couple, couple__paired=False)
    for seat in seats.select_related("couple__key"):
        _begin(seat.couple)


def _begin(couple: Couple) -> None:
    seats = couple.partners.live().select_related("user__key")
    _select(couple, [seat.user for seat in seats], deck.first_day(couple))


def _select(couple: Couple, people: list[User], first: date) -> None:
    """Write down what these people are asked from `first` on, if it differs from what holds."""
    depths, seasons = zip(*_chosen(people), strict=True)
    gentler = str(min(depths)), _joined(set.intersection(*map(set, seasons)))
    latest = PromptSelection.objects.of(couple).last()
    if latest is not None:
        latest.couple = couple
        first = max(first, latest.first_day)
    if gentler == ((latest.depth, latest.seasons) if latest else (str(deck.DEPTH), "")):
        return
    selection = (
        latest
        if latest is not None and latest.first_day == first
        else PromptSelection(couple=couple, first_day=first)
    )
    selection.depth, selection.seasons = gentler
    selection.save()


def _chosen(people: list[User]) -> list[tuple[int, list[str]]]:
    """What each of these people chose, in their order."""
    preferences = {preference.user_id: preference for preference in PromptPreference.objects.of(people)}
    found = []
    for person in people:
        preference = preferences.get(person.pk)
        if preference is None:
            found.append((deck.DEPTH, list[str]()))
        else:
            preference.user = person
            found.append((int(preference.depth), preference.seasons.split()))
    return found


def _joined(seasons: Iterable[str]) -> str:
    """These seasons, as they are kept: in the deck's order."""
    chosen = set(seasons)
    return " ".join(season for season in deck.SEASONS if season in chosen)
