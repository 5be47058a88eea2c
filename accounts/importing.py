"""The import: an export of another installation, or dated entries of another journal, becomes one's own.

What comes in is held to the same fields that exports are written by, before anything is stored: no form is laxer than
a file. It is stored in one transaction, or none of it; what is there already is left as it is, so that twice is once.
Nothing imported is shared, agreed or anybody else's: what was joint is one's own copy, as on an earlier list.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import exporting
from accounts.errors import ActError
from accounts.export_fields import NotTaken, Words, clean_row
from accounts.models import NAME_LIMIT, User

Rows = dict[str, list[dict[str, Any]]]  # by section, each value as `clean_row` gives it
MOST = 20_000  # rows of a section, and of all of them, those within rows too


class NotImported(ActError):
    """A file that can't be taken in. Its sentence says why, and nothing of it was stored."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence  # type: ignore[misc]  # it differs with the file


@dataclass
class Import:
    """One import: whose, as of when, and what its rooms remember until it is over."""

    user: User
    now: datetime
    held: dict[str, Any] = field(default_factory=dict)  # by a room's own names

    def noon(self, day: date) -> datetime:
        """Noon of that date on this person's clock: what has a date and no time is put there."""
        return datetime(day.year, day.month, day.day, 12, tzinfo=self.user.tz)

    def today(self) -> date:
        """The date on this person's clock."""
        return self.user.local(self.now).date()


@dataclass(frozen=True)
class Importer:
    """A taker of one section's rows. `store` stores those that aren't there yet, and returns how many it did.

    `counted` says so many of them in words. `most` is how many rows a file may have.
    """

    section: str
    store: Callable[[Import, list[dict[str, Any]]], int]
    counted: Callable[[int], str]
    most: int = MOST


_importers: dict[str, Importer] = {}


def register(*found: Importer) -> None:
    """Have these take what imports hold. They are asked in the order in which they were registered."""
    for one in found:
        _importers[one.section] = one


def checked(whole: Mapping[str, Any]) -> Rows:
    """The rows of nearer.json, each value as it is stored. Raises `NotImported`."""
    if whole.get("format") != exporting.FORMAT:
        raise NotImported(_("This isn’t an export of Nearer, nor a list of dated entries."))
    version = whole.get("version")
    if type(version) is not int or version < 1:
        raise NotImported(_("This export doesn’t say how it was written."))
    if version > exporting.VERSION:
        raise NotImported(_("This export was written by a newer Nearer. This one can’t read it yet."))
    if not _is_name(whole.get("name", "")):
        raise NotImported(_changed())
    if _entries(whole) > MOST:
        raise NotImported(_("There is more in this file than can be brought in at once."))
    known = {section.name: section for section in exporting.sections()}
    found: Rows = {}
    for name, rows in whole.items():
        if name in {"format", "version", "name"}:
            continue
        if name not in known or not isinstance(rows, list):
            raise NotImported(_changed())
        importer = _importers.get(name)
        if len(rows) > (importer.most if importer else MOST):
            raise NotImported(_too_many(known[name].title))
        found[name] = [_row(known[name], number, row) for number, row in enumerate(rows, 1)]
    return found


def _row(section: exporting.Section, number: int, row: Any) -> dict[str, Any]:
    try:
        return clean_row(section.fields, row)
    except NotTaken:
        at = {"section": section.title, "number": number}
        raise NotImported(
            _("In “%(section)s”, entry %(number)d can’t be taken: it is too long, or no export holds it.")
            % at
        ) from None


def _changed() -> str:
    return _("There is something in this file that no export holds: it may have been changed.")


def _is_name(value: Any) -> bool:
    try:
        return value == "" or bool(Words("", limit=NAME_LIMIT).clean(value))
    except NotTaken:
        return False


def _entries(whole: Mapping[str, Any]) -> int:
    """How many rows there are, those within rows too."""
    found, left = 0, list(whole.values())
    while left:
        value = left.pop()
        if isinstance(value, list):
            found += len(value)
            left += value
        elif isinstance(value, Mapping):
            left += value.values()
    return found


def _too_many(title: object) -> str:
    return _("There is more in “%(section)s” than an account holds.") % {"section": title}


@transaction.atomic
def take(user: User, rows: Rows, *, now: datetime) -> dict[str, int]:
    """Store all of it that isn't there yet, or nothing. Returns how many, by section. Raises `NotImported`."""
    person = User.objects.with_key().select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    coming, stored = Import(person, now), {}
    for name, importer in _importers.items():
        if rows.get(name):
            try:
                stored[name] = importer.store(coming, rows[name])
            except NotTaken:
                titles = {section.name: section.title for section in exporting.sections()}
                raise NotImported(_not_here(titles[name])) from None
    return stored


def _not_here(title: object) -> str:
    return _(
        "In “%(section)s” there is something this account can’t hold: a day that hasn’t come, or too much."
    ) % {"section": title}


def preview(user: User, rows: Rows, *, now: datetime) -> list[str]:
    """The words for all that would come in: it is taken, counted and put back. Raises `NotImported`."""
    with transaction.atomic():
        stored = take(user, rows, now=now)
        transaction.set_rollback(True)
    return said(stored)


def said(stored: Mapping[str, int]) -> list[str]:
    """The words for so many of each."""
    return [_importers[name].counted(count) for name, count in stored.items() if count]


def need_past(coming: Import, days: Iterable[date]) -> None:
    """Raise `NotTaken` where one of these days hasn't come yet."""
    if any(day > coming.today() for day in days):
        raise NotTaken
