"""Check that the keyring still holds what the database was wrapped with: asked once, before anything is served."""

import os
import sys

from allauth.mfa.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured
from django.db import Error, connection

from accounts import keys, peppers
from accounts.rewrapping import one_device_a_name, one_key_a_name, sealed_in


def refuse_if_lost() -> None:
    """End this process with one sentence if a key of the database can't be opened; else keep the pepper.

    Where the database is away or still empty there is nothing to ask yet: reading would fail loudly.
    """
    try:
        check()
        peppers.keep()
    except keys.KeyLost as lost:
        _refuse(f"{lost}. Put the lost entry back into NEARER_KEYRING.")
    except ImproperlyConfigured as malformed:
        _refuse(str(malformed))
    except Error:
        return
    finally:
        connection.close()  # whoever serves opens their own; this one would be handed on, or idle for good


def _refuse(sentence: str) -> None:
    # Past any logger: Celery has put its own in the way by now.
    os.write(2, f"Nearer does not start: {sentence}\n".encode())
    sys.exit(1)


def check() -> None:
    """Raise `KeyLost` if a keyring entry in use is missing, or doesn't open the one sample of what it wrapped.

    Raises `ImproperlyConfigured` when the keyring itself is malformed.
    """
    keys.keyring()  # a malformed one is said even where nothing is wrapped yet
    for key in one_key_a_name():
        key.cipher  # noqa: B018  opens it, or raises
    for device in one_device_a_name():
        for sealed in sealed_in(device):
            get_adapter().decrypt(sealed)
