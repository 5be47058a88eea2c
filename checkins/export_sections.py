"""Sections of the evening in an export: one's own words and what the two did with phones down.

What both could read is: a page or an answer once both were there (`read_by_both`), a thank-you or small win that went
out, a question that waits for a yes or got it. A thorn and what was said back to one are its writer's again after
thirty days, whether or not the couple ended meanwhile. What was taken back has no words any more.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.export_fields import Chosen, Day, Earlier, Json, Mark, Number, Several, Words, filled
from accounts.exporting import CHUNK, Reader, Section
from checkins import answering, deck, own_questions, thanking
from checkins.feelings import WORD_LIMIT
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
from checkins.reading import thorns_are_back
from checkins.words import LINE_LIMIT, LINES, NEARNESS, STEP_LIMIT
from couples.exporting import NOT_AGAIN, day_of, pairs_of, seats_of, shared
from couples.models import ASK_LIFE
from couples.returning import BUD, GOOD, HIDE, KINDS, NOT, PAGE, wanted
from couples.returning import answers as returned

DRAFT_LIMIT = 20_000  # characters, as a draft's form takes them
MORE_LIMIT = 2 * LINE_LIMIT + 2  # what was added to a thorn in two rounds
DAY = Day(_("Day"), needed=True)
SHARED = Mark(_("Shared"))
NAMES = {"rose": _("Rose"), "bud": _("Bud"), "thorn": _("Thorn")}
EVENING = {
    "day": DAY,
    "rose": Words(_("Rose"), limit=LINE_LIMIT),
    "rose_before": Earlier(_("Rose, before it was changed"), limit=LINE_LIMIT),
    "bud": Words(_("Bud"), limit=LINE_LIMIT),
    "bud_before": Earlier(_("Bud, before it was changed"), limit=LINE_LIMIT),
    "thorn": Words(_("Thorn"), limit=LINE_LIMIT),
    "thorn_before": Earlier(_("Thorn, before it was changed"), limit=LINE_LIMIT),
    "thorn_more": Words(_("A bit more"), limit=MORE_LIMIT),
    "kept": Several(_("Lines kept to yourself"), words=NAMES),
    "note": Words(_("Private note"), limit=DRAFT_LIMIT),  # “we talked” took one as long as a draft's, once
    "closeness": Chosen(_("How close it felt"), words=NEARNESS),
    "talked": Mark(_("You talked")),
    "bud_was": Chosen(
        _("What you said of the bud"),
        words={GOOD: _("It was good"), NOT: _("It didn’t"), HIDE: _("Don’t show this again")},
    ),
    "not_again": NOT_AGAIN,
    "shared": SHARED,
}
DRAFT = {
    "day": DAY,
    **{kind: Words(name, limit=DRAFT_LIMIT) for kind, name in NAMES.items()},
    "kept": Several(_("Lines kept to yourself"), words=NAMES),
    "open": Mark(_("To be read without an answer")),
    "note": Words(_("Private note"), limit=DRAFT_LIMIT),
    "closeness": Chosen(_("How close it felt"), words=NEARNESS),
}
REPLY = {
    "day": Day(_("To the thorn of"), needed=True),
    "round": Number("", least=1, most=2, needed=True),
    "back": Words(_("Said back"), limit=STEP_LIMIT),
    "feeling": Words(_("The feeling"), limit=10 * WORD_LIMIT),
    "sense": Words(_("Why it makes sense"), limit=STEP_LIMIT),
    "more": Mark(_("Ended with “Is there more?”")),
    "shared": SHARED,
}
THANKS = {
    "day": DAY,
    "text": Words(_("Thank you for"), limit=500, needed=True),
    "trait": Words(_("The good trait it shows"), limit=thanking.TRAIT_LIMIT),
    "shared": SHARED,
}
WIN = {"day": DAY, "text": Words(_("What went well"), limit=500, needed=True), "shared": SHARED}
ANSWER = {
    "day": DAY,
    "question": Words(_("The question"), limit=own_questions.LIMIT),
    "card": Words("", limit=64),
    "text": Words(_("Your answer"), limit=answering.LIMIT),
    "talked": Mark(_("You talked about it")),
    "shared": SHARED,
}
QUESTION = {
    "day": DAY,
    "text": Words(_("Your question"), limit=own_questions.LIMIT, needed=True),
    "agreed": Mark(_("You both said yes to it")),
    "shared": SHARED,
}
QUIET = {"day": DAY, "minutes": Number(_("Minutes"), most=24 * 60, needed=True), "shared": SHARED}
WISHED = {
    "depth": Chosen(
        _("How personal the questions are"), words={"1": _("light"), "2": _("warmer"), "3": _("deep")}
    ),
    "seasons": Several(_("Seasons of life"), words={one: one for one in deck.SEASONS}),
}


RETURNS = {"kinds": Several(_("Kinds"), words=KINDS)}


def evenings(reader: Reader) -> Iterator[Json]:
    """One's own pages, day by day."""
    today = day_of(reader, reader.now)
    pages = CheckIn.objects.own(reader.user)
    pages = pages if reader.private else pages.read_by_both().in_couples(pairs_of(reader))
    said = returned(reader.user) if reader.private else {}
    for page in pages.with_read_by_both().order_by("day").iterator(CHUNK):
        page.author = reader.user
        if row := _evening(reader, page, today):
            came_back = {"bud_was": said.get((BUD, page.pk), ""), "not_again": (PAGE, page.pk) in said}
            yield {"day": page.day.isoformat(), **row, **filled(came_back)}


