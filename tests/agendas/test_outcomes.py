"""Outcomes of a talk: notes that two people approve, what each will do, what was noticed and hoped for."""

import os
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts import leaving
from accounts.errors import Gone
from accounts.models import User
from agendas import building, history, meeting, notes, outcomes, reading
from agendas.errors import NoteChanged, NoteSavedTooOften, NoteSettled, NoteTakenBack
from agendas.models import Action, Addition, Agenda, Note, Saying
from couples import parting
from tests.agendas.scenarios import LAYS_OUT, STARTS, agree
from tests.cast import NOW, pair, person, seat
from tests.faults.racing import track

ROUNDS = int(os.environ.get("ROUNDS", "5"))


@pytest.fixture
def talk(alice: User, bob: User) -> Agenda:
    """Begun at seven."""
    agree(alice, bob, now=NOW)
    building.build_due(now=LAYS_OUT)
    return meeting.begin(by=seat(alice), now=STARTS)


def write(
    user: User, talk: Agenda, text: str = "the hall, after nine", *, on: Note | None = None, part: int = 3
) -> Note:
    """On top of `on` as it was read; or on nothing."""
    stood = on.shown if on is not None else ""
    note = notes.write(by=seat(user), agenda=talk, part=part, text=text, stood=stood, now=STARTS)
    assert note is not None
    return note


def approve(user: User, note: Note) -> Note:
    return notes.approve(by=seat(user), note_id=note.pk, stood=note.shown, now=STARTS)


def reads(user: User) -> list[str]:
    return [note.text for note in Note.objects.readable_by(seat(user)).with_keys().order_by("pk")]


def test_what_one_added_outlives_the_account_of_the_notes_writer(
    alice: User, bob: User, talk: Agenda, signed_in: Callable[[User], Client]
) -> None:
    note = approve(alice, write(alice, talk))
    approve(bob, note)
    added = notes.see_differently(by=seat(bob), note_id=note.pk, text="I was tired that day", now=STARTS)
    notes.see_differently(by=seat(alice), note_id=note.pk, text="so was I", now=STARTS)
    leaving.erase(alice, now=STARTS)
    assert [one.pk for one in Addition.objects.all()] == [added.pk]
    client, page = signed_in(bob), reverse("agendas:held", args=[talk.pk])
    said = client.get(page).content.decode()
    assert "I was tired that day" in said
    assert "so was I" not in said
    assert client.post(reverse("agendas:addition_take_back", args=[added.pk])).status_code == 302
    said = client.get(page).content.decode()
    assert "I was tired that day" not in said
    assert "Taken back" in said


def test_nothing_is_nothing(alice: User, talk: Agenda) -> None:
    assert notes.write(by=seat(alice), agenda=talk, part=1, text="", stood="", now=STARTS) is None


def test_until_it_is_approved_it_is_its_writers(alice: User, bob: User, charlie: User, talk: Agenda) -> None:
    note = write(alice, talk)
    assert (reads(alice), reads(bob)) == (["the hall, after nine"], [])
    with pytest.raises(Gone):
        approve(bob, note)
    approve(alice, note)
    assert reads(bob) == ["the hall, after nine"]
    assert reads(charlie) == []


def test_both_approve_from_their_own_sign_in(alice: User, bob: User, talk: Agenda) -> None:
    note = write(alice, talk)
    for _ in range(2):
        approve(alice, note)
    assert Note.objects.get().agreed_at is None
    for _ in range(2):
        approve(bob, note)
    assert Note.objects.get().agreed_at == STARTS
    with pytest.raises(NoteSettled):
        write(alice, talk, "something else", on=note)
    with pytest.raises(Gone):
        approve(bob, note=Note(pk=talk.pk))


def test_nobody_writes_for_the_other(alice: User, bob: User, talk: Agenda) -> None:
    write(alice, talk)
    write(bob, talk, "his own")
    assert Note.objects.count() == 2


