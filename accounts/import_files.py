"""Files that are brought in: an export's ZIP or nearer.json, a JSON or CSV of dated entries. Read, never unpacked.

Every size is known before anything is read: how many entries a ZIP has and how long what lists them is, how much comes
out of the one that is read. Names in it are compared and nothing is written by them.
"""

import base64
import csv
import io
import json
import re
import stat
import struct
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from itertools import islice
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import exporting, importing, keys
from accounts.characters import is_blank
from accounts.export_fields import NotTaken, Words
from accounts.fields import is_within_reach
from accounts.importing import NotImported
from accounts.models import User

LARGEST = 3 * 1024 * 1024  # bytes of a file
LONGEST = 8 * 1024 * 1024  # bytes of what comes out of it
CARRIED = (
    LARGEST * 9 // 8
)  # characters of what a page carries from preview to import, below what a request may have
VALUES = 150_000  # in it: two years of everything have far fewer; each costs far more memory than it is long
ENTRIES, LISTING = 200, 64 * 1024  # of a ZIP, and bytes of what lists them
NAME = "nearer.json"
Whole = Mapping[str, Any]  # what nearer.json holds
Entry = tuple[Any, Any]  # of a journal: when, and what
END = b"PK\x05\x06"  # of a ZIP: the record that says what is in it
FAR_END = b"PK\x06\x07"  # before it: says that another record is the one to believe, of ZIPs larger than any of ours
FAR = 0xFFFFFFFF  # a size that another field says
# Each text, object, list, number or constant of a JSON, however much white space and how many commas are between.
VALUE = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[{]|[^\s\[\]{},:"]++')
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
COLUMNS = 50  # of a CSV
MIDNIGHT = time()
NOTE_LIMIT = 5000  # characters of one evening's entries
NAMED = 5  # days that are too long, by their dates; of more, how many
DAYS, TEXTS = ("date", "day", "creationdate"), ("text", "entry", "body", "content")  # what others call them


class Content(NamedTuple):
    """The content of a file: what it holds, as nearer.json would, and a sentence on what stays out for its length."""

    whole: Whole
    left: list[str]


def read(content: bytes, tz: ZoneInfo) -> Content:
    """The content of a file, what another journal dates by a clock in `tz`; its rows aren't checked yet.

    Raises `NotImported`.
    """
    if len(content) > LARGEST:
        alone = _("Of an export from Nearer, nearer.json may fit in a ZIP of its own.")
        raise NotImported(f"{_too_large()} {alone}" if content[:2] == b"PK" else _too_large())
    if content[:2] == b"PK":
        return Content(_object(_json(_unzipped(content))), [])
    text = _text(content)
    if text.lstrip()[:1] in {"{", "["}:
        found = _json(text)
        if isinstance(found, dict) and "format" in found:
            return Content(found, [])
        entries = found.get("entries") if isinstance(found, dict) else found
        return _evenings(_listed(entries if isinstance(entries, list) else []), tz)
    return _evenings(_table(text), tz)


def carry(user: User, whole: Whole) -> str:
    """Seal what is in a file under one's own key, for the page that shows a preview: nothing is stored of it.

    Raises `NotImported` where that is more than a page carries.
    """
    packed = zlib.compress(json.dumps(whole, ensure_ascii=False).encode())
    sealed = base64.urlsafe_b64encode(keys.encrypt(user.key.cipher, packed, _place(user))).decode()
    if len(sealed) > CARRIED:
        raise _too_much()
    return sealed


def carried(user: User, sealed: str) -> Whole:
    """The content that `carry` sealed for this person. Raises `NotImported` for anything else."""
    try:
        opened = keys.decrypt(user.key.cipher, base64.urlsafe_b64decode(sealed), _place(user))
    except (ValueError, keys.Unreadable) as error:
        raise NotImported(_("Please choose the file once more.")) from error
    found: Whole = json.loads(zlib.decompress(opened))
    return found


def _place(user: User) -> bytes:
    return f"accounts.import.{user.pk}".encode()


def _too_large() -> str:
    return _("This file is larger than %(limit)d MB, more than can be brought in at once.") % {
        "limit": LARGEST >> 20
    }


def _too_large_within() -> NotImported:
    limit = {"limit": LONGEST >> 20}
    return NotImported(
        _("What is in this file is larger than %(limit)d MB, more than can be brought in at once.") % limit
    )


def _too_much() -> NotImported:
    return NotImported(_("There is more in this file than can be brought in at once."))


def _no_list() -> NotImported:
    return NotImported(_("This isn’t an export of Nearer, nor a list of dated entries."))


def _damaged() -> NotImported:
    return NotImported(_("This file can’t be read: it is damaged, or no export."))


def _unzipped(content: bytes) -> str:
    """nearer.json of an export. Raises `NotImported`."""
    _check_listing(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            info = _member(archive.infolist())
            _check_header(content, info)
            with archive.open(info) as member:
                found = member.read(LONGEST + 1)
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise _damaged() from error
    if len(found) > LONGEST:
        raise _too_large_within()
    return _text(found)


def _check_listing(content: bytes) -> None:
    """Refuse a ZIP whose own last record says that it lists too much, before the list is read."""
    at = content.rfind(END, max(0, len(content) - 65_557))
    if at < 0 or len(content) < at + 22:
        raise _damaged()
    if content[max(at - 20, 0) : at].startswith(FAR_END):
        raise _damaged()
    disk, of_disk, here, entries, size = struct.unpack("<HHHHI", content[at + 4 : at + 16])
    if disk or of_disk or here != entries or entries > ENTRIES or size > LISTING:
        raise _damaged()


def _member(listed: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    """The one file that is read. Raises `NotImported` where a name leads elsewhere, it isn't there just once (however
    its letters are written), or it is no file.
    """
    if any(_leads_away(info.filename) for info in listed):
        raise _damaged()
    found = [info for info in listed if info.filename.rsplit("/", 1)[-1].casefold() == NAME]
    if len(found) != 1 or found[0].compress_type not in METHODS or found[0].flag_bits & 0x1:
        raise _damaged()
    if stat.S_IFMT(found[0].external_attr >> 16) not in {0, stat.S_IFREG}:  # a link, a device
        raise _damaged()
    return found[0]


def _check_header(content: bytes, info: zipfile.ZipInfo) -> None:
    """Refuse a file that says of itself something else than the list does: each reader would believe another one."""
    header = content[info.header_offset : info.header_offset + 30]
    if len(header) < 30:
        raise _damaged()
    flags, method = struct.unpack("<HH", header[6:10])
    crc, packed, whole = struct.unpack("<3I", header[14:26])
    is_told_later = bool(flags & 0x8)  # behind what it holds, as by whoever writes to a stream
    told = (crc, packed, whole) == (info.CRC, info.compress_size, info.file_size)
    if method != info.compress_type or flags & 0x1 or not (told or is_told_later or FAR in (packed, whole)):
        raise _damaged()


def _leads_away(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/")


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotImported(_("This file isn’t text in UTF-8, as exports are.")) from None


def _json(text: str) -> Any:
    """What stands in this JSON, once it is known how many values that is. Raises `NotImported`."""
    if next(islice(VALUE.finditer(text), VALUES, None), None) is not None:
        raise _too_much()
    try:
        return json.loads(text, parse_constant=_refused, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise _damaged() from None


def _refused(_constant: str) -> Any:
    raise ValueError


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _object(found: Any) -> Mapping[str, Any]:
    if not isinstance(found, dict):
        raise _damaged()
    return found


def _listed(entries: list[Any]) -> Iterator[Entry]:
    """The entries of a JSON, each by its own names."""
    for entry in entries:
        yield _named({str(name): value for name, value in entry.items()} if isinstance(entry, dict) else {})


def _table(text: str) -> Iterator[Entry]:
    """The rows of a CSV whose first line names its columns, whatever ends its lines; those with anything in them."""
    lines = io.StringIO(text, newline=None)
    first = lines.readline()
    separator = max(",;\t", key=first.count)
    if first.count(separator) >= COLUMNS:
        raise _no_list()
    lines.seek(0)
    rows = csv.reader(lines, delimiter=separator, strict=True)
    try:
        columns = next(rows, [])
        if len(columns) > COLUMNS:
            raise _no_list()
        for row in rows:
            if any(row):
                yield _named(dict(zip(columns, row, strict=False)))
    except csv.Error:
        raise _damaged() from None


def _named(entry: Mapping[str, Any]) -> Entry:
    row = {name.strip().lower(): value for name, value in entry.items()}
    at, text = (next((row[name] for name in names if name in row), None) for names in (DAYS, TEXTS))
    return at, text


def _evenings(entries: Iterable[Entry], tz: ZoneInfo) -> Content:
    """Dated entries as evenings one kept: each day's in its private note. A day that is longer than a note stays out,
    and so does an entry without text, as one of photographs is.

    Raises `NotImported`.
    """
    found: dict[date, list[str]] = defaultdict(list)
    empty = 0
    for number, (at, text) in enumerate(entries, 1):
        if number > importing.MOST:
            raise NotImported(_("There are more entries in this file than can be brought in at once."))
        if text is None or (isinstance(text, str) and is_blank(text)):
            empty += 1
            continue
        day = _day(at, tz)
        if day is None or not isinstance(text, str):
            raise NotImported(
                _("Entry %(number)d has no date like 2026-12-24, or no text.") % {"number": number}
            )
        found[day].append(text.strip())
    if not found:
        raise _no_list()
    notes = {day: "\n\n".join(texts) for day, texts in sorted(found.items())}
    too_long = [day for day, text in notes.items() if len(text) > NOTE_LIMIT]
    if len(too_long) == len(notes):
        raise NotImported(_too_long(too_long))
    rows = [
        {"day": day.isoformat(), "note": _note(day, text)}
        for day, text in notes.items()
        if len(text) <= NOTE_LIMIT
    ]
    whole = {"format": exporting.FORMAT, "version": exporting.VERSION, "evenings": rows}
    left = [_too_long(too_long)] if too_long else []
    if empty:
        left.append(_without_text(empty))
    return Content(whole, left)


def _without_text(count: int) -> str:
    sentence = ngettext(
        "Left out, having no text: %(n)d entry.", "Left out, having no text: %(n)d entries.", count
    )
    return sentence % {"n": count}


def _too_long(days: list[date]) -> str:
    named = [date_format(day, "j F Y") for day in days[:NAMED]]
    if len(days) > NAMED:
        more = len(days) - NAMED
        named.append(ngettext("%(n)d day more", "%(n)d days more", more) % {"n": more})
    listed = get_text_list(named, _("and"))
    return _("Left out, over the %(limit)d characters that a day holds: %(days)s.") % {
        "limit": NOTE_LIMIT,
        "days": listed,
    }


def _day(value: Any, tz: ZoneInfo) -> date | None:
    """The Day of a date, or of a moment on this clock: of half past midnight it is the evening before.

    Midnight without an offset is no moment: so programs write what has no time.
    """
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    if not is_within_reach(found.date()):
        return None
    if found.tzinfo is None and found.time() == MIDNIGHT:
        return found.date()
    moment = found if found.tzinfo is not None else found.replace(tzinfo=tz)
    return importing.day_of(moment, tz, section="evenings")


def _note(day: date, text: str) -> str:
    try:
        return Words("", limit=NOTE_LIMIT).clean(text)
    except NotTaken:
        at = {"day": date_format(day, "j F Y")}
        raise NotImported(_("What stands under %(day)s can’t be stored: it isn’t text.") % at) from None
