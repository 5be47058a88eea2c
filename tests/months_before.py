"""A year and a half of Alice and Bob before tonight, of which something comes back: what private acts could leak into.

Two months of evenings of both, and some of each while after which lines come back; a date of a year ago; a challenge
that is over; wins, thanks and answers of a month that is; on each page closeness, a note and a thorn. Besides, evenings
that one of the two alone wrote, kept or waiting.
"""

from collections.abc import Iterator
from datetime import timedelta

from accounts.models import User
from challenges import attempts
from checkins import answering, comes_back, thanking, writing
from checkins.models import CheckIn
from checkins.words import CheckInText
from couples import returning
from couples.models import Couple, Partner
from tests.adventures.scenarios import happened
from tests.cast import seat
from tests.challenges.scenarios import begin_together
from tests.private_acts import EVENING
from tests.scenes import stage

OF_HERS = "planted"  # in what Bob never reads, and from the thirtieth Day in her thorns
A_DAY = timedelta(days=1)
BEGAN = EVENING - 500 * A_DAY
WHILES = [age for age in comes_back.AGES if comes_back.A_MONTH < age < 500]
OF_BOTH = sorted(
    {*range(3, 63, 3), 7, 17, *(age + more for age in WHILES for more in range(-4, 5, 2))}
)  # Days ago


def live_months(alice: User, bob: User) -> None:
    """Put these months before tonight, once a worker; for a test that begins with nothing but the two."""
    stage.play("months before", lambda: _live(alice, bob))
    for user in (alice, bob):
        user.refresh_from_db(fields=["joined_at"])


def _live(alice: User, bob: User) -> None:
    couple = seat(alice).couple
    User.objects.filter(pk__in=[alice.pk, bob.pk]).update(joined_at=BEGAN)
    Couple.objects.filter(pk=couple.pk).update(opened_at=BEGAN)
    Partner.objects.filter(couple=couple).update(sat_at=BEGAN)
    CheckIn.objects.bulk_create(one for user in (alice, bob) for one in _pages(user, couple))
    for ago, user, share in (
        (14, alice, False),
        (16, alice, True),
        (22, alice, False),
        (25, alice, True),
        (8, bob, True),
    ):
        at, said = EVENING - ago * A_DAY, OF_HERS if user == alice else "his"
        words = CheckInText(f"{said} rose {ago}", f"{said} bud {ago}", note=f"{said} note", closeness="1")
        writing.write(by=seat(user), day=at.date(), words=words, share=share, now=at)
    for ago in (30, 37, 44):
        at = (EVENING - ago * A_DAY).replace(hour=12)
        for user in (alice, bob):
            thanking.say_thanks(
                by=seat(user), text=f"thanks {ago} of {user.name}", trait="", keep=False, now=at
            )
            thanking.note_win(by=seat(user), text=f"win {ago} of {user.name}", now=at)
            answering.answer(by=seat(user), day=at.date(), text=f"answer {ago} of {user.name}", now=at)
    happened(alice, bob, "a date of a year ago", at=EVENING - 365 * A_DAY)
    begin_together(alice, bob, now=EVENING - 90 * A_DAY)
    attempts.complete(by=seat(bob), number=1, card="words", now=EVENING - 90 * A_DAY)
    attempts.end(by=seat(bob), now=EVENING - 80 * A_DAY)
    old = [
        page.pk
        for page in CheckIn.objects.own(bob).order_by("-day")
        if page.day < EVENING.date() - 30 * A_DAY
    ]
    for said, about in ((returning.GOOD, old[:2]), (returning.HIDE, old[2:3])):
        returning.answer(by=seat(bob), kind=returning.BUD, about=about, said=said, now=EVENING)


def _pages(user: User, couple: Couple) -> Iterator[CheckIn]:
    """Shared pages of one of the two, as the verbs would have left them: one statement instead of six a page."""
    for ago in OF_BOTH:
        at, line = EVENING - ago * A_DAY, f"{ago} of {user.name}"
        private = OF_HERS if user.name == "Alice" else "his"
        yield CheckIn(
            author=user,
            couple=couple,
            day=at.date(),
            rose=f"rose {line}",
            bud=f"bud {line}",
            thorn=f"{private} thorn {line}" if ago > 30 else f"thorn {line}",  # over thirty Days: hers again
            earlier="",
            note=f"{private} note {line}",
            closeness=str(1 + ago % 5),
            shared_at=at,
        )
