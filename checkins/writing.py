"""Acts on an evening's page: share it, keep it, say it was talked about, change it, take it back.

Every act locks the two people in one order and asks first whether it is already done, so that two tabs, two devices or
two people at once end in one page a person and Day, with no word lost.
"""

from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from accounts import withdrawals
from checkins.errors import (
    CheckInChanged,
    CheckInRevealed,
    CheckInSavedTooOften,
    CheckInTakenBack,
    EveningClosed,
    EveryLineKept,
    NothingWritten,
)
from checkins.models import CheckIn, Draft
from checkins.words import LINES, NOTE_LIMIT, CheckInText, FormVersion
from couples import days
from couples.models import Couple, Partner
from couples.seats import are_two, lock_couple

CHANGES = 20  # to one line that could already be read; each keeps what stood there before


@transaction.atomic
def write(
    *, by: Partner, day: date, words: CheckInText, share: bool, now: datetime, base: FormVersion | None = None
) -> CheckIn:
    """Put `words` on `by`'s page of `day`, shared with the couple or kept. Doing it twice changes nothing more.

    Alone there is nobody to share with: it is kept. `base` is what the words were written on; None writes over
    whatever stands. Raises `EveningClosed`, `CheckInChanged`, `CheckInRevealed`, `CheckInTakenBack`,
    `CheckInSavedTooOften` or `NothingWritten`.
    """
    page, draft = _open(by, day, now)
    share = share and are_two(by)
    words = _plain(words, page, share=share)
    same = page.words == words and (page.shared_at is not None) == share and not page._state.adding
    if base is not None and not same:
        _refuse_stale(base, page, draft)
    if not same:
        readable = _readable(page, by)
        if readable and (not share or any(getattr(page, kind) for kind in words.kept)):
            raise CheckInRevealed
        if share and not any(words.offered.values()):
            raise EveryLineKept if any(words.lines.values()) else NothingWritten
        if readable:
            _change(page, words)
        else:
            _note_unshared(page, words, share=share)
            _put_away(page, words, share=share, by=by, now=now)
        _store(page, draft)
    if draft is not None and (base is None or base.has_seen(draft.version, draft.tab)):
        draft.delete()
    return page


@transaction.atomic
def talk(
    *,
    by: Partner,
    day: date,
    now: datetime,
    words: CheckInText | None = None,
    base: FormVersion | None = None,
) -> CheckIn:
    """Note that `by` says the two talked: an evening as whole as three written lines.

    Of `words` the private side is kept with it; lines begun on the way are not lost but stay a draft, and so does a
    note that is longer than one may be. Raises `EveningClosed`, `CheckInChanged` or `CheckInTakenBack`.
    """
    page, draft = _open(by, day, now)
    if words is None:
        words = draft.words if draft else page.words
    if base is not None and words != page.words:
        _refuse_stale(base, page, draft)
    page.talked_at = page.talked_at or now
    too_long = len(words.note) > NOTE_LIMIT and words.note != page.note
    page.put_private_side(replace(words, note=page.words.note) if too_long else words)
    begun = too_long or (words.lines != page.words.lines and any(words.lines.values()))
    _store(page, draft)
    if begun:
        _draft(page, words, draft)
    elif draft is not None and (base is None or base.has_seen(draft.version, draft.tab)):
        draft.delete()
    return page


@transaction.atomic
def not_yet(*, by: Partner, day: date, now: datetime) -> None:
    """Undo "we talked": a slip of the finger. What was written with it becomes the draft again.

    Raises `EveningClosed` or `CheckInTakenBack`.
    """
    page, draft = _open(by, day, now)
    if page.talked_at is None:
        return
    page.talked_at = None
    if page.shared_at is not None or page.kept_at is not None:
        _store(page, draft)
        return
    if draft is None and page.words:
        _draft(page, page.words)
    page.delete()


@transaction.atomic
def take_back(*, by: Partner, day: date, now: datetime) -> None:
    """Take `by`'s page back, however long ago it was written.

    If the other could read it, its shared words and their earlier texts are gone for both and "taken back" stays; the
    writer's private side stays theirs. If not, the whole page goes, as if it had never been.
    """
    page, draft = _rows(by, day)
    if page._state.adding or page.taken_back_at is not None:
        return
    if draft is not None:
        draft.delete()
    withdrawals.removed(
        Draft(author=page.author, day=day), "author", "day"
    )  # of then, as the backup may have it
    if not _readable(page, by):
        withdrawals.removed(page, "author", "day")
        page.delete()
        return
    for kind in LINES:
        setattr(page, kind, "")
    page.earlier = page.thorn_more = ""
    page.taken_back_at = now
    withdrawals.emptied(page, same=("author", "day"))
    _store(page, None)


