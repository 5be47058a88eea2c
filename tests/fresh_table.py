"""The table of what asks for a fresh sign-in, and what never does.

"page": its GET and its POST. "post": what it does, not the look at it. "some": where the answer changes who can get in
or takes words out. Every route under /account/ and /settings/ needs a line, with its reason where it doesn't ask; a
route anywhere else asks only if it stands here.
"""

ASKS = {
    "account_change_password": "page",
    "account_email": "page",
    "account_email_verification_sent": "page",  # whoever is signed in confirms a new address there
    "account_set_password": "page",
    "accounts:delete": "page",
    "accounts:export": "page",
    "accounts:export_delete": "post",
    "accounts:export_download": "page",
    "accounts:export_progress": "page",
    "accounts:session_end": "post",
    "accounts:sessions": "post",
    "accounts:settings": "some",
    "adventures:calendar": "some",
    "adventures:make_address": "post",
    "adventures:revoke": "post",
    "mfa_activate_totp": "page",
    "mfa_add_webauthn": "page",
    "mfa_deactivate_totp": "page",
    "mfa_download_recovery_codes": "page",
    "mfa_edit_webauthn": "page",
    "mfa_generate_recovery_codes": "page",
    "mfa_remove_webauthn": "page",
    "mfa_view_recovery_codes": "page",
}
_SIGNED_OUT = "it is for people who aren’t signed in"
_WHO = "it is how one says who one is"
_RESET = "it wants the inbox, and a password lost is nothing to ask for"
_LOOK = "a look changes nothing, and worried people look here first"
_EVERYDAY = "nobody gets in by it, and no words leave by it"
_INWARD = "words of one's own come in by it, and nobody and nothing gets out"
NEVER = {
    "account_complete_password_reset": _RESET,
    "account_confirm_login_code": _SIGNED_OUT,
    "account_confirm_password_reset_code": _RESET,
    "account_inactive": _SIGNED_OUT,
    "account_login": _SIGNED_OUT,
    "account_logout": "leaving never asks",
    "account_password_reset_completed": _RESET,
    "account_reauthenticate": _WHO,
    "account_request_login_code": _SIGNED_OUT,
    "account_reset_password": _RESET,
    "account_signup": _SIGNED_OUT,
    "accounts:import_file": _INWARD,
    "accounts:import_take": _INWARD,
    "checkins:comes_back": "what comes back is chosen without looking at any of it",
    "accounts:data": _LOOK,
    "accounts:kept": "it is the same for everybody",
    "accounts:log": _LOOK,
    "accounts:no_way_left": _WHO,
    "accounts:reauthenticate_by_code": _WHO,
    "accounts:security": _LOOK,
    "challenges:cards": _EVERYDAY,
    "couples:block": "keeping somebody away is a private act of safety",
    "couples:part": "parting never asks",
    "mfa_authenticate": _SIGNED_OUT,
    "mfa_index": _LOOK,
    "mfa_list_webauthn": _LOOK,
    "mfa_login_webauthn": _SIGNED_OUT,
    "mfa_reauthenticate": _WHO,
    "mfa_reauthenticate_webauthn": _WHO,
    "reminders:mail": _EVERYDAY,
    "reminders:mail_designed": _EVERYDAY,
    "reminders:send_now": _EVERYDAY,
    "reminders:settings": _EVERYDAY,
}
