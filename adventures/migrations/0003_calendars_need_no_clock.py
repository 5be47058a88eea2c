from django.db import migrations


class Migration(migrations.Migration):
    """Calendar files are in UTC now, so no clock has to be kept for those of couples that ended."""

    dependencies = [
        ('adventures', '0002_what_a_calendar_showed'),
    ]

    operations = [
        migrations.RemoveField(model_name='calendar', name='zone'),
    ]
