"""Backups: `making` makes one, `restoring` puts one into an empty place, `daily` makes them by itself.

A backup is two files that belong apart: words (everything but the keys) and keys (the table of wrapped keys), and a
manifest beside the words, which says what they are. `sqlite` and `postgres` know how each database is copied while it
is written to, `places` where backups lie and for how long, `sealing` how they are sealed to a public key.
"""
