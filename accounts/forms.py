"""Forms of what a person types about themselves. Shape is checked here; rules live with the nouns."""

import re
from copy import deepcopy
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import AddEmailForm as AllauthAddEmailForm
from allauth.account.forms import BaseConfirmCodeForm
from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import RequestLoginCodeForm as AllauthRequestLoginCodeForm
from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from allauth.account.forms import ResetPasswordKeyForm as AllauthResetPasswordKeyForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import get_next_redirect_url
from allauth.core import context, ratelimit
from allauth.mfa.webauthn.forms import EditWebAuthnForm as AllauthEditWebAuthnForm
from django import forms
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts import characters, joining, signups
from accounts.addresses import normal
from accounts.fields import AddressField, ButtonField
from accounts.hooks import read_by_others, rezoned
from accounts.import_files import LARGEST, carried
from accounts.import_files import read as read_file
from accounts.importing import NotImported, checked
from accounts.joining import discard_unverified, never_verified
from accounts.models import NAME_LIMIT, User
from accounts.reauthentication import kept
from accounts.typed_codes import AsTyped
from accounts.zone_fields import ZoneField

_LINK = re.compile(r"(?i)\b[a-z][a-z\d+.-]*://|\bwww\.[^\s.]+\.")
PASSWORD_HELP = _("Ten characters or more. A short sentence is easy to remember.")
_YES_NO = [(False, _("No, only I read it")), (True, _("Yes, or I’m not sure"))]


class NameField(forms.CharField):
    """A person's name: up to 50 characters on one line, whatever they are as long as they can be seen.

    It stands on the other's pages and nowhere else, where nothing makes a link of it: `St.John/Theo` is a name.
    An address written as one (https://…, www.…) is none.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("What shall we call you?"))
        kwargs.setdefault("max_length", NAME_LIMIT)
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "given-name"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        name = characters.fold_spaces(str(super().to_python(value)))
        return "" if characters.is_blank(name) and "\0" not in name else name

    def clean(self, value: Any) -> str:
        name = str(super().clean(value))
        if characters.hides_something(name):
            raise ValidationError(
                _("There is something in this name that can’t be seen. Typing it anew helps."), code="control"
            )
        if _LINK.search(name):
            raise ValidationError(_("A name can’t hold a link."), code="link")
        return name


def inbox_field() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=_("Does anyone else read this inbox?"),
        choices=_YES_NO,
        coerce=lambda value: str(value) == "True",
        initial=False,
        widget=forms.RadioSelect,
        help_text=_("If so, no reminders come until you ask for them, and no sign-in codes."),
    )


class SignUpForm(AllauthSignupForm):
    """The first of three short steps. Asks nothing about the other person."""

    name = NameField()
    email = AddressField()
    zone = ZoneField()
    inbox_shared = inbox_field()
    field_order = ["name", "email", "password1", "zone", "inbox_shared"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        if (
            not self.is_bound
        ):  # a browser offers its own until somebody sent the form: from then on it is theirs
            self.fields["zone"].widget.attrs["data-zone"] = ""
        self.fields["email"].help_text = _("We’ll send a code there to make sure it’s yours.")
        self.fields["password1"].help_text = PASSWORD_HELP

    def validate_unique_email(self, value: str) -> str:
        if never_verified(value).exists():
            return value  # nobody was ever inside that one: it makes room in `save`
        return str(super().validate_unique_email(value))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if not self.errors:  # before anything is written, and for known and new addresses alike
            self.hashed = make_password(cleaned["password1"])
        return cleaned

    def try_save(self, request: HttpRequest) -> Any:
        # Kept for known and new addresses alike: whoever mistyped theirs starts again with the same invitation.
        request.session["signup_next"] = get_next_redirect_url(request) or ""
        try:
            return super().try_save(request)
        except signups.TooManyLooks:
            return None, ratelimit.respond_429(request)
        except signups.NotInvited:
            if signups.is_quiet_for(request):  # as of a known address: what came of it is said in the inbox
                self.account_already_exists = True
                return super().try_save(request)
            return None, redirect(
                f"{reverse('account_signup')}?{urlencode({'next': request.session['signup_next']})}"
            )
        except IntegrityError:  # the same address signed up in this very moment: treated like any known one
            self.account_already_exists = True
            return super().try_save(request)

    @transaction.atomic
    def save(self, request: HttpRequest) -> User:
        now = timezone.now()
        ticket = signups.ticket_of(request, now=now)
        if ticket is not None:
            signups.discard(ticket, now=now)
        waiting = discard_unverified(self.cleaned_data["email"], now=now)
        user: User = super().save(request)
        if ticket is not None:
            ticket.used_by = user
            ticket.save(update_fields=["used_by"])
        waiting.update(user=user)  # they name this address, and go with it
        record_authentication(request, user, method="password")  # chosen this minute: as good as typed
        return user


class LoginForm(AllauthLoginForm):
    login = AddressField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = deepcopy(self.base_fields["login"])  # allauth has put one of its own there


class RequestLoginCodeForm(AllauthRequestLoginCodeForm):
    """A code only goes to a proven address whose owner left codes on. The page answers the same for everyone."""

    email = AddressField()

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        if not ratelimit.consume(context.request, action="request_login_code"):
            raise get_adapter().validation_error("too_many_login_attempts")
        owner = joining.owner_of(email)
        self._user = owner if owner is not None and owner.code_sign_in else None
        return email


class ResetPasswordForm(AllauthResetPasswordForm):
    """Never-verified accounts can't be taken up by a reset: signing up anew replaces them instead."""

    email = AddressField()
    users: list[User]

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        user = context.request.user
        if user.is_authenticated and normal(user.email) != email:  # a session is about one person at a time
            raise ValidationError(_("You’re signed in with another address. Please sign out first."))
        owner = joining.owner_of(email)
        self.users = [owner] if owner is not None else []
        return email


