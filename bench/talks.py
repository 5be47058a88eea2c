"""What it costs to lay out agendas for very many couples at a time."""

import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

from bench.figures import Figure
from bench.site import NOW

COUPLES, DAYS, SAMPLE, ROUNDS = 10_000, 30, 100, 3
EMPTY, WORDS = 29, 90  # bytes of a sealed line without words, and with some


def agendas() -> Iterator[Figure]:
    """Couples laid out a second ÷ one raw INSERT … SELECT of the same lines; and ÷ a loop over couples."""
    _lives()
    ours, raw = [], []
    for _ in range(ROUNDS):
        raw.append(_timed(_raw))
        lines = _lines()
        ours.append(_timed(_ours))
        assert _lines() == lines, "not the same lines"
    loop = _timed(_loop) * COUPLES / SAMPLE
    ratios = [one / other for one, other in zip(raw, ours, strict=True)]
    spread = f"{min(ratios):.2f}-{max(ratios):.2f}; {COUPLES / statistics.median(ours):.0f} couples a second"
    yield Figure("agendas", statistics.median(ratios), ">=", 0.2, spread)
    yield Figure("agendas-loop", loop / statistics.median(ours), ">=", 25, f"{COUPLES / loop:.0f} a second")


def _timed(build: Callable[[], None]) -> float:
    """Seconds `build` takes, on agendas without lines."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE agendas_agendaitem")
        cursor.execute("UPDATE agendas_agenda SET laid_out_at = NULL, due_at = %s", [NOW])
        cursor.execute("VACUUM ANALYZE agendas_agenda, agendas_agendaitem")
    began = time.perf_counter()
    build()
    return time.perf_counter() - began


def _lines() -> list[tuple[int, str, int]]:
    """How many lines there are of each kind."""
    from django.db.models import Count

    from agendas.models import AgendaItem

    return list(
        AgendaItem.objects.values_list("part", "kind").annotate(n=Count("pk")).order_by("part", "kind")
    )


def _ours() -> None:
    from agendas import building

    assert building.build_due(now=NOW) == COUPLES


def _raw() -> None:
    """The same lines by somebody who writes SQL and knows the data: one statement for everybody."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(RAW, [NOW])


def _loop() -> None:
    """A couple at a time, a line at a time, as a first version would: the same lines, in a transaction a couple."""
    from django.db import transaction

    from agendas import ahead
    from agendas.models import Action, Agenda, Goal, Topic
    from checkins.models import Appreciation, CheckIn, SmallWin

    for agenda in Agenda.objects.open()[:SAMPLE]:
        with transaction.atomic():
            couple = agenda.couple
            for seat in couple.partners.live():
                left = 5
                for model, kind, part in ((Appreciation, "thanks", 1), (SmallWin, "win", 2)):
                    rows = model.objects.own(seat.user).filter(
                        couple=couple, goes_out_at__date__gte=agenda.since_on
                    )
                    for rank, row in enumerate(rows.order_by("-goes_out_at")[:5]):
                        _save(agenda, part, kind, row, rank)
                        left -= kind == "thanks"
                pages = CheckIn.objects.own(seat.user).filter(couple=couple, day__gte=agenda.since_on)
                for kind, part, room in (("rose", 1, left), ("bud", 6, 5)):
                    for rank, page in enumerate(pages.revealed().holding(kind).order_by("-day")[:room]):
                        _save(agenda, part, kind, page, rank)
                for topic in Topic.objects.own(seat.user).waiting(couple).wanted():
                    _save(agenda, 3, "topic", topic, 0)
            for goal in Goal.objects.of(couple).open():
                _save(agenda, 4, "goal", goal, 0)
            for action in Action.objects.open().filter(agenda=agenda.previous):
                _save(agenda, 4, "action", action, 0)
            agenda.laid_out_at, agenda.due_at = NOW, ahead.lapses_at(agenda)
            agenda.save()


