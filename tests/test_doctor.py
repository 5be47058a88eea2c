"""`nearer doctor`, at real servers: of mail, of names, of pages."""

import io
import json
import os
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import DataKey, User
from config import misspelled
from config.backups import postgres
from config.doctor import dns, machine, mail, web
from reminders import status
from tests.fixtures import Mailbox
from tests.servers import ROOT, free_port

pytestmark = pytest.mark.django_db(transaction=True)
Names = dict[str, list[str]]


@pytest.fixture
def names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Names]:
    """A name server with these texts; what is longer than a datagram is asked again over TCP."""
    known: Names = {}
    port = free_port()  # for both: what the system gives out of the one kind may be taken of the other
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind(("127.0.0.1", port))
    stream = socket.create_server(("127.0.0.1", port))
    (tmp_path / "resolv.conf").write_text("search example.test\nnameserver 127.0.0.1\n")
    monkeypatch.setattr(dns, "SERVERS", tmp_path / "resolv.conf")
    monkeypatch.setattr(dns, "PORT", port)

    def over_udp() -> None:
        with suppress(OSError):
            while True:
                question, asker = datagrams.recvfrom(600)
                if question == b"end":
                    return
                answer = answered(question, known)
                datagrams.sendto(answer if len(answer) < 512 else cut_off(question), asker)

    def over_tcp() -> None:
        with suppress(OSError):
            while True:
                asked, _ = stream.accept()
                with asked:
                    question = asked.recv(600)[2:]
                    if not question:
                        return
                    answer = answered(question, known)
                    asked.sendall(struct.pack(">H", len(answer)) + answer)

    serving = [threading.Thread(target=run) for run in (over_udp, over_tcp)]
    for thread in serving:
        thread.start()
    yield known
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
        end.sendto(b"end", ("127.0.0.1", port))
    socket.create_connection(("127.0.0.1", port)).close()
    for thread in serving:
        thread.join()
    datagrams.close()
    stream.close()


def cut_off(question: bytes) -> bytes:
    return question[:2] + struct.pack(">5H", 0x8380, 1, 0, 0, 0) + question[12:]


def answered(question: bytes, known: Names) -> bytes:
    labels, at = [], 12
    while question[at]:
        labels.append(question[at + 1 : at + 1 + question[at]].decode())
        at += question[at] + 1
    texts = known.get(".".join(labels))
    flags = 0x8180 if texts is not None else 0x8183
    answer = question[:2] + struct.pack(">5H", flags, 1, len(texts or ()), 0, 0) + question[12:]
    for text in texts or ():
        parts = [text[start : start + 255].encode() for start in range(0, len(text), 255)]
        record = b"".join(bytes([len(part)]) + part for part in parts)
        answer += struct.pack(">HHHIH", 0xC00C, dns.TXT, dns.INTERNET, 60, len(record)) + record
    return answer


def states(look: Iterator[object]) -> dict[str, str]:
    return {found.what: found.state for found in look}  # type: ignore[attr-defined]  # findings


def test_what_the_senders_domain_says_is_looked_up(names: Names, settings: Settings, smtp: Mailbox) -> None:
    settings.DEFAULT_FROM_EMAIL = "Evening page <post@nearer.example>"
    asked = {"to": "", "selector": "s1"}
    assert states(mail.look(**asked)) == {
        "mail": "well", "SPF": "not well", "DMARC": "not well", "DKIM": "not well"
    }  # fmt: skip  # one line for all of them
    names["nearer.example"] = ["something=else", "v=spf1 mx -all"]
    names["_dmarc.nearer.example"] = ["v=DMARC1; p=none"]
    names["s1._domainkey.nearer.example"] = ["v=DKIM1; k=rsa; p=" + "A" * 600]
    assert set(states(mail.look(**asked)).values()) == {"well"}
    names["nearer.example"].append("v=spf1 -all")  # two, of which receivers take none (RFC 7208, 4.5)
    names["s1._domainkey.nearer.example"] = ["v=DKIM1; k=rsa"]
    assert states(mail.look(**asked)) | {"DMARC": ""} == {
        "mail": "well", "SPF": "not well", "DMARC": "", "DKIM": "not well"
    }  # fmt: skip  # one line for all of them
    assert states(mail.look(to="", selector=""))["DKIM"] == "not checked"


