"""The pages of one's data: an export is asked for, prepared, downloaded and gone, and nobody else learns of it."""

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as configured
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from accounts import export_requests, exporting, leaving, long_work, sealed_files, what_is_kept
from accounts.adapters import AccountAdapter
from accounts.models import LogEntry, LongWork, SealedFile, Session, User
from accounts.sessions import made_of
from adventures import occasions, wishing
from agendas import goals
from checkins.words import CheckInText
from couples import parting
from tests import catalogue, kept_texts
from tests.adventures.scenarios import agreed, asked
from tests.cast import PASSWORD, seat
from tests.months_before import OF_BOTH, live_months
from tests.private_acts import ACTS, EVENING, write
from tests.written import perform

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[User], Client]
PAGE = "accounts:export"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    options = {"location": str(tmp_path / "files")}
    settings.STORAGES = settings.STORAGES | {
        "sealed": {"BACKEND": "accounts.local_files.LocalFiles", "OPTIONS": options}
    }
    return tmp_path / "files"


def body(client: Client) -> str:
    answer = client.get(reverse(PAGE))
    assert answer.status_code == 200
    return answer.content.decode()


def prepare(client: Client, **data: str) -> None:
    """Ask for an export, and let a worker do it."""
    answer = client.post(reverse(PAGE), data)
    assert (answer.status_code, answer["Location"]) == (302, reverse(PAGE))
    long_work.work_off(clock=timezone.now)


def downloaded(client: Client) -> bytes:
    answer = client.get(reverse("accounts:export_download"), headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == 'attachment; filename="pages.zip"'
    assert answer["Cache-Control"] == "no-store"
    assert "Content-Encoding" not in answer
    found = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # it streams
    assert answer["Content-Length"] == str(len(found))
    return found


def unpacked(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name) for name in opened.namelist()}


def test_it_is_asked_for_prepared_downloaded_and_gone(alice: User, signed_in: SignIn, folder: Path) -> None:
    with time_machine.travel(EVENING, tick=False):
        client = signed_in(alice)
        assert "Prepare the file" in body(client)
        client.post(reverse(PAGE))
        page = body(client)
        assert "Your file is being prepared" in page
        assert "Prepare the file" not in page
        assert "Check again" in page
        assert 'id="live"' in client.get(reverse("accounts:export_progress")).content.decode()
        assert client.get(reverse("accounts:export_download"))["Location"] == reverse(PAGE)
        long_work.work_off(clock=timezone.now)
        assert 'id="live"' not in client.get(reverse("accounts:export_progress")).content.decode()
        assert "Download the file" in body(client)
        found = unpacked(downloaded(client))
        assert {"index.html", "nearer.json"} <= set(found)
        assert found == unpacked(downloaded(client))  # as often as one likes
        assert b"PK" not in next(folder.iterdir()).read_bytes()[:64]
    with time_machine.travel(EVENING + timedelta(hours=24, seconds=1), tick=False):
        client = signed_in(alice)
        assert "Prepare the file" in body(client)
        assert client.get(reverse("accounts:export_download"))["Location"] == reverse(PAGE)
        long_work.work_off(clock=timezone.now)
    assert list(folder.iterdir()) == []


def test_what_is_ones_own_alone_is_in_it_where_that_was_ticked(alice: User, signed_in: SignIn) -> None:
    with time_machine.travel(EVENING, tick=False):
        write(alice, share=False, now=EVENING, words=CheckInText("planted frost", note="planted note"))
        client = signed_in(alice)
        prepare(client)
        assert b"planted" not in b"".join(unpacked(downloaded(client)).values())
        prepare(client, private="on")
        found = b"".join(unpacked(downloaded(client)).values())
        assert b"planted frost" in found
        assert b"planted note" in found


def test_it_is_what_is_written_into_a_file_elsewhere(alice: User, signed_in: SignIn) -> None:
    with time_machine.travel(EVENING, tick=False):
        client = signed_in(alice)
        prepare(client)
        straight = io.BytesIO()
        exporting.write(alice, private=False, now=EVENING, to=straight)
        assert downloaded(client) == straight.getvalue()


def test_it_always_wants_a_fresh_sign_in(alice: User, signed_in: SignIn) -> None:
    with time_machine.travel(EVENING, tick=False):
        prepare(client := signed_in(alice))
    with time_machine.travel(EVENING + timedelta(minutes=10), tick=False):
        for name in (PAGE, "accounts:export_progress", "accounts:export_download"):
            assert reverse("account_reauthenticate") in client.get(reverse(name))["Location"]
        for name in (PAGE, "accounts:export_delete"):
            assert reverse("account_reauthenticate") in client.post(reverse(name))["Location"]
        assert LongWork.objects.get().state == LongWork.State.READY


