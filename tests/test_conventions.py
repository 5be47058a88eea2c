"""The house rules, as tests. Each says why it is one in `CONTRIBUTING.md` or `docs/architecture.md`."""

import inspect
import re
from collections.abc import Iterator
from pathlib import PurePath

import pytest
from celery import current_app
from django import forms
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.not_saved import every_form
from tests.house import (
    OURS,
    ROOMS,
    ROOT,
    Rule,
    Source,
    beside_words,
    class_views,
    clocks_at_import,
    functions_over,
    imports_of_tasks,
    imports_of_tests,
    includes_over,
    lines_over,
    magic_on_save,
    marks_without_reason,
    modules_over,
    open_without_why,
    opened,
    public_docstrings,
    publishes_at_once,
    python,
    queries,
    raw_posts,
    riddling_docstrings,
    scripts_inline,
    signals,
    styles_and_handlers_inline,
    thick_tasks,
    tracked,
    unescaped,
    unlisted_withdrawals,
    untranslated,
    vague_rooms,
)

PYTHON = python()
CODE = [source for source in PYTHON if source.room in ROOMS]  # what serves people
SHIPPED = [source for source in PYTHON if source.room != "tests"]  # and what measures, builds and watches it
TEMPLATES = tracked("templates/*.html")
PAGES = [source for source in TEMPLATES if "emails" not in source.path.parts]


def of_kind(kind: str) -> list[Source]:
    """The rooms' modules of one kind: a rule that would look at nothing fails here."""
    found = [source for source in CODE if source.is_kind(kind)]
    assert found, kind
    return found


# --- what the rules see --------------------------------------------------------------------------


def test_there_is_something_to_look_at() -> None:
    assert len(CODE) > 250
    assert len(PAGES) > 60


def callbacks(resolver: URLResolver | None = None) -> Iterator[tuple[str, str]]:
    """Module and name of every view of ours that an address leads to."""
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from callbacks(one)
        elif isinstance(one, URLPattern):
            view = inspect.unwrap(one.callback)
            if view.__module__.split(".")[0] in OURS:
                yield view.__module__, view.__name__


def defined(sources: list[Source]) -> set[tuple[str, str]]:
    """Module and name of every function and class of these sources."""
    return {
        (".".join(source.path.with_suffix("").parts).removesuffix(".__init__"), node.name)
        for source in sources
        for node in (*source.functions, *source.classes)
    }


def test_every_view_is_looked_at() -> None:
    views = of_kind("views")
    assert set(callbacks()) <= defined(views)
    with_addresses = {source.room for source in of_kind("urls")} & set(OURS)
    assert len(with_addresses) >= 8
    assert {source.room for source in views if source.functions} >= with_addresses


def test_every_model_is_looked_at() -> None:
    models = {model for room in OURS for model in apps.get_app_config(room).get_models()}
    assert len({model._meta.app_label for model in models}) >= 7
    assert {(model.__module__, model.__name__) for model in models} <= defined(of_kind("models"))


def test_every_form_and_task_is_looked_at() -> None:
    ours = [form for form in every_form(forms.BaseForm) if form.__module__.split(".")[0] in OURS]
    found = {(form.__module__, form.__name__) for form in ours if "<locals>" not in form.__qualname__}
    assert len(found) > 30
    elsewhere = {
        "accounts.fields",
        "accounts.typed_codes",
    }  # what forms of every room are made of; allauth's steps
    assert {one for one in found if one[0] not in elsewhere} <= defined(of_kind("forms"))
    published = [task for name, task in current_app.tasks.items() if name.split(".")[0] in OURS]
    assert len(published) >= 5
    assert {(task.__module__, task.__name__) for task in published} <= defined(of_kind("tasks"))


# --- how the code reads --------------------------------------------------------------------------


def test_tasks_are_published_on_commit_only() -> None:
    assert publishes_at_once(one for one in CODE if str(one) != "config/celery.py") == []


def test_views_read_by_name_and_are_short_functions() -> None:
    views = of_kind("views")
    assert queries(views) == []
    assert class_views(views) == []
    assert functions_over(25)(views) == []


def test_views_read_what_was_sent_by_forms() -> None:
    assert raw_posts(of_kind("views")) == []


def test_functions_and_modules_stay_small() -> None:
    assert functions_over(60)(SHIPPED) == []
    assert modules_over(400)(SHIPPED) == []


def test_no_room_without_a_meaning() -> None:
    assert vague_rooms(PYTHON) == []


