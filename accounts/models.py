"""One person who signs in, and the keys that words are sealed under."""

import os
import uuid
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import keys
from accounts.sealed import SealedTextField
from accounts.zones import clock, current, validate_zone

NAME_LIMIT = 50


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


class UserQuerySet(models.QuerySet["User"]):
    def delete(self) -> tuple[int, dict[str, int]]:
        """Erase each of them, as `User.delete` does."""
        with transaction.atomic():
            people = [user.delete() for user in self]
        return sum(count for count, _ in people), {"accounts.User": len(people)}

    delete.alters_data = True  # type: ignore[attr-defined]  # no template may call it
    delete.queryset_only = True  # type: ignore[attr-defined]  # nor is it `User.objects.delete()`


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def with_key(self) -> models.QuerySet["User"]:
        """People with their key at hand, so that reading their words costs no further query."""
        return self.select_related("key")

    def again(self, user: "User") -> "User":
        """The person as they are stored now, with their key at hand."""
        return self.with_key().get(pk=user.pk)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Knows nothing of couples or features: those know about people."""

    class Theme(models.TextChoices):
        AUTO = "", _("As my device is set")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("email"), unique=True)
    name = models.CharField(_("name"), max_length=NAME_LIMIT)
    zone = models.CharField(_("time zone"), max_length=64, validators=[validate_zone])
    key = models.OneToOneField(DataKey, on_delete=models.PROTECT, related_name="user", editable=False)
    theme = models.CharField(_("look"), max_length=5, choices=Theme, default=Theme.AUTO, blank=True)
    inbox_shared = models.BooleanField(_("someone else reads this inbox"), default=False)
    code_sign_in = models.BooleanField(_("sign in by a mailed code"), default=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    joined_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="accounts_user_one_account_an_address")]

    def __str__(self) -> str:
        return str(self.pk)  # a name or address here would end up in logs

    def delete(self, *_: Any, **__: Any) -> tuple[int, dict[str, int]]:
        """Erase this person for good, with their key: whoever writes this means it (`leaving.erase`)."""
        from accounts import leaving  # it stands above: there is one way to go, and this leads there

        leaving.erase(self, now=timezone.now())
        return 1, {"accounts.User": 1}

    def delete_row(self) -> None:
        """Delete the row and what hangs on it, but not the key. For `leaving.erase` alone."""
        super().delete()

    @property
    def tz(self) -> ZoneInfo:
        """The person's own zone, as they set it."""
        return clock(self.zone)

    @property
    def place(self) -> str:
        """The place of this person's clock, by the name the place has today."""
        return current(self.zone)

    def local(self, moment: datetime) -> datetime:
        """`moment` on this person's clock."""
        return moment.astimezone(self.tz)


