"""Lines of evenings before that come back on Today: a bud whose time has passed, and now and then one of longer ago.

Nothing is stored of what was shown, and looking changes nothing: all of it follows from the Day and from the pages.
A turn of six Days has three evenings for longer ago: one for a month, one for half a year and years (or, where there
is nothing of them, a later line of a month ago), one for an old rose. Which Days of a turn they are differs from turn
to turn, so that nothing comes by a beat. Each looks at six Days that are no other turn's, so that whoever writes seldom
gets something back and whoever writes each evening little of much. The whiles are so far apart that no line comes twice
within sixty days, and leave different rests of a turn: to whoever writes each evening not the same evenings come back
after each while, and of each rest some do. The other evenings are for buds: one thing comes back an evening. A bud is
asked about once; of those that nobody answers there is one in eight Days. One evening of a turn is left free of them,
for a question that both have.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q

from accounts.fields import EARLIEST
from accounts.prepared import Prepared
from checkins import reading
from checkins.models import CheckIn, CheckInQuerySet
from checkins.reading import Evening
from couples.models import Partner
from couples.returning import BUD, HALF, MONTH, PAGE, ROSE, YEAR, answered, wants_kind

NEVER = EARLIEST - timedelta(days=1)  # a Day without a page, where nothing comes back
BUD_AFTER = 7  # Days after which its time has passed
SPAN = (
    8  # Days: of so many one bud is asked about, and the others of them once that is answered; by no weekday
)

TURN = 6  # Days
BEFORE = 2  # Days: so much more than so long ago a window begins than its turn does; it is as long
BUDS_ON = (0, 1)  # of the evenings of a turn that aren't for longer ago
# Days of a turn, turn by turn: for a month, for years, for a rose. No three in a row; each a little sooner or later
# than in the turn before.
EVENINGS = ((0, 5, 2), (2, 4, 1), (0, 5, 2), (1, 5, 2), (1, 3, 4))
A_MONTH = 30  # Days
# Days ago, how many months that is, and as which kind somebody may not want it; the oldest first.
YEARS = (
    (3652, 120, YEAR),
    (1825, 60, YEAR),
    (1095, 36, YEAR),
    (730, 24, YEAR),
    (365, 12, YEAR),
    (180, 6, HALF),
)
ROSES = (99, 270, 459)  # Days ago: in turn, or the next of them where there is none
AGES = (A_MONTH, *(age for age, _months, _kind in YEARS), *ROSES)
KINDS = {A_MONTH: MONTH} | {age: kind for age, _months, kind in YEARS} | dict.fromkeys(ROSES, ROSE)

# What is read of a page that may come back; of a thorn nothing is.
COLUMNS = ("author", "day", "couple", "rose", "bud", "shared_at", "kept_at", "open_at", "taken_back_at")


@dataclass(frozen=True)
class Ago:
    """An evening that comes back so many months later, by one of its roses."""

    months: int
    page: CheckIn


@dataclass(frozen=True)
class Returns:
    """Lines that come back to one of the two on a Day."""

    bud: CheckIn | None = None  # one's own: its time has passed
    ago: Ago | None = None  # an evening of a month, half a year or years ago
    rose: CheckIn | None = None  # an old one, now and then: the other's, or one's own if one is alone


def of(partner: Partner, day: date) -> Returns:
    """Read what comes back on `day`. One query."""
    return laid_out(partner, day, PAGES(user=partner.user_id, couple=partner.couple_id, **places_of(day)))


def places_of(day: date) -> dict[str, date]:
    """The places of `PAGES` that a Day fills."""
    there = _windows(day)
    found = {}
    for age in AGES:
        found[f"from_{age}"], found[f"to_{age}"] = there.get(age, (NEVER, NEVER))
    latest = day - timedelta(days=BUD_AFTER)
    return found | {"bud_from": _span_of(_passed_since(day)), "bud_to": latest}


def laid_out(partner: Partner, day: date, pages: Iterable[CheckIn]) -> Returns:
    """Choose what comes back on `day`, of these pages. No query."""
    found = {one.day: one for one in reading.side_by_side(partner, pages, day, thorns=False)}
    turn, evening, (month, years, rose) = _place(day)
    if evening == month:
        return Returns(ago=_a_month_ago(partner, found, day, half=0))
    if evening == years:
        second = _a_month_ago(partner, found, day, half=1)
        return Returns(ago=next(_years_ago(partner, found, day), second))
    if evening == rose:
        return Returns(rose=next(_old_roses(partner, found, day, turn), None))
    return Returns(bud=_bud(partner, found, day) if between(day) in BUDS_ON else None)


def between(day: date) -> int | None:
    """The place of `day` among the evenings of its turn that aren't for longer ago, from 0; None if it is for that."""
    _turn, evening, taken = _place(day)
    return None if evening in taken else evening - sum(one < evening for one in taken)


