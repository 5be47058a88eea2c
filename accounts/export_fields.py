"""The fields of what is exported: how each is written, read on a page, published as a schema, and checked on import.

A row is an object of JSON. One definition says all of it, so that what one installation writes another one takes, and
whatever a form would refuse is refused in a file as well.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.characters import is_blank
from accounts.fields import is_within_reach

Text = str | Promise
Json = Mapping[str, Any]
MANY = 400  # rows within a row, or texts that stood in one place
AMOUNT = "[0-9]{1,13}(\\.[0-9]{1,2})?"  # no exponent: twelve characters of one make gigabytes of digits


class NotTaken(Exception):
    """A value that no export holds, or that is over a limit."""


@dataclass(frozen=True)
class Field:
    """A field of a row, by what it is called on the page."""

    label: Text
    needed: bool = False
    schema_type: Mapping[str, Any] = field(default_factory=dict)

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of its values."""
        return dict(self.schema_type)

    def clean(self, value: Any) -> Any:
        """The value as it is stored. Raises `NotTaken`."""
        raise NotImplementedError

    def written(self, value: Any) -> Any:
        """The value as it is written: of more than there may be, the latest."""
        return value

    def shown(self, value: Any) -> list[str]:
        """The paragraphs a page shows of it."""
        return [str(value)]


@dataclass(frozen=True)
class Words(Field):
    """A person's words, up to `limit` characters."""

    limit: int = 1000

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1, "maxLength": self.limit}

    def clean(self, value: Any) -> str:
        if (
            not isinstance(value, str)
            or not 0 < len(value) <= self.limit
            or (self.needed and is_blank(value))
        ):
            raise NotTaken
        return _storable(value)


@dataclass(frozen=True)
class Earlier(Field):
    """Texts that stood in one place, oldest first; "" where there was none."""

    limit: int = 1000

    def schema(self) -> dict[str, Any]:
        return {
            "type": "array",
            "maxItems": MANY,
            "minItems": 1,
            "items": {"type": "string", "maxLength": self.limit},
        }

    def clean(self, value: Any) -> list[str]:
        if not isinstance(value, list) or not 0 < len(value) <= MANY:
            raise NotTaken
        if not all(isinstance(one, str) and len(one) <= self.limit for one in value):
            raise NotTaken
        return [_storable(one) for one in value]

    def written(self, value: Any) -> Any:
        return value[-MANY:]

    def shown(self, value: Any) -> list[str]:
        return [one or _("(empty)") for one in value]


@dataclass(frozen=True)
class Day(Field):
    """A date without a time."""

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}

    def clean(self, value: Any) -> date:
        try:
            found = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
        except ValueError:
            found = None
        if found is None or not is_within_reach(found):
            raise NotTaken
        return found

    def shown(self, value: Any) -> list[str]:
        return [date_format(date.fromisoformat(value), "l j F Y")]


@dataclass(frozen=True)
class Moment(Field):
    """A moment, in UTC: of dates and of one's own log, and only in a private export."""

    def schema(self) -> dict[str, Any]:
        pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"
        return {"type": "string", "pattern": pattern}

    def clean(self, value: Any) -> datetime:
        try:
            found = datetime.strptime(value, MOMENT).replace(tzinfo=UTC) if isinstance(value, str) else None
        except ValueError:
            found = None
        if found is None or not is_within_reach(found.date()):
            raise NotTaken
        return found

    def shown(self, value: Any) -> list[str]:
        found = datetime.strptime(value, MOMENT).replace(tzinfo=UTC)
        return [_("%(moment)s (UTC)") % {"moment": date_format(found, "l j F Y, H:i")}]


@dataclass(frozen=True)
class Chosen(Field):
    """A choice of a few values, each with its word on the page."""

    words: Mapping[str, Text] = field(default_factory=dict)

    def schema(self) -> dict[str, Any]:
        return {"enum": sorted(self.words)}

    def clean(self, value: Any) -> str:
        if not isinstance(value, str) or value not in self.words:
            raise NotTaken
        return value

    def shown(self, value: Any) -> list[str]:
        return [str(self.words[value])]


