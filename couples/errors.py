"""Errors of pairing and of what one asks the other for."""

from accounts.errors import ActError


class CoupleError(ActError):
    """An act of this room can't be done, or not now."""


class InvitationNotOpen(CoupleError):
    """Wrong, used, expired, taken back or blocked: one answer for all, at every step, so that it tells nothing."""


class TooManyInvitations(CoupleError):
    """More invitations than a day allows."""


class AlreadyPaired(CoupleError):
    """A person sits in a couple of two already."""


class NobodyToAsk(CoupleError):
    """No partner is there to ask, or not any more."""


class AskResting(CoupleError):
    """An ask like it was made less than thirty days ago."""


class AskNotOpen(CoupleError):
    """No such ask is there to answer: faded, overtaken by another, or somebody else's."""
