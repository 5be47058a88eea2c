"""Challenges, habits and the wish for cards without touch that are brought in: one's own copy, over and done."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import ngettext

from accounts.export_fields import NotTaken
from accounts.importing import HERE, Import, Importer
from challenges import catalogue, habits
from challenges.models import Attempt, Cards, CompletedDay, Habit, OwnCompletion, Remark, Swap
from couples.importing import come, day_of, own_copy

CHUNK = 200  # rows written at once
Row = dict[str, Any]


@dataclass
class _Runs:
    """Runs of challenges to be stored, with all that belongs to them: a kind at a time, however many they are."""

    attempts: list[Attempt] = field(default_factory=list)
    days: list[CompletedDay] = field(default_factory=list)
    own: list[OwnCompletion] = field(default_factory=list)
    swaps: list[Swap] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def save(self) -> None:
        Attempt.objects.bulk_create(self.attempts, CHUNK)
        CompletedDay.objects.bulk_create(self.days, CHUNK)
        OwnCompletion.objects.bulk_create(self.own, CHUNK)
        Swap.objects.bulk_create(self.swaps, CHUNK)
        Remark.objects.bulk_create(self.remarks, CHUNK)


def challenges(coming: Import, rows: list[Row]) -> int:
    """Take runs of challenges that aren't there, as ones that are over."""
    seen = list(Attempt.objects.seen_by(coming.user))
    there = {(one.challenge, day_of(coming, one.begun_at)) for one in seen}
    found, new = _Runs(), []
    for row in rows:
        challenge = catalogue.get(row["challenge"])
        if challenge is None or any(day["number"] > len(challenge) for day in row.get("days", ())):
            raise NotTaken
    for row in come(coming, rows, lambda row: row["begun"]):
        key = row["challenge"], row["begun"]
        if key in there:
            coming.leave_out(HERE)
            continue
        there.add(key)
        new.append(row)
    for row in coming.fitting(new, held=len(seen)):
        _attempt(coming, row, found)
    found.save()
    return len(found.attempts)


def _attempt(coming: Import, row: Row, found: _Runs) -> None:
    days = row.get("days", [])
    if len({day["number"] for day in days}) < len(days):
        raise NotTaken
    at = coming.moment(row["begun"])
    number = max((day["number"] for day in days), default=1)
    attempt = Attempt(
        couple=own_copy(coming),
        challenge=row["challenge"],
        begun_at=at,
        from_at=at,
        first_seat_from=number,
        active_at=at,
        ended_at=coming.now,
    )
    found.attempts.append(attempt)
    for day in days:
        _day(coming, attempt, day, found)


def _day(coming: Import, attempt: Attempt, day: Row, found: _Runs) -> None:
    is_done = bool(day.keys() & {"done", "counted"})
    completed = CompletedDay(attempt=attempt, number=day["number"], done_at=coming.now if is_done else None)
    found.days.append(completed)
    if "counted" in day:
        cards = " ".join(sorted(day["counted"]))
        found.own.append(OwnCompletion(completed_day=completed, author=coming.user, cards=cards))
    turns = {card: day[f"{card}_swapped"] for card in ("close", "words") if f"{card}_swapped" in day}
    if turns:
        written = " ".join(f"{card}={count}" for card, count in turns.items())
        swap = Swap(attempt=attempt, number=day["number"], author=coming.user, turns=written)
        found.swaps.append(swap)
    if "line" in day:
        found.remarks.append(
            Remark(completed_day=completed, author=coming.user, text=day["line"], left_at=coming.now)
        )


def take_habits(coming: Import, rows: list[Row]) -> int:
    """Take habits that there are, as far as one may keep so many."""
    there = [one.what for one in Habit.objects.own(coming.user)]
    new = [what for what in dict.fromkeys(row["what"] for row in rows) if what not in there]
    if any(habits.find(what) is None for what in new):
        raise NotTaken
    coming.leave_out(HERE, len(rows) - len(new))
    found = coming.fitting(new, held=len(there), limit=habits.MOST)
    for what in found:  # a few
        Habit.objects.create(author=coming.user, what=what, kept_at=coming.now)
    return len(found)


def touch(coming: Import, rows: list[Row]) -> int:
    """Take whether one's cards have touch, where one hasn't chosen here."""
    if Cards.objects.filter(pk=coming.user.pk).exists():
        coming.leave_out(HERE)
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
