"""Sections of the account in an export: one's settings and one's own log, in a private export alone."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from accounts.export_fields import Chosen, Json, Mark, Moment, Words, filled, moment
from accounts.exporting import Reader, Section
from accounts.models import LogEntry, User

SETTINGS = {
    "email": Words(_("Email"), limit=254, needed=True),
    "zone": Words(_("Time zone"), limit=64, needed=True),
    "theme": Chosen(_("Look"), words=dict(User.Theme.choices)),
    "inbox_shared": Mark(_("Someone else reads this inbox")),
    "code_sign_in": Mark(_("Sign in by a mailed code")),
}
LOG = {
    "what": Chosen(_("What"), needed=True, words=dict(LogEntry.What.choices)),
    "at": Moment(_("When"), needed=True),
}


def settings(reader: Reader) -> Iterator[Json]:
    """One's settings."""
    names = ("email", "zone", "theme", "inbox_shared", "code_sign_in")
    yield filled({name: getattr(reader.user, name) for name in names})


def log(reader: Reader) -> Iterator[Json]:
    """One's own log, latest first."""
    rows = LogEntry.objects.of(reader.user).order_by("-at", "pk")
    return ({"what": one.what, "at": moment(one.at)} for one in rows)


SECTIONS = (
    Section("settings", _("Settings"), 980, SETTINGS, settings, ("accounts.User",), private=True),
    Section("log", _("Your own log"), 990, LOG, log, ("accounts.LogEntry",), heading="what", private=True),
)
