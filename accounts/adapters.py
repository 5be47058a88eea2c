"""The place where allauth meets our rules: how accounts are stored, which mails go out, how secrets are kept."""

import base64
import logging
import smtplib
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import browsers, devices, hashing, keys, limits, signups
from accounts.clients import address_of
from accounts.crowd import is_few
from accounts.joining import discard, join, never_verified, owner_of
from accounts.mail import compose
from accounts.models import DataKey, User
from accounts.reauthentication import BY_CODE, address_for_codes
from accounts.sessions import DEVICE

log = logging.getLogger(__name__)


def display(user: User) -> str:
    """The name allauth has for a person on its pages."""
    return user.name


class AccountAdapter(DefaultAccountAdapter):
    error_messages: ClassVar = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("That address and password don’t belong together."),
        "incorrect_code": _("That isn’t the code. Have another look at the email."),
        "incorrect_password": _("That isn’t your password."),
        "enter_current_password": _("That isn’t your password."),
        "too_many_login_attempts": _("Too many tries. Please wait a few minutes."),
        "rate_limited": _("That was quick. Please wait a minute."),
        "duplicate_email": _("That is your address already."),
        "same_as_current": _("That is the one we have."),
        "email_taken": _("Please use another address."),
    }

    _counted = True  # whether the inbox's allowance counts what this adapter (made anew each time) sends

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return signups.are_open_for(request)

    @transaction.atomic
    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        """Mark the address as proven; what the account came by is used from now on. A sign-up that may not be finished
        any more is discarded, and the page says so, as where it has made room for another one in this very moment.
        """
        signups.hold(email_address.user)
        # Nobody makes room meanwhile: whoever does so first is waited for.
        if not User.objects.select_for_update(no_key=True).filter(pk=email_address.user_id).values_list("pk"):
            request.session.flush()  # its row went with the account
            messages.error(request, signups.OVER)
            return False
        is_new = never_verified().filter(pk=email_address.user.pk).exists()
        if is_new and not signups.may_finish(email_address.user):
            messages.error(request, signups.NOT_OPEN)
            discard(email_address.user, now=timezone.now())
            return False
        confirmed: bool = super().confirm_email(request, email_address)
        signups.settle(email_address.user, now=timezone.now())
        return confirmed

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        data = form.cleaned_data
        user.email = data["email"]
        user.name, user.zone = data["name"], data["zone"]
        user.inbox_shared = data["inbox_shared"]
        # Whoever reads the inbox could sign in with a mailed code: off unless it is one's own.
        user.code_sign_in = not user.inbox_shared
        user.password = form.hashed
        return join(user, now=timezone.now())

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        self._login_failed_rl_usage = limits.try_password(
            request, credentials.get("email", ""), now=timezone.now()
        )  # allauth's name: what a right password gives back
        if self._login_failed_rl_usage is None:
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        hashing.step_back_if_full()
        try:
            user: User | None = super().authenticate(request, **credentials)
        except hashing.Busy:
            self._rollback_login_failed_rl_usage()  # nothing was looked at
            raise
        return user

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        limits.forgive(request, credentials.get("email", ""), now=timezone.now())

    def post_login(self, request: HttpRequest, user: User, **about: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **about)
        browsers.remember(response, request, user.email, now=timezone.now())
        return response

    def is_ajax(self, request: HttpRequest) -> bool:
        """A script is answered in JSON where a passkey signs in, and nowhere else: allauth would give every page that
        way, the numbers of rows included."""
        match = request.resolver_match
        return match is not None and match.url_name == "mfa_login_webauthn" and bool(super().is_ajax(request))

    def is_safe_url(self, url: str | None) -> bool:
        """Whether `next` stays on the very host that was asked. allauth would go to any host this installation answers
        to, and on loopback it answers to three names."""
        asked = context.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={asked.get_host()}, require_https=asked.is_secure()
        )

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        request.session[DEVICE] = devices.called(request.headers.get("User-Agent", ""))

    def set_password(self, user: User, password: str) -> None:
        """Set a new password. However it was come by, it ends every other session and every way in that is underway."""
        super().set_password(user, password)
        devices.sign_out_elsewhere(user, request=self.request)

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """The ways to prove once more who one is: allauth's, and a mailed code where one may be mailed."""
        found: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if user.is_authenticated and address_for_codes(user):
            found.append({"id": "code", "description": "", "url": reverse(BY_CODE)})
        return found

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whether allauth is to ask as well: not where our own gate has let this request through (`doors`)."""
        return not getattr(self.request, "let_through", False)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send allauth's mail from our own folder. A mail server that is away is said on the page, not raised."""
        name = template_prefix.rsplit("/", 1)[-1]
        owner = owner_of(email)  # asked for every mail: asked for some, it would show in the time they take
        if name == "unknown_account" and owner is not None:
            # allauth says so of a proven address only to those who switched codes off.
            name = "code_sign_in_off"  # they asked for a code, and switched codes off: say so, to them alone
        if name == "account_already_exists" and owner is None and settings.NEARER_SIGNUPS != signups.OPEN:
            name = "not_invited"  # nobody has one: the page told them no more than it tells somebody who has
        mail = compose(name, to=email, context=context | {"signups": settings.NEARER_SIGNUPS})
        if self._counted and not limits.may_write(self.request, email, now=timezone.now()):
            return  # enough for this inbox: the page is the same as ever
        try:
            mail.send()
        except (smtplib.SMTPException, OSError) as error:
            if not is_few():  # with a few it would tell that one of them asked for a mail
                log.warning(
                    "a mail could not be sent: %s", type(error).__name__
                )  # its text holds the address
            if self.request is not None:
                messages.error(
                    self.request, _("The email could not be sent just now. Please try again in a minute.")
                )

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Tell people what was done to their own account. Never counted: it could be silenced by using up a count."""
        self._counted = False
        super().send_notification_mail(*args, **kwargs)


class MFAAdapter(DefaultMFAAdapter):
    """TOTP seeds and recovery seeds lie sealed in the database, under the keyring of the environment."""

    AAD = b"mfa_authenticator.data"
    error_messages: ClassVar = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("That isn’t it. The app shows a new one every half minute."),
    }

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002  allauth's name
        count = Authenticator.objects.filter(user=user, type=type).count()
        return gettext("My passkey") if count == 0 else gettext("Passkey %(number)d") % {"number": count + 1}

    def encrypt(self, text: str) -> str:
        return self.seal(text, entry=DataKey.objects.wrapping_entry())

    def seal(self, text: str, *, entry: str) -> str:
        """The seed, sealed by this entry of the keyring."""
        name, wrapped = keys.wrap(text.encode(), self.AAD, entry=entry)
        return f"{name}:{base64.b64encode(wrapped).decode()}"

    def decrypt(self, encrypted_text: str) -> str:
        """The seed again. Raises `keys.KeyLost`, which never repeats a text that isn't sealed at all."""
        name, colon, encoded = encrypted_text.partition(":")
        try:
            wrapped = base64.b64decode(encoded, validate=True)
        except ValueError:
            colon = ""
        if not colon:
            raise keys.KeyLost(f"A secret in {self.AAD.decode()} is not sealed by the keyring") from None
        return keys.unwrap(name, wrapped, self.AAD).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": settings.ALLOWED_HOSTS[0], "name": "Nearer"}
