"""`python -m config.server`: the web server, the one way Nearer is served, wherever it runs.

`__main__` reads the command and starts granian; `listening` makes the socket; `gate` takes each request whole before it
takes one of the few threads for it; `bodies` is what the gate reads, how much of it, and for how long. ADR 13 says why.
"""