def test_changed_after_it_was_shown_it_is_marked_and_wants_another_look(
    alice: User, bob: User, talk: Agenda
) -> None:
    note = write(alice, talk)
    shown = write(alice, talk, "the hall, after ten", on=note)
    assert Note.objects.with_keys().get().revisions == []  # nobody could read the first
    approve(alice, shown)
    changed = write(alice, talk, "the kitchen", on=shown)
    with pytest.raises(NoteChanged) as stale:
        approve(bob, shown)
    assert stale.value.note.shown == changed.shown
    approve(bob, changed)
    row = Note.objects.with_keys().get()
    assert (row.text, row.revisions) == ("the kitchen", ["the hall, after ten"])


def test_two_windows_never_write_over_each_other(alice: User, talk: Agenda) -> None:
    first = write(alice, talk)
    write(alice, talk, "in one window", on=first)
    with pytest.raises(NoteChanged) as stale:
        write(alice, talk, "in the other", on=first)
    assert stale.value.note.text == "in one window"
    write(alice, talk, "in one window", on=first)  # the same again is no other


def test_changed_very_often_it_is_refused(alice: User, talk: Agenda) -> None:
    note = write(alice, talk)
    approve(alice, note)
    for number in range(notes.CHANGES):
        note = write(alice, talk, f"again {number}", on=note)
    with pytest.raises(NoteSavedTooOften):
        write(alice, talk, "once more", on=note)


def test_what_names_a_note_tells_nothing_of_the_edits_before_it(alice: User, bob: User, talk: Agenda) -> None:
    note = write(alice, talk)
    stood = note.shown
    for text in ("the kitchen", "the hall, after nine"):
        note = write(alice, talk, text, on=note)
    assert approve(alice, note).shown == stood


def test_an_edit_moves_no_note(alice: User, bob: User, talk: Agenda) -> None:
    """Wherever it stands among the others: by part, one's own first."""
    notes = [write(user, talk, user.name, part=part) for part in (2, 1) for user in (bob, alice)]
    for note in notes:
        approve(alice if note.author_id == alice.pk else bob, note)

    def order(user: User) -> list[tuple[int, str]]:
        return [(row.part, row.author.name) for row in reading.notes(seat(user), [talk.pk])]

    assert order(alice) == [(1, "Alice"), (1, "Bob"), (2, "Alice"), (2, "Bob")]
    assert order(bob) == [(1, "Bob"), (1, "Alice"), (2, "Bob"), (2, "Alice")]
    Note.objects.filter(part=1).update(written_at=STARTS + timedelta(days=1))
    Note.objects.own(alice).filter(part=2).update(written_at=STARTS + timedelta(days=2))
    assert order(bob) == [(1, "Bob"), (1, "Alice"), (2, "Bob"), (2, "Alice")]


@pytest.mark.parametrize("shown", [False, True])
def test_taken_back(alice: User, bob: User, talk: Agenda, shown: bool) -> None:
    note = write(alice, talk)
    if shown:
        approve(alice, note)
        approve(bob, note)
    with pytest.raises(Gone):
        notes.take_back(by=seat(bob), note_id=note.pk, now=STARTS)
    notes.take_back(by=seat(alice), note_id=note.pk, now=STARTS)
    assert Note.objects.count() == shown
    if shown:
        notes.take_back(by=seat(alice), note_id=note.pk, now=STARTS)
        row = Note.objects.with_keys().get()
        assert (row.text, row.earlier, row.taken_back_at) == ("", "", STARTS)
        with pytest.raises(NoteTakenBack):
            write(alice, talk, "anew", on=note)


def test_seen_differently_by_either(alice: User, bob: User, charlie: User, talk: Agenda) -> None:
    note = write(alice, talk)
    with pytest.raises(Gone):
        notes.see_differently(by=seat(alice), note_id=note.pk, text="now I think", now=STARTS)
    approve(alice, note)
    approve(bob, note)
    with pytest.raises(Gone):
        notes.see_differently(by=seat(charlie), note_id=note.pk, text="me too", now=STARTS)
    for number, user in enumerate((alice, bob, bob)):
        now = STARTS + timedelta(days=number)
        notes.see_differently(by=seat(user), note_id=note.pk, text=f"{user.name} now", now=now)
    rows = list(Addition.objects.beside([note.pk]))
    assert [row.text for row in rows] == ["Alice now", "Bob now"]
    with pytest.raises(Gone):
        notes.take_addition_back(by=seat(alice), addition_id=rows[1].pk, now=STARTS)
    notes.take_addition_back(by=seat(bob), addition_id=rows[1].pk, now=STARTS)
    assert [row.text for row in Addition.objects.beside([note.pk])] == ["Alice now", ""]


