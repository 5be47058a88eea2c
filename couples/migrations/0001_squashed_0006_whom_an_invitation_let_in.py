import accounts.sealed
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('couples', '0001_initial'), ('couples', '0002_asks_and_evenings'), ('couples', '0003_a_log_of_ones_own_acts'), ('couples', '0004_quietly_ended'), ('couples', '0005_what_comes_back'), ('couples', '0006_whom_an_invitation_let_in')]

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0006_pepper'),
        ('accounts', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='NeverWrite',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address_hash', models.CharField(max_length=64, unique=True)),
                ('asked_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Couple',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('paired', models.BooleanField(default=False)),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('evenings', models.CharField(default='0123456', max_length=7)),
                ('last_ask_at', models.DateTimeField(blank=True, null=True)),
                ('key', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='couple', to='accounts.datakey')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('closed_at__isnull', True), ('closed_at__gte', models.F('opened_at')), _connector='OR'), name='couples_couple_closes_after_it_opened')],
            },
        ),
        migrations.CreateModel(
            name='Ask',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=32)),
                ('what', models.CharField(max_length=64)),
                ('asked_at', models.DateTimeField()),
                ('agreed_at', models.DateTimeField(blank=True, null=True)),
                ('set_aside_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('couple', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='asks', to='couples.couple')),
            ],
            options={
                'indexes': [models.Index(fields=['couple', 'kind', 'asked_at'], name='couples_ask_lately')],
                'constraints': [models.CheckConstraint(condition=models.Q(('agreed_at__isnull', True), ('set_aside_at__isnull', True), _connector='OR'), name='couples_ask_agreed_or_set_aside')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('code_hash', models.CharField(max_length=64, unique=True)),
                ('code', accounts.sealed.SealedTextField(default='', owner='inviter')),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('mail_to', accounts.sealed.SealedTextField(default='', owner='inviter')),
                ('mail_due_at', models.DateTimeField(blank=True, null=True)),
                ('mailed_at', models.DateTimeField(blank=True, null=True)),
                ('mail_attempts', models.PositiveSmallIntegerField(default=0)),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('inviter_confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('accepter_confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('accepted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='accepted_invitations', to=settings.AUTH_USER_MODEL)),
                ('inviter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to=settings.AUTH_USER_MODEL)),
                ('paired_as', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='invitation', to='couples.couple')),
                ('still_shown_to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('used_by', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('mail_due_at__isnull', False)), fields=['mail_due_at'], name='couples_invitation_mail_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('accepted_at__isnull', True), ('accepted_by__isnull', True)), models.Q(('accepted_at__isnull', False), ('accepted_by__isnull', False)), _connector='OR'), name='couples_invitation_accepted_is_who_and_when'), models.CheckConstraint(condition=models.Q(('accepted_by', models.F('inviter')), _negated=True), name='couples_invitation_is_for_somebody_else'), models.CheckConstraint(condition=models.Q(('paired_as__isnull', True), models.Q(('accepter_confirmed_at__isnull', False), ('inviter_confirmed_at__isnull', False)), _connector='OR'), name='couples_invitation_pairs_when_both_confirmed')],
            },
        ),
        migrations.CreateModel(
            name='Partner',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('seat', models.PositiveSmallIntegerField()),
                ('sat_at', models.DateTimeField()),
                ('left_at', models.DateTimeField(blank=True, null=True)),
                ('notice_until', models.DateTimeField(blank=True, null=True)),
                ('couple', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='partners', to='couples.couple')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='seats', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('couple', 'seat'), name='couples_partner_one_person_a_seat'), models.UniqueConstraint(fields=('couple', 'user'), name='couples_partner_one_seat_a_person'), models.CheckConstraint(condition=models.Q(('seat__in', [1, 2])), name='couples_partner_two_seats'), models.UniqueConstraint(condition=models.Q(('left_at__isnull', True)), fields=('user',), name='couples_partner_one_live_couple_a_person')],
            },
        ),
        migrations.CreateModel(
            name='ReturnAnswer',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=8)),
                ('about', models.UUIDField(blank=True, null=True)),
                ('answer', models.CharField(max_length=8)),
                ('author', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('author', 'kind', 'about'), name='couples_returnanswer_one_a_thing'), models.UniqueConstraint(condition=models.Q(('about__isnull', True)), fields=('author', 'kind'), name='couples_returnanswer_one_a_kind')],
            },
        ),
        migrations.CreateModel(
            name='Block',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address_hash', models.CharField(max_length=64)),
                ('blocked_at', models.DateTimeField()),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='blocks', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('owner', 'address_hash'), name='couples_block_once_an_address')],
            },
        ),
    ]