@transaction.atomic
def show(*, by: Partner, day: date, now: datetime) -> None:
    """Show the other a page they can't read yet, written alone, kept or waiting: a deliberate act for this one page.

    It is left open: no answer is needed. Doing it twice is harmless. Raises `NothingWritten` if there is nobody to
    show it to,
    or no line to show.
    """
    page, draft = _rows(by, day)
    if page.taken_back_at is not None or not are_two(by) or not page.lines:
        raise NothingWritten
    if _readable(page, by):
        return
    if page.couple_id != by.couple_id:
        page.earlier = page.thorn_more = ""  # what somebody else could read once isn't shown along
    page.couple = by.couple
    page.shared_at, page.open_at, page.kept_at = page.shared_at or now, now, None
    _store(page, draft)


def parted(*, couple: Couple, now: datetime) -> None:
    """Keep the pages that waited in a couple that ended for their writers: nobody else could read them, and never can.

    What waits is told now, and not whenever it is looked for: what the other does with their own pages later mustn't
    show on these.
    """
    waiting = CheckIn.objects.waiting_in(couple)
    waiting.update(kept_at=F("shared_at"), shared_at=None, couple=None)


def version(page: CheckIn | None, draft: Draft | None) -> int:
    """The number of this state of an evening; every change of the page or the draft raises it."""
    return max(page.version if page else 0, draft.version if draft else 0)


def _rows(by: Partner, day: date) -> tuple[CheckIn, Draft | None]:
    """`by`'s page (a new one, if there is none) and draft of `day`, with both people locked until the act is over."""
    author = lock_couple(by)  # both, in one order: share × share ends in one reveal
    page = CheckIn.objects.own(author).on(day).first() or CheckIn(author=author, day=day)
    return page, Draft.objects.own(author).on(day).first()


def _open(by: Partner, day: date, now: datetime) -> tuple[CheckIn, Draft | None]:
    if not days.is_open(day, now, by.user.tz):
        raise EveningClosed
    page, draft = _rows(by, day)
    if page.taken_back_at is not None:
        raise CheckInTakenBack
    return page, draft


def _readable(page: CheckIn, by: Partner) -> bool:
    if page.shared_at is None or page.couple_id != by.couple_id or not are_two(by):
        return False
    return page.open_at is not None or CheckIn.objects.by_other(by, page.day).exists()


def _plain(words: CheckInText, page: CheckIn, *, share: bool) -> CheckInText:
    """The same words without ticks that say nothing: an empty line kept, or a kept page left open."""
    kept = frozenset(kind for kind in words.kept if getattr(words, kind))
    return replace(words, kept=kept, open=share and (words.open or page.open_at is not None))


def _refuse_stale(base: FormVersion, page: CheckIn, draft: Draft | None) -> None:
    stands = version(page, draft)
    if base.version != stands and not (draft is not None and base.is_of(draft.tab)):
        raise CheckInChanged(draft.words if draft and draft.version > page.version else page.words, stands)


def _put_away(page: CheckIn, words: CheckInText, *, share: bool, by: Partner, now: datetime) -> None:
    page.put(words)
    page.earlier = page.thorn_more = ""
    page.couple = by.couple if share else None
    page.shared_at = (page.shared_at or now) if share else None
    page.kept_at = None if share else (page.kept_at or now)
    page.open_at = now if share and words.open else None


def _note_unshared(page: CheckIn, words: CheckInText, *, share: bool) -> None:
    """Note that lines which would have been shown are kept from now on: a backup may hold them as shared."""
    if page.shared_at is None or (share and not any(getattr(page, kind) for kind in words.kept)):
        return
    kept = CheckIn(pk=page.pk, author=page.author, day=page.day, kept_at=page.shared_at)
    withdrawals.put(kept, "shared_at", "open_at", "kept_at", "couple", same=("author", "day"))


def _change(page: CheckIn, words: CheckInText) -> None:
    """Change a page that can be read: what stood in a line stays beside it, for both."""
    changed = [kind for kind, line in words.offered.items() if line != getattr(page, kind)]
    if any(len(page.revisions.get(kind, ())) >= CHANGES for kind in changed):
        raise CheckInSavedTooOften
    page.keep_revisions(changed)
    page.put(words)


def _draft(page: CheckIn, words: CheckInText, draft: Draft | None = None) -> None:
    """Leave `words` as a draft beside the page."""
    draft = draft or Draft(author=page.author, day=page.day)
    draft.put(words)
    draft.version, draft.tab, draft.save_number = page.version + 1, "", 0
    draft.save()


def _store(page: CheckIn, draft: Draft | None) -> None:
    page.version = version(page, draft) + 1
    page.save()
