"""What was written into both people's logs at the minute one of them acted: each keeps their own act, else the Day."""

from typing import Any

from django.db import migrations


def keep_ones_own(apps: Any, schema_editor: Any) -> None:
    entries = apps.get_model("accounts", "LogEntry").objects
    for entry in entries.filter(what="parted").iterator():  # by whom isn't known
        entry.what = "alone"
        entry.at = entry.at.replace(hour=12, minute=0, second=0, microsecond=0)
        entry.save(update_fields=["what", "at"])
    invitations = apps.get_model("couples", "Invitation").objects.filter(paired_as__isnull=False)
    for one in invitations.select_related("paired_as").iterator():
        paired = entries.filter(what="paired", at=one.paired_as.opened_at)
        paired.filter(user=one.inviter_id).update(at=one.inviter_confirmed_at)
        paired.filter(user=one.accepted_by_id).update(at=one.accepter_confirmed_at)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_a_log_of_ones_own_acts"),
        ("couples", "0002_asks_and_evenings"),
    ]

    operations = [migrations.RunPython(keep_ones_own, migrations.RunPython.noop)]
