"""What was said of what comes back is sealed under the key of whoever said it."""

from django.db import migrations

import accounts.sealed


def sealed(pk, key, words):
    """These words as `SealedTextField` seals them, of four letters each: bound to key and place alone."""
    from accounts.keys import encrypt

    place = f"couples_returnanswer.answer.{pk}.{key.pk}".encode()
    sealed = accounts.sealed.FORMAT + encrypt(key.cipher, words.ljust(4).encode(), place)
    return accounts.sealed.Ciphertext(sealed)


def seal(apps, schema_editor):
    from accounts.models import DataKey

    answers = apps.get_model("couples", "ReturnAnswer").objects
    keys = DataKey.objects.only("pk", "keyring_name", "wrapped")  # whatever else a later Nearer asks of it
    for pk, words, key in answers.values_list("pk", "plain", "author__key").iterator():
        answers.filter(pk=pk).update(answer=sealed(pk, keys.get(pk=key), words))


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_long_work'),
        ('couples', '0006_whom_an_invitation_let_in'),
    ]

    operations = [
        migrations.RenameField('returnanswer', 'answer', 'plain'),
        migrations.AddField(
            model_name='returnanswer',
            name='answer',
            field=accounts.sealed.SealedTextField(null=True, owner='author'),
        ),
        migrations.RunPython(seal, migrations.RunPython.noop),
        migrations.RemoveField('returnanswer', 'plain'),
    ]
