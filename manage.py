#!/usr/bin/env python
"""Django's name for the command line: the same as `nearer`."""

import sys

from config.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
