import accounts.sealed
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('checkins', '0001_initial'), ('checkins', '0002_sealed_evening'), ('checkins', '0003_being_heard'), ('checkins', '0004_prompt_preferences_and_selections'), ('checkins', '0005_kept_once_parted')]

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0006_pepper'),
        ('accounts', '__first__'),
        ('couples', '0001_squashed_0006_whom_an_invitation_let_in'),
    ]

    operations = [
        migrations.CreateModel(
            name='PromptPreference',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='prompt_preference', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('depth', accounts.sealed.SealedTextField(default='', owner='user')),
                ('seasons', accounts.sealed.SealedTextField(default='', owner='user')),
            ],
            options={
                'db_table': 'checkins_taste',
            },
        ),
        migrations.CreateModel(
            name='CheckIn',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('rose', accounts.sealed.SealedTextField(default='', owner='author')),
                ('bud', accounts.sealed.SealedTextField(default='', owner='author')),
                ('thorn', accounts.sealed.SealedTextField(default='', owner='author')),
                ('rose_kept', accounts.sealed.SealedTextField(null=True, owner='author')),
                ('bud_kept', accounts.sealed.SealedTextField(null=True, owner='author')),
                ('thorn_kept', accounts.sealed.SealedTextField(null=True, owner='author')),
                ('thorn_more', accounts.sealed.SealedTextField(null=True, owner='author')),
                ('note', accounts.sealed.SealedTextField(null=True, owner='author')),
                ('closeness', accounts.sealed.SealedTextField(null=True, owner='author')),
                ('earlier', accounts.sealed.SealedTextField(null=True, owner='author')),
                ('shared_at', models.DateTimeField(blank=True, null=True)),
                ('kept_at', models.DateTimeField(blank=True, null=True)),
                ('talked_at', models.DateTimeField(blank=True, null=True)),
                ('open_at', models.DateTimeField(blank=True, null=True)),
                ('taken_back_at', models.DateTimeField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=0)),
                ('author', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='check_ins', to=settings.AUTH_USER_MODEL)),
                ('couple', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='check_ins', to='couples.couple')),
            ],
            options={
                'indexes': [models.Index(fields=['couple', 'day'], name='checkins_checkin_couple_day')],
                'constraints': [models.UniqueConstraint(fields=('author', 'day'), name='checkins_checkin_one_a_person_and_day'), models.CheckConstraint(condition=models.Q(('shared_at__isnull', True), ('kept_at__isnull', True), _connector='OR'), name='checkins_checkin_shared_or_kept'), models.CheckConstraint(condition=models.Q(('shared_at__isnull', False), ('kept_at__isnull', False), ('talked_at__isnull', False), _connector='OR'), name='checkins_checkin_shared_kept_or_aloud'), models.CheckConstraint(condition=models.Q(models.Q(('couple__isnull', True), ('shared_at__isnull', True)), ('shared_at__isnull', False), _connector='OR'), name='checkins_checkin_unshared_is_nobody_elses'), models.CheckConstraint(condition=models.Q(models.Q(('open_at__isnull', True), ('taken_back_at__isnull', True)), ('shared_at__isnull', False), _connector='OR'), name='checkins_checkin_open_or_taken_back_was_shared')],
            },
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('rose', accounts.sealed.SealedTextField(default='', owner='author')),
                ('bud', accounts.sealed.SealedTextField(default='', owner='author')),
                ('thorn', accounts.sealed.SealedTextField(default='', owner='author')),
                ('note', accounts.sealed.SealedTextField(default='', owner='author')),
                ('closeness', accounts.sealed.SealedTextField(default='', owner='author')),
                ('ticks', accounts.sealed.SealedTextField(default='', owner='author')),
                ('version', models.PositiveIntegerField()),
                ('tab', models.CharField(max_length=32)),
                ('save_number', models.PositiveIntegerField(db_column='stroke', default=0)),
                ('author', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('author', 'day'), name='checkins_draft_one_a_person_and_day')],
            },
        ),
        migrations.CreateModel(
            name='OwnPrompt',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('text', accounts.sealed.SealedTextField(default='', owner='author')),
                ('asked_at', models.DateTimeField()),
                ('agreed_on', models.DateField(blank=True, null=True)),
                ('taken_back_at', models.DateTimeField(blank=True, null=True)),
                ('taken_back_on', models.DateField(blank=True, null=True)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='own_prompts', to=settings.AUTH_USER_MODEL)),
                ('couple', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='own_prompts', to='couples.couple')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('taken_back_at__isnull', True), ('taken_back_on__isnull', True)), models.Q(('taken_back_at__isnull', False), ('taken_back_on__isnull', False)), _connector='OR'), name='checkins_ownprompt_taken_back_at_and_on')],
            },
        ),
        migrations.CreateModel(
            name='PromptSelection',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('first_day', models.DateField()),
                ('depth', accounts.sealed.SealedTextField(default='', owner='couple')),
                ('seasons', accounts.sealed.SealedTextField(default='', owner='couple')),
                ('couple', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='prompt_selections', to='couples.couple')),
            ],
            options={
                'db_table': 'checkins_deal',
                'constraints': [models.UniqueConstraint(fields=('couple', 'first_day'), name='checkins_deal_one_a_day')],
            },
        ),
        migrations.CreateModel(
            name='QuietTime',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('started_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('couple', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='quiet_times', to='couples.couple')),
            ],
            options={
                'indexes': [models.Index(fields=['couple', 'ends_at'], name='checkins_quiettime_couple')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gte', models.F('started_at'))), name='checkins_quiettime_ends_after_it_began')],
            },
        ),
        migrations.CreateModel(
            name='Reply',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('round', models.PositiveSmallIntegerField()),
                ('back', accounts.sealed.SealedTextField(default='', owner='author')),
                ('feeling', accounts.sealed.SealedTextField(default='', owner='author')),
                ('sense', accounts.sealed.SealedTextField(default='', owner='author')),
                ('ending', accounts.sealed.SealedTextField(default='', owner='author')),
                ('sent_at', models.DateTimeField()),
                ('heard_at', models.DateTimeField(blank=True, null=True)),
                ('more_at', models.DateTimeField(blank=True, null=True)),
                ('taken_back_at', models.DateTimeField(blank=True, null=True)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='replies', to=settings.AUTH_USER_MODEL)),
                ('couple', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='replies', to='couples.couple')),
                ('page', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='replies', to='checkins.checkin')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('page', 'round'), name='checkins_reply_one_a_round'), models.CheckConstraint(condition=models.Q(('round__in', [1, 2])), name='checkins_reply_two_rounds'), models.CheckConstraint(condition=models.Q(('heard_at__isnull', True), ('more_at__isnull', True), _connector='OR'), name='checkins_reply_heard_or_more')],
            },
        ),
        migrations.CreateModel(
            name='SmallWin',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('text', accounts.sealed.SealedTextField(default='', owner='author')),
                ('written_at', models.DateTimeField()),
                ('goes_out_at', models.DateTimeField()),
                ('taken_back_at', models.DateTimeField(blank=True, null=True)),
                ('author', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('couple', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='couples.couple')),
            ],
            options={
                'indexes': [models.Index(fields=['couple', 'goes_out_at'], name='checkins_win_couple'), models.Index(fields=['author', 'goes_out_at'], name='checkins_win_author')],
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('prompt', models.CharField(max_length=64)),
                ('text', accounts.sealed.SealedTextField(default='', owner='author')),
                ('written_at', models.DateTimeField(blank=True, null=True)),
                ('talked_at', models.DateTimeField(blank=True, null=True)),
                ('taken_back_at', models.DateTimeField(blank=True, null=True)),
                ('author', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='answers', to=settings.AUTH_USER_MODEL)),
                ('couple', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='answers', to='couples.couple')),
            ],
            options={
                'indexes': [models.Index(fields=['couple', 'day'], name='checkins_answer_couple_day')],
                'constraints': [models.UniqueConstraint(fields=('author', 'day'), name='checkins_answer_one_a_person_and_day'), models.CheckConstraint(condition=models.Q(('written_at__isnull', False), ('talked_at__isnull', False), _connector='OR'), name='checkins_answer_written_or_aloud')],
            },
        ),
        migrations.CreateModel(
            name='Appreciation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('text', accounts.sealed.SealedTextField(default='', owner='author')),
                ('written_at', models.DateTimeField()),
                ('goes_out_at', models.DateTimeField()),
                ('taken_back_at', models.DateTimeField(blank=True, null=True)),
                ('trait', accounts.sealed.SealedTextField(default='', owner='author')),
                ('author', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('couple', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='couples.couple')),
            ],
            options={
                'indexes': [models.Index(fields=['couple', 'goes_out_at'], name='checkins_thanks_couple'), models.Index(fields=['author', 'goes_out_at'], name='checkins_thanks_author')],
            },
        ),
    ]
