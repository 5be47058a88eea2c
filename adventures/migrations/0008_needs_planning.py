"""The label of an effort says what it needs; nothing in the table changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("adventures", "0007_surprise_plan"),
    ]

    operations = [
        migrations.AlterField(
            model_name="wish",
            name="effort",
            field=models.CharField(
                blank=True,
                choices=[("little", "Little effort"), ("some", "Some effort"), ("a plan", "Needs planning")],
                max_length=8,
            ),
        ),
    ]
