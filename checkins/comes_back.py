"""Lines of evenings before that come back on Today: a bud whose time has passed, and now and then one of longer ago.

Nothing is stored of what was shown, and looking changes nothing: all of it follows from the Day and from the pages.
A turn of six Days has three evenings for longer ago: one for a month, one for half a year and years (or, where there
is nothing of them, another line of a month ago), one for an old rose. Each looks at the six Days around its own, which
are no other turn's, so that whoever writes seldom gets something back and whoever writes each evening little of much.
The whiles are so far apart that no line comes twice within sixty days, and leave different rests of a turn: to whoever
writes each evening not the same evenings come back after each while, and of each rest some do. One thing comes back an
evening: a bud waits where something of longer ago does. Of buds that nobody answers there is one a week.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, islice
from uuid import UUID

from django.db.models import Q

from accounts.prepared import Prepared
from checkins import reading
from checkins.models import CheckIn, CheckInQuerySet
from checkins.reading import Evening
from couples.models import Partner
from couples.returning import BUD, HALF, MONTH, PAGE, ROSE, YEAR, answered, wants_kind

NEVER = date(1970, 1, 1)  # a Day without a page, where nothing comes back
BUD_AFTER = 7  # Days after which its time has passed
BUD_FOR = 4  # Days on which it is asked about, until answered
WEEK = 7  # Days: of so many one bud is asked about, and the next of them once that is answered

TURN = 6  # Days
AROUND = 3  # Days before the one that is so long ago, and less after it: a window is a turn
MONTH_EVENING, YEARS_EVENING, ROSE_EVENING = 0, 2, 4  # Days of the turn
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
    rose: CheckIn | None = None  # an old one, now and then: the other's, or where there is none one's own


def of(partner: Partner, day: date) -> Returns:
    """Read what comes back on `day`. One query."""
    return laid_out(partner, day, PAGES(user=partner.user_id, couple=partner.couple_id, **places_of(day)))


def places_of(day: date) -> dict[str, date]:
    """The places of `PAGES` that a Day fills."""
    there = {age: _around(day - timedelta(days=ago)) for age, ago in _looked_at(day).items()}
    found = {}
    for age in AGES:
        found[f"from_{age}"], found[f"to_{age}"] = there.get(age, (NEVER, NEVER))
    latest = day - timedelta(days=BUD_AFTER)
    return found | {"bud_from": _week_of(latest - timedelta(days=BUD_FOR - 1)), "bud_to": latest}


def laid_out(partner: Partner, day: date, pages: Iterable[CheckIn]) -> Returns:
    """Choose what comes back on `day`, of these pages. No query."""
    found = {one.day: one for one in reading.side_by_side(partner, pages, day, thorns=False)}
    ago, rose = None, None
    evening, turn = _place(day)
    if evening == MONTH_EVENING:
        ago = _a_month_ago(partner, found, day, nth=0)
    elif evening == YEARS_EVENING:
        ago = next(_years_ago(partner, found, day), None) or _a_month_ago(
            partner, found, _month_evening(day), nth=1
        )
    elif evening == ROSE_EVENING:
        roses = (_old_roses(partner, found, day, turn, own=own) for own in (False, True))
        rose = next(chain.from_iterable(roses), None)
    bud = _bud(partner, found, day) if ago is None and rose is None else None
    return Returns(bud, ago, rose)


def _place(day: date) -> tuple[int, int]:
    """Which Day of which turn it is: the same for both, and for whoever is alone after them, so that none repeats."""
    turn, evening = divmod(day.toordinal(), TURN)
    return evening, turn


def _month_evening(day: date) -> date:
    """The evening for a month ago in the turn of this one for years."""
    return day - timedelta(days=YEARS_EVENING - MONTH_EVENING)


def _looked_at(day: date) -> dict[int, int]:
    """The whiles that are looked at on `day`, each with how many Days before it that is."""
    evening, _turn = _place(day)
    if evening == MONTH_EVENING:
        return {A_MONTH: A_MONTH}
    if evening == YEARS_EVENING:
        second = A_MONTH + (day - _month_evening(day)).days  # the window of this turn's first
        return {age: age for age, _months, _kind in YEARS} | {A_MONTH: second}
    if evening == ROSE_EVENING:
        return {age: age for age in ROSES}
    return {}


def _around(day: date) -> tuple[date, date]:
    """The first and the last Day of the window around this one: the next turn's begins after it."""
    first = day - timedelta(days=AROUND)
    return first, first + timedelta(days=TURN - 1)


def _nearest(found: Mapping[date, Evening], day: date) -> list[Evening]:
    """The evenings in the window around this Day, the nearest first."""
    first, last = _around(day)
    return sorted(
        (one for on, one in found.items() if first <= on <= last),
        key=lambda one: (abs(one.day - day), one.day),
    )


def _a_month_ago(partner: Partner, found: Mapping[date, Evening], day: date, *, nth: int) -> Ago | None:
    """The line of a month before `day` whose turn it is: of two evenings of a turn each has its own.

    What was taken back, or is to come back no more, keeps its place: else another line would move up, and come twice.
    """
    evenings = _nearest(found, day - timedelta(days=A_MONTH))
    theirs, own = (_lines(partner, evenings, own=own) for own in (False, True))
    page = next(islice(theirs or own, nth, None), None)
    return Ago(1, page) if page is not None and _comes_back(page) else None


def _years_ago(partner: Partner, found: Mapping[date, Evening], day: date) -> Iterator[Ago]:
    """The evenings of half a year and of years before `day` that can come back, the oldest first."""
    for age, months, _kind in YEARS:
        evenings = _nearest(found, day - timedelta(days=age))
        lines = (*_lines(partner, evenings, own=False), *_lines(partner, evenings, own=True))
        yield from (Ago(months, page) for page in lines if _comes_back(page))


def _old_roses(
    partner: Partner, found: Mapping[date, Evening], day: date, turn: int, *, own: bool
) -> Iterator[CheckIn]:
    """One's own roses that can come back on `day`, or the other's, by the while whose turn it is first."""
    start = turn % len(ROSES)
    for age in (*ROSES[start:], *ROSES[:start]):
        for one in _nearest(found, day - timedelta(days=age)):
            page = _own(partner, one) if own else one.theirs
            if page is not None and page.rose and _comes_back(page):
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
    """The bud that is asked about on `day`: the latest whose time has passed, until it is answered or its Days are
    over. Once the one that has its first Day is answered, that was enough for an evening.
    """
    first, last = day - timedelta(days=BUD_AFTER + BUD_FOR - 1), day - timedelta(days=BUD_AFTER)
    asked = [page for page in _asked(partner, found, _week_of(first), last) if page.day >= first]
    for page in reversed(asked):
        if not getattr(page, "answered", False):  # of `PAGES`
            return page
        if page.day == last:
            return None
    return None


def _asked(partner: Partner, found: Mapping[date, Evening], first: date, last: date) -> Iterator[CheckIn]:
    """The buds of these Days that are asked about: the first of each week, and the next once it is answered."""
    before: CheckIn | None = None
    for on in sorted(on for on in found if first <= on <= last):
        page = _own(partner, found[on])
        if page is None or not page.bud or not _comes_back(page):
            continue
        if before is None or _week_of(before.day) != _week_of(on) or getattr(before, "answered", False):
            before = page
            yield page


def _week_of(day: date) -> date:
    """The first Day of the week that this one is in: any week, the same for everybody."""
    return day - timedelta(days=day.toordinal() % WEEK)


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
