"""`manage.py reminders_status`: how the promises stand, in numbers. Ends with 1 where no worker is at work."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from reminders import status


class Command(BaseCommand):
    help = "How the reminders stand: by state and reason, how far behind, and when a worker was last round."

    def handle(self, *args: Any, **options: Any) -> None:
        found = status.standing(now=timezone.now())
        self.stdout.write(json.dumps(found.as_dict(), indent=2))
        if found.silent:
            sys.exit("No worker has been round lately." if found.last_round else "No worker ever came up.")