@dataclass(frozen=True)
class Several(Chosen):
    """Choices of a few values, each once."""

    def schema(self) -> dict[str, Any]:
        items = {"enum": sorted(self.words)}
        return {"type": "array", "minItems": 1, "uniqueItems": True, "items": items}

    def clean(self, value: Any) -> Any:
        if not isinstance(value, list) or not 0 < len(value) <= len(self.words):
            raise NotTaken
        found = [Chosen.clean(self, one) for one in value]
        if len(set(found)) < len(found):
            raise NotTaken
        return found

    def shown(self, value: Any) -> list[str]:
        return [", ".join(str(self.words[one]) for one in value)]


@dataclass(frozen=True)
class Mark(Field):
    """A mark: true where it holds, left out where it doesn't."""

    def schema(self) -> dict[str, Any]:
        return {"const": True}

    def clean(self, value: Any) -> bool:
        if value is not True:
            raise NotTaken
        return True

    def shown(self, value: Any) -> list[str]:
        return [_("Yes")]


@dataclass(frozen=True)
class Number(Field):
    """A whole number from `least` to `most`."""

    least: int = 0
    most: int = 1000

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}

    def clean(self, value: Any) -> int:
        if type(value) is not int or not self.least <= value <= self.most:
            raise NotTaken
        return value


@dataclass(frozen=True)
class Amount(Field):
    """An amount from `least` to `most` with at most two places, in plain digits: text, so that none of them is lost."""

    least: Decimal = Decimal(0)
    most: Decimal = Decimal(1000)

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{AMOUNT}$"}

    def clean(self, value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(AMOUNT, value):
            raise NotTaken
        if not self.least <= Decimal(value) <= self.most:
            raise NotTaken
        return plain(Decimal(value))


@dataclass(frozen=True)
class Rows(Field):
    """Rows within a row."""

    fields: Mapping[str, Field] = field(default_factory=dict)

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "minItems": 1, "maxItems": MANY, "items": row_schema(self.fields)}

    def clean(self, value: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list) or not 0 < len(value) <= MANY:
            raise NotTaken
        return [clean_row(self.fields, one) for one in value]

    def written(self, value: Any) -> Any:
        return [written_row(self.fields, one) for one in value[-MANY:]]


BY = Chosen(gettext_lazy("By"), words={"you": gettext_lazy("you"), "them": gettext_lazy("the other")})
MOMENT = "%Y-%m-%dT%H:%M:%SZ"


def moment(at: datetime) -> str:
    """A moment as it is written: in UTC, to the second."""
    return at.astimezone(UTC).strftime(MOMENT)


def plain(amount: Decimal) -> str:
    """An amount as it is written and stored: its digits, however it was typed."""
    return f"{abs(amount):f}"


def row_schema(fields: Mapping[str, Field]) -> dict[str, Any]:
    """The JSON Schema of a row of these fields."""
    found: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: one.schema() for name, one in fields.items()},
    }
    needed = [name for name, one in fields.items() if one.needed]
    return found | ({"required": sorted(needed)} if needed else {})


def clean_row(fields: Mapping[str, Field], row: Any) -> dict[str, Any]:
    """A row's values as they are stored. Raises `NotTaken` for anything that no export holds."""
    if not isinstance(row, dict) or not row.keys() <= fields.keys():
        raise NotTaken
    if any(one.needed and name not in row for name, one in fields.items()):
        raise NotTaken
    return {name: fields[name].clean(value) for name, value in row.items()}


def written_row(fields: Mapping[str, Field], row: Json) -> Json:
    """A row as it is written: no more in it than is taken back in."""
    return {name: fields[name].written(value) for name, value in row.items()}


def filled(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row without what is empty, so that no field tells that there could be something."""
    return {name: value for name, value in row.items() if value not in ("", None, False, [])}


def in_order(fields: Mapping[str, Field], row: Json) -> Iterator[tuple[Field, Any]]:
    """The fields of a row and their values, as a page shows them: those that have a name there."""
    return ((one, row[name]) for name, one in fields.items() if name in row and one.label)


def _storable(words: str) -> str:
    """The same words, where a database can hold them: no NUL, no half of a character."""
    if "\x00" in words or any("\ud800" <= one <= "\udfff" for one in words):
        raise NotTaken
    return words.replace("\r\n", "\n").replace("\r", "\n")