def _place(day: date) -> tuple[int, int, tuple[int, int, int]]:
    """Which turn it is, which Day of it, and which ones are for longer ago: the same for both, and for whoever is alone
    after them, so that none repeats.
    """
    turn, evening = divmod(day.toordinal(), TURN)
    return turn, evening, EVENINGS[turn % len(EVENINGS)]


def _windows(day: date) -> dict[int, tuple[date, date]]:
    """The whiles that are looked at on `day`, each with the first and the last Day of its window: the next turn's
    begins after it.
    """
    _turn, evening, (month, years, rose) = _place(day)
    ages = {
        month: (A_MONTH,),
        years: (A_MONTH, *(age for age, _months, _kind in YEARS)),
        rose: ROSES,
    }.get(evening, ())
    first = day - timedelta(days=evening + BEFORE)
    return {age: (first - timedelta(days=age), first + timedelta(days=TURN - 1 - age)) for age in ages}


def _nearest(found: Mapping[date, Evening], day: date, age: int) -> list[Evening]:
    """The evenings in this while's window, those nearest to so long before `day` first; of two, the later."""
    first, last = _windows(day)[age]
    at = day - timedelta(days=age)
    within = (one for on, one in found.items() if first <= on <= last)
    return sorted(within, key=lambda one: (abs(one.day - at), at - one.day))


