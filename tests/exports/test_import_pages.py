"""The pages of an import: choose a file, see what is in it, take it in; and what other journals write."""

import html
import io
import json
import random
import re
import zipfile
from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts import exporting, importing
from accounts.fields import EARLIEST, LATEST
from accounts.models import User
from checkins import writing
from checkins.models import CheckIn
from checkins.words import CheckInText
from couples import days
from tests.cast import NOW, seat
from tests.exports.archive import exported, files_of
from tests.exports.files import HEAD, look, take
from tests.exports.lives import live
from tests.private_acts import SignIn

JOURNAL = b'date,text\n2026-10-01,The first of the month.\n2026-10-02,"Two lines,\nand a comma"\n2026-10-01,Later.\n'
JOURNALS = {
    "commas": JOURNAL,
    "semicolons": JOURNAL.replace(b"date,text", b"Date;Text").replace(b"1,", b"1;").replace(b"2,", b"2;"),
    "lines of an old Mac": JOURNAL.replace(b"\n", b"\r"),
    "lines of Windows": JOURNAL.replace(b"\n", b"\r\n"),
    "rows without anything": JOURNAL + b",\n,\n\n",
    "fifty columns": JOURNAL.replace(b"text", b"text" + b",x" * 48),
    "a byte order mark": b"\xef\xbb\xbf" + JOURNAL,
    "JSON": b"""[{"date": "2026-10-01", "text": "The first of the month."},
        {"date": "2026-10-02", "text": "Two lines,\\nand a comma", "mood": 3},
        {"date": "2026-10-01", "text": "Later."}]""",
    "JSON of entries": b"""{"metadata": {"version": "1.0"}, "entries": [
        {"creationDate": "2026-10-01T08:00:00Z", "text": "The first of the month.", "uuid": "1"},
        {"creationDate": "2026-10-01T21:00:00Z", "text": "Later."},
        {"creationDate": "2026-10-02T21:00:00Z", "text": "Two lines,\\nand a comma"}]}""",
}


@pytest.mark.parametrize("kind", JOURNALS)
def test_entries_of_another_journal_become_kept_evenings(dana: User, signed_in: SignIn, kind: str) -> None:
    client = signed_in(dana)
    preview = look(client, JOURNALS[kind])
    assert preview.status_code == 200
    assert "2 evenings" in preview.content.decode()
    assert not CheckIn.objects.own(dana).exists()
    assert "Imported." in take(client, preview).content.decode()
    pages = {page.day: page.note for page in CheckIn.objects.own(dana)}
    assert pages == {
        date(2026, 10, 1): "The first of the month.\n\nLater.",
        date(2026, 10, 2): "Two lines,\nand a comma",
    }
    assert "Nothing new." in look(client, JOURNALS[kind]).content.decode()


def test_pages_of_another_century_are_read_printed_and_taken_back(dana: User, signed_in: SignIn) -> None:
    client = signed_in(dana)
    take(
        client,
        look(client, b"date,text\n1998-05-03,an old day\n1900-01-01,the first there is\n2026-10-01,new\n"),
    )
    assert 'href="/kept/1998-05/"' in client.get("/kept/").content.decode()
    month = client.get("/kept/1998-05/").content.decode()
    assert 'href="/evenings/1998-05-03/"' in month
    assert re.findall(r'href="(/kept/[^"]*)"', month) == ["/kept/1900-01/", "/kept/2026-10/"]
    assert 'href=""' not in month
    assert 'href="/evenings/1900-01-01/"' in client.get("/kept/1900-01/").content.decode()
    assert "an old day" in client.get("/evenings/1998-05-03/").content.decode()
    assert "an old day" in files_of(exported(dana, private=True, now=NOW))["index.html"]
    client.post("/evening/1998-05-03/take-back/")
    assert {page.day.year for page in CheckIn.objects.own(dana)} == {1900, 2026}


