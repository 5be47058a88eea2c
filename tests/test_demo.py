"""Rosa and Theo, for looking at: made once, through the same verbs as everybody."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.models import User
from agendas import brought, meeting
from agendas import reading as talks
from agendas.models import Agenda
from checkins import reading
from checkins.models import CheckIn
from checkins.words import LINE_LIMIT
from config.demo import catcher, couple, evenings
from config.demo.evenings import EVENINGS
from config.demo.people import PASSWORD, PEOPLE
from couples import days
from couples.access import seat_of
from couples.models import Partner
from reminders.models import Choice
from tests.cast import seat
from tests.scenes import stage

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


@pytest.fixture
def seeded(db: None) -> None:
    """The demo as it begins on that evening."""
    stage.play("the demo", lambda: couple.seed(now=NOW))


def test_two_linked_people_who_can_sign_in(seeded: None) -> None:
    rosa, theo = (User.objects.get(email=person.email) for person in PEOPLE)
    assert rosa.check_password(PASSWORD)
    assert EmailAddress.objects.filter(user__in=[rosa, theo], verified=True, primary=True).count() == 2
    seats = Partner.objects.live().of(rosa) | Partner.objects.live().of(theo)
    assert {seat.couple.paired for seat in seats} == {True}
    assert len({seat.couple_id for seat in seats}) == 1


def test_last_evening_is_open_and_tonight_unwritten(seeded: None) -> None:
    rosa = User.objects.get(email=PEOPLE[0].email)
    seat = Partner.objects.live().with_keys().get(user=rosa)
    today = days.day_of(NOW, rosa.tz)
    assert not CheckIn.objects.on(today).exists()
    yesterday = CheckIn.objects.shared_with(seat).on(today - timedelta(days=1)).with_keys().get()
    assert "wet umbrella" in yesterday.thorn
    written = sum((hers is not None) + (his is not None) for _, hers, his in EVENINGS)
    assert CheckIn.objects.count() == written + 2 * len(evenings.ALOUD)


def test_the_month_has_every_kind_of_evening_in_it(seeded: None) -> None:
    rosa = User.objects.get(email=PEOPLE[0].email)
    seat = seat_of(rosa)
    shown = {
        ago: reading.evening(seat, days.day_of(NOW, rosa.tz) - timedelta(days=ago), now=NOW)
        for ago in range(1, 32)
    }
    assert all(one.aloud for ago, one in shown.items() if ago in evenings.ALOUD)
    assert shown[18].theirs is not None  # Theo left it open; she wrote nothing
    assert shown[18].mine is None
    kept = shown[5].mine
    assert kept is not None
    assert kept.kept_at is not None
    changed = shown[9].theirs
    assert changed is not None
    assert changed.revisions == {"thorn": ["Cut my thumb on a packet of plasters."]}
    own = shown[13].mine
    assert own is not None
    assert [kind for kind, _ in own.kept_lines] == ["thorn"]
    assert own.words.note.startswith("I’ll say it")


def test_what_is_said_of_an_evening_is_said_of_one_that_is_there() -> None:
    pages = {
        (name, ago)
        for ago, *both in EVENINGS
        for name, page in zip(("Rosa", "Theo"), both, strict=True)
        if page
    }
    said = [evenings.OPEN, evenings.KEPT, evenings.KEPT_LINES, evenings.CHANGED, evenings.PRIVATE]
    assert set().union(*said) <= pages
    assert not {ago for _, ago in pages} & set(evenings.ALOUD)


def test_starting_again_changes_nothing(seeded: None) -> None:
    before = set(CheckIn.objects.values_list("pk", "day"))
    couple.seed(now=NOW + timedelta(days=3))
    assert set(CheckIn.objects.values_list("pk", "day")) == before
    assert User.objects.count() == 2


@pytest.mark.django_db
def test_reminders_begin_tonight_not_a_month_ago() -> None:
    now = timezone.now()
    couple.seed(now=now)
    wanted = Choice.objects.filter(wanted=True)
    kinds = ["check_in", "date", "occasion", "talk_laid_out"]
    assert sorted(wanted.values_list("kind", flat=True)) == sorted(2 * kinds)
    assert not Choice.objects.filter(next_at__lt=now).exists()


def test_every_line_could_have_been_typed() -> None:
    lines = [line for _, *pages in EVENINGS for page in pages for line in page or ()]
    assert max(map(len, lines)) <= LINE_LIMIT
    assert sorted({ago for ago, _, _ in EVENINGS}, reverse=True) == [ago for ago, _, _ in EVENINGS]


def test_only_a_caught_mail_can_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_MAIL", str(tmp_path / "mail"))
    (tmp_path / "mail").mkdir()
    (tmp_path / "secrets.eml").write_text("Subject: no\n\nno")
    (tmp_path / "mail" / "1795426491032323148-1.eml").write_bytes(b"Subject: older\n\nwords")
    (tmp_path / "mail" / "1795426491032323149-2.eml").write_bytes(b"Subject: newer\n\nwords")
    assert [mail.message["subject"] for mail in catcher.caught()] == ["newer", "older"]
    found = catcher.find("1795426491032323148-1")
    assert found is not None
    assert found.text.strip() == "words"
    assert catcher.find("../secrets") is None
    assert catcher.find("1795426491032323150-1") is None


@pytest.mark.django_db
def test_tonights_talk_is_on_the_table_with_what_a_week_brought() -> None:
    """In the order it happened: the talk of a week ago had nothing of what came after it."""
    now = timezone.now()
    couple.seed(now=now)
    agenda = Agenda.objects.open().get()
    assert agenda.laid_out_at is not None
    rosa = seat(User.objects.get(name="Rosa"))
    assert len(brought.lines(rosa, agenda, now=now)) == 2
    meeting.begin(by=rosa, now=now)
    lines = talks.lines(rosa, agenda, [1, 2, 4, 6], now=now)
    assert {line.kind for line in lines[1]} == {"thanks", "rose"}
    assert any("two extra holes" in line.text for line in lines[1])
    assert 6 <= len(lines[1]) <= 10
    assert {line.kind for line in lines[4]} == {"goal", "action"}
    assert lines[2]
    assert lines[6]