class AddEmailForm(AllauthAddEmailForm):
    email = AddressField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial |= kept(context.request)


class EditWebAuthnForm(AllauthEditWebAuthnForm):
    name = forms.CharField(label=_("Its name"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial |= kept(context.request)


class ChangePasswordForm(AllauthChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = PASSWORD_HELP


class ResetPasswordKeyForm(AllauthResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = PASSWORD_HELP


class SettingsForm(forms.ModelForm):
    """One's own account: nothing of it can be seen or changed by the other."""

    name = NameField()
    zone = ZoneField()
    inbox_shared = inbox_field()

    class Meta:
        model = User
        fields = ["name", "zone", "theme", "inbox_shared", "code_sign_in"]
        widgets = {"theme": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code_sign_in"].help_text = _(
            "Anyone who reads your inbox could sign in with such a code."
        )

    def clean(self) -> dict[str, Any]:
        """Check the whole form: where somebody else reads the inbox from now on, no code that signs in is mailed
        there, as at sign-up.
        """
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "inbox_shared" in self.changed_data and cleaned.get("inbox_shared"):
            cleaned["code_sign_in"] = False
        return cleaned

    @property
    def opens_doors(self) -> bool:
        """Whether this changes who can get in: by a mailed code, or not any more."""
        return bool({"inbox_shared", "code_sign_in"} & set(self.changed_data))

    @transaction.atomic
    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit)
        if commit and "zone" in self.changed_data:
            rezoned.announce(user=user, before=self.initial["zone"], now=timezone.now())
        if commit and "inbox_shared" in self.changed_data and user.inbox_shared:
            read_by_others.announce(user=user, now=timezone.now())
        return user


class SessionForm(forms.Form):
    """The one session that is to end: a random name, given on the page that lists them."""

    session = forms.UUIDField(widget=forms.HiddenInput)


class SendCodeForm(forms.Form):
    """The button that asks for a code, or for a new one."""

    send = ButtonField()


class ReauthenticationCodeForm(AsTyped, BaseConfirmCodeForm):
    """The code that was mailed to whoever is signed in."""


class DeleteForm(forms.Form):
    sure = forms.BooleanField(
        label=_("Erase my account and everything I wrote"),
        error_messages={"required": _("Tick this first, or keep your account.")},
    )


class ImportForm(forms.Form):
    """A file to be imported, read while it is checked: it is in `whole`, its rows in `rows`, and what its reader left
    out of it, in words, in `left`.
    """

    file = forms.FileField(
        label=_("File"),
        help_text=_("A ZIP from Nearer, or dates and texts as CSV or JSON, up to 3 MB."),
        allow_empty_file=True,
        error_messages={"required": _("Please choose a file.")},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        try:
            self.whole, self.left = read_file(file.read(LARGEST + 1), self.user.tz)
            self.rows = checked(self.whole)
        except NotImported as error:
            raise ValidationError(error.sentence, code="not_imported") from None
        return file


class ImportTakeForm(forms.Form):
    """An import that was previewed, as its page carries it."""

    sealed = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_sealed(self) -> Any:
        try:
            self.rows = checked(carried(self.user, self.cleaned_data["sealed"]))
        except NotImported as error:
            raise ValidationError(error.sentence, code="not_imported") from None
        return self.cleaned_data["sealed"]


class ExportForm(forms.Form):
    private = forms.BooleanField(
        label=_("Add what is mine alone"),
        required=False,
        help_text=_("Kept pages and lines, notes, closeness, drafts, settings, your log."),
    )
