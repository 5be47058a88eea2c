"""What a surprise hides is called a surprise plan. Its table keeps its name: its words are sealed for it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("adventures", "0006_dates_without_an_hour")]

    operations = [
        migrations.AlterModelTable("secret", "adventures_secret"),
        migrations.RenameModel("Secret", "SurprisePlan"),
        migrations.AlterField(
            "surpriseplan",
            "date",
            models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                primary_key=True,
                related_name="surprise_plan",
                serialize=False,
                to="adventures.datenight",
            ),
        ),
    ]
