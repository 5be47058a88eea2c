"""What orders a template for its readers isn't sent; what people wrote, and text, is."""

import re
from pathlib import Path

from django.template import engines
from django.template.loader import render_to_string

TEMPLATES = Path(__file__).parent.parent / "templates"


def test_html_is_sent_without_its_indentation() -> None:
    assert re.search(r"\n +<", (TEMPLATES / "components/lamp.html").read_text())
    assert not re.search(r"\n[ \t]", render_to_string("components/lamp.html"))


def test_line_numbers_stay() -> None:
    engine = engines["django"].engine  # type: ignore[attr-defined]  # Django's own backend
    for path in TEMPLATES.rglob("*.html"):
        sent = engine.get_template(str(path.relative_to(TEMPLATES))).source
        assert sent.count("\n") == path.read_text().count("\n"), path


def test_text_is_sent_as_it_is_written() -> None:
    engine = engines["django"].engine  # type: ignore[attr-defined]  # Django's own backend
    for path in TEMPLATES.rglob("*.txt"):
        assert engine.get_template(str(path.relative_to(TEMPLATES))).source == path.read_text(), path


def test_a_translated_text_of_several_lines_is_trimmed() -> None:
    """Or it would be looked up without the indentation that translators are shown."""
    for path in TEMPLATES.rglob("*.html"):
        for tag, text in re.findall(
            r"{% blocktranslate([^%]*)%}(.*?){% endblocktranslate %}", path.read_text(), re.DOTALL
        ):
            assert "\n" not in text or " trimmed" in tag, (path, text)
