"""Keys that words are sealed under, and what is too large for a column."""

import os
import uuid
from datetime import datetime
from functools import cached_property

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.db import models

from accounts import keys
from accounts.sealed import SealedTextField


class DataKeyQuerySet(models.QuerySet["DataKey"]):
    def unowned(self) -> "DataKeyQuerySet":
        """Keys nothing is sealed under any more, because their owner went another way than by `erase`."""
        owners = {
            f"{owner.name}__isnull": True for owner in DataKey._meta.related_objects if owner.one_to_one
        }
        return self.filter(**owners)

    def wrapping_entry(self) -> str:
        """The name of the keyring entry that wraps what is new: the first of those that wrap something already.

        So one that was put in front wraps nothing until `nearer keys rotate` says so: a process that wasn't restarted
        yet couldn't open it. Where nothing is wrapped it is the first. Nothing is asked where there is but one.
        """
        first, *others = keys.keyring()
        if not others:
            return first
        return next((name for name in (first, *others) if self.filter(keyring_name=name).exists()), first)


class DataKey(models.Model):
    """One 256-bit key, wrapped by the keyring of the environment. Deleting the row destroys what it sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    keyring_name = models.CharField(max_length=32, db_index=True)
    wrapped = models.BinaryField()

    objects = DataKeyQuerySet.as_manager()

    def __str__(self) -> str:
        return f"data key {self.pk}"

    @classmethod
    def make(cls) -> "DataKey":
        """Create and store a fresh random key."""
        key, entry = cls(), cls.objects.wrapping_entry()
        key.keyring_name, key.wrapped = keys.wrap(os.urandom(32), key._place, entry=entry)
        key.save(force_insert=True)
        return key

    @property
    def _place(self) -> bytes:
        return f"{self._meta.db_table}.wrapped.{self.pk}".encode()

    def rewrapped(self) -> tuple[str, bytes]:
        """The key, wrapped by the keyring's first entry: its name and the bytes. Nothing is stored.

        Raises `keys.KeyLost` when the keyring can't open it.
        """
        return keys.wrap(keys.unwrap(self.keyring_name, bytes(self.wrapped), self._place), self._place)

    @cached_property
    def cipher(self) -> AESGCM:
        """The key, ready to use. Raises `keys.KeyLost` when the keyring can't open it."""
        return AESGCM(keys.unwrap(self.keyring_name, bytes(self.wrapped), self._place))

    def derived(self, *, salt: bytes, place: bytes) -> AESGCM:
        """A key of this one's for one place alone (HKDF, RFC 5869), ready to use. Raises `keys.KeyLost`."""
        secret = keys.unwrap(self.keyring_name, bytes(self.wrapped), self._place)
        return AESGCM(HKDF(SHA256(), 32, salt=salt, info=place).derive(secret))


class SealedFileQuerySet(models.QuerySet["SealedFile"]):
    def unused(self, *, before: datetime) -> "SealedFileQuerySet":
        """Files begun before this moment that nothing of ours has (any more), or that were never finished."""
        users = {f"{user.name}__isnull": True for user in SealedFile._meta.related_objects}
        had_by_nothing = models.Q(
            pk__isnull=False, **users
        )  # the first one holds for all, were there no others
        return self.filter(had_by_nothing | models.Q(sealed_at__isnull=True), begun_at__lt=before)


class SealedFile(models.Model):
    """One file in the storage of the settings, sealed under this key (`sealed_files`). Without a row it is nobody's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.ForeignKey(DataKey, on_delete=models.CASCADE, related_name="files", editable=False)
    size = models.PositiveBigIntegerField(null=True, blank=True)  # bytes, unsealed
    begun_at = models.DateTimeField()
    sealed_at = models.DateTimeField(null=True, blank=True)

    objects = SealedFileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(size__isnull=True, sealed_at__isnull=True)
                | models.Q(size__isnull=False, sealed_at__isnull=False),
                name="accounts_sealedfile_whole_is_size_and_when",
            )
        ]

    def __str__(self) -> str:
        return f"sealed file {self.pk}"


class Pepper(models.Model):
    """The secret that hashes and links are keyed by which must hold for good (`accounts.peppers`): one row, made
    once.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    key = models.OneToOneField(DataKey, on_delete=models.PROTECT, related_name="pepper", editable=False)
    secret = SealedTextField(owner="self")
    last_key = SealedTextField(
        owner="self"
    )  # a hash of SECRET_KEY at the latest start, to notice another one by

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="accounts_pepper_one_row")]

    def __str__(self) -> str:
        return "pepper"
