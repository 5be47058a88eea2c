"""Pages of wishes and dates: what they offer, what they refuse, and that what was typed comes back."""

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from adventures import feeds, ideas, occasions, proposing, reading, remembering, rhythm, wishing
from adventures.models import DateNight, DateRhythm, Memory, Occasion, Wish
from adventures.models.dates import CHANGES
from adventures.slots import Every, Recurrence
from checkins import writing
from checkins.words import CheckInText
from couples import asking, days, parting
from couples.models import ASK_LIFE
from reminders.models import Reminder
from tests.adventures.scenarios import accept, agreed, asked, change, happened, in_rhythm, seen
from tests.agendas.scenarios import agree as agree_on_talks
from tests.cast import NOW, pair, person, seat
from tests.sights import EVERY_PAGE

SignIn = Callable[[User], Client]
AT = datetime(2026, 11, 27, 19, 30, tzinfo=UTC)
A_DAY = timedelta(days=1)
DATES, PLAN, WISHES = "/dates/", "/dates/plan/", "/wishes/"
SURPRISE = {
    "who": "surprise", "where": "out", "cost": "some", "wear": "Anything", "childcare": "nothing", "back_by": "22:30",
}  # fmt: skip  # several values a line, to be looked through


@pytest.fixture(autouse=True)
def clock() -> object:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def page(client: Client, path: str, *, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return html.unescape(answer.content.decode())


def url(name: str, *args: object) -> str:
    return reverse(f"adventures:{name}", args=args)


def write(user: User, now: datetime) -> None:
    """An evening of one's own: without any for a week, nothing lies on the desk."""
    day = days.day_of(now, user.tz)
    writing.write(by=seat(user), day=day, words=CheckInText("x"), share=False, now=now)


def answer_on(body: str) -> dict[str, str]:
    """What the page's yes sends."""
    found = re.search(r'action="/dates/[\w-]+/yes/".*?</form>', body, re.DOTALL)
    assert found
    sent = dict(re.findall(r'name="(to|shown|anyway)" value="([^"]+)"', found[0]))
    assert {"to", "shown"} <= set(sent)
    return sent


def planned(**typed: Any) -> dict[str, Any]:
    """A plan as the form sends it: soup, at a time of its own."""
    return {
        "what": "own",
        "title": "soup",
        "when": "own",
        "day": "2026-11-27",
        "at": "19:30",
        "who": "i",
    } | typed


# --- the page of dates -------------------------------------------------------------------------------------


def test_the_way_to_a_plan_stands_in_the_head_and_the_form_on_one_page(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    agreed(alice, bob, "the ferry", at=AT, now=NOW)
    body = page(signed_in(alice), DATES)
    head = body[: body.index("</header>", body.index('class="page-head"'))]
    assert re.search(rf'class="btn btn-primary"\s+href="{PLAN}"', head)
    assert 'id="plan"' not in body
    assert 'id="plan"' in page(signed_in(alice), PLAN)


def test_what_the_other_asks_for_comes_first(alice: User, bob: User, signed_in: SignIn) -> None:
    agreed(alice, bob, "the ferry", at=AT, now=NOW)
    asked(bob, "his, and later", at=AT + 3 * A_DAY, now=NOW)
    for client, first in ((signed_in(alice), "his, and later"), (signed_in(bob), "the ferry")):
        titles = re.findall(r'<h2 id="d-\d" dir="auto">\s*<a[^>]*>([^<]+)', page(client, DATES))
        assert (titles[0], set(titles)) == (first, {"the ferry", "his, and later"})


def days_of(body: str) -> dict[str, str]:
    """The days of the month that lead somewhere, by what a screen reader says of them."""
    month = body[body.index('<table class="month">') : body.index("</table>")]
    links = [link for link in re.findall(r"<a\b[^>]*>", month) if 'class="day' in link]
    said = [
        re.search(r'href="([^"]+)".*aria-label="([^"]+)"', " ".join(link.split()), re.DOTALL)
        for link in links
    ]
    return {" ".join(one[2].split()): one[1] for one in said if one}


def test_a_day_ahead_is_a_tap_to_plan_a_date_for_it(alice: User, bob: User, signed_in: SignIn) -> None:
    date_night = agreed(alice, bob, "the ferry", at=AT, now=NOW)
    was = happened(alice, bob, "the pier", at=NOW - 3 * A_DAY)
    occasions.add(by=seat(alice), words=occasions.OccasionWords("birthday", "aunt", 11, 24), now=NOW)
    client = signed_in(alice)
    found = days_of(page(client, DATES))
    assert found["15 November: the pier 19:00"] == url("date", was.pk)
    assert found["18 November: plan a date"] == f"{PLAN}?day=2026-11-18"  # today
    assert found["24 November: aunt; plan a date"] == f"{PLAN}?day=2026-11-24"
    assert found["27 November: the ferry 19:30"] == url("date", date_night.pk)
    assert found["6 December: plan a date"] == f"{PLAN}?day=2026-12-06"
    assert len(found) == 1 + 19  # of the days before today only what happened
    body = page(client, f"{PLAN}?day=2026-11-24")
    assert "Tuesday 24 November" in body
    assert re.search(r'name="when"\s+value="2026-11-24T19:30:00\+00:00"\s+checked', body)
    assert re.search(r'type="date"[^>]*value="2026-11-24"', body)


def test_no_day_too_far_ahead_is_offered(alice: User, bob: User, signed_in: SignIn) -> None:
    until = NOW.date() + proposing.FARTHEST
    found = days_of(page(signed_in(alice), f"{DATES}?month={until:%Y-%m}"))
    last = until - A_DAY
    assert list(found.values())[-1] == f"{PLAN}?day={last}"
    for day, status in ((last, 302), (until, 422)):
        typed = planned(day=str(day), anyway="on")
        assert signed_in(alice).post(PLAN, typed).status_code == status


def test_a_month_with_nothing_in_it_says_so_once(alice: User, bob: User, signed_in: SignIn) -> None:
    client = signed_in(alice)
    assert page(client, DATES).count("Nothing ahead here yet. Choose a day") == 1
    assert page(client, f"{DATES}?month=2026-09").count("Nothing is planned in these weeks.") == 1
    happened(alice, bob, "the pier", at=NOW - 3 * A_DAY)
    assert "Nothing ahead here yet. Choose a day" in page(client, DATES)  # what was is no plan
    agreed(alice, bob, "the ferry", at=datetime(2026, 12, 4, 19, 30, tzinfo=UTC), now=NOW)
    body = page(client, DATES)  # December's first days are shown as well
    assert "Nothing" not in body[body.index('id="month"') :]
    assert "Fri 4 Dec, 19:30" in body


# --- planning ----------------------------------------------------------------------------------------------


def test_asked_from_the_page_and_answered_with_one_tap_on_today(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    write(bob, NOW - A_DAY)
    hers, his = signed_in(alice), signed_in(bob)
    answer = hers.post(PLAN, planned())
    date_night = DateNight.objects.get()
    assert answer["Location"] == url("date", date_night.pk)
    assert date_night.asked_for == AT  # on her clock
    bobs = page(his, "/today/")
    assert "Alice asks: soup" in bobs
    his.post(url("yes", date_night.pk), answer_on(bobs))
    for client in (hers, his):
        assert "soup" in page(client, DATES)
        assert "Add to calendar" in page(client, DATES)


def test_the_first_match_and_the_next_free_evening_are_chosen_already(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    mine = wishing.wish(by=seat(alice), words=wishing.WishWords("the ferry", where="out"), now=NOW)
    wishing.wish(by=seat(alice), words=wishing.WishWords("newer, and hers alone"), now=NOW)
    wishing.want(by=seat(bob), wish_id=mine.pk, now=NOW)
    client = signed_in(alice)
    chosen = re.findall(r'name="(what|when|who)"\s+value="([^"]+)"\s+checked', page(client, PLAN))
    found = dict(chosen)
    assert found["what"] == str(mine.pk)
    assert found["who"] == "i"
    assert datetime.fromisoformat(found["when"]) > NOW
    client.post(PLAN, found)  # nothing typed: what, when and who are taps
    date_night = DateNight.objects.get()
    assert (date_night.wish_id, date_night.where) == (mine.pk, "out")


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"title": ""}, "title", "it does need one"),
        ({"title": "x" * 201}, "title", "one character over the 200"),
        ({"plan": "x" * 2002}, "plan", "2 characters over the 2,000"),
        ({"day": ""}, "day", "write a date like"),
        ({"day": "soon"}, "day", "write a date like"),
        ({"day": "2026-11-01"}, "day", "That time is past"),
        ({"day": "2031-11-01"}, "day", "more than two years ahead"),
        ({"day": "9999-12-31"}, "day", "write a date like"),
        ({"day": "0001-01-01"}, "day", "write a date like"),
        ({"when": "9999-12-31T23:59:00-14:00"}, "when", "That time is past"),
        ({"when": "0001-01-01T00:00:00+14:00"}, "when", "That time is past"),
        ({"at": ""}, "at", "write a time like"),
        ({"at": "26:00"}, "at", "write a time like"),
        ({"when": "nonsense"}, "when", "That time is past"),
        ({"what": "nonsense"}, "what", "isn’t on the list any more"),
        ({"who": "nobody"}, "who", "valid choice"),
        ({"back_by": "19:29"}, "back_by", "more than sixteen hours"),
        (SURPRISE | {"where": ""}, "where", "at home, or out"),
        (SURPRISE | {"where": "away"}, "where", "never away"),
        (SURPRISE | {"cost": ""}, "cost", "says what it costs"),
        (SURPRISE | {"wear": ""}, "wear", "says what to wear"),
        (SURPRISE | {"childcare": ""}, "childcare", "whether that is arranged"),
        (SURPRISE | {"back_by": ""}, "back_by", "until when"),
        (SURPRISE | {"back_by": "06:00"}, "back_by", "never overnight"),
    ],
)
def test_what_cant_be_is_said_beside_the_field_and_what_was_typed_comes_back(
    alice: User, bob: User, signed_in: SignIn, typed: dict[str, str], field: str, sentence: str
) -> None:
    sent = planned(plan="the corner table") | typed
    answer = signed_in(alice).post(PLAN, sent)
    assert answer.status_code == 422
    body = html.unescape(answer.content.decode())
    said = re.search(rf'id="error_id_{field}">.*?<strong>(.*?)</strong>', body, re.DOTALL)
    assert said, field
    assert sentence in said[1] or "Select a valid choice" in said[1]
    for name in ("title", "plan", "wear"):
        assert sent.get(name, "") in body
    assert not DateNight.objects.exists()


