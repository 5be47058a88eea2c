"""`nearer doctor`: looks at all that can be looked at from here, and says a sentence each."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from config.doctor import machine, mail, web
from config.doctor.finding import NOT_WELL


class Command(BaseCommand):
    help = "Look at settings, database, keys, backups, disk, mail, address and more. Ends with 1 where one isn't well."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--mail", default="", metavar="ADDRESS", help="send a mail there, really")
        parser.add_argument("--selector", default="", help="of the sender's DKIM key, to look it up")
        parser.add_argument("--json", action="store_true", help="a line of JSON each")

    def handle(self, *args: Any, **options: Any) -> None:
        bad = False
        for look in (
            machine.look(timezone.now()),
            mail.look(to=options["mail"], selector=options["selector"]),
            web.look(),
        ):
            for found in look:
                bad = bad or found.state == NOT_WELL
                line = json.dumps(asdict(found), ensure_ascii=False)
                self.stdout.write(
                    line if options["json"] else f"{found.state:<11}  {found.what}: {found.sentence}"
                )
        if bad:
            sys.exit(1)
