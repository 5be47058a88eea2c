"""One's own screen with the closed rows closed: the same whether there is something behind them or not."""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from time_machine import travel

from accounts.models import User
from challenges import swapping
from checkins import drafts, thanking, writing
from checkins.models import CheckIn
from checkins.words import CheckInText, FormVersion
from couples import days, parting, returning
from tests.adventures import scenarios as dates
from tests.cast import NOW, just_signed_in, pair, person, seat
from tests.challenges.scenarios import begin_together
from tests.written import written

A_DAY = timedelta(days=1)
PAGES = ("/today/", "/together/", "/looking-back/", "/shared/", "/shared/2026-11/", "/settings/", "/more/")
LONG_AGO = NOW - 29 * A_DAY  # Looking back is at it
VARIES = r'nonce="[^"]+"|csrfmiddlewaretoken" value="\w+"'


def keeps_a_page(alice: User) -> None:
    day = NOW.date() - 3 * A_DAY
    writing.write(by=seat(alice), day=day, words=CheckInText("planted"), share=False, now=NOW - 3 * A_DAY)


def waits_with_a_page(alice: User) -> None:
    day = NOW.date() - 3 * A_DAY
    writing.write(by=seat(alice), day=day, words=CheckInText("planted"), share=True, now=NOW - 3 * A_DAY)


def notes_it_down(alice: User) -> None:
    words = CheckInText("a rose", note="planted", closeness="2")
    writing.write(by=seat(alice), day=NOW.date() - A_DAY, words=words, share=True, now=NOW - A_DAY)


def leaves_a_draft(alice: User) -> None:
    base = FormVersion(0, "tab", 1)
    drafts.keep(by=seat(alice), day=NOW.date(), words=CheckInText("planted"), base=base, now=NOW)


def keeps_thanks_for_the_talk(alice: User) -> None:
    thanking.say_thanks(by=seat(alice), text="planted", trait="", keep=True, now=NOW)


def hides_touch(alice: User) -> None:
    swapping.choose_touch(user=alice, touch=False)


def answers_a_bud(said: str, alice: User) -> None:
    page = CheckIn.objects.own(alice).on(LONG_AGO.date()).get()
    returning.answer(by=seat(alice), kind=returning.BUD, about=[page.pk], said=said, now=NOW)


ACTS = (
    keeps_a_page,
    waits_with_a_page,
    notes_it_down,
    leaves_a_draft,
    keeps_thanks_for_the_talk,
    hides_touch,
    *(partial(answers_a_bud, said) for said in returning.ANSWERS),
)


def screens(alice: User) -> list[str]:
    client = just_signed_in(alice)
    answers = [client.get(page) for page in PAGES]
    assert {answer.status_code for answer in answers} == {200}
    return [re.sub(VARIES, "", answer.content.decode()) for answer in answers]


@pytest.mark.parametrize("act", ACTS)
def test_nothing_shows_with_the_rows_closed(alice: User, bob: User, act: Callable[[User], None]) -> None:
    for user in (alice, bob):
        writing.write(
            by=seat(user),
            day=NOW.date() - A_DAY,
            words=CheckInText("a rose"),
            share=True,
            now=NOW - A_DAY,
        )
    for user, words in ((alice, CheckInText("", "the estuary")), (bob, CheckInText("", "", "a thorn"))):
        writing.write(by=seat(user), day=LONG_AGO.date(), words=words, share=True, now=LONG_AGO)
    begin_together(alice, bob, now=NOW)
    with travel(NOW, tick=False):
        before = screens(alice)
        with written() as changed:
            act(alice)
        after = screens(alice)
    assert changed
    assert [page for page, one, other in zip(PAGES, before, after, strict=True) if one != other] == []
    assert "planted" not in "".join(after)


@pytest.mark.parametrize("share", [True, False])
def test_nor_does_today_go_quiet_sooner_for_whoever_writes_nothing(
    alice: User, bob: User, share: bool
) -> None:
    """Pages that are kept, or wait, change nothing of it, on evenings on which one wrote nothing so far."""
    dates.asked(bob, "soup", at=NOW + 6 * A_DAY, now=NOW - 4 * A_DAY)

    for number in (1, 2, 3, 5, 12):
        with travel(NOW + number * A_DAY, tick=False):
            before = screens(alice)
        with transaction.atomic():
            for ago in range(1, 12):
                then = NOW + (number - ago) * A_DAY
                words = CheckInText("planted")
                writing.write(by=seat(alice), day=then.date(), words=words, share=share, now=then)
            with travel(NOW + number * A_DAY, tick=False):
                after = screens(alice)
            transaction.set_rollback(True)
        differ = [page for page, one, other in zip(PAGES, before, after, strict=True) if one != other]
        assert differ == [], number
    assert "Start anywhere." in before[0]


def test_nor_once_they_are_parted(alice: User, bob: User) -> None:
    """What one kept from the other, and what was only meant for them, isn't laid open on one's own screen."""
    keeps_a_page(alice)
    thanking.say_thanks(by=seat(alice), text="planted", trait="", keep=True, now=NOW)
    parting.part(by=bob, now=NOW)
    with travel(NOW + A_DAY, tick=False):
        assert "planted" not in "".join(screens(alice))
    gwen = person("Gwen")
    pair(alice, gwen, now=NOW + A_DAY)
    with travel(NOW + 12 * A_DAY, tick=False):
        assert "planted" not in "".join(screens(alice))


def test_nor_is_a_day_that_the_reader_has_not_reached(db: None) -> None:
    here, there = person("Gwen", zone="America/Los_Angeles"), person("Hugo", zone="Pacific/Auckland")
    pair(here, there)
    tomorrow = days.day_of(NOW, there.tz)
    words = CheckInText("planted", open=True)
    writing.write(by=seat(there), day=tomorrow, words=words, share=True, now=NOW)
    with travel(NOW, tick=False):
        assert days.day_of(NOW, here.tz) < tomorrow
        assert "planted" not in "".join(screens(here))
        assert "planted" not in just_signed_in(here).get(f"/evenings/{tomorrow}/").content.decode()
    with travel(days.starts(tomorrow, here.tz), tick=False):
        assert "planted" in just_signed_in(here).get(f"/evenings/{tomorrow}/").content.decode()