def test_one_at_a_time_and_three_a_day(alice: User, bob: User, signed_in: SignIn) -> None:
    client = signed_in(alice)
    for _ in range(5):
        client.post(reverse(PAGE))
    assert LongWork.objects.count() == 1
    for number in range(1, 4):
        long_work.work_off(clock=timezone.now)
        said = client.post(reverse(PAGE), follow=True).content.decode()
        assert ("three in one day" in said) == (number == 3)
    assert LongWork.objects.get().state == LongWork.State.READY  # the last one is still there
    prepare(signed_in(bob))


def test_one_that_failed_uses_up_no_try(alice: User, signed_in: SignIn) -> None:
    client = signed_in(alice)
    for number in range(1, 5):
        for _ in range(3):
            said = client.post(reverse(PAGE), follow=True).content.decode()
            assert ("three in one day" in said) == (number == 4)
            if number < 4:
                LongWork.objects.update(state=LongWork.State.FAILED)
        client.post(reverse(PAGE))
        long_work.work_off(clock=timezone.now)
        assert LongWork.objects.get().state == LongWork.State.READY


def test_deleting_takes_it_at_once(alice: User, signed_in: SignIn, folder: Path) -> None:
    client = signed_in(alice)
    prepare(client)
    for _ in range(2):
        assert client.post(reverse("accounts:export_delete"))["Location"] == reverse(PAGE)
    assert list(folder.iterdir()) == []
    assert not SealedFile.objects.exists()


def test_one_that_failed_is_said_and_can_be_asked_for_again(alice: User, signed_in: SignIn) -> None:
    client = signed_in(alice)
    client.post(reverse(PAGE))
    LongWork.objects.update(state=LongWork.State.FAILED)
    page = body(client)
    assert "Your file couldn’t be prepared" in page
    assert "Prepare the file" in page


def test_a_file_that_is_gone_or_damaged_is_said(alice: User, signed_in: SignIn, folder: Path) -> None:
    client = signed_in(alice)
    for is_damaged in (False, True):
        prepare(client)
        path = next(folder.iterdir())
        path.unlink()
        if is_damaged:
            path.write_bytes(b"x" * 100)
        said = client.get(reverse("accounts:export_download"), follow=True).content.decode()
        assert "There is no file to download any more." in said


