"""Cost of a morning of talks: agendas for ten thousand couples, beside one statement and beside a loop."""

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bench import crowd
from bench.figures import Figure, median_ratio, size
from bench.site import NOW

if TYPE_CHECKING:
    from agendas.models import Agenda

COUPLES, DAYS, SAMPLE = size(10_000, toy=60), size(30, toy=8), size(200, toy=60)
ROUNDS = size(5, toy=1)


def agendas() -> Iterator[Figure]:
    """Couples laid out a second ÷ by one raw INSERT … SELECT of the same lines; and ÷ by a loop over couples."""
    _seed()
    ours: list[float] = []
    raw: list[float] = []
    loop: list[float] = []
    for number in range(ROUNDS + 1):  # the first warms the caches
        ways = [(ours, _ours), (raw, _raw)]
        if number % 2:  # in turn, so that neither always finds the caches warm
            ways.reverse()
        made = []
        for spent, way in ways:
            spent.append(_timed(way) / COUPLES)
            made.append(_lines())
        assert made[0] == made[1], f"not the same lines in the same order: {made}"
        loop.append(_timed(_loop) / SAMPLE)
        assert abs(_lines()[0] / SAMPLE - made[0][0] / COUPLES) < 1, "the loop does other work"
    yield _figure("agendas", ("one statement", raw[1:]), ours[1:], 0.35)
    yield _figure("agendas-loop", ("a loop over couples", loop[1:]), ours[1:], 25)


def _figure(name: str, theirs: tuple[str, list[float]], ours: list[float], goal: float) -> Figure:
    """Of seconds a couple."""
    way, spent = theirs
    return median_ratio(
        name,
        ">=",
        goal,
        over=(f"seconds a couple by {way}", spent),
        under=("seconds a couple by Nearer", ours),
        said=f"{1 / statistics.median(ours):.0f} and {1 / statistics.median(spent):.0f} couples a second",
    )


def _timed(way: Callable[[], None]) -> float:
    """Seconds `way` takes on a morning on which every talk is due and none has a line."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE agendas_agendaitem")
        cursor.execute(
            "UPDATE agendas_agenda SET laid_out_at = NULL, due_at = %s WHERE closed_at IS NULL", [NOW]
        )
        cursor.execute("VACUUM ANALYZE agendas_agenda, agendas_agendaitem")
    began = time.perf_counter()
    way()
    return time.perf_counter() - began


def _lines() -> tuple[int, int]:
    """How many lines there are, and a sum that tells which ones, in which order a talk shows them."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*), sum(hashtext(concat_ws(' ', agenda_id, part, kind, source, author_id, place)))
               FROM (SELECT *, row_number() OVER (PARTITION BY agenda_id ORDER BY part, added_at, rank, id) place
                     FROM agendas_agendaitem)"""
        )
        count, told = cursor.fetchone()
    assert count > 0, "no lines at all"
    return count, told


# --- Three ways -----------------------------------------------------------------------------------


def _ours() -> None:
    from agendas import building

    assert building.build_due(now=NOW) == COUPLES


def _raw() -> None:
    """As a database expert would write it who knows that nothing is there yet: everybody's lines in one statement."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(RAW, {"now": NOW})


RAW = """
    WITH due AS (
        SELECT id, couple_id, since_on FROM agendas_agenda WHERE due_at <= %(now)s
    ), thanks AS (
        SELECT due.id agenda, s.id, s.author_id, s.goes_out_at,
               row_number() OVER (PARTITION BY due.id, s.author_id ORDER BY s.goes_out_at DESC, s.id) place
        FROM due JOIN checkins_appreciation s USING (couple_id)
        WHERE s.taken_back_at IS NULL AND s.goes_out_at::date >= since_on
    ), wins AS (
        SELECT due.id agenda, s.id, s.author_id, s.goes_out_at,
               row_number() OVER (PARTITION BY due.id, s.author_id ORDER BY s.goes_out_at DESC, s.id) place
        FROM due JOIN checkins_smallwin s USING (couple_id)
        WHERE s.taken_back_at IS NULL AND s.goes_out_at::date >= since_on
    ), pages AS MATERIALIZED (
        SELECT due.id agenda, p.id, p.author_id, p.day, length(p.rose) > 29 rose, length(p.bud) > 29 bud
        FROM due JOIN checkins_checkin p USING (couple_id)
        WHERE p.day >= since_on AND p.shared_at IS NOT NULL AND p.taken_back_at IS NULL
          AND (p.open_at IS NOT NULL OR EXISTS (
            SELECT FROM checkins_checkin o WHERE o.couple_id = p.couple_id AND o.day = p.day
               AND o.author_id <> p.author_id AND o.shared_at IS NOT NULL))
    ), roses AS (
        SELECT agenda, id, author_id, day,
               row_number() OVER (PARTITION BY agenda, author_id ORDER BY day DESC, id) place
        FROM pages WHERE rose
    ), buds AS (
        SELECT agenda, id, author_id, day,
               row_number() OVER (PARTITION BY agenda, author_id ORDER BY day DESC, id) place
        FROM pages WHERE bud
    ), lines AS (
        SELECT agenda, 1 part, 0 kind, 'thanks' name, id, author_id, goes_out_at AS at FROM thanks WHERE place <= 5
        UNION ALL
        SELECT agenda, 1, 1, 'rose', roses.id, author_id, day FROM roses
        LEFT JOIN (SELECT agenda, author_id, count(*) n FROM thanks GROUP BY 1, 2) there USING (agenda, author_id)
        WHERE place <= 5 - coalesce(least(n, 5), 0)
        UNION ALL
        SELECT agenda, 2, 2, 'win', id, author_id, goes_out_at FROM wins WHERE place <= 5
        UNION ALL
        SELECT agenda, 6, 3, 'bud', id, author_id, day FROM buds WHERE place <= 5
        UNION ALL
        SELECT due.id, 3, 4, 'topic', t.id, author_id, '-infinity' FROM due JOIN agendas_topic t USING (couple_id)
        WHERE wanted_at IS NOT NULL AND talked_at IS NULL
        UNION ALL
        SELECT due.id, 4, 5, 'goal', g.id, NULL, '-infinity' FROM due JOIN agendas_goal g USING (couple_id)
        WHERE ended_at IS NULL
    )
    INSERT INTO agendas_agendaitem (id, agenda_id, part, kind, source, author_id, added_at, rank)
    SELECT gen_random_uuid(), agenda, part, name, id, author_id, %(now)s,
           row_number() OVER (PARTITION BY agenda ORDER BY kind, at DESC, id)
    FROM lines"""


