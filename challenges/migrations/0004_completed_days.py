import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

STONE = {"db_column": "stone_id", "db_index": False, "on_delete": django.db.models.deletion.CASCADE}
FIELDS = [
    migrations.RemoveConstraint(model_name="owncompletion", name="challenges_mark_one_a_person"),
    migrations.RemoveConstraint(model_name="remark", name="challenges_remark_one_standing_a_person"),
    migrations.RemoveIndex(model_name="remark", name="challenges_remark_stone"),
    migrations.RenameField(model_name="owncompletion", old_name="stone", new_name="completed_day"),
    migrations.RenameField(model_name="remark", old_name="stone", new_name="completed_day"),
    migrations.AlterField(
        model_name="completedday",
        name="attempt",
        field=models.ForeignKey(
            to="challenges.attempt",
            related_name="completed_days",
            db_index=False,
            on_delete=django.db.models.deletion.CASCADE,
        ),
    ),
    migrations.AlterField(
        model_name="owncompletion",
        name="completed_day",
        field=models.ForeignKey(
            to="challenges.completedday", related_name="own_completions", **STONE
        ),
    ),
    migrations.AlterField(
        model_name="remark",
        name="completed_day",
        field=models.ForeignKey(to="challenges.completedday", related_name="remarks", **STONE),
    ),
    migrations.AddConstraint(
        model_name="owncompletion",
        constraint=models.UniqueConstraint(
            fields=("completed_day", "author"), name="challenges_mark_one_a_person"
        ),
    ),
    migrations.AddConstraint(
        model_name="remark",
        constraint=models.UniqueConstraint(
            fields=("completed_day", "author"),
            condition=Q(taken_back_at__isnull=True),
            name="challenges_remark_one_standing_a_person",
        ),
    ),
    migrations.AddIndex(
        model_name="remark",
        index=models.Index(fields=["completed_day"], name="challenges_remark_stone"),
    ),
]


class Migration(migrations.Migration):
    """New names in the code. No table, column or constraint changes: sealed words are bound to theirs."""

    dependencies = [
        ("challenges", "0003_no_days"),
    ]

    operations = [
        migrations.AlterModelTable(name="stone", table="challenges_stone"),
        migrations.AlterModelTable(name="mark", table="challenges_mark"),
        migrations.RenameModel(old_name="Stone", new_name="CompletedDay"),
        migrations.RenameModel(old_name="Mark", new_name="OwnCompletion"),
        migrations.SeparateDatabaseAndState(state_operations=FIELDS),
    ]