def big(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """An export of four megabytes, ready."""

    def writes(user: User, *, private: bool, now: Any, to: Any) -> None:
        for _ in range(64):
            to.write(b"x" * 65536)

    monkeypatch.setattr(exporting, "write", writes)
    export_requests.ask(user, private=False, now=timezone.now())
    long_work.work_off(clock=timezone.now)


def underway(client: Client) -> Iterator[bytes]:
    """The pieces of a download, the first of which went out."""
    answer = client.get(reverse("accounts:export_download"))
    pieces: Iterator[bytes] = iter(answer.streaming_content)  # type: ignore[attr-defined]  # it streams
    assert next(pieces)
    return pieces


def test_erasing_the_account_ends_a_download_at_once(
    alice: User, signed_in: SignIn, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    big(alice, monkeypatch)
    pieces = underway(signed_in(alice))
    assert next(pieces)
    leaving.erase(alice, now=timezone.now())
    assert list(pieces) == []
    assert list(folder.iterdir()) == []
    assert not LongWork.objects.exists()
    assert not SealedFile.objects.exists()


def signs_out(here: Client, elsewhere: Client) -> None:
    here.post(reverse("account_logout"))


def signs_out_everywhere(here: Client, elsewhere: Client) -> None:
    assert elsewhere.post(reverse("accounts:sessions")).status_code == 302


def takes_a_new_password(here: Client, elsewhere: Client) -> None:
    new = {
        "oldpassword": PASSWORD,
        "password1": "another lamp at night",
        "password2": "another lamp at night",
    }
    assert elsewhere.post(reverse("account_change_password"), new).status_code == 302


def forgets_the_password(here: Client, elsewhere: Client) -> None:
    """As the last step of a reset does, which needs no session of one's own."""
    user = User.objects.get(name="Alice")
    AccountAdapter().set_password(user, "another lamp at night")


def is_locked(here: Client, elsewhere: Client) -> None:
    User.objects.filter(name="Alice").update(is_active=False)


def deletes_the_file(here: Client, elsewhere: Client) -> None:
    elsewhere.post(reverse("accounts:export_delete"))


@pytest.mark.parametrize(
    "act",
    [
        signs_out,
        signs_out_everywhere,
        takes_a_new_password,
        forgets_the_password,
        is_locked,
        deletes_the_file,
    ],
)
def test_what_ends_a_session_ends_its_download_at_once(
    alice: User, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch, act: Callable[[Client, Client], None]
) -> None:
    big(alice, monkeypatch)
    here = signed_in(alice)
    pieces = underway(here)
    act(here, signed_in(alice))
    assert list(pieces) == []


def test_nothing_is_opened_for_a_session_that_is_over(
    alice: User, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    big(alice, monkeypatch)
    session = made_of(signed_in(alice).session.session_key or "")[0]
    assert export_requests.opened(alice, session=session, now=timezone.now())
    Session.objects.all().delete()
    assert export_requests.opened(alice, session=session, now=timezone.now()) is None


def test_what_ends_another_session_and_a_sign_in_that_is_no_longer_fresh_end_none(
    alice: User, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel(EVENING, tick=False):
        big(alice, monkeypatch)
        here, elsewhere = signed_in(alice), signed_in(alice)
        pieces = underway(here)
        elsewhere.post(reverse("account_logout"))
    with time_machine.travel(EVENING + timedelta(minutes=30), tick=False):
        assert len(list(pieces)) == 63


def test_a_download_asks_the_database_once_a_piece_and_holds_no_cursor(
    alice: User, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    big(alice, monkeypatch)
    answer = signed_in(alice).get(reverse("accounts:export_download"))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        whole = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # it streams
        assert len(whole) == 64 * 65536
    assert len(asked) == 63  # the first look came with the first piece


def test_it_can_be_had_alone_after_parting_and_when_the_other_is_gone(
    alice: User, bob: User, dana: User, signed_in: SignIn
) -> None:
    prepare(client := signed_in(dana))
    unpacked(downloaded(client))
    parting.part(by=alice, now=timezone.now())
    for user in (alice, bob):
        prepare(client := signed_in(user))
        unpacked(downloaded(client))
    leaving.erase(alice, now=timezone.now())
    prepare(client)
    unpacked(downloaded(client))


def test_an_archive_is_its_owners_alone(alice: User, bob: User, signed_in: SignIn) -> None:
    prepare(signed_in(alice))
    other = signed_in(bob)
    assert "Download the file" not in body(other)
    assert other.get(reverse("accounts:export_download"))["Location"] == reverse(PAGE)
    other.post(reverse("accounts:export_delete"))
    assert LongWork.objects.get().user_id == alice.pk


def test_it_is_in_no_log(alice: User, signed_in: SignIn, caplog: pytest.LogCaptureFixture, smtp: Any) -> None:
    client = signed_in(alice)
    lines = LogEntry.objects.count()
    with caplog.at_level("INFO", "accounts"):
        prepare(client, private="on")
        downloaded(client)
    assert LogEntry.objects.count() == lines
    assert len(smtp) == 0
    assert [record for record in caplog.records if record.name.startswith(("accounts", "celery"))] == []


def test_a_head_unseals_nothing(alice: User, signed_in: SignIn) -> None:
    prepare(client := signed_in(alice))
    answer = client.head(reverse("accounts:export_download"))
    assert int(answer["Content-Length"]) > 0
    assert list(answer.streaming_content) == []  # type: ignore[attr-defined]  # it streams


# --- what is kept --------------------------------------------------------------------------------


def test_the_page_of_what_is_kept_has_every_line_of_the_list(alice: User, signed_in: SignIn) -> None:
    list_ = (configured.BASE_DIR / "docs" / "privacy.md").read_text()
    lines = re.findall(
        r"^\| `\w+` \|", list_.split("## What the other can see, as it is said")[0], re.MULTILINE
    )
    rows = [row for room in what_is_kept.rooms() for chapter in room.chapters for row in chapter.rows]
    assert len(rows) == len(lines) > 300
    page = signed_in(alice).get(reverse("accounts:kept")).content.decode()
    assert page.count("Seen by: ") == len(rows)
    assert all(row.what and row.who and row.goes for row in rows)
    assert not any(row.who.startswith("The same") or row.goes.startswith("The same") for row in rows)
    assert any(row.is_sealed for row in rows)
    said = " ".join(row.who for row in rows).casefold()
    assert not any(word in said for word in ("oneself", "operator", "the couple"))
    assert {"You", "Whoever runs this", "You, whoever runs this", "The two of you"} <= {
        row.who for row in rows
    }


def kept(client: Client) -> str:
    page = client.get(reverse("accounts:kept")).content.decode()
    return " ".join(re.sub(r'nonce="[^"]+"|value="[^"]+"', "", page).split())


def figures(client: Client) -> list[str]:
    """The figures of the page, as they are read."""
    found = re.search(r'<section[^>]*aria-labelledby="w-both">.*?</section> ', kept(client))
    return re.findall("<li>(.*?)</li>", found[0]) if found else []


def test_the_list_is_the_same_for_everybody(alice: User, bob: User, dana: User, signed_in: SignIn) -> None:
    write(alice, share=True, now=timezone.now())
    pages = {user.name: kept(signed_in(user)) for user in (alice, bob, dana)}
    assert pages["Alice"] == pages["Bob"]
    found = re.search(r'<section[^>]*aria-labelledby="w-both">.*?</section> ', pages["Bob"])
    assert found
    assert pages["Bob"].replace(found[0], "") == pages["Dana"]


def test_figures_are_of_what_both_can_read_alone(alice: User, bob: User, signed_in: SignIn) -> None:
    """Nothing that one does alone moves them, on either's page; what both can read does, on both."""
    with time_machine.travel(EVENING, tick=False):
        live_months(alice, bob)
        clients, evenings = [signed_in(alice), signed_in(bob)], len(OF_BOTH)
        before = figures(clients[0])
        assert f"{evenings} evenings with a page open to you both" in before
        for act in ACTS:
            with transaction.atomic():
                perform(act, alice, EVENING)
                assert [figures(client) for client in clients] == [before] * 2, act
                transaction.set_rollback(True)
    later = EVENING + timedelta(days=1)
    with time_machine.travel(later, tick=False):
        clients = [signed_in(alice), signed_in(bob)]
        write(alice, share=True, now=later)
        assert [figures(client) for client in clients] == [before] * 2  # it waits
        write(bob, share=True, now=later)
        wishing.wish(by=seat(bob), words=wishing.WishWords("a walk"), now=later)
        occasions.add(by=seat(bob), words=occasions.OccasionWords("other", "a day", 12, 24), now=later)
        agreed(alice, bob, "a date", at=later + timedelta(days=2), now=later)
        asked(alice, "another", at=later + timedelta(days=3), now=later)
        goals.add(by=seat(alice), details=goals.GoalDetails("a goal"), now=later)
        assert f"{evenings} evenings with a page open to you both" in figures(
            clients[0]
        )  # it isn't over everywhere
    with time_machine.travel(later + timedelta(days=1), tick=False):
        clients = [signed_in(alice), signed_in(bob)]
        assert [figures(client) for client in clients] == [
            [
                f"{evenings + 1} evenings with a page open to you both",
                "1 wish",
                "2 dates you both said yes to",
                "1 day to remember",
                "0 talks",
                "1 goal",
            ]
        ] * 2


def test_the_page_asks_as_few_questions_as_any(alice: User, bob: User, signed_in: SignIn) -> None:
    client = signed_in(alice)
    with CaptureQueriesContext(connection) as asked:
        assert figures(client)
    assert len(asked) <= 10


def test_after_parting_nothing_is_of_both(alice: User, bob: User, signed_in: SignIn) -> None:
    for user in (alice, bob):
        write(user, share=True, now=EVENING)
    parting.part(by=alice, now=EVENING)
    assert not any(figures(signed_in(user)) for user in (alice, bob))


def test_the_texts_of_the_list_are_gathered_for_translators() -> None:
    assert kept_texts.PLACE.read_text() == kept_texts.text(), "make messages"
    gathered = catalogue.texts()
    assert [one for one in what_is_kept.texts() if one.replace("%", "%%") not in gathered] == []


def test_the_page_of_what_is_kept_can_be_translated_whole(
    alice: User, bob: User, signed_in: SignIn, settings: Any, tmp_path: Path
) -> None:
    client = signed_in(alice)
    with catalogue.spoken(settings, tmp_path):
        page = client.get(reverse("accounts:kept")).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert "¤" in main
    assert "w-both" in main
    assert re.findall(r"[^\W\d_]{2,}", unescape(strip_tags(main)).replace("¤", "")) == []


def test_what_was_asked_for_is_sealed_and_not_on_the_page(alice: User, signed_in: SignIn) -> None:
    pages = []
    for private in (True, False):
        with time_machine.travel(EVENING, tick=False):
            client = signed_in(alice)
            work = export_requests.ask(alice, private=private, now=EVENING)
            assert json.loads(work.options) == {"private": private}
            pages.append(re.sub(r'nonce="[^"]+"|value="[^"]+"', "", body(client)))
            long_work.cancel(work)
    assert pages[0] == pages[1]


def test_a_file_is_sealed_under_ones_own_key(alice: User, signed_in: SignIn) -> None:
    prepare(signed_in(alice))
    assert SealedFile.objects.get().key_id == alice.key_id
    assert sealed_files.storage().listdir("")[1] == [str(SealedFile.objects.get().pk)]
    assert seat(alice).couple.key_id != alice.key_id
