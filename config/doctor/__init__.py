"""`nearer doctor`: what can be looked at from here, a sentence each.

`finding` is what is said; `machine`, `mail` and `web` look, `dns` asks. Nothing here counts people or what they did.
"""
