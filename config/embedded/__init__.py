"""`make run`: the whole of Nearer on one machine, with nothing but Python installed.

`__main__` reads the modes and says what is wrong in one sentence; `installation` knows where things lie and what
the environment must hold; `prepare` migrates and collects; `supervise` writes supervisord's file and runs it;
`leftovers` ends what a killed run left behind.
"""
