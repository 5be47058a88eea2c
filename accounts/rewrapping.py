"""Rotating the keyring: everything it wraps is wrapped anew by its first entry, while Nearer runs.

Rows are changed one by one, and only while they still hold what was read: two runs at once, or one that was killed and
begun again, end in the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.db.models import Min, QuerySet, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, Left, StrIndex

from accounts import keys
from accounts.models import DataKey

BATCH = 500  # rows in memory at a time
# What allauth seals through our adapter: TOTP seeds, recovery codes' seeds, and codes taken over from elsewhere.
SECRETS = ("secret", "seed", "migrated_codes")


@dataclass
class Rewrapped:
    """Figures of one run."""

    done: int = 0
    lost: list[str] = field(default_factory=list)  # rows that can't be opened, by table and id


def rewrap() -> Rewrapped:
    """Wrap every data key and every sealed authenticator secret with the keyring's first entry, which is in use from
    then on: every process has to be able to open it by now.
    """
    first = next(iter(keys.keyring()))
    found = Rewrapped()
    for key in _batches(DataKey.objects.exclude(keyring_name=first)):
        try:
            found.done += _rewrap_key(key)
        except keys.KeyLost:
            found.lost.append(f"data key {key.pk}")
    for device in _batches(Authenticator.objects.all()):
        try:
            found.done += _rewrap_secrets(device, first)
        except keys.KeyLost:
            found.lost.append(f"authenticator {device.pk}")
    return found


def entries_in_use() -> set[str]:
    """The names of the keyring entries that this database's keys and authenticators are wrapped with."""
    names = {key.keyring_name for key in one_key_a_name()}
    return names | {name for device in one_device_a_name() for name in names_in(device)}


def lost() -> list[str]:
    """The data keys and authenticators that the keyring doesn't open, by table and id."""
    found = []
    for key in _batches(DataKey.objects.all()):
        try:
            _ = key.cipher
        except keys.KeyLost:
            found.append(f"data key {key.pk}")
    for device in _batches(Authenticator.objects.all()):
        try:
            _ = [get_adapter().decrypt(sealed) for sealed in sealed_in(device)]
        except keys.KeyLost:
            found.append(f"authenticator {device.pk}")
    return found


def _batches(rows: QuerySet[Any]) -> Iterator[Any]:
    """All of `rows`, read to the end batch by batch.

    Not by `iterator()`: SQLite refuses every write of a connection whose read stands open once another has written.
    """
    rows = rows.order_by("pk")
    batch = list(rows[:BATCH])
    while batch:
        yield from batch
        batch = list(rows.filter(pk__gt=batch[-1].pk)[:BATCH])


def _rewrap_key(key: DataKey) -> int:
    before = key.keyring_name, bytes(key.wrapped)
    name, wrapped = key.rewrapped()
    still = DataKey.objects.filter(pk=key.pk, keyring_name=before[0], wrapped=before[1])
    return still.update(keyring_name=name, wrapped=wrapped)


def _rewrap_secrets(device: Authenticator, first: str) -> int:
    if not names_in(device) - {first}:
        return 0
    anew = {name: _anew(device.data[name], first) for name in SECRETS if name in device.data}
    still = Authenticator.objects.filter(pk=device.pk, data=device.data)
    return int(still.update(data=device.data | anew))


def _anew(sealed: str | list[str], entry: str) -> str | list[str]:
    adapter = get_adapter()
    if isinstance(sealed, list):
        return [adapter.seal(adapter.decrypt(one), entry=entry) for one in sealed]
    return str(adapter.seal(adapter.decrypt(sealed), entry=entry))


def sealed_in(device: Authenticator) -> list[str]:
    """The texts of `device` that the keyring seals, as they are stored."""
    found: list[str] = []
    for name in SECRETS:
        sealed = device.data.get(name, [])
        found += sealed if isinstance(sealed, list) else [sealed]
    return found


def names_in(device: Authenticator) -> set[str]:
    """The keyring entries that `device`'s secrets are wrapped with."""
    return {sealed.partition(":")[0] for sealed in sealed_in(device)}


def one_key_a_name() -> Iterator[DataKey]:
    """A key for each keyring entry in use: one look into the index for each, however many keys there are."""
    by_name = DataKey.objects.order_by("keyring_name")
    key = by_name.first()
    while key is not None:
        yield key
        key = by_name.filter(keyring_name__gt=key.keyring_name).first()


def one_device_a_name() -> QuerySet[Authenticator]:
    """An authenticator for each keyring entry in use, found in one pass: their table is allauth's, without an index."""
    sealed = Coalesce(KT("data__secret"), KT("data__seed"), KT("data__migrated_codes__0"))
    colon = StrIndex(sealed, Value(":"))
    named = Authenticator.objects.annotate(colon=colon).filter(colon__gt=1)  # others name no entry
    samples = (
        named.annotate(name=Left(sealed, colon - 1)).order_by().values("name").annotate(sample=Min("pk"))
    )
    return Authenticator.objects.filter(pk__in=[row["sample"] for row in samples])  # type: ignore[no-any-return]  # allauth is untyped