def test_so_are_talks_of_another_century_page_by_page(dana: User, signed_in: SignIn) -> None:
    client = signed_in(dana)
    talks = [{"day": f"1995-03-{day:02}", "minutes": 30} for day in range(1, 16)]
    take(client, look(client, json.dumps({**HEAD, "talks": talks}).encode()))
    first = client.get(reverse("agendas:talks")).content.decode()
    more = re.search(r'href="(/[^"]*\?before=[^"]+)"', first)
    assert more
    second = client.get(html.unescape(more[1])).content.decode()
    found = [set(re.findall(r"/[0-9a-f-]{36}/", page)) for page in (first, second)]
    assert len(found[0] | found[1]) == 15
    assert not found[0] & found[1]


def test_whatever_day_may_be_brought_in_has_an_address() -> None:
    for day in (EARLIEST, LATEST):
        assert reverse("checkins:evening", args=[day]) == f"/evenings/{day}/"
        assert reverse("checkins:kept_month", args=[day]) == f"/kept/{day:%Y-%m}/"


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-07-02", 2),
        ("2026-07-02 00:00:00", 2),  # as programs write what has no time
        ("2026-07-02T03:59", 1),
        ("2026-07-02T04:00", 2),
        ("2026-07-02T02:30:00Z", 1),  # half past ten in the evening, in New York
        ("2026-07-02T00:00:00Z", 1),
        ("2026-07-02T07:59:00Z", 1),
        ("2026-07-02T08:00:00Z", 2),
        ("2026-07-02T00:30:00-04:00", 1),
        ("2026-07-02T23:30:00+14:00", 2),
        ("2026-07-02T01:00:00+14:00", 1),
    ],
)
def test_an_entry_with_a_time_is_of_its_day_on_ones_own_clock(
    dana: User, signed_in: SignIn, at: str, day: int
) -> None:
    dana.zone = "America/New_York"
    dana.save()
    client = signed_in(dana)
    take(client, look(client, f"date,text\n{at},a walk\n".encode()))
    assert CheckIn.objects.own(dana).get().day == date(2026, 7, day)


def test_a_day_that_has_a_page_keeps_it(dana: User, signed_in: SignIn) -> None:
    writing.write(
        by=seat(dana), day=days.day_of(NOW, dana.tz), words=CheckInText("mine"), share=False, now=NOW
    )
    client = signed_in(dana)
    for file in (b"date,text\n2026-11-18,theirs\n", b"date,text\n2026-11-18,theirs\n2026-11-17,new\n"):
        preview = look(client, file)
        assert "a day that has a page keeps that page" in " ".join(preview.content.decode().split())
    take(client, preview)
    assert [page.words.rose or page.note for page in CheckIn.objects.own(dana).order_by("day")] == [
        "new",
        "mine",
    ]


def test_an_export_is_previewed_and_taken(alice: User, bob: User, dana: User, signed_in: SignIn) -> None:
    live(alice, bob, evenings=8)
    client = signed_in(dana)
    preview = look(client, exported(alice, private=True, now=NOW))
    page = preview.content.decode()
    shown = re.findall(r"<li>(?:\d+ )?([\w -]+)</li>", page)
    assert {"evenings", "thank-yous", "wishes", "dates", "talks", "challenge", "goals"} <= set(shown)
    assert not CheckIn.objects.own(dana).exists()
    assert "Imported." in take(client, preview).content.decode()
    lists = client.get(reverse("adventures:earlier_lists")).content.decode()
    assert "joint-wish of bob, changed" in lists
    assert "joint-goal of bob" in client.get(reverse("agendas:goals")).content.decode()
    assert client.get(reverse("agendas:talks")).status_code == 200
    assert "joint-date" in client.get(reverse("adventures:earlier_memories")).content.decode()


STAYS_BEHIND = {
    "settings": "Settings,",
    "log": "your log",
    "reminders": "reminders",
    "quiet_hours": "quiet hours",
    "date_rhythm": "rhythms of dates and talks",
    "talk_rhythm": "rhythms of dates and talks",
}