def test_a_dmarc_record_of_a_domain_above_counts(names: Names, settings: Settings, smtp: Mailbox) -> None:
    settings.DEFAULT_FROM_EMAIL = "post@evenings.home.nearer.example"
    names["nearer.example"] = ["v=spf1 -all"]  # which holds for that name alone
    names["_dmarc.example"] = ["v=DMARC1; p=none"]  # a registry's

    def found() -> dict[str, str]:
        return states(mail.look(to="", selector=""))

    assert (found()["SPF"], found()["DMARC"]) == ("not well", "not well")
    names["_dmarc.nearer.example"] = ["v=DMARC1; p=none"]
    assert (found()["SPF"], found()["DMARC"]) == ("not well", "well")
    names["_dmarc.evenings.home.nearer.example"] = ["v=DMARC1; p=none", "v=DMARC1; p=reject"]
    assert found()["DMARC"] == "not well"  # its own goes first, and of two none counts


def test_without_a_name_server_that_answers_nothing_is_said_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings, smtp: Mailbox
) -> None:
    settings.DEFAULT_FROM_EMAIL = "post@nearer.example"
    (tmp_path / "resolv.conf").write_text("nameserver 127.0.0.1\n")
    monkeypatch.setattr(dns, "PORT", free_port())
    for file in (tmp_path / "resolv.conf", tmp_path / "none"):
        monkeypatch.setattr(dns, "SERVERS", file)
        found = states(mail.look(to="", selector=""))
        assert found["SPF"] == found["DMARC"] == "not checked"


def test_a_mail_is_really_sent(names: Names, smtp: Mailbox, settings: Settings) -> None:
    assert states(mail.look(to="op@example.test", selector=""))["mail"] == "well"
    (sent,) = smtp.to("op@example.test")
    assert "spf" in str(sent.get_content())
    smtp.of_recipient = "550 5.1.1 no such user"
    refused = next(mail.look(to="op@example.test", selector=""))
    assert (refused.state, "550" in refused.sentence) == ("not well", True)
    smtp.of_sender = "553 5.7.1 not yours"
    assert next(mail.look(to="", selector="")).sentence.startswith("The mail server refuses the sender")
    settings.EMAIL_PORT = 1
    for to in ("", "op@example.test"):
        assert next(mail.look(to=to, selector="")).sentence.startswith(
            "The mail server doesn't answer as one"
        )


def test_a_mail_server_that_only_the_running_nearer_knows_is_not_asked_for_elsewhere(
    names: Names, smtp: Mailbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EMAIL_URL")
    settings.EMAIL_PORT = 1  # the default, where nothing listens
    for to in ("", "op@example.test"):
        found = next(mail.look(to=to, selector=""))
        assert (found.state, "EMAIL_URL isn't known here" in found.sentence) == ("not checked", True)
    monkeypatch.setenv("EMAIL_URL", f"smtp://{smtp.host}:{smtp.port}")
    settings.EMAIL_PORT = smtp.port
    assert next(mail.look(to="", selector="")).state == "well"


@pytest.fixture
def served(live_server: LiveServer, settings: Settings) -> Settings:
    settings.NEARER_URL = live_server.url
    return settings


def test_the_page_and_what_arrives_of_a_request(served: Settings) -> None:
    assert states(web.look()) == {"address": "well", "proxy": "well"}
    served.NEARER_PROXY_COUNT = 1  # and nobody writes the header: any visitor may
    assert states(web.look()) == {"address": "well", "proxy": "not well"}


def test_an_address_that_does_not_answer_is_said(served: Settings) -> None:
    served.ALLOWED_HOSTS = ["elsewhere.example"]
    (found,) = web.look()
    assert "has to pass on Host" in found.sentence
    served.NEARER_URL = f"http://localhost:{free_port()}"
    (found,) = web.look()
    assert (found.state, "doesn't open from here" in found.sentence) == ("not well", True)


def test_nobody_else_is_told_what_arrived(settings: Settings) -> None:
    for header in ("", "Bearer", "Bearer doctor", "Bearer doctor:abc:def", "Basic doctor"):
        assert Client().get("/health/seen", headers={"Authorization": header}).status_code == 404


def found_by_machine() -> dict[str, tuple[str, str]]:
    return {found.what: (found.state, found.sentence) for found in machine.look(timezone.now())}


def test_the_machine(settings: Settings, tmp_path: Path, alice: User) -> None:
    settings.NEARER_BACKUPS = tmp_path / "backups"
    settings.NEARER_WITHDRAWALS = tmp_path / "list"
    found = found_by_machine()
    assert found["database"][0] == found["keys"][0] == found["withdrawals"][0] == found["disk"][0] == "well"
    assert found["backups"] == ("not well", f"There is none in {tmp_path / 'backups'}.")
    assert found["beat"][0] == "not well"
    now = timezone.now()
    status.note_beat(now=now)
    status.note_round(now=now)
    for age, state in ((timedelta(hours=47), "well"), (timedelta(hours=49), "not well")):
        made = tmp_path / "backups" / "words" / f"{now - age:%Y-%m-%dT%H%M%SZ}"
        made.mkdir(parents=True)
        (made / "manifest.json").touch()
        assert found_by_machine()["backups"][0] == state
        (made / "manifest.json").unlink()
    for late, state in ((timedelta(hours=23), "well"), (timedelta(hours=25), "not well")):
        status.expect_backup(at=now - late)
        assert found_by_machine()["backups"][0] == state
    assert found_by_machine()["worker"][0] == "well"
    DataKey.objects.update(wrapped=b"nonsense")
    assert found_by_machine()["keys"][0] == "not well"


def test_a_clock_that_was_ahead_is_told_by_the_backups(settings: Settings, tmp_path: Path) -> None:
    settings.NEARER_BACKUPS, now = tmp_path, timezone.now()
    status.expect_backup(at=now + timedelta(days=300))
    assert found_by_machine()["backups"] == (
        "not well",
        f"The next one is due at {now + timedelta(days=300):%Y-%m-%d %H:%M} UTC: this machine's clock is off, or was.",
    )
    made = tmp_path / "words" / f"{now + timedelta(days=300):%Y-%m-%dT%H%M%SZ}"
    made.mkdir(parents=True)
    (made / "manifest.json").touch()
    state, sentence = found_by_machine()["backups"]
    assert (state, sentence.startswith(f"{made.name} is of a time to come")) == ("not well", True)


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="only a server has such limits")
def test_limits_of_the_server(settings: Settings) -> None:
    assert found_by_machine()["connections"][0] == "well"
    settings.THREADS = 100_000
    assert found_by_machine()["connections"][0] == "not well"
    for timeout, state in (("0", "well"), ("5s", "not well"), ("60s", "well")):
        with connection.cursor() as cursor:
            cursor.execute(f"SET statement_timeout = '{timeout}'")
        assert found_by_machine()["statement_timeout"][0] == state
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")


@pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="only a server's backup is made by its programs"
)
def test_the_programs_that_backups_are_made_with(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.NEARER_BACKUPS, settings.NEARER_BACKUP_HOURS = None, 24
    assert "pg_dump" not in found_by_machine()  # no backup is made here
    settings.NEARER_BACKUPS = tmp_path
    assert found_by_machine()["pg_dump"][0] == "well"
    older = tmp_path / "pg_dump"
    older.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6'\n")
    older.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(postgres, "_brought", lambda name: "")  # without the extra
    state, sentence = found_by_machine()["pg_dump"]
    assert (state, sentence.startswith("There is no pg_dump of PostgreSQL ")) == ("not well", True)
    status.expect_backup(at=timezone.now())
    assert found_by_machine()["pg_dump"][0] == "not checked"


def test_the_command_says_a_sentence_each_and_ends_with_one(
    served: Settings, smtp: Mailbox, names: Names, alice: User
) -> None:
    out = io.StringIO()
    with pytest.raises(SystemExit, match="1"):
        call_command("doctor", "--json", stdout=out)
    found = [json.loads(line) for line in out.getvalue().splitlines()]
    assert {"settings", "database", "keys", "mail", "address"} <= {line["what"] for line in found}
    assert all(line["sentence"].endswith((".", "?")) for line in found)
    assert alice.email not in out.getvalue()


def test_a_setting_that_is_misspelled_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert misspelled.sentences(os.environ) == []
    monkeypatch.setenv("NEARER_BAKUPS", "planted")
    monkeypatch.setenv("NEARER_ROSES", "planted")
    said = misspelled.sentences(os.environ)
    assert said == [
        "NEARER_BAKUPS is no setting of Nearer's: is NEARER_BACKUPS meant?",
        "NEARER_ROSES is no setting of Nearer's.",
    ]
    assert [one.msg for one in run_checks() if one.id == "nearer.W001"] == said


def test_it_is_said_at_the_start_as_well(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("in the way")  # it gets no further
    around = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    around |= {"NEARER_VAR": str(tmp_path), "NEARER_BAKUPS": "planted"}
    command = [sys.executable, "nearer", "run"]
    said = subprocess.run(command, cwd=ROOT, env=around, capture_output=True, text=True, check=False)
    assert "Nearer: NEARER_BAKUPS is no setting" in said.stdout
    assert "planted" not in said.stdout
