"""Sealing files to a public key (age, age-encryption.org/v1): whoever keeps the copy can't open it."""

from pathlib import Path

from config import disk
from config.backups.errors import CannotBackUp, CannotRestore

SEALED = ".age"


def seal(file: Path, recipient: str) -> Path:
    """Seal this file to `recipient` and remove it. Returns the sealed one."""
    import pyrage

    sealed = file.with_name(file.name + SEALED)
    sealed.touch(mode=0o600)
    try:
        pyrage.encrypt_file(str(file), str(sealed), [pyrage.x25519.Recipient.from_str(recipient)])
    except pyrage.EncryptError as error:
        disk.raise_if_full(str(error), sealed)
        raise CannotBackUp(f"No backup was made: {error}.") from None
    file.unlink()
    return sealed


def opened(file: Path, identity: Path | None, into: Path) -> Path:
    """The file as it was before it was sealed: itself, or opened into that folder. Raises `CannotRestore`."""
    if file.suffix != SEALED:
        return file
    if identity is None:
        raise CannotRestore("This backup is sealed: say where its private key is, --identity FILE.")
    import pyrage

    plain = into / file.name.removesuffix(SEALED)
    plain.touch(mode=0o600)
    try:
        keys = [
            pyrage.x25519.Identity.from_str(line.strip())
            for line in identity.read_text().splitlines()
            if line.startswith("AGE-SECRET-KEY-")
        ]
        pyrage.decrypt_file(str(file), str(plain), keys)
    except (pyrage.DecryptError, pyrage.IdentityError, OSError, UnicodeDecodeError) as error:
        disk.raise_if_full(str(error), plain)
        raise CannotRestore("The private key doesn't open this backup.") from None
    return plain
