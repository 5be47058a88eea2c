"""`nearer invite`: a link by which one person can sign up, where sign-ups aren't open to everybody."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts import signups


class Command(BaseCommand):
    help = "Print a link by which one person can sign up (NEARER_SIGNUPS); list those that are open, or withdraw one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", nargs="?", default="make", choices=("make", "list", "withdraw"))
        parser.add_argument("name", nargs="?", default="", help="of the link to withdraw")
        parser.add_argument(
            "--days", type=int, default=signups.LIFE.days, help="how long it can be used (1 to 30)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now, what = timezone.now(), options["what"]
        if what == "list":
            lines = [
                f"{link.name} until {link.expires_at:%Y-%m-%d %H:%M} UTC" for link in signups.links(now=now)
            ]
            self.stdout.write("\n".join(lines) or "There is no link.")
        elif what == "withdraw":
            if not signups.withdraw(options["name"], now=now):
                raise CommandError("There is no link of that name: nearer invite list.")
            self.stdout.write("Withdrawn.")
        else:
            self._make(options["days"])

    def _make(self, days: int) -> None:
        if not 1 <= days <= 30:
            raise CommandError("--days must be from 1 to 30.")
        if settings.NEARER_SIGNUPS == signups.CLOSED:
            raise CommandError("NEARER_SIGNUPS is closed: set it to invited, and start Nearer again.")
        if settings.NEARER_SIGNUPS == signups.OPEN:  # unused it would outlive a later `invited`
            self.stdout.write(
                f"Sign-ups are open (NEARER_SIGNUPS), so nobody needs a link, and none was made: {settings.NEARER_URL}"
            )
            return
        link, address = signups.make_link(now=timezone.now(), life=timedelta(days=days))
        self.stdout.write(
            f"{address}\n"
            f"For one person, once, for {days} days. To withdraw it: nearer invite withdraw {link.name}"
        )
