"""The page of an export: index.html, to be read from a disk, without a network, by anybody and for a long time.

Its style stands in it, and it has no script. Words are drawn as they were typed.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.export_fields import Earlier, Field, Json, Rows, Words, in_order
from accounts.exporting import Reader, Section, sections

STYLE = (
    Path(__file__).parent / "data" / "export.css"
)  # without quotes or brackets: it stands in the page as it is


def pieces(reader: Reader) -> Iterator[bytes]:
    """The page in pieces, section by section; one without rows isn't there."""
    yield _head(reader).encode()
    for section in sections():
        is_empty = True
        for row in section.read(reader):
            if is_empty:
                yield format_html("<section>\n<h2>{}</h2>\n", section.title).encode()
                is_empty = False
            yield _row(section, row).encode()
        if not is_empty:
            yield b"</section>\n"
    yield b"</main>\n</body>\n</html>\n"


def _head(reader: Reader) -> str:
    return format_html(
        "<!DOCTYPE html>\n"
        '<html lang="{}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="robots" content="noindex">\n'
        "<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n<main>\n"
        "<header>\n<p>{}</p>\n<h1>{}</h1>\n<p>{}</p>\n</header>\n",
        get_language() or "en",
        _("A copy to keep"),
        STYLE.read_text(),
        reader.user.name,
        _("What you wrote"),
        _("It stays wherever you put it, and nothing in it changes any more."),
    )


def _row(section: Section, row: Json) -> SafeString:
    head = section.fields[section.heading].shown(row[section.heading])[0] if section.heading in row else ""
    rest = {name: value for name, value in row.items() if name != section.heading}
    title = format_html('<h3 dir="auto">{}</h3>\n', head) if head else ""
    return format_html("<div>\n{}{}</div>\n", title, _list(section.fields, rest))


def _list(fields: Mapping[str, Field], row: Json) -> SafeString:
    items = format_html_join(
        "",
        "<dt>{}</dt>\n{}",
        ((one.label, _said(one, value)) for one, value in in_order(fields, row)),
    )
    return format_html("<dl>\n{}</dl>\n", items) if items else SafeString()


def _said(one: Field, value: Any) -> SafeString:
    if isinstance(one, Rows):
        return format_html_join("", "<dd>\n{}</dd>\n", ((_list(one.fields, row),) for row in value))
    words = SafeString(' class="words" dir="auto"') if isinstance(one, Words | Earlier) else ""
    return format_html_join("", "<dd{}>{}</dd>\n", ((words, text) for text in one.shown(value)))
