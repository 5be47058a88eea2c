from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Apart from the one before: PostgreSQL changes no table in the transaction that changed its rows."""

    dependencies = [
        ("challenges", "0002_moments"),
    ]

    operations = [
        migrations.RemoveField(model_name="attempt", name="from_on"),
        migrations.RemoveField(model_name="attempt", name="active_on"),
        migrations.RemoveField(model_name="stone", name="done_on"),
        migrations.AlterField(model_name="attempt", name="from_at", field=models.DateTimeField()),
        migrations.AlterField(model_name="attempt", name="active_at", field=models.DateTimeField()),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.CheckConstraint(
                condition=Q(first_seat_from__gte=1, second_seat_from__gte=1),
                name="challenges_attempt_from_a_stone",
            ),
        ),
    ]
