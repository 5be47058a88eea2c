"""Reasons why a backup isn't made or put back, each a sentence for whoever typed the command."""


class CannotBackUp(Exception):
    """A backup that can't be made. Nothing of it is left."""


class CannotRestore(Exception):
    """A backup that isn't put back; nothing was changed."""


class NotReached(CannotBackUp, CannotRestore):
    """A database that doesn't answer: nothing was made and nothing put back."""
