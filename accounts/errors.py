"""Errors that a person's act ends in, each with the sentence that says so. A room's own stand in its `errors.py`."""

from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class ActError(Exception):
    """An act can't be done, or not now. Its `sentence` is for the person who tried, and says no more than they know."""

    sentence: ClassVar["str | _StrPromise"] = ""


class Gone(ActError):
    """A thing isn't there any more, or isn't this person's to act on. Every take-back raises it."""

    sentence = _("This has changed in the meantime. Here is how it is now.")
