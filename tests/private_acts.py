"""Private acts of an evening, and the pages on which nobody may notice them: `seen` reads these."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.test import Client
from django.urls import reverse

from accounts import export_requests, import_files, importing, long_work
from accounts.hooks import rezoned
from accounts.models import User
from adventures.models import DateNight
from checkins import answering, drafts, prompt_preferences, thanking, writing
from checkins.models import Appreciation, CheckIn, SmallWin
from checkins.words import CheckInText, FormVersion
from couples import days, pairing, returning
from reminders import preferences
from tests.cast import NOW, seat
from tests.sights import Sight

PAGES = (
    "today:today",
    "checkins:write",
    "checkins:kept",
    "/kept/2026-11/",
    "today:together",
    "today:looking_back",
    "/looking-back/2025-11/",
    "/looking-back/2026-10/page/",
    "today:closeness",
    "today:looked_forward",
    "/looking-back/closeness/2025-11/",
    "today:look_back",
    "checkins:comes_back",
    "/evenings/2026-11-18/",
    "/evening/2026-11-18/",
    "/evening/2026-11-18/aloud/",
    "challenges:challenge",
    "challenges:habits",
    "challenges:cards",
    "checkins:kindness",
    "checkins:phones_down",
    "agendas:talk",
    "agendas:bring",
    "agendas:goals",
    "agendas:talks",
    "couples:evenings",
    "checkins:question",
    "checkins:own_questions",
    "checkins:prompt_preferences",
    "checkins:thanks",
    "checkins:wins",
    "checkins:shared",
    "couples:invite",
    "accounts:more",
    "accounts:settings",
    "accounts:data",
    "accounts:export",
    "reminders:settings",
)
DATES = tuple(
    f"adventures:{name}"
    for name in (
        "dates",
        "plan",
        "rhythm",
        "wishes",
        "earlier_lists",
        "memories",
        "occasions",
        "calendar",
        "ideas",
    )
)
YESTERDAY = (NOW - timedelta(days=1)).date()
MORE = (  # pages of whoever has dates, a talk and a path
    *DATES,
    "/challenge/1/", "/challenge/back/", "/challenge/end/", "/talk/park/", "/talk/rhythm/", "/talk/now/",
    "/talk/now/live/", "/phones-down/ring/", f"/evenings/{YESTERDAY}/", f"/evenings/{YESTERDAY}/reply/",
    "/settings/security/", "/settings/log/", "/settings/part/", "/settings/privacy/", "/partner/line/",
    "/wishes/ideas/", "/help/", "/settings/data/import/",
)  # fmt: skip  # several values a line, to be looked through
EVENING = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)
WORDS = CheckInText("planted frost", "planted broth", "planted queue")
JOURNAL = (date(2025, 11, 19), date(2026, 10, 14), date(2026, 11, 10), date(2026, 11, 17))
SignIn = Callable[[User], Client]


def seen(client: Client, pages: tuple[str, ...] = PAGES) -> dict[str, str]:
    """What somebody sees on their pages: bodies and headers, tokens masked."""
    return {page: shown(client, page) for page in pages}


def shown(client: Client, page: str) -> str:
    """One of them, by its name or its path."""
    answer = client.get(page if page.startswith("/") else reverse(page))
    hidden = r'(name="(?:csrfmiddlewaretoken|tab)" value|nonce)="[^"]+"'
    body = re.sub(hidden, r"\1", answer.content.decode())
    headers = {key: value for key, value in answer.items() if key != "Content-Security-Policy"}
    return f"{answer.status_code}\n{headers}\n{body}"


def sight(client: Client, pages: tuple[str, ...] = PAGES) -> Sight:
    """What somebody sees, to be compared with what they see afterwards: `sight.again(client) == sight.bodies`."""
    return Sight.of(client, pages, shown)


def write(user: User, *, share: bool, now: datetime, words: CheckInText = WORDS) -> CheckIn:
    day = days.day_of(now, user.tz)
    return writing.write(by=seat(user), day=day, words=words, share=share, now=now)


def draft(user: User, words: CheckInText, now: datetime, version: int = 0, stroke: int = 1) -> int:
    base = FormVersion(version, "a tab", stroke)
    return drafts.keep(by=seat(user), day=days.day_of(now, user.tz), words=words, base=base, now=now)


def shares_first(alice: User, now: datetime) -> None:
    write(alice, share=True, now=now)


def keeps(alice: User, now: datetime) -> None:
    write(alice, share=False, now=now)


def edits_what_she_shared(alice: User, now: datetime) -> None:
    write(alice, share=True, now=now)
    write(alice, share=True, now=now, words=replace(WORDS, bud=""))


def takes_to_keeping(alice: User, now: datetime) -> None:
    write(alice, share=True, now=now)
    write(alice, share=False, now=now)


def begins_a_draft(alice: User, now: datetime) -> None:
    draft(alice, WORDS, now)


def changes_her_draft(alice: User, now: datetime) -> None:
    version = draft(alice, WORDS, now)
    draft(alice, replace(WORDS, rose="planted thaw", note="planted note"), now, version, stroke=2)


def writes_a_private_note(alice: User, now: datetime) -> None:
    write(alice, share=False, now=now, words=CheckInText(note="planted note", closeness="1"))


def shares_but_keeps_a_line(alice: User, now: datetime) -> None:
    write(alice, share=True, now=now, words=replace(WORDS, kept=frozenset({"thorn"}), note="planted note"))


def says_that_they_talked(alice: User, now: datetime) -> None:
    writing.talk(by=seat(alice), day=days.day_of(now, alice.tz), now=now)


def says_so_and_takes_it_back(alice: User, now: datetime) -> None:
    says_that_they_talked(alice, now)
    writing.not_yet(by=seat(alice), day=days.day_of(now, alice.tz), now=now)


def takes_back_what_nobody_read(alice: User, now: datetime) -> None:
    write(alice, share=True, now=now)
    writing.take_back(by=seat(alice), day=days.day_of(now, alice.tz), now=now)


def throws_a_draft_away(alice: User, now: datetime) -> None:
    draft(alice, WORDS, now)
    drafts.discard(by=seat(alice), day=days.day_of(now, alice.tz))


def changes_her_settings(alice: User, now: datetime) -> None:
    alice.theme, alice.code_sign_in, alice.inbox_shared, alice.zone = "dark", False, True, "Europe/Lisbon"
    alice.save()
    rezoned.announce(user=alice, before="Europe/London", now=now)


def stops_her_mails(alice: User, now: datetime) -> None:
    preferences.stop(user=alice, kind="check_in", now=now)


def blocks_bob(alice: User, now: datetime) -> None:
    pairing.block("bob@example.test", by=alice, now=now)


def imports_a_journal(alice: User, now: datetime) -> None:
    journal = "\n".join(("date,text", *(f"{day},planted entry" for day in JOURNAL))).encode()
    importing.take(alice, importing.checked(import_files.read(journal, alice.tz).whole), now=now)


def imports_what_was_joint(alice: User, now: datetime) -> None:
    wishes, dates = (
        [{"title": "planted wish"}],
        [{"day": "2026-11-10", "state": "happened", "title": "planted"}],
    )
    whole = {
        "format": "nearer",
        "version": 1,
        "wishes": wishes,
        "dates": dates,
        "goals": [{"name": "planted goal"}],
    }
    importing.take(alice, importing.checked(whole), now=now)


def keeps_a_thank_you(alice: User, now: datetime) -> None:
    thanking.say_thanks(by=seat(alice), text="planted thanks", trait="kind", keep=True, now=now)


def keeps_one_and_takes_it_back(alice: User, now: datetime) -> None:
    row = thanking.say_thanks(by=seat(alice), text="planted thanks", trait="", keep=True, now=now)
    thanking.take_back(by=seat(alice), model=Appreciation, pk=row.pk, now=now)


def notes_many_wins(alice: User, now: datetime) -> None:
    for number in range(18):
        thanking.note_win(by=seat(alice), text=f"planted win {number}", now=now)


def notes_many_wins_and_takes_them_back(alice: User, now: datetime) -> None:
    notes_many_wins(alice, now)
    for row in SmallWin.objects.own(alice).filter(written_at=now):
        thanking.take_back(by=seat(alice), model=SmallWin, pk=row.pk, now=now)


def answers_the_question(alice: User, now: datetime) -> None:
    day = days.day_of(now, alice.tz)
    answering.answer(by=seat(alice), day=day, text="planted answer", now=now)


def says_they_talked_about_it(alice: User, now: datetime) -> None:
    answering.talk(by=seat(alice), day=days.day_of(now, alice.tz), now=now)


def chooses_to_go_deeper(alice: User, now: datetime) -> None:
    prompt_preferences.choose(by=seat(alice), depth=3, seasons=["illness", "far-apart"], now=now)


def what_can_come_back(alice: User) -> dict[str, list[UUID]]:
    """Every page of hers and his that she can read, and every date that was. Of none nothing could be noticed."""
    pages = [page.pk for page in CheckIn.objects.readable_by(seat(alice))]
    dates = [date.pk for date in DateNight.objects.of(seat(alice).couple).happened()]
    assert pages, "this scene has no page that she could answer: tests.months_before has"
    assert dates, "nor a date"
    return {returning.BUD: pages, returning.PAGE: pages, returning.DATE: dates}


def lets_things_come_back_no_more(alice: User, now: datetime) -> None:
    for kind, about in what_can_come_back(alice).items():
        returning.answer(by=seat(alice), kind=kind, about=about, said=returning.HIDE, now=now)


def wants_nothing_back(alice: User, now: datetime) -> None:
    returning.choose(by=seat(alice), kinds=[], now=now)


def says_that_it_was_good(alice: User, now: datetime) -> None:
    about = what_can_come_back(alice)[returning.BUD]
    returning.answer(by=seat(alice), kind=returning.BUD, about=about, said=returning.GOOD, now=now)


def asks_for_an_export(alice: User, now: datetime) -> None:
    export_requests.ask(alice, private=True, now=now)


def has_an_export_ready(alice: User, now: datetime) -> None:
    asks_for_an_export(alice, now)
    long_work.work_off(clock=lambda: now)


RETURNING = [lets_things_come_back_no_more, wants_nothing_back, says_that_it_was_good]
ACTS = [
    *RETURNING,
    asks_for_an_export,
    has_an_export_ready,
    keeps_a_thank_you,
    keeps_one_and_takes_it_back,
    notes_many_wins_and_takes_them_back,
    answers_the_question,
    says_they_talked_about_it,
    chooses_to_go_deeper,
    shares_first,
    keeps,
    edits_what_she_shared,
    takes_to_keeping,
    begins_a_draft,
    changes_her_draft,
    writes_a_private_note,
    shares_but_keeps_a_line,
    says_that_they_talked,
    says_so_and_takes_it_back,
    takes_back_what_nobody_read,
    throws_a_draft_away,
    changes_her_settings,
    stops_her_mails,
    blocks_bob,
    imports_a_journal,
    imports_what_was_joint,
]
