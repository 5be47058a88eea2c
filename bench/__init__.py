"""`make bench`: what Nearer promises in figures. One line a figure: `bench NAME VALUE goal OP NUMBER ok|short`.

A module `bench/<group>.py` has functions that return figures; `bench/__main__.py` lists them.
"""
