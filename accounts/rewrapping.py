"""Rotating the keyring: everything it wraps is wrapped anew by its first entry, while Nearer runs.

Rows are changed one by one, and only while they still hold what was read: two runs at once, or one that was killed and
begun again, end in the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator

from accounts import keys
from accounts.models import DataKey

BATCH = 500
SECRETS = ("secret", "seed")  # what allauth seals through our adapter: TOTP seeds, recovery codes' seeds


@dataclass
class Rewrapped:
    """What one run did."""

    done: int = 0
    lost: list[str] = field(default_factory=list)  # rows that can't be opened, by table and id
    unused: list[str] = field(default_factory=list)  # keyring entries that wrap nothing any more


def rewrap() -> Rewrapped:
    """Wrap every data key and every sealed authenticator secret with the keyring's first entry."""
    first, *others = keys.keyring()
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
    in_use = set(DataKey.objects.values_list("keyring_name", flat=True).distinct())
    in_use |= {name for device in _batches(Authenticator.objects.all()) for name in names_in(device)}
    found.unused = [name for name in others if name not in in_use]
    return found


def _batches(rows: Any) -> Iterator[Any]:
    return rows.iterator(chunk_size=BATCH)  # type: ignore[no-any-return]


def _rewrap_key(key: DataKey) -> int:
    before = key.keyring_name, bytes(key.wrapped)
    name, wrapped = key.rewrapped()
    still = DataKey.objects.filter(pk=key.pk, keyring_name=before[0], wrapped=before[1])
    return still.update(keyring_name=name, wrapped=wrapped)


def _rewrap_secrets(device: Authenticator, first: str) -> int:
    if not names_in(device) - {first}:
        return 0
    adapter = get_adapter()
    anew = {name: adapter.encrypt(adapter.decrypt(device.data[name])) for name in _sealed(device)}
    still = Authenticator.objects.filter(pk=device.pk, data=device.data)
    return int(still.update(data=device.data | anew))


def names_in(device: Authenticator) -> set[str]:
    """The keyring entries that `device`'s secrets are wrapped with."""
    return {device.data[name].partition(":")[0] for name in _sealed(device)}


def _sealed(device: Authenticator) -> list[str]:
    return [name for name in SECRETS if name in device.data]
