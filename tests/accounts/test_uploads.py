"""Uploads are sealed as they come in: nothing plain is written to any file, and what is refused leaves nothing."""

import os
import re
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts import sealed_files
from accounts.models import SealedFile, User
from accounts.sealed_files import PIECE
from accounts.uploads import SealedUpload, SealedUploadHandler
from checkins.models import CheckIn
from tests.private_acts import SignIn

pytestmark = pytest.mark.django_db(transaction=True)
LIMIT = 8 * 1024 * 1024
PLANTED = b"a-line-that-no-disk-may-hold;"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    options = {"location": str(tmp_path / "files")}
    settings.STORAGES = settings.STORAGES | {
        "sealed": {"BACKEND": "accounts.local_files.LocalFiles", "OPTIONS": options}
    }
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "temporary")
    (tmp_path / "temporary").mkdir()
    return tmp_path / "files"


def file0(request: HttpRequest) -> UploadedFile:
    """The first file of the form, which is read by this."""
    found = request.FILES["file0"]
    assert isinstance(found, UploadedFile)
    return found


def posted(*files: bytes, handler: FileUploadHandler | None = None, **data: str) -> HttpRequest:
    """A request with these files in its form, not read yet."""
    named = {f"file{number}": SimpleUploadedFile("a.zip", file) for number, file in enumerate(files)}
    request = RequestFactory().post("/", {**data, **named})
    if handler is not None:
        request.upload_handlers = [handler]
    return request


def test_what_is_uploaded_is_sealed_and_can_be_read(alice: User, folder: Path) -> None:
    plain, short = secrets.token_bytes(5 * PIECE + 7), b"short"
    request = posted(plain, short, handler=SealedUploadHandler(alice.key, limit=LIMIT), colour="red")
    assert request.POST["colour"] == "red"
    one, two = (request.FILES[name] for name in ("file0", "file1"))
    assert isinstance(one, SealedUpload)
    assert isinstance(two, SealedUpload)
    assert (one.size, two.size) == (len(plain), 5)
    assert b"".join(one.chunks()) == plain
    assert b"".join(two.chunks()) == short
    assert {file.key_id for file in SealedFile.objects.all()} == {alice.key_id}
    assert len(list(folder.iterdir())) == 2


def test_one_that_is_too_large_leaves_nothing_and_is_known(alice: User, folder: Path) -> None:
    handler = SealedUploadHandler(alice.key, limit=3 * PIECE)
    request = posted(b"x" * (3 * PIECE + 1), handler=handler)
    assert list(request.FILES) == []
    assert handler.too_large
    assert list(folder.iterdir()) == []
    assert not SealedFile.objects.exists()
    whole = posted(b"x" * 3 * PIECE, handler=SealedUploadHandler(alice.key, limit=3 * PIECE))
    assert file0(whole).size == 3 * PIECE


def test_one_that_makes_no_sense_is_swept(alice: User, folder: Path) -> None:
    head = (
        b'--line\r\nContent-Disposition: form-data; name="a"; filename="a.zip"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n"
    )
    body = head + b"eHg=" * 50_000 + b"e\r\n--line--\r\n"
    request = RequestFactory().generic("POST", "/", body, "multipart/form-data; boundary=line")
    request.upload_handlers = [SealedUploadHandler(alice.key, limit=LIMIT)]
    with pytest.raises(MultiPartParserError):
        assert request.FILES
    later = timezone.now() + sealed_files.GRACE + timedelta(minutes=1)
    assert sealed_files.sweep(now=later) == 1
    assert list(folder.iterdir()) == []
    assert not SealedFile.objects.exists()


def test_what_no_page_seals_is_never_written_down(folder: Path, tmp_path: Path) -> None:
    assert file0(posted(b"short")).read() == b"short"  # in memory, as the body it came in
    assert file0(posted(b"x" * 3 * 1024 * 1024)).size == 3 * 1024 * 1024
    assert list(posted(b"x" * 5 * 1024 * 1024).FILES) == []  # more than the door lets in
    assert list((tmp_path / "temporary").iterdir()) == []


def written(act: Callable[[], object], into: Path) -> str:
    """All that this process wrote to files while it did `act`, as the kernel saw it."""
    strace = shutil.which("strace") or ""
    calls = "trace=write,writev,pwrite64,pwritev"
    command = [strace, "-f", "-yy", "-s", "300000", "-e", calls, "-o", str(into), "-p", str(os.getpid())]
    watcher = subprocess.Popen(command, stderr=subprocess.PIPE)
    assert watcher.stderr is not None
    assert b"attached" in watcher.stderr.readline()
    try:
        time.sleep(0.2)
        act()
    finally:
        watcher.send_signal(signal.SIGINT)
        watcher.wait(60)
        watcher.stderr.close()
    lines = into.read_text(errors="replace").splitlines()
    return "\n".join(line for line in lines if "</" in line.split('"')[0])


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not here")
def test_the_kernel_is_handed_nothing_plain(alice: User, tmp_path: Path) -> None:
    plain = PLANTED * 120_000  # more than Django would keep in memory
    request = posted(plain, handler=SealedUploadHandler(alice.key, limit=LIMIT))
    seen = written(lambda: file0(request), tmp_path / "calls")
    assert f"{tmp_path}/files/" in seen
    assert PLANTED.decode() not in seen
    assert b"".join(file0(request).chunks()) == plain

    naive = posted(plain, handler=TemporaryFileUploadHandler())
    assert PLANTED.decode() in written(lambda: file0(naive), tmp_path / "calls")


@pytest.mark.every_database
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not here")
def test_of_an_import_the_kernel_is_handed_nothing_plain_either(
    alice: User, signed_in: SignIn, folder: Path, tmp_path: Path
) -> None:
    """Neither of the file nor of what is in it: looked into, shown and taken in."""
    client, pages = signed_in(alice), []
    rows = "".join(f"2026-{month:02d}-01,{PLANTED.decode() * 150}\n" for month in range(1, 10))

    def both() -> None:
        file = SimpleUploadedFile("diary.csv", b"date,text\n" + rows.encode())
        pages.append(client.post(reverse("accounts:import_file"), {"file": file}))
        sealed = re.search(r'name="sealed" value="([^"]+)"', pages[0].content.decode())
        assert sealed
        pages.append(client.post(reverse("accounts:import_take"), {"sealed": sealed[1]}))

    assert PLANTED.decode() not in written(both, tmp_path / "calls")
    assert [page.status_code for page in pages] == [200, 302]
    assert CheckIn.objects.own(alice).count() == 9
    note = CheckIn.objects.own(alice)[0].note
    assert note
    assert PLANTED.decode() in note
    assert not folder.exists()
