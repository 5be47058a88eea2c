"""The house rules, as tests. Each says why it is one in `CONTRIBUTING.md` or `docs/architecture.md`."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
ROOMS = (
    "accounts",
    "couples",
    "reminders",
    "checkins",
    "challenges",
    "adventures",
    "agendas",
    "today",
    "config",
)
OURS = ("accounts", "couples", "reminders", "checkins", "challenges", "adventures", "agendas", "today")


def tracked(pattern: str) -> list[Path]:
    """Files of the project by a git pathspec, new ones included."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", pattern]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    return [ROOT / name for name in names if name and (ROOT / name).exists()]


CODE = [path for room in ROOMS for path in tracked(f"{room}/*.py") if "migrations" not in path.parts]
TEMPLATES = tracked("templates/*.html")
PAGES = [path for path in TEMPLATES if "emails" not in path.parts]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            yield node


def length(node: ast.FunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def lines_with(pattern: str, paths: list[Path]) -> list[str]:
    """Where a pattern stands, as file:line."""
    found = re.compile(pattern)
    return [
        f"{name(path)}:{number}: {line.strip()[:90]}"
        for path in paths
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if found.search(line)
    ]


def test_there_is_something_to_look_at() -> None:
    assert len(CODE) > 50
    assert len(PAGES) > 60


def test_tasks_are_published_on_commit_only() -> None:
    elsewhere = [path for path in CODE if path != ROOT / "config" / "celery.py"]
    assert lines_with(r"\.(delay|apply_async)\(", elsewhere) == []


def test_views_read_by_name_and_are_short_functions() -> None:
    views = [path for path in CODE if path.name == "views.py"]
    assert len(views) >= 6
    assert lines_with(r"\.(filter|exclude)\(|\.objects\.all\(", views) == []
    assert lines_with(r"^class .*View", views) == []
    assert [
        f"{name(path)} {node.name}" for path in views for node in functions(path) if length(node) > 25
    ] == []


def test_functions_and_modules_stay_small() -> None:
    assert [
        f"{name(path)} {node.name}" for path in CODE for node in functions(path) if length(node) > 60
    ] == []
    assert [
        name(path) for path in CODE if path.read_text().count("\n") > 400 and path.name != "evenings.py"
    ] == []


def test_no_room_without_a_meaning() -> None:
    vague = {"core", "common", "utils", "helpers", "services", "selectors", "api"}
    assert [name(path) for path in CODE if vague & {path.stem, *path.relative_to(ROOT).parts[:-1]}] == []


def test_no_magic_on_save_and_no_signals_of_our_own() -> None:
    models = [path for path in CODE if path.name == "models.py"]
    assert [name(path) for path in models for node in functions(path) if node.name == "save"] == []
    assert (
        lines_with(
            r"\bSignal\(|@receiver|(pre|post)_(save|delete)\b(?!\()", [p for p in CODE if p.stem != "sealed"]
        )
        == []
    )


def test_every_open_view_says_why() -> None:
    opened = lines_with(r"^@login_not_required", CODE)
    assert len(opened) >= 10
    assert [line for line in opened if not re.search(r"# \w", line)] == []


def test_tasks_are_leaves_of_four_lines_that_take_ids() -> None:
    tasks = [path for path in CODE if path.name == "tasks.py"]
    for path in tasks:
        for node in functions(path):
            body = [
                line
                for line in node.body
                if not (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))
            ]
            assert len(body) <= 4, f"{name(path)} {node.name}"
            assert all(argument.arg.endswith("_id") for argument in node.args.args), (
                f"{name(path)} {node.name}"
            )
    importing = lines_with(r"^from \w+\.tasks import|^from \w+ import .*\btasks\b", CODE)
    assert [
        line for line in importing if not line.startswith(tuple(f"{room}/views.py" for room in OURS))
    ] == []


def test_nothing_reads_the_clock_at_import() -> None:
    def at_import(node: ast.AST) -> Iterator[ast.Call]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                continue
            if isinstance(child, ast.Call):
                yield child
            yield from at_import(child)

    clocks = {"now", "today", "utcnow", "localtime", "localdate"}
    calls = [(path, call) for path in CODE for call in at_import(ast.parse(path.read_text()))]
    assert [
        f"{name(path)}:{call.lineno}" for path, call in calls if getattr(call.func, "attr", "") in clocks
    ] == []


