"""An index of what was sent when: with a limit an hour (`EMAIL_PER_HOUR`) it is counted before each batch.

PostgreSQL makes it while others write. Broken off, it is run again.
"""

from django.db import migrations, models
from django.db.models import Q


class AddIndex(migrations.AddIndex):
    """Django's, without holding up whoever writes meanwhile (PostgreSQL)."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        # One that was broken off stays behind, and is no good.
        schema_editor.execute(f"DROP INDEX IF EXISTS {schema_editor.quote_name(self.index.name)}")
        schema_editor.add_index(to_state.apps.get_model(app_label, self.model_name), self.index, concurrently=True)


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ("reminders", "0005_typed_by_their_keys"),
    ]

    operations = [
        AddIndex(
            "reminder", models.Index(fields=["settled_at"], condition=Q(state="sent"), name="reminders_reminder_sent")
        ),
    ]
