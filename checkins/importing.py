"""Words of the evening that are brought in: kept, and nobody else's. What stands on a day already stays."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy, ngettext

from accounts.export_fields import NotTaken
from accounts.importing import HAS_ONE, HAS_PAGE, HERE, Import, Importer, Reason
from checkins import deck, own_questions
from checkins.models import (
    Answer,
    Appreciation,
    CheckIn,
    Draft,
    OwnPrompt,
    PromptPreference,
    QuietTime,
    Reply,
    SmallWin,
)
from checkins.words import LINES, CheckInText
from couples import returning
from couples.importing import come, day_of, own_copy

CHUNK = 200  # rows written at once
NO_QUESTION = Reason(gettext_lazy("Left out, not known here: the question of %(rows)s."))
SAID_OF_IT = {"talked", "shared", "note", "closeness", "bud_was", "not_again"}  # beside a page's lines
Row = dict[str, Any]


def evenings(coming: Import, rows: list[Row]) -> int:
    """Keep these evenings, on days that have no page yet."""
    there = set(CheckIn.objects.own(coming.user).values_list("day", flat=True))
    rows = come(coming, _one_a_day(rows))
    new = [row for row in rows if row["day"] not in there]
    coming.leave_out(HAS_PAGE, len(rows) - len(new))
    found = [(_page(coming, row), row) for row in coming.fitting(new, held=len(there))]
    CheckIn.objects.bulk_create([page for page, _row in found], CHUNK)
    returning.bring_in(coming.user, _said_of(found))
    return len(found)


def _said_of(pages: list[tuple[CheckIn, Row]]) -> Iterator[tuple[str, UUID, str]]:
    """What was said of these as they came back."""
    for page, row in pages:
        if "bud_was" in row:
            yield returning.BUD, page.pk, row["bud_was"]
        if "not_again" in row:
            yield returning.PAGE, page.pk, returning.HIDE


def _one_a_day(rows: list[Row]) -> list[Row]:
    """The same rows. Raises `NotTaken` where a day stands twice."""
    if len({row["day"] for row in rows}) < len(rows):
        raise NotTaken
    return rows


def _page(coming: Import, row: Row) -> CheckIn:
    page = CheckIn(author=coming.user, day=row["day"])
    page.put(_words(row))
    page.thorn_more = row.get("thorn_more", "")
    earlier = {kind: row[f"{kind}_before"] for kind in LINES if f"{kind}_before" in row}
    page.earlier = json.dumps(earlier, ensure_ascii=False) if earlier else ""
    page.talked_at = coming.now if "talked" in row else None
    is_written = bool(row.keys() - SAID_OF_IT - {"day"}) or "talked" not in row
    page.kept_at = coming.now if is_written else None
    page.version = 1
    return page


def _words(row: Row) -> CheckInText:
    lines = {kind: row.get(kind, "") for kind in LINES}
    kept = frozenset(kind for kind in row.get("kept", ()) if lines[kind])
    return CheckInText(
        **lines, note=row.get("note", ""), closeness=row.get("closeness", ""), kept=kept, open="open" in row
    )


def drafts(coming: Import, rows: list[Row]) -> int:
    """Take these drafts, on days that have neither a page nor a draft."""
    written = set(CheckIn.objects.own(coming.user).values_list("day", flat=True))
    begun = set(Draft.objects.own(coming.user).values_list("day", flat=True))
    taken, found = written | begun, []
    for row in come(coming, _one_a_day(rows)):
        if row["day"] in taken:
            coming.leave_out(HAS_PAGE if row["day"] in written else HAS_ONE)
            continue
        draft = Draft(author=coming.user, day=row["day"], version=1)
        draft.put(_words(row))
        found.append(draft)
    found = coming.fitting(found, held=len(begun))
    return len(Draft.objects.bulk_create(found, CHUNK))


def replies(coming: Import, rows: list[Row]) -> int:
    """Take what one said back to thorns that are somebody else's."""
    there = {_of_reply(one) for one in Reply.objects.own(coming.user)}
    found: dict[tuple[object, ...], Reply] = {}
    rows = come(coming, rows)
    for row in rows:
        at = coming.moment(row["day"])
        reply = Reply(author=coming.user, day=row["day"], round=row["round"], sent_at=at)
        reply.back, reply.feeling, reply.sense = (row.get(name, "") for name in ("back", "feeling", "sense"))
        reply.ending = "more" if "more" in row else ""
        if _of_reply(reply) not in there:
            found.setdefault(_of_reply(reply), reply)
    coming.leave_out(HERE, len(rows) - len(found))
    fit = coming.fitting(list(found.values()), held=len(there))
    return len(Reply.objects.bulk_create(fit, CHUNK))


def _of_reply(reply: Reply) -> tuple[object, ...]:
    return reply.day, reply.round, reply.back, reply.feeling, reply.sense, reply.ending


def thanks(coming: Import, rows: list[Row]) -> int:
    """Take one's own thank-yous. They go to nobody."""
    return _lines(coming, Appreciation, rows)


def wins(coming: Import, rows: list[Row]) -> int:
    """Take one's own small wins."""
    return _lines(coming, SmallWin, rows)


def _lines(coming: Import, model: Any, rows: list[Row]) -> int:
    there: set[tuple[date, str, str]] = set()
    held = list(model.objects.own(coming.user))
    for one in held:
        for at in (one.goes_out_at, one.written_at):  # an export says one or the other
            there.add((day_of(coming, at), one.text, getattr(one, "trait", "")))
    found = []
    rows = come(coming, rows)
    for row in rows:
        key = row["day"], row["text"], row.get("trait", "")
        if key not in there:
            there.add(key)
            at = coming.moment(row["day"])
            line = model(author=coming.user, text=row["text"], written_at=at, goes_out_at=at)
            if model is Appreciation:
                line.trait = key[2]
            found.append(line)
    coming.leave_out(HERE, len(rows) - len(found))
    found = coming.fitting(found, held=len(held))
    return len(model.objects.bulk_create(found, CHUNK))