def test_templates_hold_no_script_no_style_and_nothing_unescaped() -> None:
    assert lines_with(r"\|safe\b|autoescape off", TEMPLATES) == []
    assert lines_with(r"\sstyle=|\son[a-z]+=\"|<style|javascript:", PAGES) == []
    scripts = lines_with(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", PAGES)
    assert scripts == []
    assert lines_with(r"<script src(?![^>]*nonce=\"{{ CSP_NONCE }}\")", PAGES) == []


def visible_text(source: str) -> str:
    """What a reader would see of a template that stands outside `translate` and `blocktranslate`."""
    source = re.sub(
        r"{% comment %}.*?{% endcomment %}|{#.*?#}|<!--.*?-->|<style.*?</style>", "", source, flags=re.DOTALL
    )
    source = re.sub(r"{% blocktranslate.*?{% endblocktranslate %}", "", source, flags=re.DOTALL)
    source = re.sub(r"<script.*?</script>", "", source, flags=re.DOTALL)
    source = re.sub(r"{%.*?%}|{{.*?}}", "", source, flags=re.DOTALL)
    source = re.sub(r"<[^>]*>", " ", source, flags=re.DOTALL)
    return re.sub(r"&\w+;", " ", source)


# Names, times and the words of blocks that only choose something.
NOT_PROSE = re.compile(
    r"\b(Nearer|today|evening|together|talk|more|you|next|Brygada|Figtree|Lucide|Bootstrap|ISC|OFL|MIT|\d\d:\d\d)\b"
)


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_every_text_can_be_translated(path: Path) -> None:
    left = NOT_PROSE.sub("", visible_text(path.read_text()))
    assert re.findall(r"[A-Za-z]{2,}", left) == []


def test_the_translation_check_finds_bare_text() -> None:
    assert visible_text('<p>{% translate "Good" %} bare <b>{{ name }}</b></p>').split() == ["bare"]


def test_every_field_has_its_line_in_the_privacy_page() -> None:
    page = (ROOT / "docs" / "privacy.md").read_text()
    chapters = dict(re.findall(r"^## (\w+\.\w+): .*?$(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL))
    models = [model for room in OURS for model in apps.get_app_config(room).get_models()]
    assert set(chapters) == {f"{model._meta.app_label}.{model.__name__}" for model in models}
    for model in models:
        written = re.findall(
            r"^\| `(\w+)` \|", chapters[f"{model._meta.app_label}.{model.__name__}"], re.MULTILINE
        )
        fields = {field.name for field in (*model._meta.fields, *model._meta.many_to_many)}
        assert (sorted(written)) == sorted(fields), model.__name__


def test_the_privacy_page_says_truly_what_is_sealed() -> None:
    page = (ROOT / "docs" / "privacy.md").read_text()
    for room in OURS:
        for model in apps.get_app_config(room).get_models():
            chapter = page.split(f"## {room}.{model.__name__}:")[1].split("\n## ")[0]
            for field in model._meta.fields:
                line = next(line for line in chapter.splitlines() if line.startswith(f"| `{field.name}` |"))
                assert ("sealed (" in line) == (type(field).__name__ == "SealedTextField"), line


def test_every_dependency_has_its_reason() -> None:
    project = (ROOT / "pyproject.toml").read_text().split("[tool.")[0]
    wanted = [line for line in project.splitlines() if re.match(r'\s+"[a-z]', line)]
    runtime = project.split("[project.optional-dependencies]")[0]
    assert len(re.findall(r'^\s+"[a-z]', runtime, re.MULTILINE)) <= 26
    ours = [
        line for line in wanted if not re.match(r'\s+"(pytest|pytest-django|ruff|mypy|django-stubs)>', line)
    ]
    assert [line for line in ours if "#" not in line] == []


def test_locks_name_no_place_and_hash_everything() -> None:
    for lock in ("locks/run.txt", "locks/dev.txt"):
        text = (ROOT / lock).read_text()
        assert not re.search(r"https?:|file:|--index|--find|/opt/|@ ", text)
        assert text.count("==") <= text.count("--hash=sha256:")


def test_icons_that_are_asked_for_are_in_the_sprite() -> None:
    asked = {
        icon
        for path in TEMPLATES
        for icon in re.findall(r'{% icon "([\w-]+)"|icon="([\w-]+)"', path.read_text())
    }
    there = set(re.findall(r'id="i-([\w-]+)"', (ROOT / "static" / "icons.svg").read_text()))
    assert {first or second for first, second in asked} - there == set()
