"""Tables that a backup treats apart, and how all of them go again."""

from django.db.backends.base.base import BaseDatabaseWrapper

from accounts.models import DataKey, LongWork, Session

KEYS = DataKey._meta.db_table
# Whoever signed out, or ended the session of a phone that was lost, would be signed in there again. What came of long
# work is a file, which is in no backup.
LEFT_OUT = (Session._meta.db_table, LongWork._meta.db_table)


def drop_all(connection: BaseDatabaseWrapper) -> None:
    """Take away again every table of a database that was empty before."""
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cascade = " CASCADE" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TABLE IF EXISTS {connection.ops.quote_name(table)}{cascade}")
