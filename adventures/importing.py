"""Wishes, dates and days to remember that are brought in: one's own copy, to be brought along from there."""

import json
from datetime import date, timedelta
from typing import Any

from django.utils.translation import ngettext

from accounts.export_fields import NotTaken
from accounts.importing import AHEAD, HERE, Import, Importer
from adventures import occasions, wishing
from adventures.models import DateNight, Memory, Occasion, Wish
from adventures.models.dates import USUAL_MINUTES
from adventures.models.occasions import Ahead
from couples import returning
from couples.importing import day_of, own_copy

CHUNK = 200  # rows written at once
MOST_LIVED = 2000  # wishes of an account that came true
LONG_AGO = timedelta(days=60)  # an ask of then can't be answered any more
Row = dict[str, Any]


def wishes(coming: Import, rows: list[Row]) -> int:
    """Take wishes whose words stand on no list of this person's, as far as one may have so many open ones."""
    there = {_plain(one.title) for one in Wish.objects.seen_by(coming.user).select_related("couple__key")}
    found: dict[str, Wish] = {}
    for row in rows:
        key = _plain(row["title"])
        if key in there or key in found:
            coming.leave_out(HERE)
            continue
        found[key] = Wish(
            couple=own_copy(coming),
            author=coming.user,
            title=row["title"],
            earlier="\n".join(" ".join(one.splitlines()) for one in row.get("before", ())),
            idea=row.get("idea", ""),
            effort=row.get("effort", ""),
            cost=row.get("cost", ""),
            where=row.get("where", ""),
            both_new="new" in row,
            added_at=coming.now,
            lived_at=coming.now if "lived" in row else None,
        )
    held = Wish.objects.by(coming.user).open().count()
    fit = coming.fitting([one for one in found.values() if one.is_open], held=held, limit=wishing.EACH)
    held = Wish.objects.by(coming.user).filter(lived_at__isnull=False).count()
    lived = [one for one in found.values() if not one.is_open]
    lived = coming.fitting(lived, held=held, limit=MOST_LIVED)
    return len(Wish.objects.bulk_create([*lived, *fit], CHUNK))


def _plain(title: str) -> str:
    return " ".join(title.split()).casefold()


def dates(coming: Import, rows: list[Row]) -> int:
    """Take dates that aren't there, each with the line one left of it. Nobody is asked for any of them."""
    seen = list(DateNight.objects.seen_by(coming.user).select_related("couple__key"))
    there, latest = {_of_date(coming, one) for one in seen}, day_of(coming, coming.now)
    new = []
    for row in rows:
        key = _day(coming, row), row.get("title", "")
        if row["state"] == "happened" and key[0] > latest:
            coming.leave_out(AHEAD)
            continue
        if key in there:
            coming.leave_out(HERE)
            continue
        there.add(key)
        new.append(row)
    found, lines, hidden = [], [], []
    for row in coming.fitting(new, held=len(seen)):
        date_night = _date(coming, row)
        found.append(date_night)
        if "line" in row and row["state"] == "happened":
            line = Memory(date=date_night, author=coming.user, text=row["line"], left_at=coming.now)
            lines.append(line)
        if "not_again" in row:
            hidden.append((returning.DATE, date_night.pk, returning.HIDE))
    DateNight.objects.bulk_create(found, CHUNK)
    Memory.objects.bulk_create(lines, CHUNK)
    returning.bring_in(coming.user, hidden)
    return len(found)


def _day(coming: Import, row: Row) -> date:
    """The Day it is once it is here, where its file may have been written on another clock."""
    return day_of(coming, row["starts"]) if "starts" in row else row["day"]


def _of_date(coming: Import, one: DateNight) -> tuple[date, str]:
    at = one.starts_at or one.asked_for or one.made_at
    return one.happened_on or day_of(coming, at), one.title


def _date(coming: Import, row: Row) -> DateNight:
    """A date as it is in the copy: at its time where the file says one, and its planner's who brings it in."""
    found = DateNight(
        couple=own_copy(coming), made_by=coming.user, made_at=coming.now, title=row.get("title", "")
    )
    for name in ("plan", "wear", "where", "cost", "childcare"):
        setattr(found, name, row.get(name, ""))
    before = {name: row[f"{name}_before"] for name in ("title", "plan", "wear") if f"{name}_before" in row}
    found.earlier = json.dumps(before, ensure_ascii=False) if before else ""
    found.phones_away = "phones_away" in row
    found.minutes = row.get("minutes") or USUAL_MINUTES
    at, state = row.get("starts"), row["state"]
    if state == "happened":
        if at is None:
            found.mark_happened_on(row["day"], now=coming.now)
        else:
            found.starts_at, found.happened_at = at, coming.now
    elif state == "asked" or at is None:
        found.asked_by, found.asked_at = coming.user, coming.now - LONG_AGO
        found.asked_for = at or coming.noon(row["day"])
    else:
        found.starts_at, found.planner = at, coming.user
        found.postponed_at = coming.now if state == "postponed" else None
        found.called_off_at = coming.now if state == "called off" else None
    return found


def days_to_remember(coming: Import, rows: list[Row]) -> int:
    """Take days of the year that stand on no list of this person's, as far as one may have so many."""
    seen = Occasion.objects.filter(couple__partners__user=coming.user).select_related("couple__key")
    there = {(one.what, one.name, one.month, one.day) for one in seen}
    found = {}
    for row in rows:
        key = row["what"], row["name"], row["month"], row["day"]
        if row["day"] > _longest(row["month"]):
            raise NotTaken
        if key in there or key in found:
            coming.leave_out(HERE)
            continue
        ahead = row.get("ahead", Ahead.WEEK)
        found[key] = Occasion(
            couple=own_copy(coming),
            author=coming.user,
            what=row["what"],
            name=row["name"],
            month=row["month"],
            day=row["day"],
            ahead=ahead if ahead in Ahead.values else Ahead.WEEK,
            added_at=coming.now,
        )
    held = Occasion.objects.by(coming.user).count()
    fit = coming.fitting(list(found.values()), held=held, limit=occasions.EACH)
    return len(Occasion.objects.bulk_create(fit, CHUNK))


def _longest(month: int) -> int:
    return 29 if month == 2 else 30 if month in {4, 6, 9, 11} else 31


IMPORTERS = (
    Importer(
        "wishes", wishes, lambda n: ngettext("%(n)d wish", "%(n)d wishes", n) % {"n": n},
        most=wishing.EACH * 2 + MOST_LIVED,
    ),
    Importer("dates", dates, lambda n: ngettext("%(n)d date", "%(n)d dates", n) % {"n": n}, most=5000),
    Importer(
        "days_to_remember", days_to_remember,
        lambda n: ngettext("%(n)d day to remember", "%(n)d days to remember", n) % {"n": n},
        most=occasions.EACH * 4,
    ),
)  # fmt: skip  # an importer a line, to be looked through
