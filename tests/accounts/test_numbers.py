"""Rows of the libraries are numbered across all people. No number may show: it would tell what others added."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

from accounts.models import User
from tests.accounts.desk import masked, prove

LIST = "/account/2fa/webauthn/"
JSON: tuple[dict[str, str], ...] = (
    {},
    {"accept": "application/json"},
    {"x-requested-with": "XMLHttpRequest"},
)
NUMBERS = range(918_273, 918_283)  # no page holds digits like these by chance


def passkey(user: User, name: str, number: int | None = None) -> Authenticator:
    """A passkey as a browser makes it, in the row with this number."""
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    public = ES256.from_cryptography_key(key)  # type: ignore[no-untyped-call]  # fido2 is untyped there
    held = AttestedCredentialData.create(Aaguid.NONE, name.encode().ljust(16), public)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
    data = AuthenticatorData.create(sha256(b"localhost"), flags, 0, held)
    spoken = websafe_encode(b'{"type":"webauthn.create","challenge":"","origin":"http://localhost:8000"}')
    credential = {
        "id": websafe_encode(held.credential_id),
        "rawId": websafe_encode(held.credential_id),
        "type": "public-key",
        "response": {
            "clientDataJSON": spoken,
            "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
        },
        "clientExtensionResults": {"credProps": {"rk": True}},
    }
    return Authenticator.objects.create(
        pk=number,
        user=user,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": name, "credential": credential},
    )


def routes(resolver: Any = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in (resolver or get_resolver()).url_patterns:
        place = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, place)
        else:
            yield place, entry


def links(client: Client) -> list[str]:
    return re.findall(rf'href="({LIST}keys/[^"]+)"', client.get(LIST).content.decode())


def test_no_address_takes_the_number_of_a_row() -> None:
    assert [place for place, _ in routes() if "<int:pk>" in place or "<int:id>" in place] == []
    assert len(list(routes())) > 100


def test_hardly_a_row_of_ours_is_numbered() -> None:
    """What is listed here must not show: the libraries' rows, and of ours what nobody is ever shown."""
    numbered = {
        model._meta.label for model in apps.get_models() if isinstance(model._meta.pk, models.AutoField)
    }
    assert numbered == {
        "account.EmailAddress",
        "account.EmailConfirmation",
        "accounts.Withdrawal",
        "auth.Group",
        "auth.Permission",
        "contenttypes.ContentType",
        "couples.Block",
        "couples.NeverWrite",
        "mfa.Authenticator",
    }


def test_no_page_holds_the_number_of_a_row(dana: User, client: Client) -> None:
    """Every page about one's account, as a page and as a script asks for it, right after a sign-in."""
    numbers = iter(NUMBERS)
    EmailAddress.objects.filter(user=dana).update(id=next(numbers))
    EmailAddress.objects.create(id=next(numbers), user=dana, email="new@example.test", verified=True)
    mine = [passkey(dana, name, next(numbers)) for name in ("phone", "laptop")]
    for kind, data in (
        (Authenticator.Type.TOTP, {"secret": "A" * 32}),
        (Authenticator.Type.RECOVERY_CODES, {"seed": "a" * 40, "used_mask": 0}),
    ):
        sealed = {
            key: get_adapter().encrypt(value) if isinstance(value, str) else value
            for key, value in data.items()
        }
        Authenticator.objects.create(pk=next(numbers), user=dana, type=kind, data=sealed)
    client.force_login(dana)
    prove(client)
    asked = 0
    assert len(links(client)) == 2 * len(mine)
    plain = [f"/{place}" for place, _ in routes() if place.startswith("account/") and "<" not in place]
    own = ["/settings/", "/settings/security/", "/settings/log/", "/settings/delete/"]
    for address in [*plain, *own, *links(client)]:
        for headers in JSON:
            answer = client.get(address, headers=headers)
            asked += answer.status_code == 200
            said = answer.content.decode() + str(answer.headers) + str(answer.cookies)
            assert not any(str(number) in said for number in NUMBERS), (address, headers)
    assert asked > 40


def test_what_others_add_in_between_does_not_show(dana: User, erin: User) -> None:
    """Dana adds two passkeys; Erin adds three between them, or none. What Dana is shown is the same but for the names
    in her addresses, which are equally long and in no order."""
    seen = []
    for between in (0, 3):
        Authenticator.objects.all().delete()
        passkey(dana, "phone")
        for number in range(between):
            passkey(erin, f"hers {number}")
        passkey(dana, "laptop")
        client = Client()
        client.force_login(dana)
        prove(client)
        named = [masked(client.get(address))[2] for address in ("/account/2fa/", LIST, *links(client))]
        seen.append([re.sub(r"keys/[0-9a-f]{32}/", "keys/NAME/", page) for page in named])
        assert all(re.fullmatch(rf"{LIST}keys/[0-9a-f]{{32}}/(edit|remove)/", link) for link in links(client))
    assert seen[0] == seen[1]


def test_passkeys_are_renamed_and_removed_by_name_and_nobody_elses(dana: User, erin: User) -> None:
    first, second = passkey(dana, "phone"), passkey(dana, "laptop")
    hers, others = Client(), Client()
    for client, user in ((hers, dana), (others, erin)):
        client.force_login(user)
        prove(client)
    edit, remove = links(hers)[2:]
    for address in (edit, remove, f"{LIST}keys/{first.pk}/edit/", f"{LIST}keys/{'0' * 32}/remove/"):
        assert others.get(address).status_code == 404
        assert others.post(address, {"name": "mine now"}).status_code == 404
    assert (
        hers.get(f"{LIST}keys/{first.pk}/edit/").status_code == 404
    )  # the number opens nothing, one's own neither
    assert hers.get(edit).status_code == 200
    hers.post(edit, {"name": "old laptop"})
    assert "old laptop" in hers.get(LIST).content.decode()
    hers.post(remove)
    assert list(Authenticator.objects.filter(user=dana)) == [first]
    assert hers.get(edit).status_code == 404
    assert second.pk


def test_a_signed_out_browser_is_sent_to_sign_in(dana: User, client: Client) -> None:
    passkey(dana, "phone")
    client.force_login(dana)
    for address in links(client):
        assert Client().get(address)["Location"].startswith("/account/login/")


@pytest.mark.parametrize("headers", JSON[1:])
def test_only_a_passkeys_question_is_answered_to_a_script(db: None, headers: dict[str, str]) -> None:
    client = Client()
    asked = client.get("/account/2fa/webauthn/login/", headers=headers)
    assert "challenge" in asked.json()["request_options"]["publicKey"]
    assert client.get("/account/login/", headers=headers)["Content-Type"].startswith("text/html")
