import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agendas', '0002_shown'),
    ]

    operations = [
        migrations.AddField(
            model_name='addition',
            name='agenda',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agendas.agenda'),
        ),
        migrations.AlterField(
            model_name='addition',
            name='note',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='additions', to='agendas.note'),
        ),
    ]