def test_after_parting_each_reads_their_own_and_what_both_approved(
    alice: User, bob: User, talk: Agenda
) -> None:
    settled = write(alice, talk, "settled")
    for user in (alice, bob):
        approve(user, settled)
    approve(alice, write(alice, talk, "only shown", part=1))
    write(bob, talk, "his draft", part=1)
    parting.part(by=bob, now=STARTS)
    assert set(reads(alice)) == {"settled", "only shown"}
    assert set(reads(bob)) == {"settled", "his draft"}
    with pytest.raises(Gone):
        notes.see_differently(by=seat(bob), note_id=settled.pk, text="too late", now=STARTS)
    with pytest.raises(Gone):
        write(alice, talk, "too late", part=2)


def test_whoever_leaves_takes_their_words_and_no_one_elses(alice: User, bob: User, talk: Agenda) -> None:
    hers, his = write(alice, talk, "hers"), write(bob, talk, "his")
    for note, writer, reader in ((hers, alice, bob), (his, bob, alice)):
        approve(writer, note)
        approve(reader, note)
    leaving.erase(alice, now=STARTS + timedelta(hours=1))
    assert reads(User.objects.get(pk=bob.pk)) == ["his"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_nobody_agrees_to_what_they_did_not_read() -> None:
    alice, bob = person("Alice"), person("Bob")
    pair(alice, bob)
    agree(alice, bob, now=NOW)
    building.build_due(now=LAYS_OUT)
    talk = meeting.begin(by=seat(alice), now=STARTS)
    with track(2) as running:
        for _ in range(ROUNDS):
            Note.objects.all().delete()
            note = write(alice, talk, "as he read it")
            approve(alice, note)
            approved, wrote = running.race(
                partial(approve, bob, note), partial(write, alice, talk, "as he never saw it", on=note)
            )
            row = Note.objects.with_keys().get()
            if isinstance(approved, NoteChanged):
                assert (row.text, row.agreed_at) == ("as he never saw it", None)
            else:
                assert isinstance(wrote, NoteSettled)
                assert row.text == "as he read it"
                assert row.agreed_at is not None


# --- "I'll", "we'll", noticed, hoped for -----------------------------------------------------------------


def will(user: User, talk: Agenda, who: str = "i", text: str = "ring the plumber") -> Action:
    return outcomes.add_action(by=seat(user), agenda=talk, who=who, part=3, text=text, now=STARTS)


@pytest.mark.parametrize("hours", [(1, 2), (2, 1)], ids=["Alice first", "Bob first"])
def test_which_of_the_two_said_theirs_first_is_told_by_no_order(
    alice: User, bob: User, talk: Agenda, hours: tuple[int, int]
) -> None:
    note = approve(alice, write(alice, talk))
    approve(bob, note)
    for hour, user in sorted(zip(hours, (alice, bob), strict=True), key=lambda one: one[0]):
        now = STARTS + timedelta(hours=hour)
        notes.see_differently(by=seat(user), note_id=note.pk, text="differently", now=now)
        outcomes.add_action(by=seat(user), agenda=talk, who="i", part=4, text="ring them", now=now)
        outcomes.say(by=seat(user), agenda=talk, kind="noticed", text="the tea", now=now)
    for user, other in ((alice, bob), (bob, alice)):
        held = history.talk(seat(user), talk.pk, now=STARTS + timedelta(days=1))
        assert held is not None
        for rows in (held.actions, held.sayings, held.notes[0].added):
            assert [row.author_id for row in rows] == [user.pk, other.pk]


def test_the_same_again_is_one(alice: User, talk: Agenda) -> None:
    assert will(alice, talk).pk == will(alice, talk).pk
    assert Action.objects.count() == 1


def test_ill_is_its_authors_and_well_is_eithers(alice: User, bob: User, charlie: User, talk: Agenda) -> None:
    hers, ours = will(alice, talk), will(alice, talk, "we", "walk on Sunday")
    with pytest.raises(Gone):
        outcomes.done(by=seat(bob), action_id=hers.pk, now=STARTS)
    for user in (charlie,):
        with pytest.raises(Gone):
            outcomes.let_go(by=seat(user), action_id=ours.pk, now=STARTS)
    outcomes.done(by=seat(bob), action_id=ours.pk, now=STARTS)
    outcomes.let_go(by=seat(alice), action_id=ours.pk, now=STARTS)  # it is done: there is nothing to let go
    outcomes.let_go(by=seat(alice), action_id=hers.pk, now=STARTS)
    states = {row.pk: (row.done_at, row.dropped_at) for row in Action.objects.all()}
    assert states == {hers.pk: (None, STARTS), ours.pk: (STARTS, None)}


def test_what_is_carried_on_comes_again_and_the_rest_falls_away(alice: User, bob: User, talk: Agenda) -> None:
    carried, left = will(alice, talk, text="carried"), will(bob, talk, text="left")
    week = timedelta(weeks=1)

    def next_talk(number: int) -> set[object]:
        building.build_due(now=STARTS + (number - 1) * week + timedelta(days=2))
        building.build_due(now=LAYS_OUT + number * week)
        agenda = meeting.begin(by=seat(alice), now=STARTS + number * week)
        return set(agenda.items.filter(kind="action").values_list("source", flat=True))

    assert next_talk(1) == {carried.pk, left.pk}
    agenda = Agenda.objects.open().get()
    outcomes.carry_on(by=seat(alice), action_id=carried.pk, agenda=agenda)
    assert next_talk(2) == {carried.pk}
    assert next_talk(3) == set()
    assert Action.objects.open().count() == 2  # fallen away, never deleted


def test_one_of_each_a_talk_and_another_takes_the_first_back(alice: User, bob: User, talk: Agenda) -> None:
    for text in ("an hour on the shed", "an hour on the shed", "the sea"):
        outcomes.say(by=seat(alice), agenda=talk, kind="hope", text=text, now=STARTS)
    outcomes.say(by=seat(alice), agenda=talk, kind="noticed", text="the phone call", now=STARTS)
    rows = Saying.objects.own(alice).with_keys().order_by("kind", "said_at", "taken_back_at")
    assert sorted((row.kind, row.text) for row in rows) == [
        ("hope", ""),
        ("hope", "the sea"),
        ("noticed", "the phone call"),
    ]


def test_a_hope_returns_to_the_one_it_was_told_to(
    alice: User, bob: User, charlie: User, talk: Agenda
) -> None:
    outcomes.say(by=seat(alice), agenda=talk, kind="hope", text="the sea", now=STARTS)
    outcomes.say(by=seat(alice), agenda=talk, kind="noticed", text="the call", now=STARTS)
    told = outcomes.hope_told_to(seat(bob), talk.pk)
    assert told is not None
    assert told.text == "the sea"
    for user in (alice, charlie):
        assert outcomes.hope_told_to(seat(user), talk.pk) is None
    outcomes.take_back(by=seat(alice), model=Saying, pk=told.pk, now=STARTS)
    assert outcomes.hope_told_to(seat(bob), talk.pk) is None


def test_after_parting_well_stays_for_both(alice: User, bob: User, talk: Agenda) -> None:
    will(alice, talk, "i", "hers")
    will(alice, talk, "we", "ours")
    outcomes.say(by=seat(alice), agenda=talk, kind="hope", text="the sea", now=STARTS)
    parting.part(by=alice, now=STARTS)
    assert [row.text for row in Action.objects.readable_by(seat(bob)).with_keys()] == ["ours"]
    assert not Saying.objects.readable_by(seat(bob)).exists()
    assert Action.objects.readable_by(seat(alice)).count() == 2
    with pytest.raises(Gone):
        will(bob, talk, text="too late")
