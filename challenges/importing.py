"""Challenges, habits and the wish for cards without touch that are brought in: one's own copy, over and done."""

from typing import Any

from django.utils.translation import ngettext

from accounts.export_fields import NotTaken
from accounts.importing import Import, Importer, need_past
from challenges import catalogue, habits
from challenges.models import Attempt, Cards, CompletedDay, Habit, OwnCompletion, Remark, Swap
from couples.importing import day_of, own_copy

Row = dict[str, Any]


def challenges(coming: Import, rows: list[Row]) -> int:
    """Take runs of challenges that aren't there, as ones that are over."""
    need_past(coming, (row["begun"] for row in rows))
    there = {(one.challenge, day_of(coming, one.begun_at)) for one in Attempt.objects.seen_by(coming.user)}
    stored = 0
    for row in rows:
        challenge = catalogue.get(row["challenge"])
        if challenge is None or any(day["number"] > len(challenge) for day in row.get("days", ())):
            raise NotTaken
        key = row["challenge"], row["begun"]
        if key not in there:
            there.add(key)
            _attempt(coming, row)
            stored += 1
    return stored


def _attempt(coming: Import, row: Row) -> None:
    days = row.get("days", [])
    if len({day["number"] for day in days}) < len(days):
        raise NotTaken
    at = min(coming.noon(row["begun"]), coming.now)
    number = max((day["number"] for day in days), default=1)
    attempt = Attempt.objects.create(
        couple=own_copy(coming),
        challenge=row["challenge"],
        begun_at=at,
        from_at=at,
        first_seat_from=number,
        active_at=at,
        ended_at=coming.now,
    )
    for day in days:
        _day(coming, attempt, day)


def _day(coming: Import, attempt: Attempt, day: Row) -> None:
    is_done = bool(day.keys() & {"done", "counted"})
    completed = CompletedDay.objects.create(
        attempt=attempt, number=day["number"], done_at=coming.now if is_done else None
    )
    if "counted" in day:
        cards = " ".join(sorted(day["counted"]))
        OwnCompletion.objects.create(completed_day=completed, author=coming.user, cards=cards)
    turns = {card: day[f"{card}_swapped"] for card in ("close", "words") if f"{card}_swapped" in day}
    if turns:
        written = " ".join(f"{card}={count}" for card, count in turns.items())
        Swap.objects.create(attempt=attempt, number=day["number"], author=coming.user, turns=written)
    if "line" in day:
        Remark.objects.create(
            completed_day=completed, author=coming.user, text=day["line"], left_at=coming.now
        )


def take_habits(coming: Import, rows: list[Row]) -> int:
    """Take habits that there are, as far as one may keep so many."""
    there = [one.what for one in Habit.objects.own(coming.user)]
    new = [what for what in dict.fromkeys(row["what"] for row in rows) if what not in there]
    if len(there) + len(new) > habits.MOST or any(habits.find(what) is None for what in new):
        raise NotTaken
    for what in new:
        Habit.objects.create(author=coming.user, what=what, kept_at=coming.now)
    return len(new)


def touch(coming: Import, rows: list[Row]) -> int:
    """Take whether one's cards have touch, where one hasn't chosen here."""
    if Cards.objects.filter(pk=coming.user.pk).exists():
        return 0
    Cards.objects.create(user=coming.user, touch=rows[0]["touch"])
    return 1


IMPORTERS = (
    Importer(
        "challenges",
        challenges,
        lambda n: ngettext("%(n)d challenge", "%(n)d challenges", n) % {"n": n},
        most=500,
    ),
    Importer(
        "habits",
        take_habits,
        lambda n: ngettext("%(n)d habit", "%(n)d habits", n) % {"n": n},
        most=habits.MOST,
    ),
    Importer(
        "challenge_cards",
        touch,
        lambda n: ngettext("Your challenge cards", "Your challenge cards", n),
        most=1,
    ),
)
