import accounts.sealed
import accounts.zones
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('agendas', '0001_initial'), ('agendas', '0002_shown'), ('agendas', '0003_additions_outlive_notes'), ('agendas', '0004_talks_of_additions')]

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('checkins', '0001_squashed_0005_kept_once_parted'),
        ('couples', '0001_squashed_0006_whom_an_invitation_let_in'),
    ]

    operations = [
        migrations.CreateModel(
            name='Agenda',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('slot', models.DateField()),
                ('starts_at', models.DateTimeField()),
                ('zone', models.CharField(max_length=64)),
                ('minutes', models.PositiveSmallIntegerField()),
                ('since_on', models.DateField()),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('laid_out_at', models.DateTimeField(blank=True, null=True)),
                ('begun_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('part', models.PositiveSmallIntegerField(choices=[(1, 'Thank-yous'), (2, 'What went right'), (3, 'What is weighing on us'), (4, 'Are we on track'), (5, 'What felt loving'), (6, 'The time ahead')], default=1)),
                ('speaks', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('turn', models.PositiveIntegerField(default=0)),
                ('turn_began_at', models.DateTimeField(blank=True, null=True)),
                ('turn_ends_at', models.DateTimeField(blank=True, null=True)),
                ('rests_at', models.DateTimeField(blank=True, null=True)),
                ('break_until', models.DateTimeField(blank=True, null=True)),
                ('touched_at', models.DateTimeField(blank=True, null=True)),
                ('couple', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='agendas', to='couples.couple')),
                ('previous', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='agendas.agenda')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='agendas_agenda_due')],
                'constraints': [models.UniqueConstraint(fields=('couple', 'slot'), name='agendas_agenda_one_a_slot'), models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('couple',), name='agendas_agenda_one_open'), models.CheckConstraint(condition=models.Q(('begun_at__isnull', True), ('laid_out_at__isnull', False), _connector='OR'), name='agendas_agenda_begun_was_laid_out'), models.CheckConstraint(condition=models.Q(('begun_at__isnull', False), models.Q(('ended_at__isnull', True), ('touched_at__isnull', True)), _connector='OR'), name='agendas_agenda_ended_was_begun'), models.CheckConstraint(condition=models.Q(('closed_at__isnull', True), ('due_at__isnull', True), _connector='OR'), name='agendas_agenda_closed_is_not_due'), models.CheckConstraint(condition=models.Q(models.Q(('speaks__isnull', True), ('turn_began_at__isnull', True), ('turn_ends_at__isnull', True)), models.Q(('speaks__in', [1, 2]), ('turn_began_at__isnull', False), ('turn_ends_at__gte', models.F('turn_began_at'))), _connector='OR'), name='agendas_agenda_turn_is_who_and_when'), models.CheckConstraint(condition=models.Q(('break_until__isnull', True), ('rests_at__isnull', False), _connector='OR'), name='agendas_agenda_break_is_rest')],
            },
        ),
        migrations.CreateModel(
            name='Action',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('text', accounts.sealed.SealedTextField(default='', owner='author')),
                ('taken_back_at', models.DateTimeField(blank=True, null=True)),
                ('who', models.CharField(choices=[('i', 'I'), ('we', 'We')], max_length=2)),
                ('part', models.PositiveSmallIntegerField(choices=[(1, 'Thank-yous'), (2, 'What went right'), (3, 'What is weighing on us'), (4, 'Are we on track'), (5, 'What felt loving'), (6, 'The time ahead')])),
                ('added_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('dropped_at', models.DateTimeField(blank=True, null=True)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('agenda', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='agendas.agenda')),
                ('carried_to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='carried', to='agendas.agenda')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('done_at__isnull', True), ('dropped_at__isnull', True), _connector='OR'), name='agendas_action_done_or_let_go')],
            },
        ),
        migrations.CreateModel(
            name='AgendaItem',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('part', models.PositiveSmallIntegerField(choices=[(1, 'Thank-yous'), (2, 'What went right'), (3, 'What is weighing on us'), (4, 'Are we on track'), (5, 'What felt loving'), (6, 'The time ahead')])),
                ('kind', models.CharField(max_length=8)),
                ('source', models.UUIDField()),
                ('added_at', models.DateTimeField()),
                ('rank', models.PositiveIntegerField()),
                ('left_out_at', models.DateTimeField(blank=True, null=True)),
                ('agenda', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='items', to='agendas.agenda')),
                ('author', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['source'], name='agendas_item_source')],
                'constraints': [models.UniqueConstraint(fields=('agenda', 'kind', 'source'), name='agendas_item_once'), models.UniqueConstraint(condition=models.Q(('kind', 'topic')), fields=('agenda', 'author'), name='agendas_item_one_topic_each')],
            },
        ),
        migrations.CreateModel(
            name='Goal',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', accounts.sealed.SealedTextField(default='', owner='couple')),
                ('unit', accounts.sealed.SealedTextField(default='', owner='couple')),
                ('target', accounts.sealed.SealedTextField(default='', owner='couple')),
                ('total', accounts.sealed.SealedTextField(default='', owner='couple')),
                ('due_on', models.DateField(blank=True, null=True)),
                ('added_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('couple', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='goals', to='couples.couple')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('changed_at__gte', models.F('added_at'))), name='agendas_goal_in_time')],
            },
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('text', accounts.sealed.SealedTextField(default='', owner='author')),
                ('taken_back_at', models.DateTimeField(blank=True, null=True)),
                ('part', models.PositiveSmallIntegerField(choices=[(1, 'Thank-yous'), (2, 'What went right'), (3, 'What is weighing on us'), (4, 'Are we on track'), (5, 'What felt loving'), (6, 'The time ahead')])),
                ('earlier', accounts.sealed.SealedTextField(default='', owner='author')),
                ('shown_at', models.DateTimeField(blank=True, null=True)),
                ('agreed_at', models.DateTimeField(blank=True, null=True)),
                ('written_at', models.DateTimeField()),
                ('agenda', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='agendas.agenda')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('agenda', 'author', 'part'), name='agendas_note_one_a_part'), models.CheckConstraint(condition=models.Q(('shown_at__isnull', False), models.Q(('agreed_at__isnull', True), ('taken_back_at__isnull', True)), _connector='OR'), name='agendas_note_agreed_was_shown')],
            },
        ),
        migrations.CreateModel(
            name='Addition',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('text', accounts.sealed.SealedTextField(default='', owner='author')),
                ('added_at', models.DateTimeField()),
                ('taken_back_at', models.DateTimeField(blank=True, null=True)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('agenda', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agendas.agenda')),
                ('note', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='additions', to='agendas.note')),
            ],
        ),
        migrations.CreateModel(
            name='Rhythm',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('every', models.CharField(choices=[('week', 'Week'), ('month', 'Month')], max_length=5)),
                ('weekday', models.PositiveSmallIntegerField()),
                ('at', models.TimeField()),
                ('zone', models.CharField(max_length=64, validators=[accounts.zones.validate_zone])),
                ('minutes', models.PositiveSmallIntegerField()),
                ('agreed_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('couple', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rhythms', to='couples.couple')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('couple',), name='agendas_rhythm_one_stands_a_couple'), models.CheckConstraint(condition=models.Q(('minutes__in', [20, 30, 60])), name='agendas_rhythm_length'), models.CheckConstraint(condition=models.Q(('weekday__lte', 6)), name='agendas_rhythm_weekday')],
            },
        ),
        migrations.CreateModel(
            name='Saying',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('text', accounts.sealed.SealedTextField(default='', owner='author')),
                ('taken_back_at', models.DateTimeField(blank=True, null=True)),
                ('kind', models.CharField(choices=[('noticed', 'Noticed'), ('hope', 'Hope')], max_length=8)),
                ('said_at', models.DateTimeField()),
                ('agenda', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='agendas.agenda')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('taken_back_at__isnull', True)), fields=('agenda', 'author', 'kind'), name='agendas_saying_one_a_kind')],
            },
        ),
        migrations.CreateModel(
            name='Topic',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('about', accounts.sealed.SealedTextField(default='', owner='author')),
                ('feel', accounts.sealed.SealedTextField(default='', owner='author')),
                ('need', accounts.sealed.SealedTextField(default='', owner='author')),
                ('parked_at', models.DateTimeField()),
                ('wanted_at', models.DateTimeField(blank=True, null=True)),
                ('talked_at', models.DateTimeField(blank=True, null=True)),
                ('taken_back_at', models.DateTimeField(blank=True, null=True)),
                ('author', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='topics', to=settings.AUTH_USER_MODEL)),
                ('couple', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='topics', to='couples.couple')),
                ('page', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='topics', to='checkins.checkin')),
            ],
            options={
                'indexes': [models.Index(fields=['author', 'parked_at'], name='agendas_topic_author')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('talked_at__isnull', True), ('wanted_at__isnull', False)), fields=('author', 'couple'), name='agendas_topic_one_is_brought')],
            },
        ),
    ]
