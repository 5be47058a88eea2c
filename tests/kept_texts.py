"""The texts of what is kept, for whoever gathers texts: `make messages` writes them to accounts/data/kept.txt."""

import os
from pathlib import Path

PLACE = Path(__file__).parents[1] / "accounts" / "data" / "kept.txt"


def text() -> str:
    """The file as it is: what `makemessages` reads as it reads a template, a text a line."""
    from accounts import what_is_kept

    lines = (f"{{% blocktranslate %}}{one}{{% endblocktranslate %}}" for one in what_is_kept.texts())
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    PLACE.write_text(text())
