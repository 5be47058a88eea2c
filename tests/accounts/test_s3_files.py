"""Sealed files in a bucket: at moto, which takes any key, and at rclone, which checks signatures and knows no Range."""

import secrets
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.utils import timezone
from moto.server import ThreadedMotoServer

from accounts import leaving, sealed_files
from accounts.keys import Unreadable
from accounts.models import SealedFile, User
from accounts.sealed_files import PIECE
from config.service_urls import files
from tests.servers import free_port

KEY, SECRET, BUCKET = "somebody", "not-a-secret-of-anybodys", "nearer"


@contextmanager
def moto() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    urllib.request.urlopen(
        f"http://127.0.0.1:{port}/moto-api/reset", b""
    ).close()  # one memory for all of them
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop()


@contextmanager
def rclone(folder: Path) -> Iterator[str]:
    program = Path(sys.executable).with_name("rclone")
    place = f"127.0.0.1:{free_port()}"
    command = [str(program), "serve", "s3", "--addr", place, "--auth-key", f"{KEY},{SECRET}", str(folder)]
    with (folder.parent / "rclone.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        yield place
    finally:
        server.terminate()
        server.wait(60)


@pytest.fixture(params=["moto", "rclone"])
def bucket(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> Iterator[Any]:
    """A bucket at a real server, and the settings that name it."""
    (tmp_path / "buckets").mkdir()
    made = moto() if request.param == "moto" else rclone(tmp_path / "buckets")
    with made as place:
        client = boto3.client(
            "s3",
            endpoint_url=f"http://{place}",
            region_name="us-east-1",
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
        )
        until = time.monotonic() + 120
        while True:
            try:
                client.create_bucket(Bucket=BUCKET)
                break
            except Exception:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)
        settings.STORAGES = settings.STORAGES | {
            "sealed": files(f"s3+http://{KEY}:{SECRET}@{place}/{BUCKET}/files")
        }
        yield client


def names(bucket: Any) -> list[str]:
    return [one["Key"] for one in bucket.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


@pytest.mark.django_db(transaction=True)
def test_a_bucket_holds_what_a_folder_holds(alice: User, bob: User, bucket: Any) -> None:
    plain = secrets.token_bytes(6 * 1024 * 1024 + 99)  # more than one part of an upload
    file = sealed_files.begin(alice.key, now=timezone.now())
    with sealed_files.sealing(file) as to:
        to.write(plain)
    assert names(bucket) == [f"files/{file.pk}"]
    assert b"".join(sealed_files.read(file)) == plain
    start = 40 * PIECE + 5
    assert b"".join(sealed_files.read(file, start=start, length=PIECE)) == plain[start : start + PIECE]
    assert b"".join(sealed_files.read(file, start=len(plain) + 5)) == b""

    raw = bucket.get_object(Bucket=BUCKET, Key=f"files/{file.pk}")["Body"].read()
    assert plain[:64] not in raw
    bucket.put_object(Bucket=BUCKET, Key=f"files/{file.pk}", Body=raw[: 10 * (PIECE + 16)])
    with pytest.raises(Unreadable):
        list(sealed_files.read(file))
    with pytest.raises(Unreadable):  # begins behind what is left
        list(sealed_files.read(file, start=start))

    empty = sealed_files.begin(bob.key, now=timezone.now())
    with sealed_files.sealing(empty):
        pass
    assert list(sealed_files.read(empty)) == []
    leaving.erase(alice, now=timezone.now())
    assert names(bucket) == [f"files/{empty.pk}"]
    with pytest.raises(sealed_files.Gone):
        list(sealed_files.read(file))
    for name in ("backup.tar", str(uuid.uuid4())):
        bucket.put_object(Bucket=BUCKET, Key=f"files/{name}", Body=b"x")
    later = timezone.now() + sealed_files.GRACE + timedelta(minutes=1)
    SealedFile.objects.filter(pk=empty.pk).update(begun_at=later)
    assert sealed_files.sweep(now=later) == 1
    assert names(bucket) == sorted(["files/backup.tar", f"files/{empty.pk}"])


def break_off(file: SealedFile) -> None:
    with sealed_files.sealing(file) as to:
        to.write(b"x" * 6 * 1024 * 1024)
        raise ZeroDivisionError


@pytest.mark.django_db(transaction=True)
def test_nothing_is_left_of_an_upload_that_broke_off(alice: User, bucket: Any) -> None:
    file = sealed_files.begin(alice.key, now=timezone.now())
    with pytest.raises(ZeroDivisionError):
        break_off(file)
    assert names(bucket) == []
    assert not bucket.list_multipart_uploads(Bucket=BUCKET).get("Uploads")
