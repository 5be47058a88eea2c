import accounts.sealed
import accounts.zones
import django.db.models.deletion
import django.db.models.functions.text
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('accounts', '0001_initial'), ('accounts', '0002_keyring_index'), ('accounts', '0003_a_log_of_ones_own_acts'), ('accounts', '0004_session'), ('accounts', '0005_sessions_sealed'), ('accounts', '0006_pepper')]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='DataKey',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('keyring_name', models.CharField(db_index=True, max_length=32)),
                ('wrapped', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='email')),
                ('name', models.CharField(max_length=50, verbose_name='name')),
                ('zone', models.CharField(max_length=64, validators=[accounts.zones.validate_zone], verbose_name='time zone')),
                ('theme', models.CharField(blank=True, choices=[('', 'As my device is set'), ('light', 'Light'), ('dark', 'Dark')], default='', max_length=5, verbose_name='look')),
                ('inbox_shared', models.BooleanField(default=False, verbose_name='someone else reads this inbox')),
                ('code_sign_in', models.BooleanField(default=True, verbose_name='sign in by a mailed code')),
                ('is_active', models.BooleanField(default=True)),
                ('is_staff', models.BooleanField(default=False)),
                ('joined_at', models.DateTimeField()),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                ('key', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='user', to='accounts.datakey')),
            ],
            options={
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='accounts_user_one_account_an_address')],
            },
        ),
        migrations.CreateModel(
            name='LogEntry',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('what', models.CharField(choices=[('signed_in', 'Signed in'), ('password', 'Password changed'), ('email', 'Email address changed'), ('key_added', 'A passkey, authenticator or set of recovery codes added'), ('key_removed', 'A passkey, authenticator or set of recovery codes removed'), ('paired', 'Confirmed joining with somebody'), ('parted', 'Ended the pairing'), ('alone', 'Writing on your own again')], max_length=16)),
                ('at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='log_entries', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['user', 'at'], name='accounts_logentry_user_at')],
            },
        ),
        migrations.CreateModel(
            name='Pepper',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('secret', accounts.sealed.SealedTextField(default='', owner='self')),
                ('last_key', accounts.sealed.SealedTextField(default='', owner='self')),
                ('key', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='pepper', to='accounts.datakey')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='accounts_pepper_one_row')],
            },
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                ('session_key', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('session_data', models.BinaryField()),
                ('name', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('device', models.CharField(blank=True, max_length=40)),
                ('signed_in_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'session',
                'verbose_name_plural': 'sessions',
                'abstract': False,
            },
        ),
    ]
