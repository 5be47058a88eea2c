"""An empty database through the migrations, and the schema that comes of it: `python -m tests.journeys.schemas every`.

`every` takes each migration there ever was; `usual` takes those that stand for several (`replaces`), as a new
installation does. Prints one line for each column, index and constraint; without its name what PostgreSQL named by a
column that a check was made for.
"""

import sys

import django
from django.db import connection

POSTGRESQL = r"""
SELECT concat_ws(' ', table_name, column_name, udt_name, character_maximum_length, is_nullable, column_default,
        is_identity)
    FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT concat_ws(' ', conrelid::regclass, CASE WHEN conname NOT LIKE '%\_check' THEN conname END,
        pg_get_constraintdef(oid))
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
"""
SQLITE = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"


def migrate(*, every: bool) -> None:
    """Bring an empty database up to date."""
    from django.db.migrations.executor import MigrationExecutor
    from django.db.migrations.loader import MigrationLoader

    executor = MigrationExecutor(connection)
    if every:
        executor.loader = MigrationLoader(connection, replace_migrations=False)
    loader = executor.loader
    executor.migrate(
        [leaf for leaf in loader.graph.leaf_nodes() if not every or leaf not in loader.replacements]
    )


def lines() -> list[str]:
    """The schema, sorted: of SQLite's tables each column and constraint by itself, as their order means nothing."""
    with connection.cursor() as cursor:
        cursor.execute(POSTGRESQL if connection.vendor == "postgresql" else SQLITE)
        found = [str(sql) for (sql,) in cursor.fetchall()]
    if connection.vendor == "sqlite":
        found = [part for sql in found for part in (_parts(sql) if sql.startswith("CREATE TABLE") else [sql])]
    return sorted(found)


def _parts(sql: str) -> list[str]:
    """What stands between a table's outermost brackets, each with the table's name."""
    start, inside = sql.split("(", 1)
    parts, depth = [""], 0
    for letter in inside.rsplit(")", 1)[0]:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [f"{start}: {part.strip()}" for part in parts]


if __name__ == "__main__":
    django.setup()
    migrate(every=sys.argv[1] == "every")
    sys.stdout.write("\n".join(lines()))
