import accounts.sealed
import accounts.zones
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('adventures', '0001_beginning'), ('adventures', '0002_what_a_calendar_showed'), ('adventures', '0003_calendars_need_no_clock'), ('adventures', '0004_whose_words'), ('adventures', '0005_who_asked_first'), ('adventures', '0006_dates_without_an_hour'), ('adventures', '0007_surprise_plan'), ('adventures', '0008_needs_planning')]

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('couples', '0001_squashed_0006_whom_an_invitation_let_in'),
    ]

    operations = [
        migrations.CreateModel(
            name='Calendar',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('titled', models.BooleanField(default=False)),
                ('titles_read', models.BooleanField(db_default=False, default=False)),
                ('raised', models.PositiveIntegerField(default=0)),
                ('address_hash', models.CharField(max_length=64, null=True, unique=True)),
                ('seat', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='calendar', to='couples.partner')),
            ],
        ),
        migrations.CreateModel(
            name='Wish',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('title', accounts.sealed.SealedTextField(default='', owner='couple')),
                ('earlier', accounts.sealed.SealedTextField(default='', owner='couple')),
                ('idea', accounts.sealed.SealedTextField(default='', owner='couple')),
                ('effort', models.CharField(blank=True, choices=[('little', 'Little effort'), ('some', 'Some effort'), ('a plan', 'Needs planning')], max_length=8)),
                ('cost', models.CharField(blank=True, choices=[('free', 'Free'), ('low', 'Cheap'), ('some', 'Mid-priced'), ('much', 'A treat')], max_length=8)),
                ('where', models.CharField(blank=True, choices=[('home', 'At home'), ('out', 'Out'), ('away', 'Away')], max_length=8)),
                ('both_new', models.BooleanField(default=False)),
                ('added_at', models.DateTimeField()),
                ('lived_at', models.DateTimeField(blank=True, null=True)),
                ('taken_back_at', models.DateTimeField(blank=True, null=True)),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('couple', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='wishes', to='couples.couple')),
            ],
            options={
                'indexes': [models.Index(fields=['couple', 'added_at'], name='adventures_wish_list')],
                'constraints': [models.CheckConstraint(condition=models.Q(('lived_at__isnull', True), ('taken_back_at__isnull', True), _connector='OR'), name='adventures_wish_lived_or_taken_back')],
            },
        ),
        migrations.CreateModel(
            name='Want',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('said_at', models.DateTimeField()),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('wish', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='wants', to='adventures.wish')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('wish', 'author'), name='adventures_want_one_a_person')],
            },
        ),
        migrations.CreateModel(
            name='DateNight',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('made_at', models.DateTimeField()),
                ('title', accounts.sealed.SealedTextField(default='', owner='couple')),
                ('plan', accounts.sealed.SealedTextField(default='', owner='couple')),
                ('earlier', accounts.sealed.SealedTextField(default='', owner='couple')),
                ('phones_away', models.BooleanField(default=False)),
                ('surprise', models.BooleanField(default=False)),
                ('where', models.CharField(blank=True, choices=[('home', 'At home'), ('out', 'Out'), ('away', 'Away')], max_length=8)),
                ('cost', models.CharField(blank=True, choices=[('free', 'Free'), ('low', 'Cheap'), ('some', 'Mid-priced'), ('much', 'A treat')], max_length=8)),
                ('wear', accounts.sealed.SealedTextField(default='', owner='couple')),
                ('childcare', models.CharField(blank=True, choices=[('nothing', 'Nothing to arrange'), ('arranged', 'Arranged'), ('open', 'Still to arrange')], max_length=8)),
                ('minutes', models.PositiveSmallIntegerField(default=180)),
                ('tell_asked_at', models.DateTimeField(blank=True, null=True)),
                ('told_at', models.DateTimeField(blank=True, null=True)),
                ('asked_for', models.DateTimeField(blank=True, null=True)),
                ('asked_at', models.DateTimeField(blank=True, null=True)),
                ('set_aside_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('starts_at', models.DateTimeField(blank=True, null=True)),
                ('postponed_at', models.DateTimeField(blank=True, null=True)),
                ('called_off_at', models.DateTimeField(blank=True, null=True)),
                ('happened_at', models.DateTimeField(blank=True, null=True)),
                ('happened_on', models.DateField(blank=True, null=True)),
                ('moves', models.PositiveIntegerField(default=0)),
                ('rewordings', models.PositiveIntegerField(default=0)),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('couple', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='dates', to='couples.couple')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('planner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('wish', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='adventures.wish')),
            ],
            options={
                'indexes': [models.Index(fields=['couple', 'starts_at'], name='adventures_date_calendar'), models.Index(condition=models.Q(('called_off_at__isnull', True), ('happened_at__isnull', True)), fields=['couple'], name='adventures_date_live'), models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='adventures_date_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('asked_at__isnull', True), ('asked_for__isnull', True), ('set_aside_at__isnull', True), ('withdrawn_at__isnull', True)), models.Q(('asked_at__isnull', False), ('asked_for__isnull', False)), _connector='OR'), name='adventures_date_asked_is_what_and_when'), models.CheckConstraint(condition=models.Q(('surprise', False), models.Q(('minutes__lte', 960), ('where__in', ['home', 'out'])), _connector='OR'), name='adventures_date_no_surprise_away'), models.CheckConstraint(condition=models.Q(('happened_at__isnull', True), models.Q(('called_off_at__isnull', True), ('postponed_at__isnull', True), ('starts_at__isnull', False)), _connector='OR'), name='adventures_date_happened_at_a_time'), models.CheckConstraint(condition=models.Q(('postponed_at__isnull', True), ('starts_at__isnull', False), _connector='OR'), name='adventures_date_postpones_a_time'), models.CheckConstraint(condition=models.Q(('happened_on__isnull', True), models.Q(('happened_at__isnull', False), ('minutes', 0)), _connector='OR'), name='adventures_date_without_an_hour_happened')],
            },
        ),
        migrations.CreateModel(
            name='SurprisePlan',
            fields=[
                ('date', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='surprise_plan', serialize=False, to='adventures.datenight')),
                ('title', accounts.sealed.SealedTextField(default='', owner='author')),
                ('plan', accounts.sealed.SealedTextField(default='', owner='author')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('wish', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='adventures.wish')),
            ],
            options={
                'db_table': 'adventures_secret',
            },
        ),
        migrations.CreateModel(
            name='DateRhythm',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('rule', models.CharField(max_length=64)),
                ('begins_on', models.DateField()),
                ('at', models.TimeField()),
                ('zone', models.CharField(max_length=64, validators=[accounts.zones.validate_zone])),
                ('agreed_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('couple', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='date_rhythms', to='couples.couple')),
                ('turn', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('couple',), name='adventures_rhythm_one_stands'), models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('ended_at__gte', models.F('agreed_at')), _connector='OR'), name='adventures_rhythm_ends_after_it_began')],
            },
        ),
        migrations.CreateModel(
            name='Memory',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('text', accounts.sealed.SealedTextField(default='', owner='author')),
                ('left_at', models.DateTimeField()),
                ('taken_back_at', models.DateTimeField(blank=True, null=True)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('date', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memories', to='adventures.datenight')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('taken_back_at__isnull', True)), fields=('date', 'author'), name='adventures_memory_one_standing_a_person')],
            },
        ),
        migrations.CreateModel(
            name='Occasion',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('what', models.CharField(choices=[('birthday', 'Birthday'), ('anniversary', 'Anniversary'), ('other', 'Another day')], max_length=12)),
                ('name', accounts.sealed.SealedTextField(default='', owner='couple')),
                ('month', models.PositiveSmallIntegerField()),
                ('day', models.PositiveSmallIntegerField()),
                ('ahead', models.PositiveSmallIntegerField(default=7)),
                ('added_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('couple', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='occasions', to='couples.couple')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='adventures_occasion_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(('day__gte', 1), ('day__lte', 31), ('month__gte', 1), ('month__lte', 12)), name='adventures_occasion_is_a_day')],
            },
        ),
    ]
