"""`nearer dumpdata`: Django's, once it has been said twice that everybody here may be written out."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import dumpdata

WHY_NOT = (
    "dumpdata writes out everybody who is here: names, addresses, who is with whom, and when each of them wrote. What "
    "they wrote stays sealed. A backup is made otherwise (docs/keys.md). Where this is meant, it is said twice: "
    "--with-everybody --with-everybody"
)


class Command(dumpdata.Command):
    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)  # type: ignore[arg-type]  # the stub wants Django's own parser
        parser.add_argument(
            "--with-everybody", action="count", default=0, help="names and addresses, too; to be said twice"
        )

    def handle(self, *app_labels: Any, **options: Any) -> Any:
        if options.pop("with_everybody", 0) < 2:
            raise CommandError(WHY_NOT)
        return super().handle(*app_labels, **options)
