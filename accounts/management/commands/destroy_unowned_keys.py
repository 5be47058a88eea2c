"""`nearer destroy_unowned_keys`: after somebody was deleted in the database's own shell (docs/keys.md)."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.leaving import destroy_unowned_keys


class Command(BaseCommand):
    help = "Destroy the keys that nothing is sealed under any more. Not while a backup is being put back."

    def handle(self, *args: Any, **options: Any) -> None:
        destroy_unowned_keys()
        self.stdout.write("Every key left has its owner.")  # no number: with a few it would tell who has left
