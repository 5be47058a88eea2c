"""One person who signs in: their account, their log and their sessions."""

import uuid
from datetime import UTC, date, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.keys import DataKey
from accounts.zones import clock, current, validate_zone

NAME_LIMIT = 50


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
