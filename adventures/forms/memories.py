"""A line that is left of a date that happened."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.fields import LineForm


class MemoryForm(LineForm):
    """One line of what happened."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("A line to remember it by")