def _evening(reader: Reader, page: CheckIn, today: date) -> dict[str, Any]:
    """What is said of a page beside its day: nothing where no line is left that both could read."""
    if not reader.private:
        if thorns_are_back(page.day, today):
            page.strip_thorn()
        return _lines(page)
    kept = dict(page.kept_lines)
    row = _lines(page) | kept
    private = {
        "kept": [kind for kind in LINES if kind in kept],
        "note": page.note,
        "closeness": page.closeness,
        "talked": page.talked_at is not None,
    }
    row |= filled(private)
    return row | filled({"shared": page.both_read}) if row else row


def _lines(page: CheckIn) -> dict[str, Any]:
    before = {f"{kind}_before": texts for kind, texts in page.revisions.items()}
    return filled(dict(page.lines) | before | {"thorn_more": page.thorn_more})


def drafts(reader: Reader) -> Iterator[Json]:
    """Evenings being written."""
    for draft in Draft.objects.own(reader.user).order_by("day"):
        words = draft.words
        kept = [kind for kind in LINES if kind in words.kept]
        row = filled({**words.lines, **words.private, "kept": kept, "open": words.open})
        yield {"day": draft.day.isoformat(), **row}


def replies(reader: Reader) -> Iterator[Json]:
    """Replies to the other's thorns."""
    today, pairs = day_of(reader, reader.now), pairs_of(reader)
    for reply in Reply.objects.own(reader.user).order_by("day", "round", "pk").iterator(CHUNK):
        reply.author = reader.user
        both = reply.couple_id in pairs and not thorns_are_back(reply.day, today)
        if reply.taken_back_at is not None or not (both or reader.private):
            continue
        said = {
            "back": reply.back,
            "feeling": reply.feeling,
            "sense": reply.sense,
            "more": bool(reply.ending),
        }
        row = {"day": reply.day.isoformat(), "round": reply.round}
        yield row | filled(said | {"shared": both and reader.private})


def thanks(reader: Reader) -> Iterator[Json]:
    """One's own thank-yous."""
    for row, line in _said(reader, Appreciation):
        yield row | filled({"trait": line.trait})


def wins(reader: Reader) -> Iterator[Json]:
    """One's own small wins."""
    return (row for row, _line in _said(reader, SmallWin))


def _said(reader: Reader, model: type[Appreciation] | type[SmallWin]) -> Iterator[tuple[dict[str, Any], Any]]:
    """One's own lines, by the days they went out on; of what is still kept for the talk, the day it was written."""
    rows = model.objects.own(reader.user).order_by("goes_out_at", "pk").select_related("couple")
    pairs = pairs_of(reader)
    for line in rows.iterator(CHUNK):
        line.author = reader.user
        both = line.couple_id in pairs and line.may_have_been_read(reader.now)
        if line.taken_back_at is None and (both or reader.private):
            at = line.goes_out_at if line.goes_out_at <= reader.now else line.written_at
            row = {"day": day_of(reader, at).isoformat(), "text": line.text}
            yield row | filled({"shared": both and reader.private}), line


