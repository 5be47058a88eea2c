import accounts.sealed
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('challenges', '0001_initial'), ('challenges', '0002_moments'), ('challenges', '0003_no_days'), ('challenges', '0004_completed_days')]

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0006_pepper'),
        ('accounts', '__first__'),
        ('couples', '0001_squashed_0006_whom_an_invitation_let_in'),
    ]

    operations = [
        migrations.CreateModel(
            name='Cards',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='cards', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('touch', accounts.sealed.SealedTextField(default='', owner='user')),
            ],
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('challenge', models.CharField(max_length=32)),
                ('again', models.PositiveSmallIntegerField(default=0)),
                ('begun_at', models.DateTimeField()),
                ('from_at', models.DateTimeField()),
                ('first_seat_from', models.PositiveSmallIntegerField(default=1)),
                ('second_seat_from', models.PositiveSmallIntegerField(default=1)),
                ('active_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('couple', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attempts', to='couples.couple')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('couple',), name='challenges_attempt_one_runs'), models.CheckConstraint(condition=models.Q(('first_seat_from__gte', 1), ('second_seat_from__gte', 1)), name='challenges_attempt_from_a_stone'), models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('ended_at__gte', models.F('begun_at')), _connector='OR'), name='challenges_attempt_ends_after_it_began')],
            },
        ),
        migrations.CreateModel(
            name='CompletedDay',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField()),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('attempt', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='completed_days', to='challenges.attempt')),
            ],
            options={
                'db_table': 'challenges_stone',
                'constraints': [models.UniqueConstraint(fields=('attempt', 'number'), name='challenges_stone_once'), models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='challenges_stone_counted_from_one')],
            },
        ),
        migrations.CreateModel(
            name='Habit',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('what', accounts.sealed.SealedTextField(default='', owner='author')),
                ('kept_at', models.DateTimeField()),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='habits', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='OwnCompletion',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('cards', accounts.sealed.SealedTextField(default='', owner='author')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('completed_day', models.ForeignKey(db_column='stone_id', db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='own_completions', to='challenges.completedday')),
            ],
            options={
                'db_table': 'challenges_mark',
                'constraints': [models.UniqueConstraint(fields=('completed_day', 'author'), name='challenges_mark_one_a_person')],
            },
        ),
        migrations.CreateModel(
            name='Remark',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('text', accounts.sealed.SealedTextField(default='', owner='author')),
                ('left_at', models.DateTimeField()),
                ('taken_back_at', models.DateTimeField(blank=True, null=True)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('completed_day', models.ForeignKey(db_column='stone_id', db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='remarks', to='challenges.completedday')),
            ],
            options={
                'indexes': [models.Index(fields=['completed_day'], name='challenges_remark_stone')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('taken_back_at__isnull', True)), fields=('completed_day', 'author'), name='challenges_remark_one_standing_a_person')],
            },
        ),
        migrations.CreateModel(
            name='Swap',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField()),
                ('turns', accounts.sealed.SealedTextField(default='', owner='author')),
                ('attempt', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='swaps', to='challenges.attempt')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('attempt', 'number', 'author'), name='challenges_swap_one_a_person_and_day')],
            },
        ),
    ]
