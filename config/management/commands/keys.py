"""`nearer keys make | rotate | check` (docs/keys.md)."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts.crowd import is_few
from accounts.keyring_entries import fresh_entry
from accounts.rewrapping import lost, rewrap
from config import keyring
from config.backups.places import Place
from config.embedded.installation import short

AGAIN = "nearer keys rotate"
ALL = "web, worker, beat and backup"


class Command(BaseCommand):
    help = (
        "make: a new entry for NEARER_KEYRING. rotate: the next step of changing to a new entry, while Nearer runs; "
        "each says which one follows. check: whether every key opens, and what still needs each entry."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=("make", "rotate", "check"))
        parser.add_argument("name", nargs="?", default="", help="what the new entry is called")
        parser.add_argument(
            "--restarted", action="store_true", help=f"{ALL} were restarted with the new entry"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        what = options["what"]
        if what == "make":
            self.stdout.write(fresh_entry(options["name"]))
        elif what == "check":
            self._check()
        else:
            ring = keyring.ring()
            if ring.is_unused:
                self._say_unused(ring)
            elif ring.waits:
                self._rewrap(ring, restarted=options["restarted"])
            elif ring.left:  # a run that was stopped
                self._rewrap(ring, restarted=True)
            elif ring.others:
                self.stdout.write(f"Everything is wrapped by {ring.first} already. {self._when(ring)}")
            else:
                self._add(options["name"])

    def _say_unused(self, ring: keyring.Ring) -> None:
        """Say that there is nothing to change: until something is wrapped, the first entry wraps whatever comes."""
        self.stdout.write(
            f"Nothing is wrapped yet, so there is nothing to rotate: {ring.first} wraps whatever comes. For another "
            f"entry put one in its place in NEARER_KEYRING (nearer keys make), or start Nearer first, and then: {AGAIN}"
        )

    def _add(self, name: str) -> None:
        entry = fresh_entry(name, beside=keyring.ring().used)
        name, file = entry.partition(":")[0], keyring.file_of(os.environ)
        if file is None:
            self.stdout.write(
                f"Put this in front of what NEARER_KEYRING holds, and keep a copy:\n\n{entry},\n\n"
                f"It opens, and wraps nothing yet. Restart {ALL}, one after the other if you like. Then: "
                f"{AGAIN} --restarted"
            )
            return
        try:
            keyring.put_in_front(file, entry)
        except keyring.NotWritten as reason:
            sys.exit(str(reason))
        flag = "" if keyring.was_restarted(file) is not None else " --restarted"
        self.stdout.write(
            f"{name} stands in front in {short(file)}: it opens, and wraps nothing yet. Copy that file to where "
            f"its copy is kept, and restart Nearer. Then: {AGAIN}{flag}"
        )

    def _rewrap(self, ring: keyring.Ring, *, restarted: bool) -> None:
        file = keyring.file_of(os.environ)
        known = keyring.was_restarted(file) if file else None
        if file and known is False and ring.waits:
            sys.exit(
                f"{ring.first} wraps nothing yet: Nearer wasn't started since it was put into {short(file)}. "
                f"Restart it, then: {AGAIN}"
            )
        if not (restarted or known):
            sys.exit(
                f"{ring.first} wraps nothing yet, and whoever wasn't restarted couldn't open what it wraps. Once {ALL} "
                f"were: {AGAIN} --restarted"
            )
        found = rewrap()
        # With a few, how many there are tells who has a second factor, and who has parted.
        said = "Wrapped anew." if is_few() else f"Wrapped anew: {found.done}."
        self.stdout.write(f"{said} {self._when(keyring.ring())}".strip())
        if found.lost:
            sys.exit(f"Not to be opened, left as they are: {', '.join(found.lost)}.")

    def _when(self, ring: keyring.Ring) -> str:
        if ring.left:
            return f"Still used: {', '.join(ring.left)}."
        return f"When {', '.join(ring.others)} may be taken out: nearer keys check" if ring.others else ""

    def _check(self) -> None:
        if found := lost():
            sys.exit(f"Not to be opened: {', '.join(found)}.")
        self.stdout.write("Every key opens.")
        ring = keyring.ring()
        if not ring.others:
            return
        if ring.waits:
            self.stdout.write(f"{ring.first} wraps nothing yet: {AGAIN} says what comes next.")
        elif ring.left:
            self.stdout.write(f"{', '.join(ring.left)} still wraps something: {AGAIN}")
        unused = tuple(name for name in ring.others if name not in ring.used)
        place = Place(settings.NEARER_BACKUPS) if settings.NEARER_BACKUPS else None
        for sentence in keyring.needs(unused, place):
            self.stdout.write(sentence)
