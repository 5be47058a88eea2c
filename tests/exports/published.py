"""The published schema: `make schema` writes what the sections say to docs/export.schema.json."""

import json
import os
from pathlib import Path

PLACE = Path(__file__).parents[2] / "docs" / "export.schema.json"


def text() -> str:
    """The schema as the file holds it."""
    from accounts import exporting

    return json.dumps(exporting.schema(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    PLACE.write_text(text())
