"""The house rules of the style sheets, and that nothing in them is for no one."""

import re

import pytest

from tests.house import ROOMS, ROOT, Source, tracked

STYLES = [sheet for sheet in tracked("static/css/*.css") if sheet.path.name != "bootstrap.css"]
PAGES = [source for source in tracked("templates/*.html") if "emails" not in source.path.parts]
BASE = {"bootstrap", "tokens", "nearer"}  # what templates/base.html links
# What crispy-bootstrap5 writes round fields and their errors.
OF_CRISPY = {
    "alert",
    "alert-block",
    "asteriskField",
    "form-check",
    "form-check-input",
    "form-check-label",
    "form-label",
    "form-select",
    "form-text",
    "invalid-feedback",
    "is-invalid",
    "mb-3",
}


def rules_of(sheet: str) -> str:
    """A sheet without its comments."""
    return re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)


def crowded(sheet: str) -> list[str]:
    """Lines that hold more than one declaration, selector or brace."""
    lines = [line for line in rules_of(sheet).splitlines() if not line.lstrip().startswith("@")]
    pattern = re.compile(r";.*\S|{\s*\S|\S.*}|^[^:(]*,.*[^,\s]|^\S[^(]*,[^()]*{")
    return [line for line in lines if pattern.search(line) and not re.match(r"\s+[\w-]+: ", line)] + [
        line for line in lines if re.match(r"\s+[\w-]+: .*;.*\S", line)
    ]


def test_a_crowded_line_is_found() -> None:
    plain = ".a:is(.b, .c),\n.d {\n  font: 1rem/1 a, b;\n  src: url(\n    a\n  );\n}\n@media (a: b) {\n  .e {\n  }\n}\n"
    assert crowded(plain) == []
    for line in (".a { color: red }", ".a, .b {", "  color: red; top: 0;"):
        assert crowded(line) == [line]


@pytest.mark.parametrize("sheet", STYLES, ids=str)
def test_styles_are_laid_out_and_say_truly_what_is_in_them(sheet: Source) -> None:
    assert [line for line in sheet.text.splitlines() if len(line) > 120] == []
    assert crowded(sheet.text) == []
    contents = re.match(r"/\*[^/]*?^   Contents: ([^/]*?) \*/", sheet.text, re.MULTILINE)
    assert contents, "no table of contents"
    headings = re.findall(r"^/\* -{10} (.*?)(?:: .*| \(.*)? -{10} \*/$", sheet.text, re.MULTILINE)
    assert " ".join(contents[1].split()).split(" · ") == headings


def given() -> tuple[set[str], tuple[str, ...]]:
    """Every class that templates, Python and scripts give to an element, and the beginnings of those that end in a
    variable.
    """
    found, begun = set(OF_CRISPY), set[str]()
    for page in PAGES:
        for value in re.findall(r'class="((?:{%.*?%}|{{.*?}}|[^"{])*)"', page.text, re.DOTALL):
            begun |= set(re.findall(r"([a-z]+-)(?={[{%])", value))
            found |= set(re.findall(r"[A-Za-z][\w-]*", re.sub(r"{%.*?%}|{{.*?}}", " ", value)))
        for value in re.findall(r'\b\w*class\w*=(?:[^ %]*:)?"([\w ,-]+)"', page.text):
            found |= set(re.split(r"[ ,]", value))
    for source in [*tracked("*.py"), *tracked("static/js/*.js")]:
        if source.room in (*ROOMS, "static"):
            for line in re.findall(r".*(?:class|css|attrs|svg|icon).*", source.text, re.IGNORECASE):
                for text in re.findall(r"[\"']([\w -]+)[\"']", line):
                    found |= set(text.split())
    return found, tuple(begun)


def test_every_class_in_the_styles_is_given_to_something() -> None:
    found, begun = given()
    dead = {
        f"{sheet}: .{one}"
        for sheet in STYLES
        for selector in re.findall(r"([^{};]+){", rules_of(sheet.text))
        for one in re.findall(r"\.([A-Za-z][\w-]*)", selector)
        if one not in found and not one.startswith(begun)
    }
    assert sorted(dead) == []


def test_what_is_left_out_of_bootstrap_is_given_to_nothing() -> None:
    listed = re.search(
        r"^UNUSED = \((.*?)^\)", (ROOT / "locks" / "vendor").read_text(), re.DOTALL | re.MULTILINE
    )
    assert listed is not None
    unused = set(re.findall(r"[\w-]+", listed[1]))
    assert len(unused) > 20
    assert unused & given()[0] == set()


def test_a_page_loads_at_most_two_style_sheets_of_its_own() -> None:
    wanted = {
        str(page): set(re.findall(r"css/([\w-]+)\.css", block))
        for page in PAGES
        for block in re.findall(r"{% block styles %}(.*?){% endblock", page.text, re.DOTALL)
    }
    assert len(wanted) > 60
    assert {page: sheets for page, sheets in wanted.items() if len(sheets) > 2 or sheets & BASE} == {}
    base = (ROOT / "templates" / "base.html").read_text().split("{% block styles %}")[0]
    assert set(re.findall(r"css/([\w-]+)\.css\" %}", base)) == BASE
    assert BASE.union(*wanted.values()) == {sheet.path.stem for sheet in STYLES} | {"bootstrap"}