def _loop() -> None:
    """A couple at a time: its rows read by the ORM, a line at a time saved."""
    from django.db import transaction

    from agendas.models import Agenda

    for agenda in Agenda.objects.due(NOW)[:SAMPLE]:
        with transaction.atomic():
            _loop_one(agenda)


def _loop_one(agenda: "Agenda") -> None:
    from agendas.models import Goal, Topic
    from checkins.models import Appreciation, CheckIn, SmallWin

    couple = agenda.couple
    for partner in couple.partners.all():
        said: dict[str, Any] = {"author": partner.user_id, "couple": couple, "taken_back_at": None}
        said["goes_out_at__date__gte"] = agenda.since_on
        thanks = Appreciation.objects.filter(**said).order_by("-goes_out_at", "pk")[:5]
        wins = SmallWin.objects.filter(**said).order_by("-goes_out_at", "pk")[:5]
        pages = CheckIn.objects.revealed().filter(
            author=partner.user_id, couple=couple, day__gte=agenda.since_on
        )
        pages = pages.order_by("-day", "pk")
        room = 5 - _save(agenda, 1, "thanks", thanks)
        _save(agenda, 1, "rose", pages.holding("rose")[:room])
        _save(agenda, 2, "win", wins)
        _save(agenda, 6, "bud", pages.holding("bud")[:5])
        _save(agenda, 3, "topic", Topic.objects.waiting(couple).wanted().filter(author=partner.user_id))
    _save(agenda, 4, "goal", Goal.objects.of(couple).open())
    agenda.laid_out_at, agenda.due_at = NOW, agenda.starts_at - timedelta(minutes=70)
    agenda.save()


def _save(agenda: "Agenda", part: int, kind: str, rows: Any) -> int:
    from agendas.models import AgendaItem

    rank = 0
    for rank, row in enumerate(rows, 1):
        AgendaItem(
            agenda=agenda,
            part=part,
            kind=kind,
            source=row.pk,
            author_id=getattr(row, "author_id", None),
            added_at=NOW,
            rank=rank,
        ).save()
    return rank


# --- Ten thousand couples and a month of theirs ---------------------------------------------------


def _seed() -> None:
    crowd.write([*crowd.TWO_BY_TWO, crowd.EVENINGS, *SEED], couples=COUPLES, days=DAYS, now=NOW)


SEED = [
    """INSERT INTO checkins_appreciation (id, author_id, couple_id, text, trait, written_at, goes_out_at)
       SELECT gen_random_uuid(), PERSON, COUPLE, WORDS, BLANK, said_at, said_at
       FROM THE_PEOPLE, LATERAL (SELECT %(now)s - (1 + (n + seat) %% 6) * interval '1 day' said_at)""",
    """INSERT INTO checkins_smallwin (id, author_id, couple_id, text, written_at, goes_out_at)
       SELECT gen_random_uuid(), PERSON, COUPLE, WORDS, said_at, said_at
       FROM THE_PEOPLE, LATERAL (SELECT %(now)s - (1 + (n + seat) %% 6) * interval '1 day' said_at)""",
    """INSERT INTO agendas_topic (id, author_id, couple_id, about, feel, need, parked_at, wanted_at)
       SELECT gen_random_uuid(), PERSON, COUPLE, WORDS, WORDS, WORDS, %(now)s, %(now)s
       FROM THE_COUPLES, LATERAL (SELECT 1 + n / 2 %% 2 seat) WHERE n %% 2 = 0""",
    """INSERT INTO agendas_goal (id, couple_id, name, unit, target, total, added_at, changed_at)
       SELECT gen_random_uuid(), COUPLE, WORDS, BLANK, BLANK, BLANK, %(now)s, %(now)s FROM THE_COUPLES
       WHERE n %% 3 = 0""",
    # A talk that was held long ago, and the one that is laid out: in a first one nothing would be weighed.
    """INSERT INTO agendas_agenda (id, couple_id, slot, starts_at, zone, minutes, since_on, laid_out_at, begun_at,
                                   closed_at, part, turn)
       SELECT THE_FIRST, COUPLE, %(today)s - 70, began, 'Europe/London', 30, %(today)s - 77, began, began, began, 6, 0
       FROM THE_COUPLES, LATERAL (SELECT %(now)s - interval '70 days' began)""",
    """INSERT INTO agendas_agenda (id, couple_id, slot, starts_at, zone, minutes, since_on, previous_id, due_at, part,
                                   turn)
       SELECT gen_random_uuid(), COUPLE, %(today)s, %(now)s + interval '3 hours', 'Europe/London', 30, %(today)s - 7,
              THE_FIRST, %(now)s, 1, 0
       FROM THE_COUPLES""",
]
