"""`manage.py rewrap_keys`: after a new entry was put in front of the keyring. May run while Nearer runs, and again."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from accounts.crowd import is_few
from accounts.rewrapping import rewrap


class Command(BaseCommand):
    help = "Wrap every key in the database anew with the first entry of NEARER_KEYRING."

    def handle(self, *args: Any, **options: Any) -> None:
        found = rewrap()
        # With a few, how many there are tells who has a second factor, and who has parted.
        said = ["Wrapped anew." if is_few() else f"Wrapped anew: {found.done}."]
        if found.unused:
            said.append(f"No longer used, and may be removed: {', '.join(found.unused)}.")
        if found.left:
            said.append(f"Still used: {', '.join(found.left)}.")
        self.stdout.write(" ".join(said))
        if found.lost:
            sys.exit(f"Not to be opened, left as they are: {', '.join(found.lost)}.")
