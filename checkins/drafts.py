"""Keeping what is being written, while it is being written."""

from datetime import date, datetime

from django.db import transaction

from accounts import withdrawals
from checkins.errors import CheckInChanged, CheckInTakenBack, EveningClosed
from checkins.models import CheckIn, Draft
from checkins.words import CheckInText, FormVersion
from checkins.writing import version
from couples import days
from couples.models import Partner
from couples.seats import lock


@transaction.atomic
def keep(*, by: Partner, day: date, words: CheckInText, base: FormVersion, now: datetime) -> int:
    """Keep `words` as `by`'s draft of `day`. Returns the version that stands now.

    Saves of one showing of the form are ordered by their number: a late one changes nothing. Of two showings, the one
    that hasn't seen the other's words raises `CheckInChanged`. Raises `EveningClosed` or `CheckInTakenBack` where
    there is nothing to write.
    """
    if not days.is_open(day, now, by.user.tz):
        raise EveningClosed
    author = lock(by.user)[by.user_id]
    page = CheckIn.objects.own(author).on(day).first()
    draft = Draft.objects.own(author).on(day).first()
    if page is not None and page.taken_back_at is not None:
        raise CheckInTakenBack
    stands = version(page, draft)
    if draft is not None and base.is_of(draft.tab):
        if base.save_number < draft.save_number:
            return stands
    elif base.version != stands:
        newest = draft if draft is not None and draft.version == stands else page
        raise CheckInChanged(newest.words if newest else CheckInText(), stands)
    if not words and draft is None and page is None:
        return stands  # an empty page isn't worth a row
    draft = draft or Draft(day=day, author=author)
    draft.put(words)
    draft.version, draft.tab, draft.save_number = stands + 1, base.tab, base.save_number
    draft.save()
    return draft.version


@transaction.atomic
def discard(*, by: Partner, day: date) -> None:
    """Throw a draft away. Doing it twice is harmless."""
    lock(by.user)
    withdrawals.removed(Draft(author=by.user, day=day), "author", "day")
    Draft.objects.own(by.user).on(day).delete()
