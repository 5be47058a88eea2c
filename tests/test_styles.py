"""The house rules of the style sheets, and that nothing in them is for no one."""

import functools
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


@functools.cache
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
            for line in source.text.splitlines():
                if re.search(r"class|css|attrs|svg|icon", line, re.IGNORECASE):
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


def parts_of(page: str, sources: dict[str, str]) -> set[str]:
    """A page, what it extends and what it includes, as deep as that goes."""
    found, next_ones = set[str](), [page]
    while next_ones:
        one = next_ones.pop()
        if one in sources and one not in found:
            found.add(one)
            next_ones += re.findall(r'{% (?:include|extends) "([^"]+)"', sources[one])
            next_ones += [
                f"components/{tag}.html" for tag in re.findall(r"{% (slip|page_link) ", sources[one])
            ]
    return found


def unstyled(sources: dict[str, str], styles: dict[str, str]) -> set[str]:
    """Classes that a page uses and that have a rule of their own, while no sheet this page links says how they look."""
    at_home: dict[str, set[str]] = {}
    anywhere: dict[str, set[str]] = {}
    for name, sheet in styles.items():
        for selector in ",".join(re.findall(r"([^{};]+){", rules_of(sheet))).split(","):
            for one in re.findall(r"\.([A-Za-z][\w-]*)", re.split(r"[\s>+~]", selector.strip())[-1]):
                anywhere.setdefault(one, set()).add(name)
                if selector.strip() == f".{one}":
                    at_home.setdefault(one, set()).add(name)
    found = set()
    for page in (name for name, text in sources.items() if "{% extends" in text):
        parts = [sources[one] for one in parts_of(page, sources)]
        blocks = re.findall(r"{% block styles %}(.*?){% endblock", " ".join(parts), re.DOTALL)
        linked = BASE | set(re.findall(r"css/([\w-]+)\.css", " ".join(blocks)))
        for value in re.findall(r'class="((?:{%.*?%}|{{.*?}}|[^"{])*)"', " ".join(parts), re.DOTALL):
            for one in re.sub(r"\S*{%.*?%}\S*|\S*{{.*?}}\S*", " ", value).split():
                if one in at_home and not anywhere[one] & linked:
                    found.add(f"{page}: .{one}, of {', '.join(sorted(at_home[one]))}")
    return found


def test_every_page_links_the_sheet_of_each_class_it_uses() -> None:
    """Also of what it includes: a part that several kinds of page draw stands in `nearer.css`."""
    sources = {"/".join(page.path.parts[1:]): page.text for page in PAGES}
    styles = {sheet.path.stem: sheet.text for sheet in tracked("static/css/*.css")}
    assert unstyled(sources, styles) == set()
    moved = styles | {"nearer": re.sub(r"^\.blank {", ".blanc {", styles["nearer"], flags=re.MULTILINE)}
    moved["today"] += ".blank {\n  display: grid;\n}\n"
    assert "adventures/memories.html: .blank, of today" in unstyled(sources, moved)


def test_what_is_left_out_of_bootstrap_is_given_to_nothing() -> None:
    listed = re.search(
        r"^UNUSED = \((.*?)^\)", (ROOT / "locks" / "vendor").read_text(), re.DOTALL | re.MULTILINE
    )
    assert listed is not None
    unused = set(re.findall(r"[\w-]+", listed[1]))
    assert len(unused) > 20
    assert unused & given()[0] == set()


def characters(ranges: str) -> set[str]:
    ends = [one.strip().removeprefix("U+").split("-") for one in ranges.split(",")]
    return {chr(number) for one in ends for number in range(int(one[0], 16), int(one[-1], 16) + 1)}


def test_what_our_pages_say_is_in_the_fonts_a_first_visit_fetches() -> None:
    """Each face is two files, with no letter in both: a browser fetches the second when somebody's words need it."""
    tokens = (ROOT / "static" / "css" / "tokens.css").read_text()
    faces = re.findall(
        r"fonts/([\w-]+)-(english|more)-(\w+)\.woff2.*?unicode-range: (.*?);", tokens, re.DOTALL
    )
    assert sorted(f"{family}-{part}-{style}.woff2" for family, part, style, _ in faces) == sorted(
        file.name for file in (ROOT / "static" / "fonts").glob("*.woff2")
    )
    vendor = (ROOT / "locks" / "vendor").read_text()
    [english] = {ranges for _, part, _, ranges in faces if part == "english"}
    [more] = {ranges for _, part, _, ranges in faces if part == "more"}
    assert f'ENGLISH = "{english}"' in vendor
    assert f'MORE = "{more}"' in vendor
    assert characters(english) & characters(more) == set()
    said = {one for source in [*PAGES, *tracked("*/data/*.toml")] for one in source.text if one.isprintable()}
    assert "’" in said
    assert said & characters(more) == set()


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


def test_a_date_of_the_next_month_is_as_readable_as_one_of_this() -> None:
    """On the lamp's colour stands the ink that is meant for it, also where a month's first days close the page."""
    [sheet] = [rules_of(sheet.text) for sheet in STYLES if sheet.path.stem == "dates"]
    colours = re.findall(r"([^{};]*)\{[^}]*(?<!-)color: ", sheet)
    of_days = [one.strip() for one in colours if re.search(r"\.out\b.*\.day\b", one)]
    assert of_days == ["td.out .day:not(.is-date)"]
