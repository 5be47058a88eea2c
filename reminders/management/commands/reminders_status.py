"""`nearer reminders_status`: how the promises stand. Ends with 1 where the machine isn't well, and says why."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from reminders import status


class Command(BaseCommand):
    help = "Whether mails go out as they should; from twenty accounts on how many, and what became of them."

    def handle(self, *args: Any, **options: Any) -> None:
        found = status.report(now=timezone.now())
        self.stdout.write(json.dumps(found.as_dict(), indent=2))
        if found.why:
            sys.exit(" ".join(found.why))
