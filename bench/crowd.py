"""Very many people in a few statements: rows as they lie in the database, and no key that would open any of them."""

from datetime import datetime
from typing import Any

from bench.site import unchecked

MEANT = {
    "THE_COUPLES": "generate_series(1, %(couples)s) n",
    "THE_PEOPLE": "generate_series(1, %(couples)s) n, generate_series(1, 2) seat",
    # Ids are made of numbers, so that each statement finds what another made.
    "COUPLE": "md5('couple' || n)::uuid",
    "THE_FIRST": "md5('first' || n)::uuid",
    "PERSON": "md5(seat || ' of ' || n)::uuid",
    "ADDRESS": "n || '-' || seat || '@example.test'",
    # Sealed lines: as long as an empty one is, and longer. Of roses, buds and thorns every third is empty.
    "ROSE": "CASE (n + seat + ago) %% 3 WHEN 0 THEN BLANK ELSE WORDS END",
    "BUD": "CASE (n + seat + ago) %% 3 WHEN 1 THEN BLANK ELSE WORDS END",
    "THORN": "CASE (n + seat + ago) %% 3 WHEN 2 THEN BLANK ELSE WORDS END",
    "BLANK": "decode(repeat('5a', 29), 'hex')",
    "WORDS": "decode(repeat('5a', 90), 'hex')",
}
# People, two by two, for sixty days.
TWO_BY_TWO = [
    """INSERT INTO accounts_user (id, email, name, zone, key_id, password, theme, inbox_shared, code_sign_in,
                                  is_active, is_staff, is_superuser, joined_at)
       SELECT PERSON, ADDRESS, 'x', 'Europe/London', gen_random_uuid(), '', '', false, true,
              true, false, false, %(now)s
       FROM THE_PEOPLE""",
    """INSERT INTO couples_couple (id, key_id, paired, opened_at, evenings)
       SELECT COUPLE, gen_random_uuid(), true, %(now)s - interval '60 days', '0123456' FROM THE_COUPLES""",
    """INSERT INTO couples_partner (id, couple_id, user_id, seat, sat_at)
       SELECT gen_random_uuid(), COUPLE, PERSON, seat, %(now)s - interval '60 days' FROM THE_PEOPLE""",
]
# Both check-ins of so many evenings, stored day by day, as they come about: a couple's are far from one another.
EVENINGS = """
    INSERT INTO checkins_checkin (id, author_id, couple_id, day, rose, bud, thorn, rose_kept, bud_kept, thorn_kept,
                                  note, closeness, shared_at, version)
    SELECT gen_random_uuid(), PERSON, COUPLE, %(today)s - ago, ROSE, BUD, THORN, BLANK, BLANK, BLANK, BLANK, BLANK,
           %(now)s - ago * interval '1 day', 1
    FROM THE_PEOPLE, generate_series(1, %(days)s) ago ORDER BY ago DESC"""
# Each has a proven address, and wants to be reminded of the check-in: all within the minute that begins at `now`.
REMINDED = [
    """INSERT INTO account_emailaddress (email, verified, "primary", user_id)
       SELECT ADDRESS, true, true, PERSON FROM THE_PEOPLE""",
    """INSERT INTO reminders_choice (id, user_id, kind, channel, wanted, at, weekdays, next_at)
       SELECT gen_random_uuid(), PERSON, 'check_in', 'email', true, '20:30', '0123456',
              %(now)s + n %% 60 * interval '1 second'
       FROM THE_PEOPLE""",
]


def write(statements: list[str], *, couples: int, now: datetime, days: int = 0) -> None:
    """Run these for so many couples and days. Nothing checks that there are keys behind people and couples."""
    from django.db import connection

    wanted: dict[str, Any] = {"couples": couples, "days": days, "now": now, "today": now.date()}
    with connection.cursor() as cursor:
        with unchecked(cursor):
            for statement in statements:
                cursor.execute(_spelt_out(statement), wanted)
        cursor.execute("VACUUM ANALYZE")


def _spelt_out(statement: str) -> str:
    for name, meant in MEANT.items():  # in this order: one may hold another, or stand for it
        statement = statement.replace(name, meant)
    return statement
