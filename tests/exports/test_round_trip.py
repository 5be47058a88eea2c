"""There and back: what two people exported, imported into fresh accounts, is the same when it is exported from there.

A few evenings here, two years in `make full` (which lives through thirty `EVENINGS`).
"""

import json
from datetime import timedelta
from decimal import Decimal

import jsonschema  # type: ignore[import-untyped]  # its stubs are a package of their own
import pytest
from django.urls import reverse

from accounts.export_fields import MANY
from accounts.models import User
from adventures.models import Wish
from agendas import goals
from agendas.models import Action, Agenda
from checkins import quiet_time, thanking
from checkins.models import Answer, Appreciation, CheckIn, Reply, SmallWin
from couples import parting, returning
from couples.models import Partner
from tests.adventures.scenarios import agreed, happened
from tests.cast import NOW, just_signed_in, pair, person, seat
from tests.challenges.scenarios import begin_together
from tests.exports import published
from tests.exports.archive import data_of, exported, files_of
from tests.exports.compared import EXPORTED, LATER, brought, same
from tests.exports.lives import live

SHORT = timedelta(microseconds=1)


@pytest.mark.every_database
@pytest.mark.parametrize("parted", [False, True])
def test_what_was_exported_comes_back(alice: User, bob: User, parted: bool) -> None:
    live(alice, bob, evenings=EXPORTED)
    if parted:
        parting.part(by=alice, now=LATER)
    for who in (alice, bob):
        first = exported(who, private=True, now=LATER)
        fresh = person(f"Fresh {who.name}".replace(" ", ""), now=NOW)
        assert set(brought(fresh, first)) >= {"evenings", "wishes", "dates", "talks", "challenges", "goals"}
        second = data_of(fresh, private=True, now=LATER)
        jsonschema.validate(second, json.loads(published.PLACE.read_text()))
        assert same(second) == same(json.loads(files_of(first)["nearer.json"]))
        assert '"shared"' not in json.dumps(second)
        assert '"by": "them"' not in json.dumps(second)
        assert '"agreed"' not in json.dumps(second["talks"])
        assert not any(brought(fresh, first).values())  # twice is once
        assert same(data_of(fresh, private=True, now=LATER)) == same(second)


def test_a_default_export_comes_back_as_ones_own(alice: User, bob: User, dana: User) -> None:
    live(alice, bob, evenings=EXPORTED)
    first = exported(alice, private=False, now=LATER)
    brought(dana, first)
    there = same(json.loads(files_of(first)["nearer.json"]))
    assert same(data_of(dana, private=True, now=LATER))["evenings"] == there["evenings"]
    assert same(data_of(dana, private=False, now=LATER)) == {}  # nobody else can read any of it


def test_a_note_as_long_as_we_talked_took_it_once_comes_back(alice: User, dana: User) -> None:
    note = "n" * 20_000
    CheckIn.objects.create(author=alice, day=NOW.date(), talked_at=NOW, note=note, version=1)
    assert brought(dana, exported(alice, private=True, now=LATER))["evenings"] == 1
    assert CheckIn.objects.own(dana).with_keys().get().note == note


def test_what_comes_back_no_more_does_not_after_a_move(alice: User, bob: User, dana: User) -> None:
    live(alice, bob, evenings=EXPORTED)
    returning.choose(by=seat(dana), kinds=[kind for kind in returning.KINDS if kind != "year"], now=NOW)
    archive = exported(alice, private=True, now=LATER)
    assert brought(dana, archive)["comes_back_no_more"] == 1
    assert returning.wanted(dana) == ["bud", "month"]

    def said(user: User) -> set[tuple[str, object, str]]:
        pages = {page.pk: page.day for page in CheckIn.objects.own(user)}
        answers = returning.answers(user).items()
        return {(kind, pages.get(about, "a date"), word) for (kind, about), word in answers}

    assert said(dana) == said(alice)
    assert {word for _kind, _about, word in said(dana)} == set(returning.ANSWERS)
    assert {kind for kind, _about, _word in said(dana)} == {"bud", "page", "date"}
    again = json.loads(files_of(archive)["nearer.json"])
    by_default = data_of(alice, private=False, now=LATER)
    for mark in ("bud_was", "not_again", "comes_back_no_more"):
        assert f'"{mark}"' in json.dumps(again)
        assert f'"{mark}"' not in json.dumps(by_default)


