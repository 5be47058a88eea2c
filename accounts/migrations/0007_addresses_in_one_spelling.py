"""Addresses with a domain in its own letters are written in ASCII, as they are kept from now on.

Mail to them went where Python's codec (IDNA 2003) led, and a code from there proved them: that inbox they stay. To the
rules of 2008 faß.example is another domain than the fass.example that was written to, so it must not get the account.
"""

import logging

from django.db import migrations

log = logging.getLogger(__name__)


def spelt(address):
    """The address that was written to, or nothing where none could be."""
    local, _, domain = address.strip().lower().rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return None


def rewrite(apps, schema_editor):
    left = 0
    for label, name in (("accounts", "User"), ("account", "EmailAddress")):
        model = apps.get_model(label, name)
        for row in list(model.objects.filter(email__regex="[^ -~]")):
            ascii_one = spelt(row.email)
            others = model.objects.exclude(pk=row.pk)
            if ascii_one is None or others.filter(email__iexact=ascii_one).exists():
                left += 1  # nobody could be written to there, or that inbox has an account of its own
                continue
            model.objects.filter(pk=row.pk).update(email=ascii_one)
    if left:
        log.warning("addresses left as they are: %d", left)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_pepper'),
        ('account', '0009_emailaddress_unique_primary_email'),
    ]

    operations = [migrations.RunPython(rewrite, migrations.RunPython.noop)]