def _save(agenda: Any, part: int, kind: str, row: Any, rank: int) -> None:
    from agendas.models import AgendaItem

    whose = getattr(row, "author_id", None)
    AgendaItem.objects.create(
        agenda=agenda, part=part, kind=kind, source=row.pk, author_id=whose, added_at=NOW, rank=rank
    )


def _lives() -> None:
    """Couples with a month of evenings that both can read, and what else a week brings; nobody behind them."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no person and no key behind the words
        for statement in SEED:
            cursor.execute(
                statement.replace("PERSON", PERSON),
                {"couples": COUPLES, "days": DAYS, "now": NOW, "empty": EMPTY, "words": WORDS},
            )
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("ANALYZE")


# People and couples have ids that are made from a number, so that one statement finds what another made.
PERSON = "md5('person' || 2 * couple + seat)::uuid"
SEED = [
    """INSERT INTO couples_couple (id, key_id, paired, opened_at, evenings)
       SELECT md5('couple' || couple)::uuid, gen_random_uuid(), true, %(now)s - interval '60 days', '0123456'
       FROM generate_series(1, %(couples)s) couple""",
    """INSERT INTO accounts_user (id, email, name, zone, key_id, password, theme, inbox_shared, code_sign_in,
                                  is_active, is_staff, is_superuser, joined_at)
       SELECT PERSON, couple || '-' || seat || '@example.test', 'x', 'Europe/London', gen_random_uuid(), '', '', false,
              true, true, false, false, %(now)s
       FROM generate_series(1, %(couples)s) couple, generate_series(1, 2) seat""",
    """INSERT INTO couples_partner (id, couple_id, user_id, seat, sat_at)
       SELECT gen_random_uuid(), md5('couple' || couple)::uuid, PERSON, seat, %(now)s - interval '60 days'
       FROM generate_series(1, %(couples)s) couple, generate_series(1, 2) seat""",
    """INSERT INTO checkins_checkin (id, author_id, couple_id, day, rose, bud, thorn, shared_at, version)
       SELECT gen_random_uuid(), PERSON, md5('couple' || couple)::uuid, (%(now)s)::date - ago,
              decode(repeat('00', CASE WHEN (ago + seat) %% 3 = 0 THEN %(empty)s ELSE %(words)s END), 'hex'),
              decode(repeat('00', CASE WHEN (ago + seat) %% 3 = 1 THEN %(empty)s ELSE %(words)s END), 'hex'),
              decode(repeat('00', %(words)s), 'hex'), %(now)s - ago * interval '1 day', 1
       FROM generate_series(1, %(couples)s) couple, generate_series(1, 2) seat, generate_series(1, %(days)s) ago""",
    """INSERT INTO checkins_smallwin (id, author_id, couple_id, text, written_at, goes_out_at)
       SELECT gen_random_uuid(), PERSON, md5('couple' || couple)::uuid, decode(repeat('00', %(words)s), 'hex'),
              %(now)s - ago * interval '1 day', %(now)s - ago * interval '1 day'
       FROM generate_series(1, %(couples)s) couple, generate_series(1, 2) seat, generate_series(2, %(days)s, 5) ago""",
    """INSERT INTO checkins_appreciation (id, author_id, couple_id, text, trait, written_at, goes_out_at)
       SELECT gen_random_uuid(), PERSON, md5('couple' || couple)::uuid, decode(repeat('00', %(words)s), 'hex'),
              decode(repeat('00', %(empty)s), 'hex'), %(now)s - ago * interval '1 day', %(now)s - ago * interval '1 day'
       FROM generate_series(1, %(couples)s) couple, generate_series(1, 2) seat, generate_series(2, %(days)s, 5) ago""",
    """INSERT INTO agendas_topic (id, author_id, couple_id, about, feel, need, parked_at, wanted_at)
       SELECT gen_random_uuid(), md5('person' || 2 * couple + 1)::uuid, md5('couple' || couple)::uuid, '\\x00', '\\x00',
              '\\x00', %(now)s, %(now)s
       FROM generate_series(1, %(couples)s, 2) couple""",
    """INSERT INTO agendas_goal (id, couple_id, name, unit, target, total, added_at, changed_at, version)
       SELECT gen_random_uuid(), md5('couple' || couple)::uuid, '\\x00', '\\x00', '\\x00', '\\x00', %(now)s, %(now)s, 1
       FROM generate_series(1, %(couples)s, 3) couple""",
    """INSERT INTO agendas_agenda (id, couple_id, slot, starts_at, zone, minutes, since_on, due_at, part, turn)
       SELECT gen_random_uuid(), md5('couple' || couple)::uuid, (%(now)s)::date, %(now)s + interval '2 hours',
              'Europe/London', 30, (%(now)s)::date - 7, %(now)s, 1, 0
       FROM generate_series(1, %(couples)s) couple""",
]

RAW = """
WITH lines AS (
  SELECT a.id agenda, 1 part, 'thanks' kind, s.id source, s.author_id author,
         row_number() OVER (PARTITION BY a.id, s.author_id ORDER BY s.goes_out_at DESC) rank, 5 room
  FROM agendas_agenda a JOIN checkins_appreciation s ON s.couple_id = a.couple_id
  WHERE s.taken_back_at IS NULL AND s.goes_out_at::date >= a.since_on
  UNION ALL
  SELECT a.id, 2, 'win', s.id, s.author_id,
         row_number() OVER (PARTITION BY a.id, s.author_id ORDER BY s.goes_out_at DESC), 5
  FROM agendas_agenda a JOIN checkins_smallwin s ON s.couple_id = a.couple_id
  WHERE s.taken_back_at IS NULL AND s.goes_out_at::date >= a.since_on
), pages AS (
  SELECT a.id agenda, p.id source, p.author_id author, p.day, p.rose, p.bud
  FROM agendas_agenda a JOIN checkins_checkin p ON p.couple_id = a.couple_id AND p.day >= a.since_on
  WHERE p.shared_at IS NOT NULL AND p.taken_back_at IS NULL AND (p.open_at IS NOT NULL OR EXISTS (
    SELECT FROM checkins_checkin o WHERE o.couple_id = p.couple_id AND o.day = p.day AND o.author_id <> p.author_id
    AND o.shared_at IS NOT NULL))
), said AS (SELECT agenda, author, count(*) n FROM lines WHERE part = 1 AND rank <= room GROUP BY 1, 2
), everything AS (
  SELECT agenda, part, kind, source, author, rank, room FROM lines
  UNION ALL
  SELECT p.agenda, 1, 'rose', source, p.author,
         row_number() OVER (PARTITION BY p.agenda, p.author ORDER BY day DESC), 5 - coalesce(n, 0)
  FROM pages p LEFT JOIN said ON said.agenda = p.agenda AND said.author = p.author WHERE length(rose) > 29
  UNION ALL
  SELECT agenda, 6, 'bud', source, author, row_number() OVER (PARTITION BY agenda, author ORDER BY day DESC), 5
  FROM pages WHERE length(bud) > 29
  UNION ALL
  SELECT a.id, 3, 'topic', t.id, t.author_id, 1, 1
  FROM agendas_agenda a JOIN agendas_topic t ON t.couple_id = a.couple_id
  WHERE t.wanted_at IS NOT NULL AND t.talked_at IS NULL
  UNION ALL
  SELECT a.id, 4, 'goal', g.id, NULL, 1, 50 FROM agendas_agenda a JOIN agendas_goal g ON g.couple_id = a.couple_id
  WHERE g.ended_at IS NULL
)
INSERT INTO agendas_agendaitem (id, agenda_id, part, kind, source, author_id, added_at, rank)
SELECT gen_random_uuid(), agenda, part, kind, source, author, %s, rank FROM everything WHERE rank <= room
"""