class SignUpLink(models.Model):
    """A link that `nearer invite` printed: it lets one person sign up (`signups`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # Whoever made an account by it whose address isn't proven yet; then only when it was.
    used_by = models.OneToOneField(User, on_delete=models.SET_NULL, null=True, related_name="came_by")
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"sign-up link {self.name}"

    @property
    def name(self) -> str:
        """The name it is withdrawn by."""
        return str(self.pk)[:8]


class LogEntryQuerySet(models.QuerySet["LogEntry"]):
    def of(self, user: User) -> "LogEntryQuerySet":
        return self.filter(user=user).order_by("-at")


class LogEntry(models.Model):
    """One's private log: sign-ins, credentials and pairing, nothing else. Only its owner ever sees it.

    It holds one's own acts, by the minute. What somebody else did stands there by the Day one has seen it.
    """

    class What(models.TextChoices):
        SIGNED_IN = "signed_in", _("Signed in")
        PASSWORD = "password", _("Password changed")
        EMAIL = "email", _("Email address changed")
        KEY_ADDED = "key_added", _("A passkey, authenticator or set of recovery codes added")
        KEY_REMOVED = "key_removed", _("A passkey, authenticator or set of recovery codes removed")
        PAIRED = "paired", _("Confirmed joining with somebody")
        PARTED = "parted", _("Ended the pairing")
        ALONE = "alone", _("Writing on your own again")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="log_entries")
    what = models.CharField(max_length=16, choices=What)
    at = models.DateTimeField()

    objects = LogEntryQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["user", "at"], name="accounts_logentry_user_at")]

    def __str__(self) -> str:
        return f"log entry {self.pk}"

    @property
    def on(self) -> date | None:
        """The Day, of what stands there without a time."""
        return self.at.astimezone(UTC).date() if self.what == self.What.ALONE else None


class Withdrawal(models.Model):
    """An act that no restored backup may undo: not in the list outside the database yet, or only just."""

    line = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    act = models.CharField(max_length=16)
    about = models.JSONField(encoder=DjangoJSONEncoder)  # ids, moments and names of fields (`withdrawals`)
    at = models.DateTimeField()
    listed_at = models.DateTimeField(null=True, blank=True, db_index=True)

    def __str__(self) -> str:
        return f"withdrawal {self.line}"


class SessionQuerySet(models.QuerySet["Session"]):
    def of(self, user: User) -> "SessionQuerySet":
        """Every session that lets this person in, or is on its way to."""
        return self.filter(user=user)

    def devices(self, user: User, *, now: datetime) -> "SessionQuerySet":
        """The sessions this person is signed in by, the first one first."""
        return self.of(user).filter(signed_in_at__isnull=False, expire_date__gt=now).order_by("signed_in_at")


class Session(AbstractBaseSession):
    """One browser's session. Only the browser's cookie finds the row and opens what is in it (`sessions`).

    `user` is whom it lets in, or, while `signed_in_at` is empty, whom a mailed code or a second factor is to let in.
    """

    session_key = models.UUIDField(primary_key=True, editable=False)  # type: ignore[assignment]  # of the cookie
    session_data = models.BinaryField()  # type: ignore[assignment]  # sealed
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    name = models.UUIDField(default=uuid.uuid4, editable=False)  # what a form calls this device
    device = models.CharField(max_length=40, blank=True)
    signed_in_at = models.DateTimeField(null=True)
    is_here = False  # on the page that lists them: the one that asks

    objects = SessionQuerySet.as_manager()  # type: ignore[assignment,misc]  # Django's base has a manager of its own

    def __str__(self) -> str:
        return f"session {self.name}"


class LongWorkQuerySet(models.QuerySet["LongWork"]):
    def claimable(self, now: datetime) -> "LongWorkQuerySet":
        """Work that is due and free: waiting, or claimed and its lease ran out. The oldest first."""
        waiting = models.Q(state=LongWork.State.WAITING, due_at__lte=now)
        stale = models.Q(state=LongWork.State.CLAIMED, lease_until__lt=now)
        return self.filter(waiting | stale, expires_at__gt=now).order_by("asked_at")

    def in_hand(self, now: datetime) -> "LongWorkQuerySet":
        """Work that somebody does just now: their lease holds."""
        return self.filter(state=LongWork.State.CLAIMED, lease_until__gte=now)

    def claimed_by(self, owner: uuid.UUID) -> "LongWorkQuerySet":
        return self.filter(owner=owner, state=LongWork.State.CLAIMED)

    def of(self, user: User, kind: str) -> "LongWorkQuerySet":
        return self.filter(user=user, kind=kind)

    def ready(self, now: datetime) -> "LongWorkQuerySet":
        return self.filter(state=LongWork.State.READY, expires_at__gt=now)

    def over(self, now: datetime) -> "LongWorkQuerySet":
        """Work whose time is over, whatever came of it."""
        return self.filter(expires_at__lte=now)


class LongWork(models.Model):
    """One piece of work that takes longer than a page may, for one person: one of a kind at a time (`long_work`)."""

    class State(models.TextChoices):
        WAITING = "waiting"
        CLAIMED = "claimed"
        READY = "ready"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="long_work")
    kind = models.CharField(max_length=32)
    options = SealedTextField(owner="user")  # JSON: what exactly was asked for
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    owner = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    written = models.PositiveBigIntegerField(default=0)  # bytes so far
    file = models.OneToOneField(
        SealedFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="work"
    )

    objects = LongWorkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="accounts_longwork_one_of_a_kind"),
            models.CheckConstraint(
                condition=models.Q(state="claimed", owner__isnull=False, lease_until__isnull=False)
                | (~models.Q(state="claimed") & models.Q(owner__isnull=True, lease_until__isnull=True)),
                name="accounts_longwork_claimed_is_who_and_until",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(state__in=["waiting", "claimed"]),
                name="accounts_longwork_unsettled",
            ),
            models.Index(fields=["expires_at"], name="accounts_longwork_expires"),
        ]

    def __str__(self) -> str:
        return f"long work {self.pk}"

    @property
    def is_underway(self) -> bool:
        return self.state in {self.State.WAITING, self.State.CLAIMED}
