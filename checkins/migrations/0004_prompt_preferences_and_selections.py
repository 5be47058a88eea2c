# Names in Python only: tables and columns stay as they are called.
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("checkins", "0003_being_heard"),
        ("couples", "0004_quietly_ended"),
    ]

    operations = [
        migrations.AlterModelTable(name="taste", table="checkins_taste"),
        migrations.RenameModel(old_name="Taste", new_name="PromptPreference"),
        migrations.AlterModelTable(name="deal", table="checkins_deal"),
        migrations.RenameModel(old_name="Deal", new_name="PromptSelection"),
        migrations.AlterField(
            model_name="promptpreference",
            name="user",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                primary_key=True,
                related_name="prompt_preference",
                serialize=False,
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="promptselection",
            name="couple",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="prompt_selections",
                to="couples.couple",
            ),
        ),
        migrations.AlterField(
            model_name="draft",
            name="stroke",
            field=models.PositiveIntegerField(db_column="stroke", default=0),
        ),
        migrations.RenameField(model_name="draft", old_name="stroke", new_name="save_number"),
    ]