def test_nothing_that_comes_in_is_anybody_elses(alice: User, bob: User, dana: User) -> None:
    """Brought into an account that has a partner: the partner's export and pages gain nothing."""
    live(alice, bob, evenings=EXPORTED)
    cleo = person("Cleo", now=NOW)
    pair(dana, cleo, now=NOW)
    before = [exported(cleo, private=private, now=LATER) for private in (False, True)]
    brought(dana, exported(alice, private=True, now=LATER))
    assert [exported(cleo, private=private, now=LATER) for private in (False, True)] == before
    assert not CheckIn.objects.own(dana).filter(couple__isnull=False).exists()
    assert not CheckIn.objects.own(dana).filter(shared_at__isnull=False).exists()
    for model in (Answer, Appreciation, Reply, SmallWin):
        assert not model.objects.own(dana).filter(couple__isnull=False).exists()
    copies = Partner.objects.of(dana).exclude(couple=seat(dana).couple)
    assert all(one.left_at is not None and not one.couple.paired for one in copies.select_related("couple"))


def test_what_was_at_half_past_midnight_is_there_already(alice: User, bob: User) -> None:
    """It is of the evening before, where it is looked for as well: brought into its own account it comes to nothing."""
    late = NOW.replace(hour=0, minute=30) + timedelta(days=1)
    thanking.say_thanks(by=seat(alice), text="alice-thanks", trait="", keep=False, now=late)
    thanking.note_win(by=seat(alice), text="alice-win", now=late)
    happened(alice, bob, "a night out", at=late)
    quiet_time.begin(seat(alice).couple, 15, now=late)
    begin_together(alice, bob, now=late)
    archive = exported(alice, private=True, now=LATER)
    assert json.loads(files_of(archive)["nearer.json"])["phones_down"][0]["day"] == "2026-11-18"
    assert not any(brought(alice, archive).values())


def test_dates_of_another_clock_come_once(alice: User, bob: User, dana: User) -> None:
    """Eight in the morning here is the evening before there."""
    for number in (1, 2):
        agreed(alice, bob, f"breakfast {number}", at=NOW.replace(hour=7) + timedelta(days=number), now=NOW)
    archive = exported(alice, private=True, now=LATER)
    dana.zone = "America/Los_Angeles"
    dana.save()
    assert brought(dana, archive)["dates"] == 2
    assert not any(brought(dana, archive).values())
    assert not any(brought(dana, exported(dana, private=True, now=LATER)).values())


def test_an_amount_comes_back_however_it_was_typed_and_how_much_it_is(
    alice: User, bob: User, dana: User
) -> None:
    """What the form takes, and rows of when it was stored as it was typed."""
    client = just_signed_in(alice)
    for name, target in {"most": "1000000000000", "least": "0.01", "typed": "1e3"}.items():
        client.post(reverse("agendas:goals"), {"name": name, "target": target, "total": "-0"})
    goal = goals.add(by=seat(alice), details=goals.GoalDetails("older", Decimal(1)), now=NOW)
    goal.target, goal.total = "2.5E+3", "0E+999999999"
    goal.save()
    archive = exported(alice, private=False, now=LATER)
    assert brought(dana, archive)["goals"] == 4
    found = data_of(dana, private=True, now=LATER)["goals"]
    assert {row["name"]: (row["target"], row["total"]) for row in found} == {
        "most": ("1000000000000", "0"),
        "least": ("0.01", "0"),
        "typed": ("1000", "0"),
        "older": ("2500", "0"),
    }


def test_however_often_and_much_it_was_changed_it_comes_back(alice: User, bob: User, dana: User) -> None:
    """Rows of before there was a limit, and joint lines of a talk that has none: the latest are written."""
    live(alice, bob, evenings=1)
    wish = Wish.objects.by(bob).not_taken_back().select_related("couple__key").get()
    wish.earlier = "\n".join(f"wish {number}" for number in range(MANY + 1))
    wish.save()
    agenda = Agenda.objects.seen_by(bob).held().latest("begun_at")
    Action.objects.bulk_create(
        Action(
            agenda=agenda,
            author=bob,
            who="we",
            part=4,
            text=f"will {number}",
            added_at=LATER + number * SHORT,
        )
        for number in range(MANY + 1)
    )
    archive = exported(alice, private=False, now=LATER)
    found = json.loads(files_of(archive)["nearer.json"])
    jsonschema.validate(found, json.loads(published.PLACE.read_text()))
    brought(dana, archive)
    before = next(row["before"] for row in found["wishes"] if len(row.get("before", ())) > 1)
    assert (before[0], before[-1], len(before)) == ("wish 1", f"wish {MANY}", MANY)
    assert found["talks"][-1]["actions"][-1]["text"] == f"will {MANY}"
