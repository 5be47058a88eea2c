"""Codes as hands type them: letters from a mail, an authenticator's number, a recovery code.

A Japanese keyboard types wide digits, a phone makes a dash of a hyphen, and what is copied from a mail brings spaces
that don't break: all of these are the code. An authenticator's number is good for half a minute on either side of its
own, as clocks differ and typing takes a while (RFC 6238, 5.2), and still opens one door only.
"""

from typing import Any

from allauth.account.forms import ConfirmEmailVerificationCodeForm as AllauthConfirmEmailForm
from allauth.account.forms import ConfirmLoginCodeForm as AllauthConfirmLoginForm
from allauth.account.forms import ConfirmPasswordResetCodeForm as AllauthConfirmResetForm
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm as AllauthAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm as AllauthActivateTOTPForm
from django.core.cache import cache
from django.core.exceptions import ValidationError

from accounts import characters, limits, signups


class AsTyped:
    """A form with a `code`: nothing but its letters and digits is looked at."""

    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        self.cleaned_data["code"] = characters.letters_and_digits(self.cleaned_data["code"])
        return str(super().clean_code())  # type: ignore[misc]  # the form's


class OnlyOnce(AsTyped):
    """A form that takes an authenticator's number: never the same twice, for as long as it would be right.

    allauth remembers a number for half a minute, which is as long as it takes one where none but the present one is.
    """

    user: Any

    def clean_code(self) -> str:
        code = super().clean_code()
        lives = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
        if not cache.add(f"number:{limits.hashed('number', str(self.user.pk), code)}", 1, lives):
            raise get_adapter().validation_error("incorrect_code")
        return code


class ConfirmLoginCodeForm(AsTyped, AllauthConfirmLoginForm):
    """The letters of a mail that signs in."""


class ConfirmEmailVerificationCodeForm(AsTyped, AllauthConfirmEmailForm):
    """The letters of a mail that proves an address."""

    def clean_code(self) -> str:
        """The right code of an account that made room for another one meanwhile proves nothing, and is told so: nobody
        but whoever reads that mail can type it.
        """
        over = ValidationError(signups.OVER, code="over")
        try:
            code = super().clean_code()
        except ValidationError as error:
            if self.user is None and error.code == "email_taken":  # asked of the right code alone
                raise over from None
            raise
        if self.user is None:
            raise over
        return code


class ConfirmPasswordResetCodeForm(AsTyped, AllauthConfirmResetForm):
    """The letters of a mail that lets one choose a new password."""


class ActivateTOTPForm(AsTyped, AllauthActivateTOTPForm):
    """The first number of an authenticator app."""


class AuthenticateForm(OnlyOnce, AllauthAuthenticateForm):
    """A number or a recovery code, as the second step of signing in."""


class ReauthenticateForm(OnlyOnce, AllauthReauthenticateForm):
    """A number or a recovery code, to say once more who one is."""
