"""Tables that a backup treats apart."""

from accounts.models import DataKey, Session

KEYS = DataKey._meta.db_table
# Whoever signed out, or ended the session of a phone that was lost, would be signed in there again.
LEFT_OUT = (Session._meta.db_table,)
