"""Everything a test process holds. What was there once its tests were found is set apart from what they make."""

import gc


def set_apart() -> None:
    """Lets whoever looks for cycles pass over all that is there: modules and tests, which stay to the end."""
    gc.collect()
    gc.freeze()


def all_there_are() -> list[object]:
    """Each object there is, those set apart as well; all of them are set apart from then on."""
    gc.unfreeze()
    found: list[object] = gc.get_objects()
    gc.freeze()
    return found
