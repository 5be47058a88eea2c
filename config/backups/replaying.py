"""Withdrawing again what was withdrawn after a backup was made, line by line as the list has it.

A line speaks of rows. What isn't there (it came to be after the backup) is passed over; what can't be put as it was
loses its words all the same.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import FieldError
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils.dateparse import parse_datetime

from accounts import leaving, withdrawals
from accounts.models import SignUpLink, User, Withdrawal
from accounts.sealed import SealedTextField
from couples import pairing, parting
from couples.models import Block, Couple
from reminders import preferences

Line = dict[str, Any]


@transaction.atomic
def replay(lines: list[Line], *, now: datetime) -> None:
    """Do again what these lines say and the database hasn't seen. Invitations and links that wait are over."""
    seen = {str(line) for line in Withdrawal.objects.values_list("line", flat=True)}
    people = {withdrawals.who(pk): pk for pk in User.objects.values_list("pk", flat=True)}
    with withdrawals.silence():
        for line in lines:
            if line["line"] not in seen and (again := ACTS.get(line["act"])) is not None:
                who = _person(line, people)
                if "person" not in line or who is not None:
                    again(_with_people(line, people), who, parse_datetime(line["at"]) or now)
        pairing.lapse(now=now)
        SignUpLink.objects.all().delete()


def _person(line: Line, people: dict[str, UUID]) -> User | None:
    """Whoever did what this line says, if they are here (still)."""
    known = people.get(line.get("person", ""))
    return User.objects.with_key().filter(pk=known).first() if known is not None else None


def _with_people(line: Line, people: dict[str, UUID]) -> Line:
    """The line, with the ids of people where it names them; nobody's, of whoever isn't here."""
    same = line.get("same", {}) | {name: people.get(line["same"][name]) for name in line.get("people", ())}
    return line | {"same": same}


def _erased(line: Line, who: User, at: datetime) -> None:
    leaving.erase(who, now=at)


def _parted(line: Line, who: User, at: datetime) -> None:
    couple = Couple.objects.filter(pk=line["couple"], closed_at__isnull=True, paired=True).first()
    if couple is not None and couple.partners.live().of(who).exists():
        parting.part(by=who, now=max(at, couple.opened_at))


def _emptied(line: Line, who: None, at: datetime) -> None:
    for row in _rows(line):
        sealed = {field.name for field in row._meta.fields if isinstance(field, SealedTextField)}
        words = sealed & set(line["words"])
        for name in words:
            setattr(row, name, "")
        plain = _put(row, line["set"])
        try:
            with transaction.atomic():
                row.save(update_fields=[*words, *plain])
        except IntegrityError:  # it was otherwise then, never shared, say: its words go all the same
            if words:
                row.save(update_fields=words)
            else:
                row.delete()


def _put(row: models.Model, values: dict[str, Any]) -> list[str]:
    """Put these columns. Returns the names of their fields."""
    found = []
    for column, value in values.items():
        field = next((one for one in row._meta.fields if column == one.attname), None)
        if field is not None and not isinstance(field, SealedTextField):
            setattr(row, field.attname, field.to_python(value))
            found.append(field.name)
    return found


def _removed(line: Line, who: None, at: datetime) -> None:
    for row in _rows(line):
        row.delete()


def _rows(line: Line) -> list[models.Model]:
    """The rows a line speaks of: that of its id, and whatever a person would call the same."""
    try:
        model = apps.get_model(line["row"])
        which = Q(pk=line["id"])
        if line["same"]:
            which |= Q(**line["same"])
        return list(model._default_manager.filter(which))
    except (LookupError, FieldError):  # of a release before this one, which had it
        return []


def _blocked(line: Line, who: User, at: datetime) -> None:
    Block.objects.get_or_create(owner=who, address_hash=line["address"], defaults={"blocked_at": at})


def _unblocked(line: Line, who: User, at: datetime) -> None:
    Block.objects.filter(owner=who, address_hash__in=line["addresses"]).delete()


def _never(line: Line, who: None, at: datetime) -> None:
    pairing.never_write(line["address"], now=at)


def _stopped(line: Line, who: User, at: datetime) -> None:
    if line["kind"] in preferences.choices_of(who):
        preferences.stop(user=who, kind=line["kind"], now=at)


def _wanted(line: Line, who: User, at: datetime) -> None:
    if (choice := preferences.choices_of(who).get(line["kind"])) is not None:
        preferences.choose(choice, wanted=True, now=at)


ACTS: dict[str, Callable[..., None]] = {
    "erased": _erased,
    "parted": _parted,
    "emptied": _emptied,
    "removed": _removed,
    "blocked": _blocked,
    "unblocked": _unblocked,
    "never": _never,
    "stopped": _stopped,
    "wanted": _wanted,
}
