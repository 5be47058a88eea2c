"""The lines of a talk, one module for each kind: its rows, the door they are read through, and the line itself."""

import pkgutil
from importlib import import_module


def load() -> None:
    """Import every module here: each registers its kind."""
    for module in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