def test_no_magic_on_save_and_no_signals_of_our_own() -> None:
    assert magic_on_save(of_kind("models")) == []
    assert signals(one for one in CODE if one.path.stem != "sealed") == []


def test_every_open_view_says_why() -> None:
    assert len(opened(CODE)) >= 10
    assert open_without_why(CODE) == []


def test_tasks_are_leaves_of_four_lines_that_take_ids() -> None:
    assert thick_tasks(of_kind("tasks")) == []
    assert imports_of_tasks(one for one in CODE if not one.is_kind("views")) == []


def test_no_module_of_tests_imports_from_another() -> None:
    tests = [source for source in PYTHON if source.room == "tests"]
    assert len(tests) > 150
    assert imports_of_tests(tests) == []


def test_nothing_reads_the_clock_at_import() -> None:
    assert clocks_at_import(CODE) == []


def test_what_is_taken_away_is_noted_for_restored_backups() -> None:
    verbs = [one for one in CODE if not any(map(one.is_kind, ("views", "tests", "migrations")))]
    assert unlisted_withdrawals(verbs) == []


def test_what_silences_a_checker_says_why() -> None:
    assert marks_without_reason(PYTHON) == []


def test_public_docstrings_begin_with_their_noun_or_verb() -> None:
    assert sum(1 for source in SHIPPED for _ in public_docstrings(source.tree)) > 1400
    assert riddling_docstrings(SHIPPED) == []


def test_templates_hold_no_script_no_style_and_nothing_unescaped() -> None:
    assert unescaped(TEMPLATES) == []
    assert styles_and_handlers_inline(PAGES) == []
    assert scripts_inline(PAGES) == []


def test_templates_are_narrow_and_include_three_deep_at_most() -> None:
    assert lines_over(120)(TEMPLATES) == []
    assert includes_over(3)(TEMPLATES) == []


def test_nothing_of_a_template_stands_beside_words_whose_spaces_show() -> None:
    assert beside_words(TEMPLATES) == []


@pytest.mark.parametrize("source", TEMPLATES, ids=str)
def test_every_text_can_be_translated(source: Source) -> None:
    assert untranslated([source]) == []


# --- that each rule can fail ---------------------------------------------------------------------

LONG = "def page(request):\n" + "    request.go()\n" * 25
PLANTED: list[tuple[Rule, str, str]] = [
    (publishes_at_once, "agendas/views/planted.py", "tasks.tick.delay()"),
    (queries, "agendas/views/planted.py", "note = Note.objects.own(user).filter(pk=pk).first()"),
    (queries, "agendas/views/planted.py", "person = User.objects.with_key().get(pk=pk)"),
    (queries, "agendas/views/planted.py", "note.save()"),
    (raw_posts, "agendas/views/planted.py", 'if request.POST.get("go") == "now":'),
    (class_views, "agendas/views/planted.py", "class Page(ListView): ..."),
    (functions_over(25), "agendas/views/planted.py", LONG),
    (functions_over(25), "agendas/views/planted.py", "async " + LONG),
    (modules_over(400), "agendas/planted.py", "\n" * 401),
    (vague_rooms, "agendas/utils.py", ""),
    (vague_rooms, "agendas/services/planted.py", ""),
    (magic_on_save, "agendas/models/planted.py", "class Note:\n    def save(self): ..."),
    (signals, "agendas/planted.py", "from django.db.models.signals import post_save"),
    (open_without_why, "agendas/views/planted.py", "@login_not_required"),
    (thick_tasks, "agendas/tasks.py", "def tick():\n" + "    go()\n" * 5),
    (thick_tasks, "agendas/tasks.py", "def tick(note): ..."),
    (imports_of_tasks, "agendas/planted.py", "from agendas import notes, tasks"),
    (imports_of_tests, "tests/agendas/test_planted.py", "from tests.test_access import routes"),
    (
        imports_of_tests,
        "tests/agendas/test_planted.py",
        "def test():\n    from tests.checkins import test_form",
    ),
    (imports_of_tests, "tests/agendas/test_planted.py", "from tests import (\n    test_access,\n)"),
    (imports_of_tests, "tests/agendas/test_planted.py", "import tests.checkins.test_form"),
    (
        unlisted_withdrawals,
        "agendas/planted.py",
        "def away(note):\n    note.text, note.taken_back_at = '', now",
    ),
    (unlisted_withdrawals, "agendas/planted.py", "def remove(note):\n    note.delete()"),
    (clocks_at_import, "agendas/planted.py", "class Note:\n    begun = timezone.now()"),
    (marks_without_reason, "agendas/planted.py", "import os  # noqa: F401"),
    (marks_without_reason, "agendas/planted.py", "x = y  # type: ignore[arg-type]  #"),
    (marks_without_reason, "agendas/planted.py", "x = []  # fmt: skip"),
    (riddling_docstrings, "agendas/planted.py", '"""What comes of a talk."""'),
    (riddling_docstrings, "agendas/planted.py", 'class Gone(Exception):\n    """There is no such note."""'),
    (riddling_docstrings, "agendas/planted.py", 'async def tick():\n    """Puts down that one is happy."""'),
    (riddling_docstrings, "agendas/planted.py", 'def ask():\n    """Asks the other for a date."""'),
    (riddling_docstrings, "agendas/planted.py", 'def notes():\n    """The same for several talks."""'),
    (riddling_docstrings, "agendas/planted.py", 'def will():\n    """ "I\'ll …" or "We\'ll …"."""'),
    (riddling_docstrings, "agendas/planted.py", 'def part() -> int:\n    """Whether it is over."""'),
    (unescaped, "templates/planted.html", "{{ words|safe }}"),
    (styles_and_handlers_inline, "templates/planted.html", '<p style="color: red">'),
    (styles_and_handlers_inline, "templates/planted.html", '<a onclick="go()">'),
    (scripts_inline, "templates/planted.html", "<script>go()</script>"),
    (scripts_inline, "templates/planted.html", '<script src="{% static "go.js" %}"></script>'),
    (lines_over(120), "templates/planted.html", "{# " + "so " * 39 + "#}"),
    (includes_over(3), "templates/planted.html", '{% include "planted.html" %}'),
    (beside_words, "templates/planted.html", '<p class="words"\n  dir="auto"\n>\n  {{ line.text }}\n</p>'),
    (
        beside_words,
        "templates/planted.html",
        '<q lang="{% url "x" %}" class="words big">{{ line.text }} </q>',
    ),
    (beside_words, "templates/planted.html", "<textarea>\n  {{ field.value }}</textarea>"),
    (untranslated, "templates/planted.html", '<p>{% translate "Good" %} bare <b>{{ name }}</b></p>'),
]


