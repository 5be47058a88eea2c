"""A language in which no text has a letter: what still has one on a page isn't translated."""

import ast
import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.template.autoreload import reset_loaders
from django.utils import translation
from django.utils.translation import trans_real

from tests.house import ROOT

POT = ROOT / "locale" / "django.pot"
ENTRY = re.compile(r'^msgid ((?:"[^\n]*"\n)+)(?:msgid_plural ((?:"[^\n]*"\n)+))?msgstr', re.MULTILINE)
PLACE = re.compile(r"(%\(\w+\)[sd]|%%|&\w+;|<[^>]*>)")
HEAD = "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n"


def texts() -> dict[str, str]:
    """Each text of the catalogue, with its plural after a NUL, and what stands for it."""
    found = {"": HEAD}
    for one, many in ENTRY.findall(POT.read_text()):
        single, plural = _joined(one), _joined(many)
        if single:
            found[f"{single}\0{plural}" if plural else single] = (
                f"{_masked(single)}\0{_masked(plural)}" if plural else _masked(single)
            )
    return found


def _joined(lines: str) -> str:
    return "".join(ast.literal_eval(line) for line in lines.splitlines())


def _masked(text: str) -> str:
    parts = PLACE.split(text)
    return "".join(part if PLACE.fullmatch(part) else re.sub(r"[^\W\d_]", "¤", part) for part in parts)


LANGUAGE = "de"  # any that Django knows and we don't have


@contextmanager
def spoken(settings: Any, place: Path) -> Iterator[None]:
    """Have pages speak this language, which is written to `place`."""
    _write(place)
    settings.LOCALE_PATHS, settings.USE_I18N = [str(place)], True
    settings.LANGUAGES = [(LANGUAGE, "Letterless"), *settings.LANGUAGES]
    _forget()
    try:
        with translation.override(LANGUAGE):
            yield
    finally:
        _forget()


def _forget() -> None:
    """Forget what was chosen or put together for the languages there were."""
    translation._trans.__dict__.clear()  # type: ignore[attr-defined]  # the stub lacks it
    trans_real._translations.pop(LANGUAGE, None)  # type: ignore[attr-defined]  # the same
    reset_loaders()


def _write(place: Path) -> None:
    """Write the language to a folder as `LOCALE_PATHS` has them: a GNU .mo file (gettext manual, 10.3)."""
    pairs = sorted((one.encode(), other.encode()) for one, other in texts().items())
    count, start = len(pairs), 28 + 16 * len(pairs)
    body, tables = b"", [b"", b""]
    for side in (0, 1):
        for pair in pairs:
            tables[side] += struct.pack("<2I", len(pair[side]), start + len(body))
            body += pair[side] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, 0)
    path = place / LANGUAGE / "LC_MESSAGES" / "django.mo"
    path.parent.mkdir(parents=True)
    path.write_bytes(head + tables[0] + tables[1] + body)
