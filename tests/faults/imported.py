"""What workers are forked off with (`tests/faults/worker.py`): a Django that is set up, and connected to nothing."""

import django

django.setup()

from django.template import engines  # noqa: E402 - after the setup

from reminders import delivery, emails, planning  # noqa: E402  # after the setup

__all__ = ["delivery", "emails", "planning"]
engines.all()
