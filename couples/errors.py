"""Errors of pairing and of what one asks the other for."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import ActError


class CoupleError(ActError):
    """An act of this room can't be done, or not now."""


class InvitationNotOpen(CoupleError):
    """An invitation is wrong, used, expired, taken back or blocked: one answer for all, so that it tells nothing."""

    sentence = _(
        "That invitation isn’t open. It may have been used, taken back or run out: ask for a fresh one."
    )


class TooManyInvitations(CoupleError):
    """More invitations than a day allows."""

    sentence = _("Three invitations a day is the most. There will be room again tomorrow.")


class AlreadyPaired(CoupleError):
    """A person sits in a couple of two already."""

    sentence = _("You have a partner here already.")


class AlreadyPairedToAccept(AlreadyPaired):
    """A person who sits in a couple of two already takes up an invitation."""

    sentence = _("You have a partner here already. End that pairing first.")


class NobodyToAsk(CoupleError):
    """No partner is there to ask, or not any more. Pages lead on without a word: parting says itself, on Today."""


class AskResting(CoupleError):
    """An ask like it was made less than thirty days ago."""

    sentence = _("A suggestion was made already. There can be another thirty days after it.")


class AskNotOpen(CoupleError):
    """No such ask is there to answer: faded, overtaken by another, or somebody else's. Pages lead on without a word."""
