"""The installation: its settings, its addresses, and how it is served and kept."""

VERSION = "0.1.0"  # as pyproject.toml has it
