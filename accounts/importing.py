"""The import: an export of another installation, or dated entries of another journal, becomes one's own.

What comes in is held to the same fields that exports are written by, before anything is stored: no form is laxer than
a file. It is stored in one transaction, or none of it; what is there already is left as it is, so that twice is once.
A row stays out whole where it is here already, its day hasn't come or an account holds no more of its kind; how many
did, and why, is said before anything is taken. Nothing imported is shared, agreed or anybody else's: what was joint is
one's own copy, as on an earlier list.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import exporting
from accounts.errors import ActError
from accounts.export_fields import NotTaken, Words, clean_row
from accounts.models import NAME_LIMIT, User

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

T = TypeVar("T")
Rows = dict[str, list[dict[str, Any]]]  # by section, each value as `clean_row` gives it
DayOf = Callable[[datetime, ZoneInfo], date]
MOST = 20_000  # rows of a section, and of all of them, those within rows too


class NotImported(ActError):
    """A file that can't be taken in. Its sentence says why, and nothing of it was stored."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence  # type: ignore[misc]  # it differs with the file


@dataclass(frozen=True)
class Reason:
    """A reason for which rows of a file stay out: a sentence with a place for how many of what."""

    sentence: "StrPromise"
    limit: int = 0

    def said(self, rows: str) -> str:
        """The sentence about these rows, counted in words."""
        return str(self.sentence) % {"rows": rows, "limit": self.limit}


HERE = Reason(gettext_lazy("Left out, being here already: %(rows)s."))
HAS_PAGE = Reason(gettext_lazy("Left out, as that day has a page already: %(rows)s."))
HAS_ONE = Reason(gettext_lazy("Left out, as that day has one already: %(rows)s."))
AHEAD = Reason(gettext_lazy("Left out, as that day hasn’t come yet: %(rows)s."))


def over(limit: int) -> Reason:
    """The reason of rows beyond so many as an account holds."""
    return Reason(gettext_lazy("Left out, over the %(limit)d that one account holds: %(rows)s."), limit)


@dataclass
class Import:
    """One import: whose, as of when, what stays out of it, and what its rooms remember until it is over."""

    user: User
    now: datetime
    section: str = ""  # that is being taken
    most: int = MOST  # rows of it that an account holds
    left: dict[Reason, dict[str, int]] = field(default_factory=dict)  # how many, by section
    held: dict[str, Any] = field(default_factory=dict)  # by a room's own names

    def noon(self, day: date) -> datetime:
        """Noon of that date on this person's clock: what has a date and no time is put there."""
        return datetime(day.year, day.month, day.day, 12, tzinfo=self.user.tz)

    def moment(self, day: date) -> datetime:
        """The moment for what was written on that Day: its noon, or now, where that is still to come."""
        return min(self.noon(day), self.now)

    def leave_out(self, why: Reason, count: int = 1, *, section: str = "") -> None:
        """Note that so many rows of the section that is being taken, or of another one, stay out."""
        if count:
            sections = self.left.setdefault(why, {})
            name = section or self.section
            sections[name] = sections.get(name, 0) + count

    def fitting(self, rows: list[T], *, held: int, limit: int | None = None) -> list[T]:
        """The first of these rows, as many as an account that holds so many has room for: up to `limit`, or to what
        there may be of this section. The others stay out.
        """
        limit = self.most if limit is None else limit
        room = max(limit - held, 0)
        self.leave_out(over(limit), len(rows[room:]))
        return rows[:room]


@dataclass(frozen=True)
class Taken:
    """The outcome of an import: how many rows were stored, by section, and what stayed out, a sentence a reason."""

    stored: Mapping[str, int]
    left: list[str]

    @property
    def counted(self) -> list[str]:
        """The words for so many of each."""
        return [_importers[name].counted(count) for name, count in self.stored.items() if count]


@dataclass(frozen=True)
class Importer:
    """A taker of one section's rows. `store` stores those that aren't there yet, and returns how many it did; each of
    the others it leaves out of the import for a reason.

    `counted` says so many of them in words. `most` is how many rows a file may have, and an account as well.
    """

    section: str
    store: Callable[[Import, list[dict[str, Any]]], int]
    counted: Callable[[int], str]
    most: int = MOST


_importers: dict[str, Importer] = {}
_days: dict[str, DayOf] = {}


def register(*found: Importer, **days: DayOf) -> None:
    """Have these take what imports hold. They are asked in the order in which they were registered. `days` are, by
    section, the Day of a moment on a clock, where what another journal dates becomes such a row.
    """
    for one in found:
        _importers[one.section] = one
    _days.update(days)


def day_of(moment: datetime, tz: ZoneInfo, *, section: str) -> date:
    """The Day that a moment belongs to on a clock in `tz`, as this section has it."""
    return _days[section](moment, tz)


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
def take(user: User, rows: Rows, *, now: datetime) -> Taken:
    """Store all of it that isn't there yet and has room, or nothing. Raises `NotImported`."""
    person = User.objects.with_key().select_for_update(of=("self",), no_key=True).filter(pk=user.pk).first()
    if person is None:  # erased in this very moment
        raise NotImported(_("This account is gone."))
    coming, stored = Import(person, now), {}
    for name, importer in _importers.items():
        if rows.get(name):
            coming.section, coming.most = name, importer.most
            try:
                stored[name] = importer.store(coming, rows[name])
            except NotTaken:
                titles = {section.name: section.title for section in exporting.sections()}
                raise NotImported(_not_here(titles[name])) from None
    return Taken(stored, [_left(why, sections) for why, sections in coming.left.items()])


def _left(why: Reason, sections: Mapping[str, int]) -> str:
    counted = [_importers[name].counted(count) for name, count in sections.items()]
    return why.said(get_text_list(counted, _("and")))


def _not_here(title: object) -> str:
    return _("In “%(section)s” there is something that no account here can hold.") % {"section": title}


def preview(user: User, rows: Rows, *, now: datetime) -> Taken:
    """The outcome of taking it: it is taken, counted and put back. Raises `NotImported`."""
    with transaction.atomic():
        taken = take(user, rows, now=now)
        transaction.set_rollback(True)
    return taken