def answers(reader: Reader) -> Iterator[Json]:
    """One's own answers, each with its question: where that is the other's own, without their words."""
    own = {str(one.pk): one.text for one in OwnPrompt.objects.own(reader.user)}
    rows = Answer.objects.own(reader.user)
    rows = rows if reader.private else rows.read_by_both().in_couples(pairs_of(reader))
    for answer in rows.with_read_by_both().order_by("day").iterator(CHUNK):
        answer.author = reader.user
        if answer.taken_back_at is not None:
            continue
        card = deck.deck().get(answer.prompt)
        said = {
            "question": card.text if card is not None else own.get(answer.prompt, ""),
            "card": answer.prompt if card is not None else "",
            "text": answer.text,
            "talked": reader.private and answer.talked_at is not None,
            "shared": reader.private and answer.both_read,
        }
        yield {"day": answer.day.isoformat(), **filled(said)}


def questions(reader: Reader) -> Iterator[Json]:
    """One's own questions for the deck. That the other said yes to one is told once that Day is over, as on its page:
    nor does it show by the row itself.
    """
    today, pairs = day_of(reader, reader.now), pairs_of(reader)
    for one in OwnPrompt.objects.own(reader.user).not_taken_back().order_by("asked_at", "pk"):
        of_two = one.couple_id in pairs  # alone, it was in one's deck at once
        agreed = of_two and one.agreed_on is not None and one.agreed_on < today
        both = agreed or (of_two and one.asked_at > reader.now - ASK_LIFE)
        if both or reader.private:
            said = {"agreed": agreed, "shared": both and reader.private}
            yield {"day": day_of(reader, one.asked_at).isoformat(), "text": one.text, **filled(said)}


def quiet_times(reader: Reader) -> Iterator[Json]:
    """Times with phones down, by day: nothing says when in it."""
    for seat in seats_of(reader):
        for one in QuietTime.objects.of(seat.couple).order_by("started_at", "pk").iterator(CHUNK):
            if one.ends_at <= reader.now:
                minutes = round((one.ends_at - one.started_at).total_seconds() / 60)
                said = {"day": day_of(reader, one.started_at).isoformat(), "minutes": minutes}
                yield said | filled({"shared": shared(reader, seat)})


def switched_off(reader: Reader) -> Iterator[Json]:
    """The kinds that don't come back on Today; what was said of single things is beside them."""
    off = set(KINDS) - set(wanted(reader.user))
    if off:
        yield filled({"kinds": [kind for kind in KINDS if kind in off]})


def preferences(reader: Reader) -> Iterator[Json]:
    """Preferences of how one is asked."""
    for one in PromptPreference.objects.of([reader.user]):
        one.user = reader.user
        yield filled({"depth": one.depth, "seasons": sorted(one.seasons.split())})


SECTIONS = (
    Section("evenings", _("Evenings"), 10, EVENING, evenings, ("checkins.CheckIn",), heading="day"),
    Section("replies", _("What you said back"), 20, REPLY, replies, ("checkins.Reply",), heading="day"),
    Section("thank_yous", _("Thank-yous"), 30, THANKS, thanks, ("checkins.Appreciation",), heading="day"),
    Section("small_wins", _("Small wins"), 40, WIN, wins, ("checkins.SmallWin",), heading="day"),
    Section("answers", _("Answers"), 50, ANSWER, answers, ("checkins.Answer",), heading="day"),
    Section("questions", _("Your own questions"), 60, QUESTION, questions, ("checkins.OwnPrompt",), heading="day"),
    Section("phones_down", _("Phones down"), 70, QUIET, quiet_times, ("checkins.QuietTime",), heading="day"),
    Section("drafts", _("Drafts"), 910, DRAFT, drafts, ("checkins.Draft",), heading="day", private=True),
    Section(
        "questions_wanted", _("Question preferences"), 920, WISHED, preferences,
        ("checkins.PromptPreference",), private=True,
    ),
    Section(
        "comes_back_no_more", _("What doesn’t come back on Today"), 930, RETURNS, switched_off,
        ("couples.ReturnAnswer",), private=True,
    ),
)  # fmt: skip  # a section a line, to be looked through
