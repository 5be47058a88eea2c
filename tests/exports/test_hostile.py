"""Files that mean harm, or are broken: each is refused with a sentence, and no row is left of any of them."""

import io
import json
import os
import stat
import struct
import tracemalloc
import uuid
import warnings
import zipfile
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from accounts import import_files, importing
from accounts.importing import NotImported
from accounts.models import User
from adventures import wishing
from adventures.models import Wish
from tests.cast import NOW, seat
from tests.exports.files import HEAD, look, rows_of_all
from tests.private_acts import SignIn

CLOCK = ZoneInfo("Europe/London")
DAY = {"day": "2026-11-10"}
GOOD = {"evenings": [{**DAY, "rose": "planted"}]}  # what stands beside it mustn't come in either


def zipped(content: bytes | str, *, name: str = "nearer.json", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    to = io.BytesIO()
    with zipfile.ZipFile(to, "w", method) as archive:
        archive.writestr(name, content)
    return to.getvalue()


def holding(**sections: Any) -> bytes:
    """An export that holds these sections and an evening that is as it should be."""
    return zipped(json.dumps(HEAD | GOOD | sections))


def several(*names: str) -> bytes:
    to = io.BytesIO()
    with zipfile.ZipFile(to, "w") as archive:
        for name in names:
            archive.writestr(name, json.dumps(HEAD | GOOD))
    return to.getvalue()


def many(count: int) -> bytes:
    to = io.BytesIO()
    with zipfile.ZipFile(to, "w") as archive:
        for number in range(count):
            archive.writestr(f"{number}", "")
        archive.writestr("nearer.json", json.dumps(HEAD | GOOD))
    return to.getvalue()


def claiming_few() -> bytes:
    """Thousands of entries, in a list that claims to have one."""
    whole = bytearray(many(3000))
    at = whole.rfind(b"PK\x05\x06")
    whole[at + 8 : at + 12] = struct.pack("<HH", 1, 1)
    return bytes(whole)


def another_list() -> bytes:
    """Thousands of entries, listed by a record for large ZIPs; the usual one claims one."""
    whole, few = many(3000), zipped(json.dumps(HEAD | GOOD))
    at, claim = whole.rfind(b"PK\x05\x06"), few[few.rfind(b"PK\x05\x06") :]
    size, start = struct.unpack("<II", whole[at + 12 : at + 20])
    far = struct.pack("<4sQHHLLQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 3001, 3001, size, start)
    return (
        whole[:at] + far + struct.pack("<4sLQL", b"PK\x06\x07", 0, at, 1) + claim[:16] + b"\xff" * 4 + b"\0\0"
    )


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def with_wrong_sum() -> bytes:
    whole = bytearray(zipped(json.dumps(HEAD | GOOD), method=zipfile.ZIP_STORED))
    whole[40] ^= 0xFF
    return bytes(whole)


def encrypted() -> bytes:
    whole = bytearray(holding())
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        whole[whole.find(sign) + place] |= 1
    return bytes(whole)


def a_talk(**talk: Any) -> bytes:
    return holding(talks=[{**DAY, **talk}])


def a_day(**day: Any) -> bytes:
    run = {"title": "x", "challenge": "thirty-days", "begun": "2026-11-01"}
    return holding(challenges=[run | {"days": [{"number": 1} | day]}])


def lines_of_csv(count: int) -> bytes:
    return b"date,text\n" + b"2026-01-01,a\n" * count


def columns_of_csv(count: int, rows: int) -> bytes:
    header = "date,text," + ",".join(f"{number:x}" for number in range(count - 2))
    return header.encode() + b"\n" + b"2026-01-01,a\n" * rows


def nested() -> bytes:
    """An export in a ZIP in a ZIP, by the name of what is read."""
    return zipped(zipped(json.dumps(HEAD | GOOD)))


def a_link(target: str) -> bytes:
    to, info = io.BytesIO(), zipfile.ZipInfo("nearer.json")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(to, "w") as archive:
        archive.writestr(info, target)
    return to.getvalue()


def patched(sign: bytes, place: int, by: bytes, *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An export of which one header says something else than is true."""
    whole = bytearray(zipped(json.dumps(HEAD | GOOD), method=method))
    at = whole.find(sign) + place
    whole[at : at + len(by)] = by
    return bytes(whole)


LOCAL, LISTED = b"PK\x03\x04", b"PK\x01\x02"


def with_an_id(section: str, row: dict[str, Any]) -> Callable[[], bytes]:
    """A row that claims an id, as one of an export never does."""
    return lambda: holding(**{section: [row | {"id": str(uuid.uuid4())}]})


def twice_the_same_name() -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return several("nearer.json", "nearer.json")


def utf_16(content: str) -> bytes:
    return content.encode("utf-16")


DEEP = "[" * 100_000 + "]" * 100_000
HOSTILE: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "noise": lambda: os.urandom(5000),
    "a zip of noise": lambda: b"PK\x03\x04" + os.urandom(5000),
    "only the end of a zip": lambda: b"PK\x05\x06" + b"\0" * 18,
    "half a zip": lambda: cut(holding()),
    "a zip bomb": lambda: zipped(b" " * 200 * 1024 * 1024),
    "a bomb of one string": lambda: zipped(
        json.dumps(HEAD)[:-1] + ', "x": "' + "a" * (60 * 1024 * 1024) + '"}'
    ),
    "too large": lambda: os.urandom(3 * 1024 * 1024 + 1),
    "thousands of entries": lambda: many(3000),
    "thousands that claim to be one": claiming_few,
    "a name that leads up": lambda: several("../../etc/nearer.json"),
    "an absolute name": lambda: several("/etc/nearer.json"),
    "a name of a drive": lambda: several("C:\\nearer.json"),
    "another that leads up": lambda: several("nearer.json", "../evil"),
    "two of them": lambda: several("nearer.json", "a/nearer.json"),
    "none of them": lambda: several("index.html"),
    "a wrong checksum": with_wrong_sum,
    "an encrypted one": encrypted,
    "another compression": lambda: zipped(json.dumps(HEAD | GOOD), method=zipfile.ZIP_LZMA),
    "no JSON": lambda: zipped("{"),
    "no object": lambda: zipped("[1]"),
    "deep JSON": lambda: zipped(f'{{"format": "nearer", "version": 1, "evenings": {DEEP}}}'),
    "deep JSON as it is": lambda: DEEP.encode(),
    "NaN": lambda: zipped('{"format": "nearer", "version": NaN}'),
    "a huge number": lambda: zipped('{"format": "nearer", "version": ' + "9" * 5000 + "}"),
    "names that stand twice": lambda: zipped('{"format": "nearer", "version": 1, "version": 1, "name": "x"}'),
    "not UTF-8": lambda: zipped(b'{"format": "nearer", "name": "\xff\xfe"}'),
    "a foreign format": lambda: zipped(json.dumps(HEAD | {"format": "journal"} | GOOD)),
    "a later version": lambda: zipped(json.dumps(HEAD | {"version": 2} | GOOD)),
    "a version of text": lambda: zipped(json.dumps(HEAD | {"version": "1"} | GOOD)),
    "a version that is true": lambda: zipped(json.dumps(HEAD | {"version": True} | GOOD)),
    "an unknown section": lambda: holding(passwords=[{}]),
    "a section that is no list": lambda: holding(wishes={"title": "x"}),
    "half a character in the name": lambda: zipped(json.dumps(HEAD | GOOD | {"name": "\ud800"})),
    "a name that is a list": lambda: zipped(json.dumps(HEAD | GOOD | {"name": [1]})),
    "a name that is too long": lambda: zipped(json.dumps(HEAD | GOOD | {"name": "a" * 300})),
    "empty objects in the name": lambda: zipped(
        json.dumps(HEAD | {"name": [{}] * 2_500_000}, separators=(",", ":"))
    ),
    "lists and nothing else": lambda: b"[" + b"[]," * 900_000 + b"[]]",
    "short texts and nothing else": lambda: zipped(b"[" + b'"ab",' * 1_500_000 + b"1]"),
    "numbers and nothing else": lambda: zipped(b"[" + b"1000," * 1_500_000 + b"1]"),
    "too many rows within rows": lambda: holding(
        talks=[
            {"day": f"20{n:02d}-01-01", "actions": [{"who": "we", "what": "x"}] * 390} for n in range(1, 60)
        ]
    ),
    "another list to believe": another_list,
    "an unknown field": lambda: holding(wishes=[{"title": "x", "couple": "1"}]),
    "an id": lambda: holding(wishes=[{"title": "x", "id": "1"}]),
    "a row that is none": lambda: holding(wishes=["x"]),
    "a field of another type": lambda: holding(wishes=[{"title": ["x"]}]),
    "NUL": lambda: holding(wishes=[{"title": "a\0b"}]),
    "half a character": lambda: holding(wishes=[{"title": "\ud800"}]),
    "an invisible title": lambda: holding(wishes=[{"title": "\u200b"}]),
    "a line over its limit": lambda: holding(evenings=[{**DAY, "rose": "a" * 1001}]),
    "a note over its limit": lambda: holding(evenings=[{**DAY, "note": "a" * 20_001}]),
    "a wish over its limit": lambda: holding(wishes=[{"title": "a" * 201}]),
    "a plan over its limit": lambda: holding(dates=[{**DAY, "state": "asked", "plan": "a" * 2001}]),
    "a question over its limit": lambda: holding(questions=[{**DAY, "text": "a" * 301}]),
    "too many questions": lambda: holding(questions=[{**DAY, "text": f"{n}?"} for n in range(201)]),
    "too many wishes": lambda: holding(wishes=[{"title": f"wish {n}"} for n in range(3001)]),
    "too many goals": lambda: holding(goals=[{"name": f"goal {n}"} for n in range(201)]),
    "too many habits": lambda: holding(habits=[{"what": f"thirty-days/{n}/x"} for n in range(6)]),
    "a habit there isn't": lambda: holding(habits=[{"what": "thirty-days/2/Nothing of the kind"}]),
    "a day that is none": lambda: holding(evenings=[{"day": "2026-02-30", "rose": "x"}]),
    "a day before all clocks": lambda: holding(evenings=[{"day": "0001-01-01", "rose": "x"}]),
    "a day in other digits": lambda: holding(evenings=[{"day": "２０２６-11-10", "rose": "x"}]),
    "the same day twice": lambda: holding(evenings=[{**DAY, "rose": "x"}, {**DAY, "rose": "y"}]),
    "a year without such a day": lambda: holding(
        days_to_remember=[{"name": "x", "what": "other", "month": 2, "day": 30}]
    ),
    "an amount that is none": lambda: holding(goals=[{"name": "x", "target": "NaN"}]),
    "an endless amount": lambda: holding(goals=[{"name": "x", "target": "1E+9999"}]),
    "an amount of endless places": lambda: holding(goals=[{"name": "x", "target": "1E-999999999"}]),
    "nought of endless places": lambda: holding(goals=[{"name": "x", "total": "0E-999999999"}]),
    "an amount of three places": lambda: holding(goals=[{"name": "x", "target": "1.234"}]),
    "an amount that is over": lambda: holding(goals=[{"name": "x", "target": "1000000000000.01"}]),
    "nothing to reach": lambda: holding(goals=[{"name": "x", "target": "0.00"}]),
    "a negative amount": lambda: holding(goals=[{"name": "x", "total": "-1"}]),
    "an amount in other digits": lambda: holding(goals=[{"name": "x", "target": "１２"}]),
    "an amount with a line's end": lambda: holding(goals=[{"name": "x", "target": "12\n"}]),
    "a number that is text": lambda: holding(phones_down=[{**DAY, "minutes": "15"}]),
    "a negative number": lambda: holding(phones_down=[{**DAY, "minutes": -15}]),
    "a part there isn't": lambda: a_talk(notes=[{"part": "9", "text": "x"}]),
    "two topics in a talk": lambda: a_talk(topics=[{"about": "x"}, {"about": "y"}]),
    "a moment that is none": lambda: holding(
        dates=[{**DAY, "state": "agreed", "starts": "2026-11-10T25:00:00Z"}]
    ),
    "a challenge there isn't": lambda: holding(
        challenges=[{"title": "x", "challenge": "none", "begun": "2026-11-01"}]
    ),
    "a day it hasn't": lambda: a_day(number=31),
    "so many swaps": lambda: a_day(words_swapped=10**12),
    "a zip in a zip": nested,
    "the same name twice": twice_the_same_name,
    "names that differ in their letters alone": lambda: several("nearer.json", "NEARER.json"),
    "a link to a file": lambda: a_link("/etc/passwd"),
    "a link whose target is an export": lambda: a_link(json.dumps(HEAD | GOOD)),
    "a size in the list that is too small": lambda: patched(LISTED, 24, struct.pack("<I", 9)),
    "a size in the list that is too large": lambda: patched(LISTED, 24, struct.pack("<I", 2**31)),
    "a size of its own that is too small": lambda: patched(LOCAL, 22, struct.pack("<I", 9)),
    "a size of its own that is too large": lambda: patched(LOCAL, 18, struct.pack("<I", 2**31)),
    "sizes that only a large ZIP has": lambda: patched(LISTED, 20, b"\xff" * 8),
    "another checksum of its own": lambda: patched(LOCAL, 14, b"abcd"),
    "another compression of its own": lambda: patched(LOCAL, 8, struct.pack("<H", 0)),
    "another name of its own": lambda: patched(LOCAL, 30, b"dearer"),
    "encrypted by itself alone": lambda: patched(LOCAL, 6, struct.pack("<H", 1)),
    "a place behind the end": lambda: patched(LISTED, 42, struct.pack("<I", 2**30)),
    "UTF-16 in a zip": lambda: zipped(utf_16(json.dumps(HEAD | GOOD))),
    "UTF-16 as it is": lambda: utf_16(json.dumps(HEAD | GOOD)),
    "UTF-16 without a mark": lambda: zipped(json.dumps(HEAD | GOOD).encode("utf-16-le")),
    "an endless number": lambda: zipped('{"format": "nearer", "version": 1e999, "name": "x"}'),
    "an endless number in a row": lambda: zipped(
        json.dumps(HEAD)[:-1] + ', "phones_down": [{"day": "2026-11-10", "minutes": 1e999}]}'
    ),
    "a number with a point": lambda: holding(phones_down=[{**DAY, "minutes": 15.0}]),
    "a huge number in a row": lambda: holding(phones_down=[{**DAY, "minutes": 10**400}]),
    "a field that stands twice": lambda: zipped(
        json.dumps(HEAD)[:-1] + ', "wishes": [{"title": "a", "title": "b"}]}'
    ),
    "half a character as a name": lambda: zipped('{"format": "nearer", "version": 1, "\\ud800": []}'),
    "version nought": lambda: zipped(json.dumps(HEAD | {"version": 0} | GOOD)),
    "a negative version": lambda: zipped(json.dumps(HEAD | {"version": -1} | GOOD)),
    "no version": lambda: zipped(json.dumps(HEAD | {"version": None} | GOOD)),
    "a huge version": lambda: zipped(json.dumps(HEAD | {"version": 10**30} | GOOD)),
    "a format that is a list": lambda: zipped(json.dumps(HEAD | {"format": ["nearer"]} | GOOD)),
    "an id of the other's wish": with_an_id("wishes", {"title": "x"}),
    "an id of the other's evening": with_an_id("evenings", {**DAY, "rose": "x"}),
    "an id of the other's talk": with_an_id("talks", {**DAY, "hope": "x"}),
    "an author": lambda: holding(thank_yous=[{**DAY, "text": "x", "author": "bob@example.test"}]),
    "a couple": lambda: holding(evenings=[{**DAY, "rose": "x", "couple": "1"}]),
    "the last day of all": lambda: holding(evenings=[{"day": "9999-12-31", "rose": "x"}]),
    "the first moment of all": lambda: holding(
        dates=[{**DAY, "state": "agreed", "starts": "0001-01-01T00:00:00Z"}]
    ),
    "the last moment of all": lambda: holding(
        dates=[{**DAY, "state": "agreed", "starts": "9999-12-31T23:59:59Z"}]
    ),
    "a goal by the last day of all": lambda: holding(goals=[{"name": "x", "due": "9999-12-31"}]),
    "a thorn of the first day of all": lambda: holding(topics=[{"about": "x", "thorn": "0001-01-01"}]),
    "the same card twice": lambda: a_day(counted=["words", "words"]),
    "the same day of a challenge twice": lambda: holding(
        challenges=[
            {"title": "x", "challenge": "thirty-days", "begun": "2026-11-01", "days": [{"number": 1}] * 2}
        ]
    ),
    "a CSV of the last day of all": lambda: b"date,text\n9999-12-31,x\n",
    "a CSV of the first day of all": lambda: b"date,text\n0001-01-01T00:00:00+14:00,x\n",
    "a CSV in UTF-16": lambda: utf_16("date,text\n2026-01-01,x\n"),
    "a CSV without columns": lambda: b"a,b\n1,2\n",
    "a CSV with no date": lambda: b"date,text\nyesterday,x\n",
    "a CSV too long for a day": lambda: b"date,text\n2026-01-01," + b"a" * 5001,
    "a CSV with an endless field": lambda: b'date,text\n2026-01-01,"' + b"a" * 200_000,
    "a CSV with a NUL": lambda: b"date,text\n2026-01-01,a\0b\n",
    "a CSV of too many": lambda: lines_of_csv(20_001),
    "a CSV of one column too many": lambda: columns_of_csv(51, 1),
    "a CSV of columns and nothing else": lambda: columns_of_csv(50_000, 400),
    "a CSV of commas and nothing else": lambda: b"date,text" + b"," * 1_000_000 + b"\n2026-01-01,a\n" * 100,
    "a CSV of commas behind a line and nothing else": lambda: b'"\n",date,text' + b"," * 1_000_000,
    "entries that are none": lambda: b"[1, 2]",
    "entries without text": lambda: b'[{"date": "2026-01-01"}]',
}


def test_a_row_of_somebody_elses_id_changes_nothing_of_theirs(
    alice: User, bob: User, dana: User, signed_in: SignIn
) -> None:
    wish = wishing.wish(by=seat(bob), words=wishing.WishWords("a walk"), now=NOW)
    for user in (alice, dana):
        row = {"title": "x", "id": str(wish.pk)}
        assert look(signed_in(user), holding(wishes=[row])).status_code == 422
    assert Wish.objects.get().title == "a walk"


@pytest.mark.parametrize("kind", HOSTILE)
def test_it_is_refused_with_a_sentence_and_leaves_nothing(dana: User, signed_in: SignIn, kind: str) -> None:
    client = signed_in(dana)
    before = rows_of_all()
    answer = look(client, HOSTILE[kind]())
    assert answer.status_code == 422, kind
    assert 'class="invalid-feedback"' in answer.content.decode() or "is-invalid" in answer.content.decode()
    assert rows_of_all() == before


def test_what_is_too_large_is_said_as_it_is(dana: User, signed_in: SignIn) -> None:
    client = signed_in(dana)
    sizes = {
        "too large": "This file is larger than 3 MB",
        "a zip bomb": "What is in this file is larger than 8 MB",
    }
    for kind, sentence in sizes.items():
        assert sentence in look(client, HOSTILE[kind]()).content.decode()


@pytest.mark.parametrize(
    "content",
    [
        columns_of_csv(51, 1),
        b"well," * 50 + b"\nthat is how it was.\n",
        b'"\n",date,text' + b"," * 60 + b"\n2026-01-01,a\n",
    ],
)
def test_more_columns_than_a_list_has_make_none(dana: User, signed_in: SignIn, content: bytes) -> None:
    said = look(signed_in(dana), content).content.decode()
    assert "This isn’t an export of Nearer, nor a list of dated entries." in said


def test_there_are_enough_kinds() -> None:
    assert len(HOSTILE) >= 100


def test_what_is_as_it_should_be_comes_in(dana: User, signed_in: SignIn) -> None:
    """So that the others aren't refused for what stands beside them."""
    assert look(signed_in(dana), holding()).status_code == 200


LARGE = [
    kind for kind in HOSTILE if any(of in kind for of in ("nothing else", "in the name", "endless places"))
]


@pytest.mark.parametrize("kind", LARGE)
def test_no_file_takes_many_times_its_size(kind: str) -> None:
    content = HOSTILE[kind]()
    tracemalloc.start()
    try:
        with pytest.raises(NotImported):
            importing.checked(import_files.read(content, CLOCK).whole)
        assert tracemalloc.get_traced_memory()[1] < 40 * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_as_much_as_is_let_in_takes_so_much() -> None:
    """The dearest values there are, as many of them as one file may hold."""
    for dearest in (b'{"a":[]},', b"[{}],", b'"\xc3\xa4b\xe2\x82\xac\xf0\x9f\x95\xaf",'):
        each = len(import_files.VALUE.findall(dearest.decode()))
        content = zipped(b"[" + dearest * ((import_files.VALUES - 2) // each) + b"1]")
        tracemalloc.start()
        try:
            with pytest.raises(NotImported):
                import_files.read(content, CLOCK)
            assert tracemalloc.get_traced_memory()[1] < 60 * 1024 * 1024
        finally:
            tracemalloc.stop()
