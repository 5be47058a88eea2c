from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    """What was added belongs to the talk of the note it was added to."""
    Addition, Note = apps.get_model('agendas', 'Addition'), apps.get_model('agendas', 'Note')
    of_note = Note.objects.filter(pk=OuterRef('note')).values('agenda')
    Addition.objects.filter(agenda=None).update(agenda=Subquery(of_note))


class Migration(migrations.Migration):

    dependencies = [
        ('agendas', '0003_additions_outlive_notes'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
