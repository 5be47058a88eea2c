"""Sessions of Django's and allauth's tables move into ours, and their tables, which held the plain keys, are dropped.

An old row still holds its key, so it can be sealed under it like a new one: nobody is signed out.
"""

import logging
from datetime import timedelta

from django.contrib.auth import SESSION_KEY
from django.core import signing
from django.db import migrations, models, transaction
from django.utils import timezone

log = logging.getLogger(__name__)

OLD = ("usersessions_usersession", "django_session")
BATCH = 1000


def move(apps, schema_editor):
    # What writes and reads sessions seals these too, whichever release it is by now: else it could not open them.
    from accounts import devices, halfway, sessions

    connection = schema_editor.connection
    there = connection.introspection.table_names()
    if "django_session" not in there:
        return
    Session, OldSession, OldDevice, User = (
        apps.get_model("accounts", name) for name in ("Session", "OldSession", "OldDevice", "User")
    )
    now, last, moved, left = timezone.now(), "", 0, 0
    while rows := list(OldSession.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = rows[-1].pk
        rows = [row for row in rows if row.expire_date > now]
        seen = {}
        if "usersessions_usersession" in there:
            seen = {device.session_key: device for device in OldDevice.objects.filter(session_key__in=[row.pk for row in rows])}
        made = []
        for row in rows:
            try:
                data = signing.loads(row.session_data, salt="django.contrib.sessions.SessionStore",
                                     serializer=sessions.SessionStore().serializer)
                person = halfway.person(data)
            except (signing.BadSignature, KeyError, TypeError, ValueError):
                left += 1  # written under another secret: it let nobody in
                continue
            if not sessions.COOKIE.fullmatch(row.pk):
                left += 1
                continue
            device, signed_in_at = seen.get(row.pk), None
            if SESSION_KEY in data:
                signed_in_at = device.created_at if device else row.expire_date - timedelta(days=30)
                data[sessions.DEVICE] = devices.called(device.user_agent if device else "")
            row_id, cipher = sessions.made_of(row.pk)
            made.append(Session(
                session_key=row_id,
                session_data=sessions.seal(row_id, cipher, data),
                # To the end of its day: the old one told the second of the latest visit.
                expire_date=row.expire_date.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1),
                user_id=person,
                device=data.get(sessions.DEVICE, ""),
                signed_in_at=signed_in_at,
            ))
        known = set(User.objects.filter(pk__in={one.user_id for one in made if one.user_id}).values_list("pk", flat=True))
        left += sum(1 for one in made if one.user_id and one.user_id not in known)
        made = [one for one in made if one.user_id is None or one.user_id in known]
        Session.objects.bulk_create(made)
        moved += len(made)
    if moved or left:
        log.info("sessions moved: %d; not readable and left behind: %d", moved, left)


def drop(apps, schema_editor):
    from accounts.leaving import forget_old_pages

    connection = schema_editor.connection
    there = connection.introspection.table_names()
    for table in OLD:
        if table in there:
            schema_editor.execute(f"DROP TABLE {schema_editor.quote_name(table)}")
    if "django_migrations" in there:  # an older release that is put back makes them again
        schema_editor.execute("DELETE FROM django_migrations WHERE app IN ('sessions', 'usersessions')")
    transaction.on_commit(forget_old_pages, using=connection.alias)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_session'),
    ]

    operations = [
        migrations.CreateModel(
            name='OldSession',
            fields=[
                ('session_key', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('session_data', models.TextField()),
                ('expire_date', models.DateTimeField()),
            ],
            options={'db_table': 'django_session', 'managed': False},
        ),
        migrations.CreateModel(
            name='OldDevice',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('session_key', models.CharField(max_length=40)),
                ('user_agent', models.CharField(max_length=200)),
                ('created_at', models.DateTimeField()),
            ],
            options={'db_table': 'usersessions_usersession', 'managed': False},
        ),
        migrations.RunPython(move, migrations.RunPython.noop),
        migrations.RunPython(drop, migrations.RunPython.noop),
        migrations.DeleteModel(name='OldSession'),
        migrations.DeleteModel(name='OldDevice'),
    ]