def test_something_on_that_evening_is_said_and_can_be_overruled(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    talk = agree_on_talks(alice, bob, now=NOW)
    client = signed_in(alice)
    local = alice.local(talk.starts_at)
    sent = planned(day=f"{local:%Y-%m-%d}", at=f"{local:%H:%M}", plan="the corner table")
    answer = client.post(PLAN, sent)
    body = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "There is something on at that time already." in body
    assert "the corner table" in body
    assert not DateNight.objects.exists()
    assert client.post(PLAN, sent | {"anyway": "on"}).status_code == 302
    assert DateNight.objects.count() == 1


def test_slots_of_the_rhythm_and_what_is_taken(alice: User, bob: User, signed_in: SignIn) -> None:
    in_rhythm(alice, bob, Recurrence(Every.TWO_WEEKS, AT.date(), AT.time(), "UTC"), now=NOW)
    client = signed_in(alice)
    assert "Every two weeks, on a Friday" in page(client, DATES)
    agreed(alice, bob, "bread", at=AT, now=NOW)
    body = page(client, PLAN)
    assert "Taken: bread" in body
    second = re.search(r'name="when"\s+value="([^"]+)"\s+checked', body)
    assert second
    assert datetime.fromisoformat(second[1]) == AT + 14 * A_DAY


def test_from_an_idea_and_from_a_day_of_the_month(alice: User, bob: User, signed_in: SignIn) -> None:
    key, idea = next(iter(ideas.every().items()))
    client = signed_in(alice)
    body = page(client, f"{PLAN}?idea={key}&day=2026-12-12")
    assert re.search(rf'value="idea:{key}"\s+checked', body)
    found = dict(re.findall(r'name="(what|when|who)"\s+value="([^"]+)"\s+checked', body))
    assert found["when"].startswith("2026-12-12")
    client.post(PLAN, found)
    [date_night] = [seen(alice, DateNight.objects.get(), now=NOW)]
    assert date_night is not None
    assert (date_night.title, date_night.date.asked_for) == (
        idea.title,
        datetime(2026, 12, 12, 19, 30, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "query",
    [
        "?wish=x",
        "?idea=x",
        "?day=x",
        "?day=2020-01-01",
        "?day=9999-12-31",
        "?day=0001-01-01",
        "?wish=" + "0" * 32,
    ],
)
def test_an_address_that_makes_no_sense_is_a_plan_like_any_other(
    alice: User, bob: User, signed_in: SignIn, query: str
) -> None:
    assert "Ask Bob" in page(signed_in(alice), PLAN + query)


def test_a_surprise_shows_what_it_always_shows(alice: User, bob: User, signed_in: SignIn) -> None:
    signed_in(alice).post(PLAN, planned(title="planted", **SURPRISE))
    date_night = DateNight.objects.get()
    body = page(signed_in(bob), url("date", date_night.pk))
    for said in (
        "A surprise",
        "Out",
        "22:30",
        "Mid-priced",
        "Anything",
        "Nothing to arrange",
        "Tell me first",
    ):
        assert said in body
    assert "planted" not in body


# --- answering ---------------------------------------------------------------------------------------------


def test_not_this_one_leaves_no_trace_on_the_askers_side(alice: User, bob: User, signed_in: SignIn) -> None:
    date_night = asked(alice, at=AT, now=NOW)
    hers, his = signed_in(alice), signed_in(bob)
    before = [page(hers, path) for path in ("/today/", DATES, url("date", date_night.pk))]
    his.post(url("not_this_one", date_night.pk), {"to": AT.isoformat()})
    hidden = r'(csrfmiddlewaretoken" value|nonce)="[^"]+"'
    after = [page(hers, path) for path in ("/today/", DATES, url("date", date_night.pk))]
    assert [re.sub(hidden, "", one) for one in after] == [re.sub(hidden, "", one) for one in before]
    assert ">soup<" not in page(his, "/today/") + page(his, DATES)
    page(his, url("date", date_night.pk), status=404)


@pytest.mark.parametrize("to", ["", "x", "2026-11-27", (AT + A_DAY).isoformat()])
def test_a_yes_to_a_time_that_isnt_asked_for_says_how_it_stands(
    alice: User, bob: User, signed_in: SignIn, to: str
) -> None:
    date_night = asked(alice, at=AT, now=NOW)
    his = signed_in(bob)
    answer = his.post(url("yes", date_night.pk), {"to": to}, follow=True)
    assert "This has changed in the meantime" in answer.content.decode()
    assert not DateNight.objects.get().stands


def test_another_time(alice: User, bob: User, signed_in: SignIn) -> None:
    date_night = asked(alice, at=AT, now=NOW)
    his = signed_in(bob)
    assert "When would suit you?" in page(his, url("another_time", date_night.pk))
    for typed, sentence in (
        ({"day": "2026-11-01", "at": "20:00"}, "That time is past"),
        ({"day": "x", "at": "20:00"}, "write a date like"),
        ({"day": "2026-11-28", "at": "late"}, "write a time like"),
    ):
        answer = his.post(url("another_time", date_night.pk), typed)
        assert (answer.status_code, sentence in html.unescape(answer.content.decode())) == (422, True)
        assert typed["day"] in answer.content.decode()
    his.post(url("another_time", date_night.pk), {"day": "2026-11-28", "at": "20:00"})
    assert "Bob asks: Saturday 28 November, 20:00" in page(signed_in(alice), DATES)


def test_opened_and_sent_unchanged_a_night_stays_where_it_is(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    """Half past midnight on Saturday is the night that ends the Friday: the form says so, and sends the same."""
    midnight = datetime(2026, 11, 28, 0, 30, tzinfo=UTC)
    date_night = asked(alice, at=midnight, now=NOW)
    hers = signed_in(alice)
    sent = dict(
        re.findall(r'name="(day|at)"\s+value="([^"]+)"', page(hers, url("another_time", date_night.pk)))
    )
    assert sent == {"day": "2026-11-27", "at": "00:30"}
    hers.post(url("another_time", date_night.pk), sent)
    assert DateNight.objects.get().asked_for == midnight


def test_a_yes_where_something_is_in_the_way_is_said_twice(alice: User, bob: User, signed_in: SignIn) -> None:
    """Two asks for one evening: after the first yes the second is asked about, on Today and on the pages of dates."""
    write(bob, NOW - A_DAY)
    first, second = (
        asked(alice, "planted bread", at=AT, now=NOW),
        asked(alice, at=AT + timedelta(hours=1), now=NOW),
    )
    his = signed_in(bob)
    his.post(url("yes", first.pk), answer_on(page(his, url("date", first.pk))))
    for path in (DATES, url("date", second.pk)):
        assert "There is something on at that time" in page(his, path)
    answer = his.post(url("yes", second.pk), answer_on(page(his, "/today/")), follow=True)
    assert "You can still say yes" in answer.content.decode()
    assert not DateNight.objects.get(pk=second.pk).stands
    sent = answer_on(page(his, url("date", second.pk)))
    assert sent["anyway"] == "on"
    his.post(url("yes", second.pk), sent)
    assert DateNight.objects.get(pk=second.pk).stands


def test_a_yes_to_what_was_changed_says_so(alice: User, bob: User, signed_in: SignIn) -> None:
    date_night = asked(alice, at=AT, now=NOW)
    his = signed_in(bob)
    sent = answer_on(page(his, url("date", date_night.pk)))
    change(alice, date_night.pk, "skydiving", where="away", cost="much")
    answer = his.post(url("yes", date_night.pk), sent, follow=True)
    assert "This has changed in the meantime" in answer.content.decode()
    assert "skydiving" in answer.content.decode()
    assert not DateNight.objects.get().stands


def test_today_says_of_a_surprise_what_it_always_says(alice: User, bob: User, signed_in: SignIn) -> None:
    write(bob, NOW - A_DAY)
    signed_in(alice).post(PLAN, planned(title="planted", **SURPRISE))
    body = page(signed_in(bob), "/today/")
    for said in ("Alice asks: A surprise", "Out", "22:30", "Mid-priced", "Anything", "Nothing to arrange"):
        assert said in body
    assert "planted" not in body


def test_tell_me_first_can_be_said_after_the_yes(alice: User, bob: User, signed_in: SignIn) -> None:
    signed_in(alice).post(PLAN, planned(title="planted", **SURPRISE))
    date_night = DateNight.objects.get()
    accept(bob, date_night.pk, to=AT, now=NOW)
    his = signed_in(bob)
    for path in (DATES, url("date", date_night.pk)):
        assert "Tell me first" in page(his, path)
    his.post(url("tell_me_first", date_night.pk))
    assert "You said you’d rather be told first" in page(his, url("date", date_night.pk))
    assert "Say what the surprise is" in page(signed_in(alice), url("date", date_night.pk))


def test_what_is_over_isnt_the_next(
    alice: User, bob: User, signed_in: SignIn, clock: time_machine.Traveller
) -> None:
    """Though somebody asked for another time of it, and nobody answered."""
    for user in (alice, bob):
        write(user, NOW + 8 * A_DAY)
    date_night, then = (
        agreed(alice, bob, "over", at=AT, now=NOW),
        agreed(alice, bob, "the next", at=AT + 4 * A_DAY, now=NOW),
    )
    proposing.suggest(by=seat(alice), date_id=date_night.pk, to=AT + 6 * A_DAY, now=AT - A_DAY)
    clock.move_to(AT + 2 * A_DAY)
    for user in (alice, bob):
        body = page(signed_in(user), "/today/")
        assert f'<a href="{url("date", then.pk)}">the next</a>' in body
        assert "Did it happen?" in page(signed_in(user), url("date", date_night.pk))
        assert "in the middle of it" not in page(signed_in(user), url("date", date_night.pk))


def test_we_did_it_tells_nobody_when(
    alice: User, bob: User, signed_in: SignIn, clock: time_machine.Traveller
) -> None:
    wish = wishing.wish(by=seat(alice), words=wishing.WishWords("the ferry"), now=NOW)
    token = feeds.make_address(by=seat(alice))
    clock.move_to(NOW.replace(hour=23, minute=47, second=13))
    signed_in(bob).post(url("fulfil", wish.pk))
    hers = signed_in(alice)
    date_night = DateNight.objects.get()
    for path in (url("date", date_night.pk), "/memories/", DATES):
        assert "the ferry" in page(hers, path)
        assert "23:47" not in page(hers, path)
        assert "12:00" not in page(hers, path)
    assert b"VEVENT" not in hers.get(url("feed", token)).content


def test_a_year_later_nobody_is_reminded_of_somebody_else(
    alice: User, bob: User, signed_in: SignIn, clock: time_machine.Traveller
) -> None:
    happened(alice, bob, "planted soup", at=AT)
    clock.move_to(AT + 30 * A_DAY)
    parting.part(by=alice, now=AT + 30 * A_DAY)
    clock.move_to(AT + 365 * A_DAY)
    hers = signed_in(alice)
    for path in ("/memories/", "/today/", DATES):
        assert "planted" not in page(hers, path)
    assert "planted soup" in page(hers, "/memories/before/")


def test_a_wish_that_is_lived_while_it_is_changed_loses_no_word(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    wish = wishing.wish(by=seat(alice), words=wishing.WishWords("the ferry"), now=NOW)
    hers = signed_in(alice)
    signed_in(bob).post(url("fulfil", wish.pk))
    page(hers, url("wish", wish.pk), status=404)
    answer = hers.post(url("wish", wish.pk), {"title": "the slow ferry"})
    assert (answer.status_code, "the slow ferry" in answer.content.decode()) == (422, True)
    assert "on the list any more" in html.unescape(answer.content.decode())


def test_the_talk_doesnt_say_that_both_want_what_one_doesnt(alice: User, bob: User) -> None:
    wish = wishing.wish(by=seat(alice), words=wishing.WishWords("ramen"), now=NOW)
    wishing.want(by=seat(bob), wish_id=wish.pk, now=NOW)
    assert wishing.of(seat(alice), {wish.pk})[wish.pk].matched
    wishing.unwant(by=seat(bob), wish_id=wish.pk)
    assert not wishing.of(seat(alice), {wish.pk})[wish.pk].matched


def test_mails_to_oneself_are_few_in_a_row(alice: User, bob: User, signed_in: SignIn) -> None:
    date_night = agreed(alice, bob, at=AT, now=NOW)
    hers = signed_in(alice)
    for _ in range(12):
        answer = hers.post(url("mail", date_night.pk), follow=True)
    assert "That was a few in a row" in answer.content.decode()
    assert Reminder.objects.filter(kind="date_file").count() <= 10


def test_planned_alone_the_other_is_asked_along(db: None, signed_in: SignIn) -> None:
    one, other = person("One"), person("Other")
    asked(one, "an hour by the river", at=AT, now=NOW - 31 * A_DAY)
    pair(one, other)
    client = signed_in(one)
    body = page(client, "/wishes/before/")
    assert "an hour by the river" in body
    found = re.search(r'action="(/dates/[\w-]+/bring/)"', body)
    assert found
    answer = client.post(found[1])
    assert "You asked" in page(client, answer["Location"])
    assert "an hour by the river" in page(signed_in(other), DATES)


def test_a_surprise_isnt_moved_into_the_night(alice: User, bob: User, signed_in: SignIn) -> None:
    date_night = asked(alice, at=AT, now=NOW, surprise=True, where="out", minutes=300)
    answer = signed_in(bob).post(url("another_time", date_night.pk), {"day": "2026-11-28", "at": "23:59"})
    assert "never overnight" in answer.content.decode()


def test_postpone_called_off_and_taken_back(alice: User, bob: User, signed_in: SignIn) -> None:
    hers, his = signed_in(alice), signed_in(bob)
    date_night = agreed(alice, bob, at=AT, now=NOW)
    his.post(url("postpone", date_night.pk), {"stood": AT.isoformat()})
    assert "Find another time" in page(hers, DATES)
    hers.post(url("call_off", date_night.pk))
    page(his, url("date", date_night.pk), status=404)
    other = asked(alice, "bread", at=AT, now=NOW)
    for name in ("call_off", "withdraw"):
        his.post(url(name, other.pk))  # not his to take back
    assert "You asked" in page(hers, url("date", other.pk))
    assert hers.post(url("withdraw", other.pk))["Location"] == DATES
    stands = agreed(alice, bob, "fish", at=AT, now=NOW)
    hers.post(url("another_time", stands.pk), {"day": "2026-11-29", "at": "20:00"})
    assert "Take back my request" in page(hers, url("date", stands.pk))
    hers.post(url("withdraw", stands.pk))
    assert "suggests another time" not in page(his, url("date", stands.pk)) + page(his, "/today/")


def test_it_was_so_then_a_line_each(
    alice: User, bob: User, signed_in: SignIn, clock: time_machine.Traveller
) -> None:
    date_night = agreed(alice, bob, at=AT, now=NOW)
    his, hers = signed_in(bob), signed_in(alice)
    assert "It happened" not in page(his, url("date", date_night.pk))
    clock.move_to(AT + timedelta(hours=4))
    write(bob, NOW + 8 * A_DAY)
    his, hers = signed_in(bob), signed_in(alice)
    assert "Did it happen?" in page(his, "/today/")
    his.post(url("happened", date_night.pk))
    his.post(url("leave_line", date_night.pk), {"text": "planted rain"})
    hers.post(url("leave_line", date_night.pk), {"text": "planted music"})
    for client in (his, hers):
        for path in (url("date", date_night.pk), "/memories/", DATES):
            assert "planted rain" in page(client, path)
            assert "planted music" in page(client, path)


@pytest.mark.parametrize(("typed", "sentence"), [("", "it does need one"), ("x" * 501, "over the 500")])
def test_a_line_that_cant_be_left_comes_back(
    alice: User, bob: User, signed_in: SignIn, typed: str, sentence: str
) -> None:
    date_night = happened(alice, bob, at=NOW - A_DAY)
    answer = signed_in(bob).post(url("leave_line", date_night.pk), {"text": typed})
    assert answer.status_code == 422
    assert sentence in html.unescape(answer.content.decode())
    assert typed in answer.content.decode()


def test_a_second_line_comes_back_and_the_first_can_be_taken_back(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    date_night = happened(alice, bob, at=NOW - A_DAY)
    hers, his = signed_in(alice), signed_in(bob)
    hers.post(url("leave_line", date_night.pk), {"text": "planted first"})
    answer = hers.post(url("leave_line", date_night.pk), {"text": "planted second"})
    assert answer.status_code == 422
    assert "planted second" in answer.content.decode()
    line = Memory.objects.get()
    page(his, url("line_take_back", line.pk), status=404)
    assert his.post(url("line_take_back", line.pk)).status_code == 404
    assert "planted first" in page(hers, url("line_take_back", line.pk))
    for _ in range(2):
        hers.post(url("line_take_back", line.pk))
    assert "planted" not in page(his, url("date", date_night.pk)) + page(his, "/memories/")
    assert "Taken back" in page(his, url("date", date_night.pk))
    hers.post(url("leave_line", date_night.pk), {"text": "planted second"})
    assert "planted second" in page(his, "/memories/")


def test_this_time_last_year(
    alice: User, bob: User, signed_in: SignIn, clock: time_machine.Traveller
) -> None:
    date_night = happened(alice, bob, "planted soup", at=AT)
    remembering.leave_line(by=seat(bob), date_id=date_night.pk, text="planted line", now=AT + A_DAY)
    cases = (
        (364, False, True),
        (365, True, True),
        (366, False, True),  # on Today once, not three evenings running
        (368, False, True),
        (380, False, False),
    )
    for ago, today, memories in cases:
        clock.move_to(AT + timedelta(days=ago))
        client = signed_in(alice)
        write(alice, AT + timedelta(days=ago - 1))
        assert ("planted soup" in page(client, "/today/")) == today, ago
        assert ("This time last year" in page(client, "/memories/")) == memories, ago


def test_change_the_plan(alice: User, bob: User, signed_in: SignIn) -> None:
    date_night = agreed(alice, bob, at=AT, now=NOW)
    hers, his = signed_in(alice), signed_in(bob)
    assert his.get(url("change", date_night.pk)).status_code == 404
    answer = hers.post(url("change", date_night.pk), {"title": "", "plan": "kept words"})
    assert answer.status_code == 422
    assert "kept words" in answer.content.decode()
    sent = {"title": "bread", "plan": "the corner table", "where": "out"} | stood_on(hers, date_night)
    hers.post(url("change", date_night.pk), sent)
    body = page(his, url("date", date_night.pk))
    assert "bread" in body
    assert "Before: soup" in body
    assert "the corner table" in body


def test_a_plan_is_changed_twenty_times_and_no_more(alice: User, bob: User, signed_in: SignIn) -> None:
    date_night = agreed(alice, bob, at=AT, now=NOW)
    for number in range(CHANGES):
        change(alice, date_night.pk, f"soup {number}")
    client = signed_in(alice)
    sent = {"title": "once more", "plan": "", "where": "out"} | stood_on(client, date_night)
    answer = client.post(url("change", date_night.pk), sent)
    assert answer.status_code == 422
    said = "This line was changed twenty times already: it stays as it is. Say the rest aloud."
    body = answer.content.decode()
    assert said in body[body.index('id="error_id_title"') :].partition("</strong>")[0]
    assert "once more" in answer.content.decode()
    assert len(DateNight.objects.select_related("couple__key").get().revisions["title"]) == CHANGES


def stood_on(client: Client, date_night: DateNight) -> dict[str, str]:
    """What the form for changing a date sends along."""
    found = re.search(r'name="stood" value="(\w+)"', page(client, url("change", date_night.pk)))
    assert found
    return {"stood": found[1]}


def test_changed_by_both_the_later_window_is_shown_what_stands(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    date_night = agreed(alice, bob, at=AT, now=NOW, together=True)
    hers, his = signed_in(alice), signed_in(bob)
    stood = stood_on(hers, date_night)
    his.post(url("change", date_night.pk), {"title": "soup", "plan": "his plan"} | stood_on(his, date_night))
    answer = hers.post(url("change", date_night.pk), {"title": "soup", "plan": "her plan"} | stood)
    body = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "his plan" in body
    assert "her plan" in body
    again = re.search(r'name="stood" value="(\w+)"', body)
    assert again
    hers.post(url("change", date_night.pk), {"title": "soup", "plan": "her plan", "stood": again[1]})
    shown = page(his, url("date", date_night.pk))
    assert "her plan" in shown
    assert "his plan" in shown  # beside it, as what stood there before


def test_changed_as_it_is_called_off_no_word_is_lost(alice: User, bob: User, signed_in: SignIn) -> None:
    date_night = agreed(alice, bob, at=AT, now=NOW)
    hers = signed_in(alice)
    stood = stood_on(hers, date_night)
    signed_in(bob).post(url("call_off", date_night.pk))
    answer = hers.post(url("change", date_night.pk), {"title": "bread", "plan": "her plan"} | stood)
    assert answer.status_code == 404
    assert "her plan" in answer.content.decode()
    assert "isn’t planned any more" in answer.content.decode()


# --- the rhythm --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("hour", "first"), [(18, "Friday 20 November"), (21, "Friday 27 November")])
def test_the_first_evening_of_a_rhythm_is_still_to_come(
    alice: User, bob: User, signed_in: SignIn, clock: time_machine.Traveller, hour: int, first: str
) -> None:
    clock.move_to(datetime(2026, 11, 20, hour, 0, tzinfo=UTC))
    signed_in(alice).post("/dates/rhythm/", {"every": "TWO_WEEKS", "weekday": "4", "at": "19:30"})
    assert first in page(signed_in(bob), "/dates/rhythm/")


def test_a_day_of_the_rhythm_has_its_hour_on_the_readers_clock(
    alice: User, bob: User, signed_in: SignIn
) -> None:
    """Half past seven in London is half past two in New York, and a day without a slot has the usual hour."""
    User.objects.filter(pk=bob.pk).update(zone="America/New_York")
    in_rhythm(alice, bob, Recurrence(Every.TWO_WEEKS, AT.date(), AT.time(), "Europe/London"), now=NOW)
    client = signed_in(bob)
    for day, moment in (("2026-11-27", "2026-11-27 19:30"), ("2026-11-28", "2026-11-29 00:30")):
        found = re.search(r'name="when"\s+value="([^"]+)"\s+checked', page(client, f"{PLAN}?day={day}"))
        assert found
        at = datetime.fromisoformat(found[1]).astimezone(UTC)
        assert f"{at:%Y-%m-%d %H:%M}" == moment


def test_a_rhythm_is_suggested_agreed_on_and_ended(alice: User, bob: User, signed_in: SignIn) -> None:
    hers, his = signed_in(alice), signed_in(bob)
    hers.post("/dates/rhythm/", {"every": "TWO_WEEKS", "weekday": "4", "at": "20:30"})
    assert "You suggested: Every two weeks" in page(hers, "/dates/rhythm/")
    body = page(his, "/dates/rhythm/")
    yes = re.search(r'action="(/asks/[^"]+/yes/)"', body)
    assert yes
    assert "Europe/London" not in body  # nor the other's hour
    write(bob, NOW - A_DAY)
    for path in (DATES, "/today/"):
        assert "suggests how often to have dates" in page(his, path)
    assert his.post("/asks/something-else/yes/").status_code == 404
    assert not DateRhythm.objects.exists()
    assert his.post(yes[1])["Location"] == "/dates/rhythm/"
    found = DateRhythm.objects.get()
    assert (found.rule, found.zone) == ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "Europe/London")
    his.post("/dates/rhythm/turns/", {"turns": "on"})
    assert "Your turn" in page(his, DATES)
    assert "Bob’s turn" in page(hers, DATES)
    hers.post("/dates/rhythm/end/")
    assert not DateRhythm.objects.current().exists()


def test_a_rhythm_declined_fades_like_one_unseen(
    alice: User, bob: User, signed_in: SignIn, clock: time_machine.Traveller
) -> None:
    hers, his = signed_in(alice), signed_in(bob)
    hers.post("/dates/rhythm/", {"every": "WEEK", "weekday": "4", "at": "20:30"})
    his.post(f"/asks/{rhythm_asked(alice)}/not-now/")
    assert "You suggested" in page(hers, "/dates/rhythm/")
    clock.move_to(NOW + ASK_LIFE)
    hers = signed_in(alice)
    assert "A suggestion has faded" in page(hers, "/dates/rhythm/")
    answer = hers.post("/dates/rhythm/", {"every": "MONTH", "weekday": "4", "at": "20:30"})
    assert (answer.status_code, "thirty days after" in answer.content.decode()) == (422, True)


def rhythm_asked(user: User) -> str:
    ask = asking.asked(seat(user), rhythm.KIND, now=NOW)
    assert ask is not None
    return ask.token


@pytest.mark.parametrize("typed", [{"every": "x"}, {"weekday": "9"}, {"at": "late"}])
def test_a_rhythm_that_makes_no_sense(
    alice: User, bob: User, signed_in: SignIn, typed: dict[str, str]
) -> None:
    sent = {"every": "WEEK", "weekday": "4", "at": "20:30"} | typed
    assert signed_in(alice).post("/dates/rhythm/", sent).status_code == 422


# --- wishes ------------------------------------------------------------------------------------------------


def test_from_a_wish_to_an_ask_in_one_step(alice: User, bob: User, signed_in: SignIn) -> None:
    write(alice, NOW - A_DAY)
    hers, his = signed_in(alice), signed_in(bob)
    hers.post(WISHES, {"title": "the ferry", "where": "out", "both_new": "on"})
    wish = Wish.objects.get()
    assert "Ask for" not in page(his, WISHES)
    his.post(url("me_too", wish.pk))
    body = page(his, WISHES)
    assert "You both want this" in body
    when = re.search(r'name="when"\s+value="([^"]+)"', body)
    assert when
    his.post(url("ask", wish.pk), {"when": when[1]})
    assert "Bob asks: the ferry" in page(hers, "/today/")
    hers.post(url("yes", DateNight.objects.get().pk), answer_on(page(hers, "/today/")))
    for taken in ("nonsense", when[1]):
        answer = his.post(url("ask", wish.pk), {"when": taken}, follow=True)
        assert "There is something on at that time already" in html.unescape(answer.content.decode())
    assert DateNight.objects.count() == 1


@pytest.mark.parametrize(("title", "sentence"), [("", "it does need one"), ("x" * 201, "over the 200")])
def test_a_wish_that_cant_be_comes_back(alice: User, signed_in: SignIn, title: str, sentence: str) -> None:
    answer = signed_in(alice).post(WISHES, {"title": title, "cost": "low"})
    assert answer.status_code == 422
    body = html.unescape(answer.content.decode())
    assert sentence in body
    assert title in body
    assert re.search(r'<option\s+value="low"\s+selected\s*>', body)


def test_a_wish_is_changed_taken_back_and_lived(alice: User, bob: User, signed_in: SignIn) -> None:
    hers, his = signed_in(alice), signed_in(bob)
    hers.post(WISHES, {"title": "planted ferry"})
    wish = Wish.objects.get()
    for name in ("wish", "wish_take_back"):
        assert his.get(url(name, wish.pk)).status_code == 404
        assert his.post(url(name, wish.pk), {"title": "his"}).status_code == 404
    hers.post(url("wish", wish.pk), {"title": "planted slow ferry"})
    assert "Before: planted ferry" in page(his, WISHES)
    assert "planted slow ferry" in page(hers, url("wish_take_back", wish.pk))
    hers.post(url("wish_take_back", wish.pk))
    assert "planted" not in page(his, WISHES)
    assert "A wish was taken back." in page(his, WISHES)
    his.post(WISHES, {"title": "a kite"})
    answer = his.post(url("fulfil", Wish.objects.open().get().pk))
    assert "a kite" in page(hers, answer["Location"])
    assert "a kite" in page(hers, "/memories/")
    assert "a kite" not in page(hers, WISHES)


def test_what_is_looked_for_stays_while_one_turns_the_page(alice: User, signed_in: SignIn) -> None:
    for number in range(wishing.PAGE + 1):
        words = wishing.WishWords(f"wish {number}", where="home" if number else "out")
        wishing.wish(by=seat(alice), words=words, now=NOW)
    client = signed_in(alice)
    first = page(client, WISHES)
    assert first.count('<li class="leaf wish') == wishing.PAGE
    assert "?page=2" in first
    assert page(client, WISHES + "?page=2").count('<li class="leaf wish') == 1
    assert page(client, WISHES + "?where=home&page=1").count('<li class="leaf wish') == wishing.PAGE
    for query in ("?page=x", "?page=-3", "?page=9999999999", "?where=moon", "?new=on&effort=nonsense"):
        page(client, WISHES + query)


def test_the_whole_list_is_on_one_page_to_print(
    alice: User, bob: User, signed_in: SignIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """What is printed of the list itself ends at nine: a page that says so leads there."""
    whole = reverse("adventures:whole_list")
    hers = signed_in(alice)
    assert "Nothing on the list yet" in page(hers, whole)
    for number in range(wishing.PAGE):
        wishing.wish(by=seat(bob), words=wishing.WishWords(f"wish {number}."), now=NOW)
    assert whole not in page(hers, WISHES)
    for number in range(wishing.PAGE, 30):
        words = wishing.WishWords(f"wish {number}.", where="home", cost="low", effort="little", both_new=True)
        wishing.wish(by=seat(alice), words=words, now=NOW)
    wishing.want(
        by=seat(alice), wish_id=next(one.pk for one in Wish.objects.open() if one.title == "wish 4."), now=NOW
    )
    for path in (WISHES, WISHES + "?page=2", WISHES + "?page=2&where=home"):
        body = page(hers, path)
        assert f'href="{whole}"' in body
        assert "This is a part of the list." in body
    with django_assert_num_queries(3):  # session, person and seats, the list
        body = page(hers, whole)
    found = re.findall(r"<h2[^>]*>(wish \d+\.)</h2>", body)
    assert found[0] == "wish 4."  # both want it
    assert set(found) == {f"wish {number}." for number in range(30)}
    assert body.count("You both want this") == 1
    assert body.count("Bob’s wish") == wishing.PAGE - 1
    assert "<form" not in body.partition("<main")[2].partition("</main")[0]


def test_the_box_for_a_wish_stands_before_the_list(alice: User, bob: User, signed_in: SignIn) -> None:
    wishing.wish(by=seat(bob), words=wishing.WishWords("the ferry"), now=NOW)
    client = signed_in(alice)
    body = page(client, WISHES)
    assert body.index('name="title"') < body.index("the ferry")
    refused = html.unescape(client.post(WISHES, {"title": "", "effort": "little"}).content.decode())
    assert "it does need one" in refused
    assert re.search(r'<details class="shut more-said" open>', refused)  # what was chosen is seen again


def test_twenty_ideas_at_a_time(alice: User, bob: User, signed_in: SignIn) -> None:
    client = signed_in(alice)
    first, second = (page(client, f"/wishes/ideas/?page={number}") for number in (1, 2))
    assert (first.count('<li class="idea"'), second.count('<li class="idea"')) == (20, 20)
    assert first.index("Filter") < first.index('<li class="idea"') < first.index("Show more ideas")
    key = list(ideas.every())[20]
    answer = client.post(f"{url('add_idea', key)}?page=2&where=home")
    assert answer["Location"] == "/wishes/ideas/?page=2&where=home"  # where it was tapped
    body = page(client, "/wishes/ideas/?page=2")
    assert body.count("On your list") == 1
    assert url("add_idea", key) not in body


def test_ideas(alice: User, bob: User, signed_in: SignIn) -> None:
    client = signed_in(alice)
    key, idea = next(iter(ideas.every().items()))
    assert idea.title in page(client, "/wishes/ideas/")
    for _ in range(2):
        client.post(url("add_idea", key))
    assert Wish.objects.count() == 1
    assert "On your list" in page(client, "/wishes/ideas/")
    found = page(client, "/wishes/ideas/?where=away&cost=much")
    assert idea.title not in found
    assert client.post(url("add_idea", "nonsense")).status_code == 404
    assert "None of them" in page(client, "/wishes/ideas/?where=away&apart=on")


def test_earlier_lists(alice: User, bob: User, signed_in: SignIn) -> None:
    wishing.wish(by=seat(bob), words=wishing.WishWords("planted ferry"), now=NOW)
    parting.part(by=alice, now=NOW)
    hers = signed_in(alice)
    assert "planted ferry" in page(hers, "/wishes/before/")
    hers.post(url("bring", Wish.objects.get().pk))
    assert "planted ferry" in page(hers, WISHES)
    assert "planted" not in page(signed_in(bob), WISHES)


# --- days to remember --------------------------------------------------------------------------------------


def test_days_to_remember(alice: User, bob: User, signed_in: SignIn) -> None:
    hers, his = signed_in(alice), signed_in(bob)
    sent = {"what": "birthday", "name": "planted aunt", "day": "24", "month": "11", "ahead": "3"}
    for typed, sentence in (
        ({"name": ""}, "it does need one"),
        ({"day": "31"}, "That month has fewer days"),
        ({"month": "13"}, "valid choice"),
        ({"ahead": "5"}, "valid choice"),
    ):
        answer = hers.post("/dates/days/", sent | typed)
        assert (answer.status_code, sentence in html.unescape(answer.content.decode())) == (422, True)
    hers.post("/dates/days/", sent)
    one = Occasion.objects.get()
    for client in (hers, his):
        assert "planted aunt" in page(client, "/dates/days/")
        assert "planted aunt" in page(client, DATES)
    assert his.get(url("occasion", one.pk)).status_code == 404
    his.post(url("occasion_remove", one.pk))
    hers.post(url("occasion", one.pk), sent | {"name": "planted uncle"})
    assert "planted uncle" in page(his, "/dates/days/")
    hers.post(url("occasion_remove", one.pk))
    assert not Occasion.objects.exists()


# --- alone, and how much it asks ---------------------------------------------------------------------------


def test_alone_it_all_works(dana: User, signed_in: SignIn, clock: time_machine.Traveller) -> None:
    client = signed_in(dana)
    client.post(WISHES, {"title": "a kite"})
    client.post(PLAN, planned(title="an hour by the river"))
    date_night = DateNight.objects.get()
    assert date_night.stands
    for path in (
        DATES,
        PLAN,
        WISHES,
        "/dates/rhythm/",
        "/dates/days/",
        "/memories/",
        url("date", date_night.pk),
    ):
        assert page(client, path)
    client.post("/dates/rhythm/", {"every": "WEEK", "weekday": "5", "at": "11:00"})
    assert DateRhythm.objects.current().count() == 1
    client.post(url("another_time", date_night.pk), {"day": "2026-11-28", "at": "11:00", "anyway": "on"})
    assert "28 November" in page(client, url("date", date_night.pk))
    clock.move_to(AT + 3 * A_DAY)
    client = signed_in(dana)
    client.post(url("happened", date_night.pk))
    client.post(url("leave_line", date_night.pk), {"text": "planted herons"})
    assert "planted herons" in page(client, "/memories/")


def much(alice: User, bob: User, number: int) -> None:
    """So many of everything a page may show."""
    for n in range(number):
        wish = wishing.wish(by=seat(alice), words=wishing.WishWords(f"wish {n}"), now=NOW)
        wishing.want(by=seat(bob), wish_id=wish.pk, now=NOW)
        date_night = happened(alice, bob, f"was {n}", at=NOW - timedelta(days=n + 2))
        for user in (alice, bob):
            remembering.leave_line(by=seat(user), date_id=date_night.pk, text="x", now=NOW)
        agreed(alice, bob, f"will {n}", at=AT + timedelta(hours=n), now=NOW)
        asked(bob, f"may {n}", at=AT + timedelta(hours=n), now=NOW)
        occasions.add(
            by=seat(alice), words=occasions.OccasionWords("other", f"day {n}", 11, 1 + n % 28), now=NOW
        )


@pytest.mark.parametrize("number", [1, 3, 15 if EVERY_PAGE else 6])
def test_the_pages_ask_as_little_of_much_as_of_little(
    alice: User, bob: User, signed_in: SignIn, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    agree_on_talks(alice, bob, now=NOW - A_DAY)
    in_rhythm(alice, bob, Recurrence(Every.TWO_WEEKS, AT.date(), AT.time(), "UTC"), now=NOW - A_DAY)
    much(alice, bob, number)
    client = signed_in(alice)
    page(client, DATES)
    was = DateNight.objects.happened().first()
    assert was is not None
    wish = Wish.objects.open().order_by("added_at", "pk")[0]
    for path, queries in {
        DATES: 4,
        PLAN: 6,
        f"{PLAN}?wish={wish.pk}": 6,
        f"{PLAN}?idea={next(iter(ideas.every()))}": 6,
        WISHES: 7,
        "/wishes/ideas/": 3,
        "/wishes/before/": 5,
        "/dates/days/before/": 3,
        "/memories/before/": 3,
        "/memories/": 5,
        "/dates/days/": 3,
        "/dates/rhythm/": 4,
        "/settings/calendar/": 4,
        url("date", was.pk): 4,
    }.items():
        with django_assert_num_queries(queries):
            page(client, path)


def test_nothing_is_shown_twice_or_to_the_wrong_one(
    alice: User, bob: User, charlie: User, erin: User, dana: User, signed_in: SignIn
) -> None:
    much(alice, bob, 3)
    for user in (charlie, erin, dana):
        client = signed_in(user)
        for path in (DATES, WISHES, "/memories/", "/dates/days/", "/wishes/before/", "/today/"):
            body = page(client, path)
            assert not re.search(r"\b(wish|was|will|may|day) \d\b", body), path
    assert reading.timeline(seat(erin), now=NOW) == ([], False)


def test_memories_turn_pages(alice: User, bob: User, signed_in: SignIn) -> None:
    for n in range(reading.PAGE + 2):
        happened(alice, bob, f"planted {n}", at=NOW - timedelta(days=n + 1))
    client = signed_in(bob)
    first, second = page(client, "/memories/"), page(client, "/memories/?page=2")
    assert (first.count("planted"), second.count("planted")) == (reading.PAGE, 2)
    assert DateNight.objects.count() == reading.PAGE + 2
    for query in ("?page=x", "?page=0", "?page=99999999999"):
        page(client, "/memories/" + query)
