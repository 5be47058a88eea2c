"""Whoever might write something is told first who runs this, and that they could read it."""

import pytest
from django.test import Client
from pytest_django import Settings

PAGES = ("/i/lamp-maple-otter-4725/", "/account/signup/", "/privacy/", "/safety/")
COULD_READ = (
    "Whoever runs it could read everything, private notes too. If that’s your partner or someone close to them, "
    "write only what they may read; they can also lock your account."
)


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("named", "said"),
    [("", "hasn’t said who"), ("Sam, Theo’s <brother>", "Sam, Theo’s &lt;brother&gt; runs Nearer here.")],
)
def test_each_page_says_who_could_read(
    client: Client, settings: Settings, page: str, named: str, said: str
) -> None:
    settings.NEARER_RUN_BY = named
    body = client.get(page).content.decode()
    assert COULD_READ in body
    assert said in body


def test_nobodys_contact_stands_on_the_safety_page(client: Client, settings: Settings) -> None:
    settings.NEARER_RUN_BY = "Sam"
    body = client.get("/safety/").content.decode()
    assert "mailto:" not in body
    assert not client.cookies