def questions(coming: Import, rows: list[Row]) -> int:
    """Take one's own questions, as ones that nobody said yes to, as far as one may have so many."""
    there = [one.text for one in OwnPrompt.objects.own(coming.user).not_taken_back()]
    days: dict[str, date] = {}
    rows = come(coming, rows)
    for row in rows:
        if row["text"] not in there:
            days.setdefault(row["text"], row["day"])
    coming.leave_out(HERE, len(rows) - len(days))
    found = [
        OwnPrompt(author=coming.user, text=text, asked_at=coming.moment(day)) for text, day in days.items()
    ]
    found = coming.fitting(found, held=len(there), limit=own_questions.MOST)
    return len(OwnPrompt.objects.bulk_create(found, CHUNK))


def answers(coming: Import, rows: list[Row]) -> int:
    """Take one's own answers, on days that have none, each to its question: of the deck, or one's own."""
    there = set(Answer.objects.own(coming.user).values_list("day", flat=True))
    own = {one.text: str(one.pk) for one in OwnPrompt.objects.own(coming.user).not_taken_back()}
    found, alone = [], set()
    rows = come(coming, _one_a_day(rows))
    for row in rows:
        at = coming.moment(row["day"])
        card = row.get("card", "") if row.get("card", "") in deck.deck() else ""
        answer = Answer(author=coming.user, day=row["day"], text=row.get("text", ""))
        answer.prompt = card or own.get(row.get("question", ""), "")
        answer.written_at = at if answer.text else None
        answer.talked_at = at if "talked" in row or not answer.text else None
        if row["day"] not in there:
            found.append(answer)
        if "question" in row and not answer.prompt:
            alone.add(row["day"])
    coming.leave_out(HAS_ONE, len(rows) - len(found))
    found = coming.fitting(found, held=len(there))
    coming.leave_out(NO_QUESTION, sum(answer.day in alone for answer in found))
    return len(Answer.objects.bulk_create(found, CHUNK))


def quiet_times(coming: Import, rows: list[Row]) -> int:
    """Take times with phones down, as one's own copy."""
    there = Counter(
        (day_of(coming, one.started_at), round((one.ends_at - one.started_at).total_seconds() / 60))
        for one in QuietTime.objects.filter(couple__partners__user=coming.user)
    )
    held, found = there.total(), []
    for row in come(coming, rows):
        key = row["day"], row["minutes"]
        if there[key]:
            there[key] -= 1  # there may be several alike
            coming.leave_out(HERE)
            continue
        found.append(row)
    times = [_quiet_time(coming, row) for row in coming.fitting(found, held=held)]
    return len(QuietTime.objects.bulk_create(times, CHUNK))


def _quiet_time(coming: Import, row: Row) -> QuietTime:
    at = coming.moment(row["day"])
    return QuietTime(couple=own_copy(coming), started_at=at, ends_at=at + timedelta(minutes=row["minutes"]))


def preferences(coming: Import, rows: list[Row]) -> int:
    """Take how one would like to be asked, where one hasn't chosen here."""
    if PromptPreference.objects.of([coming.user]).exists():
        coming.leave_out(HERE)
        return 0
    row = rows[0]
    seasons = " ".join(one for one in deck.SEASONS if one in row.get("seasons", ()))
    PromptPreference.objects.create(user=coming.user, depth=row.get("depth", "1"), seasons=seasons)
    return 1


def switched_off(coming: Import, rows: list[Row]) -> int:
    """Take which kinds don't come back on Today, beside those that don't already."""
    wanted = set(returning.wanted(coming.user))
    new = [kind for row in rows for kind in row.get("kinds", ()) if kind in wanted]
    returning.bring_in(coming.user, [(kind, None, returning.HIDE) for kind in new])
    coming.leave_out(HERE, len(rows) if not new else 0)
    return len(rows) if new else 0


IMPORTERS = (
    Importer("evenings", evenings, lambda n: ngettext("%(n)d evening", "%(n)d evenings", n) % {"n": n}),
    Importer("replies", replies, lambda n: ngettext("%(n)d reply", "%(n)d replies", n) % {"n": n}),
    Importer("thank_yous", thanks, lambda n: ngettext("%(n)d thank-you", "%(n)d thank-yous", n) % {"n": n}),
    Importer("small_wins", wins, lambda n: ngettext("%(n)d small win", "%(n)d small wins", n) % {"n": n}),
    Importer(
        "questions", questions,
        lambda n: ngettext("%(n)d question of your own", "%(n)d questions of your own", n) % {"n": n},
        most=own_questions.MOST,
    ),
    Importer("answers", answers, lambda n: ngettext("%(n)d answer", "%(n)d answers", n) % {"n": n}),
    Importer(
        "phones_down", quiet_times,
        lambda n: ngettext("%(n)d time with phones down", "%(n)d times with phones down", n) % {"n": n},
    ),
    Importer("drafts", drafts, lambda n: ngettext("%(n)d draft", "%(n)d drafts", n) % {"n": n}),
    Importer(
        "questions_wanted", preferences,
        lambda n: ngettext("Your question preferences", "Your question preferences", n), most=1,
    ),
    Importer(
        "comes_back_no_more", switched_off,
        lambda n: ngettext("Your choice of what comes back", "Your choice of what comes back", n), most=1,
    ),
)  # fmt: skip  # an importer a line, to be looked through
