"""Whether the keyring still holds what the database was wrapped with: asked once, before anything is served."""

import os
import sys

from allauth.mfa.models import Authenticator
from django.db import DatabaseError
from django.db.models import Q

from accounts import keys
from accounts.models import DataKey
from accounts.rewrapping import SECRETS


def refuse_if_lost() -> None:
    """End this process with one sentence if a key of the database can't be opened.

    Where the database is away or still empty there is nothing to ask yet: reading would fail loudly.
    """
    try:
        check()
    except keys.KeyLost as lost:
        sentence = f"Nearer does not start: {lost}. Put the missing entry back into NEARER_KEYRING.\n"
        os.write(2, sentence.encode())  # past any logger: Celery has put its own in the way by now
        sys.exit(1)
    except DatabaseError:
        return


def check() -> None:
    """Raise `KeyLost` if a keyring entry is missing, or opens none of what it wrapped (one sample of each is tried)."""
    ring = keys.keyring()
    stranger = DataKey.objects.exclude(keyring_name__in=ring).first()
    if stranger is not None:
        raise keys.KeyLost(f"NEARER_KEYRING has no key named {stranger.keyring_name!r}")
    for name in ring:
        sample = DataKey.objects.filter(keyring_name=name).first()
        if sample is not None:
            sample.cipher  # noqa: B018  opens it, or raises
    for secret in SECRETS:
        opened = Q()
        for name in ring:
            opened |= Q(**{f"data__{secret}__startswith": f"{name}:"})
        device = Authenticator.objects.filter(data__has_key=secret).exclude(opened).first()
        if device is not None:
            raise keys.KeyLost(f"NEARER_KEYRING has no key named {device.data[secret].partition(':')[0]!r}")