def test_what_stays_behind_is_said_whether_anything_is_new_or_not(dana: User, signed_in: SignIn) -> None:
    assert {one.name for one in exporting.sections()} - set(importing._importers) == set(STAYS_BEHIND)
    client = signed_in(dana)
    preview = look(client, JOURNAL)
    take(client, preview)
    for page in (preview, look(client, JOURNAL)):
        said = " ".join(page.content.decode().split())
        assert all(words in said for words in [*STAYS_BEHIND.values(), "stay behind."])


def test_what_a_page_carries_is_its_readers_alone(alice: User, dana: User, signed_in: SignIn) -> None:
    """Sealed for one person, it is refused from anybody else, and so is whatever was changed in it."""
    preview = look(signed_in(dana), JOURNAL)
    sealed = re.search(r'name="sealed" value="([^"]+)"', preview.content.decode())
    assert sealed
    assert "month" not in sealed[1]
    for user, text in ((alice, sealed[1]), (dana, sealed[1][:-8] + "AAAAAAA="), (dana, "x"), (dana, "")):
        answer = signed_in(user).post(reverse("accounts:import_take"), {"sealed": text})
        assert answer.status_code == 422
        assert not CheckIn.objects.own(user).exists()


def test_so_many_files_within_an_hour_and_then_a_sentence(alice: User, dana: User, signed_in: SignIn) -> None:
    """Looking into a file counts, and so does taking it in; nobody uses up anybody else's."""
    with time_machine.travel(NOW, tick=False):
        client = signed_in(dana)
        preview = look(client, JOURNAL)
        for number in range(11):
            assert look(client, b"PK%d" % number).status_code == 422
        for refused in (look(client, JOURNAL), take(client, preview)):
            assert refused.status_code == 422
            assert "as many files as can be looked into" in refused.content.decode()
            assert 'aria-invalid="true"' in refused.content.decode()
        assert not CheckIn.objects.own(dana).exists()
        assert client.get(reverse("accounts:import_file")).status_code == 200
        assert look(signed_in(alice), JOURNAL).status_code == 200
    with time_machine.travel(NOW + timedelta(hours=1, minutes=1), tick=False):
        client = signed_in(dana)
        assert "Imported." in take(client, look(client, JOURNAL)).content.decode()


def test_an_answer_keeps_the_question_one_asked_oneself(dana: User, signed_in: SignIn) -> None:
    """Nobody says yes to one that was brought in."""
    rows = {
        "questions": [{"day": "2026-11-01", "text": "What would you cook?"}],
        "answers": [
            {"day": "2026-11-15", "question": "What would you cook?", "text": "planted soup"},
            {"day": "2026-11-16", "card": "gone", "question": "Of another deck?", "text": "planted bread"},
            {"day": "2026-11-17", "text": "planted salt"},
        ],
    }
    with time_machine.travel(NOW, tick=False):
        client = signed_in(dana)
        preview = look(client, json.dumps(HEAD | rows).encode())
        assert "Left out, not known here: the question of 1 answer." in preview.content.decode()
        take(client, preview)
        for path in (reverse("checkins:kept"), reverse("checkins:question_day", args=[date(2026, 11, 15)])):
            page = client.get(path).content.decode()
            assert "planted soup" in page
            assert "What would you cook?" in page


def test_of_a_zip_that_is_too_large_what_is_read_fits_alone(
    dana: User, alice: User, signed_in: SignIn
) -> None:
    words = random.Random(0)
    pages = (
        CheckIn(
            author=dana,
            day=date(2020, 1, 1) + timedelta(days=number),
            note=words.randbytes(2500).hex(),
            kept_at=NOW,
        )
        for number in range(700)
    )
    CheckIn.objects.bulk_create(pages, 200)
    whole = exported(dana, private=True, now=NOW)
    alone = files_of(whole)["nearer.json"]
    client = signed_in(alice)
    for too_large in (whole, alone.encode()):
        answer = look(client, too_large)
        assert answer.status_code == 422
        assert "larger than 3 MB" in answer.content.decode()
        assert ("nearer.json may fit in a ZIP of its own" in answer.content.decode()) == (too_large is whole)
    to = io.BytesIO()
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("nearer.json", alone)
    take(client, look(client, to.getvalue()))
    assert CheckIn.objects.own(alice).count() == 700
