import django.db.models.deletion
import reminders.models
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('reminders', '0001_initial'), ('reminders', '0002_quiet_and_weekdays'), ('reminders', '0003_occasional_kinds'), ('reminders', '0004_typed'), ('reminders', '0005_typed_by_their_keys'), ('reminders', '0006_sent_index')]

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0006_pepper'),
        ('accounts', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Suppression',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='suppression', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('address_hash', models.CharField(max_length=64)),
                ('since', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Tick',
            fields=[
                ('name', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Quiet',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='quiet', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('begins', models.TimeField(blank=True, null=True)),
                ('ends', models.TimeField(blank=True, null=True)),
                ('paused_until', models.DateField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('begins__isnull', True), ('ends__isnull', True)), models.Q(('begins__isnull', False), ('ends__isnull', False), models.Q(('begins', models.F('ends')), _negated=True)), _connector='OR'), name='reminders_quiet_from_and_until')],
            },
        ),
        migrations.CreateModel(
            name='Choice',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=32)),
                ('channel', models.CharField(choices=[('email', 'Email')], default='email', max_length=16)),
                ('wanted', models.BooleanField()),
                ('at', models.TimeField()),
                ('weekdays', models.CharField(default='0123456', max_length=7)),
                ('next_at', models.DateTimeField(blank=True, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='choices', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('wanted', True)), fields=['next_at'], include=('id',), name='reminders_choice_due')],
                'constraints': [models.UniqueConstraint(fields=('user', 'kind', 'channel'), name='reminders_choice_one_each'), models.CheckConstraint(condition=models.Q(('wanted', True), ('next_at__isnull', True), _connector='OR'), name='reminders_choice_is_due_only_when_wanted'), models.CheckConstraint(condition=models.Q(('weekdays', ''), _negated=True), name='reminders_choice_has_a_weekday')],
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=32)),
                ('day', models.DateField(blank=True, null=True)),
                ('about', models.UUIDField(blank=True, null=True)),
                ('starts_at', models.DateTimeField(blank=True, null=True)),
                ('key', models.CharField(max_length=64)),
                ('channel', models.CharField(choices=[('email', 'Email')], default='email', max_length=16)),
                ('due_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('pending', 'Pending'), ('claimed', 'Claimed'), ('sent', 'Sent'), ('skipped', 'Skipped'), ('expired', 'Expired'), ('dead', 'Dead')], default='pending', max_length=8)),
                ('owner', models.UUIDField(blank=True, null=True)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('not_before', models.DateTimeField(blank=True, null=True)),
                ('message_id', models.CharField(default=reminders.models.new_message_id, max_length=255, unique=True)),
                ('reason', models.CharField(blank=True, max_length=64)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state__in', ['pending', 'claimed'])), fields=['due_at'], name='reminders_reminder_unsettled'), models.Index(condition=models.Q(('state', 'sent')), fields=['settled_at'], name='reminders_reminder_sent')],
                'constraints': [models.UniqueConstraint(fields=('user', 'kind', 'key', 'channel'), name='reminders_reminder_once'), models.UniqueConstraint(condition=models.Q(('about__isnull', True), ('day__isnull', False)), fields=('user', 'kind', 'channel', 'day'), name='reminders_reminder_once_a_day'), models.UniqueConstraint(condition=models.Q(('about__isnull', False), ('day__isnull', False), ('starts_at__isnull', True)), fields=('user', 'kind', 'channel', 'about', 'day'), name='reminders_reminder_once_a_thing_and_day'), models.UniqueConstraint(condition=models.Q(('about__isnull', False), ('day__isnull', False), ('starts_at__isnull', False)), fields=('user', 'kind', 'channel', 'about', 'starts_at'), name='reminders_reminder_once_a_thing_and_time'), models.CheckConstraint(condition=models.Q(models.Q(('lease_until__isnull', False), ('owner__isnull', False), ('state', 'claimed')), models.Q(models.Q(('state', 'claimed'), _negated=True), ('lease_until__isnull', True), ('owner__isnull', True)), _connector='OR'), name='reminders_reminder_claimed_is_who_and_until'), models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', False), ('state__in', ('sent', 'skipped', 'expired', 'dead'))), models.Q(models.Q(('state__in', ('sent', 'skipped', 'expired', 'dead')), _negated=True), ('settled_at__isnull', True)), _connector='OR'), name='reminders_reminder_settled_is_dated')],
            },
        ),
    ]