@pytest.mark.parametrize(("rule", "path", "text"), PLANTED)
def test_a_rule_finds_what_breaks_it(rule: Rule, path: str, text: str) -> None:
    assert rule([Source(PurePath(path), text)])


GOOD = """
def asks() -> list:
    \'\'\'Asks of this kind, latest first.\'\'\'

def is_over() -> bool:
    \'\'\'Whether it was begun and is over.\'\'\'

def cancel() -> None:
    \'\'\'Cancel this occasion\'s pending reminders.\'\'\'

    def inner() -> None:
        \'\'\'What is an inner function\'s own affair.\'\'\'

def _private() -> None:
    \'\'\'What nobody else calls.\'\'\'
"""


def test_good_docstrings_pass() -> None:
    assert riddling_docstrings([Source(PurePath("agendas/planted.py"), GOOD)]) == []


def test_packages_are_seen_as_modules_are() -> None:
    for path in ("agendas/views.py", "agendas/views/meeting.py", "agendas/views/__init__.py"):
        assert Source(PurePath(path), "").is_kind("views")
    assert not Source(PurePath("agendas/reviews.py"), "").is_kind("views")


# --- what is written down of the code ------------------------------------------------------------


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


def test_a_link_to_a_page_says_labels_only() -> None:
    """What it says is kept, so it may be nobody's words."""
    label = r'(?:_\("[^"]+"\)|text)'
    for source in TEMPLATES:
        links = re.findall(r"{% page_link .*%}", source.text)
        assert all(
            re.fullmatch(rf'{{% page_link "[\w-]+" "[\w:]+" {label} {label} %}}', link) for link in links
        )
        named = len(re.findall(r'{% translate "[^"]+" as text %}', source.text))
        assert not links or source.text.count(" as text %}") == named, source


def test_icons_that_are_asked_for_are_in_the_sprite_as_the_lists_name_them() -> None:
    asked = {
        icon
        for source in TEMPLATES
        for icon in re.findall(r'(?:{% icon |{% page_link |\bicon=)"([\w-]+)"', source.text)
    }
    there = set(re.findall(r'id="i-([\w-]+)"', (ROOT / "static" / "icons.svg").read_text()))
    assert len(asked) > 40
    assert asked - there == set()
    of_lucide = set((ROOT / "locks" / "icons.txt").read_text().split())
    assert there == of_lucide | {"rose", "bud", "thorn"}  # ours: locks/icons-own.txt
