"""What waited in couples that had ended before an upgrade becomes its writer's, as it does whenever two part."""

from importlib import import_module

from django.apps import apps

from accounts.models import User
from checkins import answering, writing
from checkins.models import Answer, CheckIn
from checkins.words import CheckInText
from couples.models import Couple
from tests.cast import NOW, seat

migration = import_module("checkins.migrations.0005_kept_once_parted")


def test_what_waited_is_kept_and_what_could_be_read_stays(alice: User, bob: User, charlie: User) -> None:
    couple, others = seat(alice).couple, seat(charlie).couple
    for user, number, share in (
        (alice, 16, "waits"),
        (alice, 17, "open"),
        (alice, 18, "both"),
        (bob, 18, "both"),
    ):
        now = NOW.replace(day=number)
        words = CheckInText(rose="r", open=share == "open")
        writing.write(by=seat(user), day=now.date(), words=words, share=True, now=now)
        if share != "open":
            answering.answer(by=seat(user), day=now.date(), text="a", now=now)
    writing.write(by=seat(charlie), day=NOW.date(), words=CheckInText(rose="r"), share=True, now=NOW)
    Couple.objects.filter(pk=couple.pk).update(closed_at=NOW)

    for _ in range(2):
        migration.keep(apps, None)
        pages = CheckIn.objects.order_by("author__name", "day")
        assert [(page.couple_id, page.shared_at is not None, page.kept_at) for page in pages] == [
            (None, False, NOW.replace(day=16)),
            (couple.pk, True, None),
            (couple.pk, True, None),
            (couple.pk, True, None),
            (others.pk, True, None),  # still together: it waits
        ]
        answers = Answer.objects.order_by("author__name", "day")
        assert [answer.couple_id for answer in answers] == [None, couple.pk, couple.pk]