def _a_month_ago(partner: Partner, found: Mapping[date, Evening], day: date, *, half: int) -> Ago | None:
    """The line of a month ago whose turn it is: of a turn two, one of each half of its window.

    A half is looked at on its own evening alone, so that a page that is shown or brought in between lets no line come
    twice. What was taken back, or is to come back no more, keeps its place.
    """
    _turn, evening, (month, _years, _rose) = _place(day)
    first, _last = _windows(day)[A_MONTH]
    nearest = _nearest(found, day - timedelta(days=evening - month), A_MONTH)
    evenings = [one for one in nearest if (one.day - first).days * 2 // TURN == half]
    theirs, own = (_lines(partner, evenings, own=own) for own in (False, True))
    page = next(iter(theirs or own), None)
    return Ago(1, page) if page is not None and _comes_back(page) else None


def _years_ago(partner: Partner, found: Mapping[date, Evening], day: date) -> Iterator[Ago]:
    """The evenings of half a year and of years before `day` that can come back, the oldest first."""
    for age, months, _kind in YEARS:
        evenings = _nearest(found, day, age)
        lines = (*_lines(partner, evenings, own=False), *_lines(partner, evenings, own=True))
        yield from (Ago(months, page) for page in lines if _comes_back(page))


def _old_roses(partner: Partner, found: Mapping[date, Evening], day: date, turn: int) -> Iterator[CheckIn]:
    """The other's roses that can come back on `day`, or of somebody alone their own, by the while whose turn it is
    first.
    """
    start = turn % len(ROSES)
    for age in (*ROSES[start:], *ROSES[:start]):
        for page in _lines(partner, _nearest(found, day, age), own=partner.other is None):
            if _comes_back(page):
                yield page


def _lines(partner: Partner, evenings: Iterable[Evening], *, own: bool) -> list[CheckIn]:
    """One's own pages, or the other's, by whose rose these evenings come back, or would but for its taking back."""
    pages = (_own(partner, one) if own else one.theirs for one in evenings)
    return [page for page in pages if page is not None and (page.taken_back_at is not None or page.rose)]


def _comes_back(page: CheckIn) -> bool:
    return page.taken_back_at is None and not getattr(page, "unwelcome", False)  # of `PAGES`


def _own(partner: Partner, one: Evening) -> CheckIn | None:
    """One's own page that may lie open on one's Today: one both can read (of somebody alone, what isn't kept from
    somebody before). What one keeps and what waits look alike there: like nothing.
    """
    return one.mine if one.readable or reading.is_open_alone(one.mine, partner) else None


def _bud(partner: Partner, found: Mapping[date, Evening], day: date) -> CheckIn | None:
    """The bud that is asked about on `day`: the latest whose time has passed since the last evening for buds. One that
    was answered tonight was enough for an evening.
    """
    first, last = _passed_since(day), day - timedelta(days=BUD_AFTER)
    asked = [page for page in _asked(partner, found, _span_of(first), last) if page.day >= first]
    answered_one = any(getattr(page, "answered", False) for page in asked)  # of `PAGES`
    return asked[-1] if asked and not answered_one else None


def _passed_since(day: date) -> date:
    """The earliest Day of a bud whose time had not passed on the last evening for buds before `day`."""
    before = (day - timedelta(days=number) for number in range(1, 2 * TURN))
    latest = next(one for one in before if between(one) in BUDS_ON)
    return latest - timedelta(days=BUD_AFTER - 1)


def _asked(partner: Partner, found: Mapping[date, Evening], first: date, last: date) -> Iterator[CheckIn]:
    """The buds of these Days that are asked about: the first of each span, and the others once it is answered."""
    one: CheckIn | None = None  # the first of its span
    for on in sorted(on for on in found if first <= on <= last):
        page = _own(partner, found[on])
        if page is None or not page.bud or not _comes_back(page):
            continue
        if one is None or _span_of(one.day) != _span_of(on):
            one = page
        if one is page or getattr(one, "answered", False):
            yield page


def _span_of(day: date) -> date:
    """The first Day of the span that this one is in: the same for everybody."""
    return day - timedelta(days=day.toordinal() % SPAN)


def _pages(*, user: UUID, couple: UUID, bud_from: date, bud_to: date, **windows: date) -> CheckInQuerySet:
    """The pages of these windows, but for kinds that this person doesn't want."""

    def within(age: int) -> Q:
        return Q(day__range=(windows[f"from_{age}"], windows[f"to_{age}"]))

    near, wanted = Q(day__range=(bud_from, bud_to)), Q(day__range=(bud_from, bud_to)) & wants_kind(user, BUD)
    for kind in dict.fromkeys(KINDS.values()):
        windows_of_it = Q()
        for age in (age for age in AGES if KINDS[age] == kind):
            windows_of_it |= within(age)
        near |= windows_of_it  # by an index
        wanted |= windows_of_it & wants_kind(user, kind)
    pages = CheckIn.objects.filter(near).filter(wanted).only(*COLUMNS)
    pages = pages.annotate(
        unwelcome=answered(user, PAGE) | reading.its_evening_is_answered(user), answered=answered(user, BUD)
    )
    return pages.readable_by(Partner(user_id=user, couple_id=couple))


PAGES = Prepared(
    _pages,
    user=UUID,
    couple=UUID,
    bud_from=date,
    bud_to=date,
    **{f"{end}_{age}": date for age in AGES for end in ("from", "to")},
)
