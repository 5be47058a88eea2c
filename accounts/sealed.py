"""A text column that is only ever stored sealed.

The value stays sealed until it is read (a page that lists rows it doesn't show decrypts nothing), and it opens
only with its owner's key at its own place: table, column, row and owner are bound in as associated data, so a
ciphertext copied to another row, column or person fails loudly. A plain `from_db_value` could not do this: it sees
neither the row nor the owner.
"""

import base64
import binascii
from typing import Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from accounts.keys import NONCE, decrypt, encrypt

FORMAT = b"\x01"  # AES-256-GCM, nonce first; a later format gets its own byte
WRITTEN = "sealed:"  # what sealed words begin with in a fixture
BLANK = len(FORMAT) + NONCE + 16  # bytes of a sealed empty text: format, nonce and tag


class Withheld(Exception):
    """Words that were left out when the row was read: they are not this reader's, and are never fetched later."""


class Ciphertext(bytes):
    """Sealed bytes, as they stand in the database."""


class Loaded(Ciphertext):
    """Sealed bytes that come from a fixture: Django reads them only to store them, and they must stay as they are."""


class SealedAttribute(DeferredAttribute):
    """An attribute that opens the sealed bytes on the first read and keeps the words on the instance.

    A column that was left out of the query isn't fetched behind anyone's back: reading it raises `Withheld`.
    """

    field: "SealedTextField"

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            raise Withheld(
                f"{type(instance).__name__}.{name} did not come through the door this row came through"
            )
        value = instance.__dict__[name]
        if isinstance(value, Ciphertext) and not isinstance(value, Loaded):
            value = instance.__dict__[name] = self.field.unseal(instance, value)
        return "" if value is None and self.field.null else value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class SealedTextField(models.Field):
    """Text sealed under the key of `owner`: the name of the row's foreign key to a User or a Couple.

    An empty text is sealed like any other, so that the column doesn't tell which lines are empty by being NULL. A
    column that joined a table with rows in it is declared `null=True`: NULL, in those rows alone, reads as "".
    It can't be searched, ordered or updated in bulk: `save()` and `bulk_create()` are the ways in.
    """

    descriptor_class = SealedAttribute
    empty_strings_allowed = True

    def __init__(self, *args: Any, owner: str, **kwargs: Any) -> None:
        self.owner = owner
        kwargs["editable"] = False
        if not kwargs.get("null"):
            kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs["owner"] = self.owner
        del kwargs["editable"]
        return name, path, args, kwargs

    def get_internal_type(self) -> str:
        return "BinaryField"

    def value_from_object(self, obj: Any) -> Any:
        """The value a serializer takes of a row: never the words. Raises `Withheld` where they were left out."""
        if self.attname not in obj.__dict__:
            raise Withheld(f"{type(obj).__name__}.{self.attname} did not come with its row")
        return self.pre_save(obj, add=False)

    def value_to_string(self, obj: Any) -> str:
        return WRITTEN + base64.b64encode(self.value_from_object(obj)).decode()

    def to_python(self, value: Any) -> Any:
        """Sealed words again, from a fixture; they open in the row and under the key they were sealed for."""
        if isinstance(value, str) and value.startswith(WRITTEN):
            try:
                sealed = base64.b64decode(value.removeprefix(WRITTEN), validate=True)
            except binascii.Error:
                sealed = b""
            if len(sealed) >= BLANK and sealed[:1] == FORMAT:
                return Loaded(sealed)
        return value

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else Ciphertext(value)

    def _place(self, instance: Any, key: Any) -> bytes:
        return f"{self.model._meta.db_table}.{self.column}.{instance.pk}.{key.pk}".encode()

    def _key(self, instance: Any) -> Any:
        owner = instance if self.owner == "self" else getattr(instance, self.owner)
        return owner.key

    def seal(self, instance: Any, words: str) -> Ciphertext:
        """Seal `words` for this row under its owner's key."""
        key = self._key(instance)
        return Ciphertext(FORMAT + encrypt(key.cipher, words.encode(), self._place(instance, key)))

    def unseal(self, instance: Any, sealed: Ciphertext) -> str:
        """The words again. Raises `Unreadable` or `KeyLost`; never returns a ciphertext or an empty guess."""
        key = self._key(instance)
        if sealed[:1] != FORMAT:
            raise FieldError(f"{self.model.__name__}.{self.name} holds an unknown sealed format")
        return decrypt(key.cipher, bytes(sealed[1:]), self._place(instance, key)).decode()

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        value = model_instance.__dict__.get(self.attname)
        if value is None and add:
            value = ""
        if value is None or isinstance(value, Ciphertext):
            return value
        return self.seal(model_instance, value)

    def get_prep_value(self, value: Any) -> Any:
        if value is not None and not isinstance(value, Ciphertext):
            raise FieldError(
                f"{self.name} is sealed: write it through save(), and never look for it by its words"
            )
        return value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        value = self.get_prep_value(value)
        return None if value is None else connection.Database.Binary(value)
