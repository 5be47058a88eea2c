from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('agendas', '0001_initial'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='goal',
            name='version',
        ),
        migrations.RemoveField(
            model_name='note',
            name='version',
        ),
    ]
