"""What a reminder is about gets columns of its own: a Day, a thing, and when that begins.

`key`, one string for all of them, stays for one release: code of the last one runs on these tables.
"""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("reminders", "0003_occasional_kinds"),
    ]

    operations = [
        migrations.AddField("reminder", "day", models.DateField(blank=True, null=True)),
        migrations.AddField("reminder", "about", models.UUIDField(blank=True, null=True)),
        migrations.AddField("reminder", "starts_at", models.DateTimeField(blank=True, null=True)),
    ]
