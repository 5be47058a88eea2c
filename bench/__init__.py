"""`make bench`: what Nearer promises in figures, a line each: `bench NAME VALUE goal OP NUMBER ok|short # spread`.

A figure is the median of rounds in which both halves of a ratio are measured one after the other, beside what it is
measured against: the same process, PostgreSQL or mail server of the same run. Every round stands in `var/bench/`.

A module `bench/<group>.py` has functions that return figures; `bench/__main__.py` lists them.
"""
