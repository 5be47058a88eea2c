"""A passkey from its making to a sign-in, under our content policy, with Chromium's virtual authenticator."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import Browser

from accounts.models import LogEntry
from tests.cast import person
from tests.journeys.site import site
from tests.journeys.steps import context_of

__all__ = ["site"]
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_a_passkey_is_added_and_signs_in(browser: Browser, site: str) -> None:
    dana = person("Dana")
    context = context_of(browser, site, dana, "light", 1280)
    page = context.new_page()
    said: list[str] = []
    page.on(
        "console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None
    )
    keys = context.new_cdp_session(page)
    keys.send("WebAuthn.enable")
    authenticator = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    authenticator |= {
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": authenticator})

    page.goto(f"{site}/account/2fa/webauthn/add/")
    with page.expect_navigation():
        page.click("#mfa_webauthn_add")
    assert "/add/" not in page.url

    context.clear_cookies()
    page.goto(f"{site}/settings/security/")
    assert "/account/login/" in page.url
    with page.expect_navigation():
        page.click("#passkey_login")
    page.wait_for_url(f"{site}/settings/security/")
    with time_machine.travel(timezone.now() + timedelta(hours=2)):  # it says once more who one is, too
        page.goto(f"{site}/settings/delete/")
        assert "/reauthenticate/" in page.url
        page.click("text=Confirm with a passkey")
        with page.expect_navigation():
            page.click("#mfa_webauthn_reauthenticate")
        page.wait_for_url(f"{site}/settings/delete/")
    assert said == []
    noted = set(LogEntry.objects.of(dana).values_list("what", flat=True))
    assert {LogEntry.What.KEY_ADDED, LogEntry.What.SIGNED_IN} <= noted
    context.close()
