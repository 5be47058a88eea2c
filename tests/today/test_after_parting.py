"""What Nearer shows to both, from the moment a pairing ended: nothing that leads either back to the other."""

from datetime import timedelta

import time_machine
from django.urls import reverse

from accounts.models import User
from couples import parting
from tests.cast import NOW, browser_of, person, seat

INVITE = b'href="/partner/"'
PAGES = ["today:today", "agendas:talk", "agendas:goals", "checkins:thanks"]


@time_machine.travel(NOW + timedelta(minutes=5), tick=False)
def test_nothing_asks_either_to_get_in_touch(alice: User, bob: User) -> None:
    parting.part(by=alice, now=NOW)
    for one in (alice, bob):
        browser = browser_of(one)
        for page in PAGES:
            body = browser.get(reverse(page)).content.split(b"<main")[1]
            assert (page, body.count(INVITE), body.count(b"kindness")) == (
                page,
                0,
                0,
            )
        today = browser.get(reverse("today:today")).content
        assert reverse("accounts:safety").encode() in today.split(b"<main")[1].split(b"<footer")[0]


@time_machine.travel(NOW + timedelta(minutes=5), tick=False)
def test_somebody_who_never_paired_is_still_helped_to_invite(db: None) -> None:
    fay = person("Fay", now=NOW + timedelta(days=39))
    assert seat(fay).was_parted is False
    body = browser_of(fay).get(reverse("today:today")).content
    assert INVITE in body
    assert b"kindness" in body
