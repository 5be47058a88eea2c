"""Sections of challenges in an export: the days that are done are joint, one's own lines one's own.

Who counted a day, for which card, what was swapped, habits and whether touch is hidden are in a private export alone.
"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.export_fields import Chosen, Day, Json, Mark, Number, Rows, Several, Words, filled
from accounts.exporting import Reader, Section
from challenges import catalogue, reading, swapping
from challenges.catalogue import ID_LIMIT, TITLE_LIMIT, Card
from challenges.models import Attempt, Cards, Habit, OwnCompletion, Remark
from couples.access import seat_of
from couples.exporting import day_of, seats_of, shared
from couples.models import Partner

LINE_LIMIT = 500  # characters
MOST = 60  # days of a challenge, and swaps of a card that anybody would make
CARDS = {Card.WORDS.value: _("Words"), Card.CLOSE.value: _("Close by")}
DAY = {
    "number": Number(_("Day"), least=1, most=MOST, needed=True),
    "title": Words(_("Its title"), limit=TITLE_LIMIT),
    "done": Mark(_("Done")),
    "line": Words(_("Your line about it"), limit=LINE_LIMIT),
    "counted": Several(_("Counted by you, for"), words=CARDS),
    "words_swapped": Number(_("Words card swapped, times"), least=1, most=10_000),
    "close_swapped": Number(_("Close-by card swapped, times"), least=1, most=10_000),
}
CHALLENGE = {
    "title": Words(_("Challenge"), limit=TITLE_LIMIT, needed=True),
    "challenge": Words("", limit=ID_LIMIT, needed=True),
    "begun": Day(_("Begun"), needed=True),
    "ended": Mark(_("Ended")),
    "days": Rows(_("Days"), fields=DAY),
    "shared": Mark(_("Shared")),
}
HABIT = {"what": Words(_("Habit"), limit=ID_LIMIT + TITLE_LIMIT + 10, needed=True)}
TOUCH = {"touch": Chosen(_("Touch on your cards"), needed=True, words={"yes": _("Yes"), "no": _("No")})}


def challenges(reader: Reader) -> Iterator[Json]:
    """Runs of challenges, as they were begun."""
    here = seat_of(reader.user)
    for seat in seats_of(reader):
        for attempt in Attempt.objects.seen_by(reader.user).of(seat.couple).order_by("begun_at", "pk"):
            challenge = catalogue.get(attempt.challenge)
            if challenge is not None:
                days = _days(reader, here, attempt)
                row = {
                    "title": challenge.title,
                    "challenge": challenge.id,
                    "begun": day_of(reader, attempt.begun_at).isoformat(),
                    "ended": attempt.ended_at is not None,
                    "days": [days[number] for number in sorted(days)],
                    "shared": shared(reader, seat),
                }
                yield filled(row)


def _days(reader: Reader, here: Partner, attempt: Attempt) -> dict[int, dict[str, Any]]:
    """What there is to say of the days of an attempt, by their numbers."""
    progress = reading.progress_in(here, attempt.pk, now=reader.now)
    found: dict[int, dict[str, Any]] = {}

    def day(number: int) -> dict[str, Any]:
        known = progress.challenge.day(number) if progress else None
        return found.setdefault(number, filled({"number": number, "title": known.title if known else ""}))

    for number in progress.done if progress else ():
        day(number)["done"] = True
    for remark in Remark.objects.own(reader.user).on(attempt).not_taken_back():
        day(remark.number)["line"] = remark.text
    if reader.private:
        for own in OwnCompletion.objects.own(reader.user).of(attempt).select_related("completed_day"):
            day(own.completed_day.number)["counted"] = sorted(own.cards.split())
        for number, turns in swapping.every_swapped(here, attempt).items():
            day(number).update({f"{card}_swapped": count for card, count in turns.items() if count})
    return found


def habits(reader: Reader) -> Iterator[Json]:
    """Habits one means to keep."""
    return ({"what": one.what} for one in Habit.objects.own(reader.user))


def touch(reader: Reader) -> Iterator[Json]:
    """The wish for cards with or without touch, where one has said so."""
    if Cards.objects.filter(pk=reader.user.pk).exists():
        yield {"touch": "yes" if swapping.has_touch(reader.user) else "no"}


SECTIONS = (
    Section(
        "challenges", _("Challenges"), 200, CHALLENGE, challenges,
        ("challenges.Attempt", "challenges.OwnCompletion", "challenges.Swap", "challenges.Remark"), heading="title",
    ),
    Section("habits", _("Habits"), 930, HABIT, habits, ("challenges.Habit",), heading="what", private=True),
    Section("challenge_cards", _("Challenge cards"), 940, TOUCH, touch, ("challenges.Cards",), private=True),
)  # fmt: skip  # a section a line, to be looked through
