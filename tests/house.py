"""The house rules as functions: from sources to the breaches found in them. `test_conventions.py` asks them."""

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePath

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
OURS = ("accounts", "couples", "reminders", "checkins", "challenges", "adventures", "agendas", "today")
ROOMS = (*OURS, "config")

Function = ast.FunctionDef | ast.AsyncFunctionDef
Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@cache
def parsed(text: str) -> ast.Module:
    """The tree of a module's text, made once for all who read it."""
    return ast.parse(text)


@dataclass(frozen=True)
class Source:
    """A file of the project, by its path from the root."""

    path: PurePath
    text: str

    def __str__(self) -> str:
        return str(self.path)

    @property
    def room(self) -> str:
        return self.path.parts[0]

    @property
    def tree(self) -> ast.Module:
        return parsed(self.text)

    @cached_property
    def functions(self) -> list[Function]:
        """Functions and methods, inner ones included."""
        return [node for node in ast.walk(self.tree) if isinstance(node, Function)]

    @cached_property
    def classes(self) -> list[ast.ClassDef]:
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef)]

    @property
    def comments(self) -> Iterator[tuple[int, str]]:
        """Each comment with its line; of a file without any `#` nothing is read."""
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline) if "#" in self.text else ()
        return ((token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT)

    def is_kind(self, kind: str) -> bool:
        """Whether this is a room's `views.py`, or a module of its `views/`; the same for other kinds."""
        return self.path.stem == kind or kind in self.path.parts[:-1]


Rule = Callable[[Iterable[Source]], list[str]]


def tracked(pattern: str) -> list[Source]:
    """The project's files by a git pathspec, new ones included."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", pattern]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [Source(PurePath(name), (ROOT / name).read_text()) for name in names if (ROOT / name).exists()]


def python() -> list[Source]:
    """The project's modules, migrations aside."""
    return [source for source in tracked("*.py") if "migrations" not in source.path.parts]


def lines_with(pattern: str, sources: Iterable[Source]) -> list[str]:
    """Where a pattern stands, as `file:line: text`."""
    found = re.compile(pattern)
    return [
        f"{source}:{number}: {line.strip()[:90]}"
        for source in sources
        for number, line in enumerate(source.text.splitlines(), 1)
        if found.search(line)
    ]


def publishes_at_once(sources: Iterable[Source]) -> list[str]:
    """Tasks that a worker could take up before their rows are committed."""
    return lines_with(r"\.(delay|apply_async)\(", sources)


def queries(sources: Iterable[Source]) -> list[str]:
    """Queries put together on the spot: reads have names on their querysets, changes are verbs."""
    steps = "filter|exclude|annotate|order_by|select_related|prefetch_related|values_list|aggregate"
    changes = "create|get_or_create|update_or_create|bulk_create|select_for_update|delete"
    return lines_with(
        rf"\.({steps}|{changes})\(|\.values\([^)]|\.objects\.all\(|\.get\(\w+=|[^m]\.save\(", sources
    )


def raw_posts(sources: Iterable[Source]) -> list[str]:
    """Reads of what was sent past a form, and forms bound by hand (`accounts.requests.bound_form` does it)."""
    return lines_with(r"\brequest\.POST\b", sources)


def class_views(sources: Iterable[Source]) -> list[str]:
    return lines_with(r"^class .*View\b", sources)


def functions_over(most: int) -> Rule:
    """The rule that no function is longer than `most` lines, from its `def` to its end."""

    def long(sources: Iterable[Source]) -> list[str]:
        found = ((source, node) for source in sources for node in source.functions)
        return [
            f"{source} {node.name}: {length(node)} lines" for source, node in found if length(node) > most
        ]

    return long


def length(node: Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def modules_over(most: int) -> Rule:
    """The rule that no module is longer than `most` lines."""
    return lambda sources: [str(source) for source in sources if source.text.count("\n") > most]


def vague_rooms(sources: Iterable[Source]) -> list[str]:
    """Modules and folders whose name says nothing of what they hold."""
    vague = {"core", "common", "utils", "helpers", "services", "selectors", "api"}
    return [str(source) for source in sources if vague & {source.path.stem, *source.path.parts[:-1]}]


def magic_on_save(sources: Iterable[Source]) -> list[str]:
    """Models that do something else while they are saved."""
    return [f"{source} {node.name}" for source in sources for node in source.functions if node.name == "save"]


def signals(sources: Iterable[Source]) -> list[str]:
    """Signals of our own, and receivers of Django's on models."""
    return lines_with(r"\bSignal\(|@receiver|(pre|post)_(save|delete)\b(?!\()", sources)


def open_without_why(sources: Iterable[Source]) -> list[str]:
    """Open views whose mark doesn't say why they are."""
    return [line for line in opened(sources) if not re.search(r"# \w", line)]


def opened(sources: Iterable[Source]) -> list[str]:
    return lines_with(r"^@login_not_required", sources)


def thick_tasks(sources: Iterable[Source]) -> list[str]:
    """Tasks of more than four statements, and such as take anything but ids."""
    found = ((source, node) for source in sources for node in source.functions)
    return [
        f"{source} {node.name}"
        for source, node in found
        if len(node.body) - bool(ast.get_docstring(node)) > 4
        or not all(argument.arg.endswith("_id") for argument in node.args.args)
    ]


def imports_of_tests(sources: Iterable[Source]) -> list[str]:
    """Test modules that a module of tests imports from: what two of them need stands in one without tests."""
    found = (
        (source, node.lineno, name)
        for source in sources
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in _imported(node)
    )
    return [
        f"{source}:{line}: {name}" for source, line, name in found if re.match(r"tests\.(\w+\.)*test_", name)
    ]


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    """What is imported, by its whole name."""
    above = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
    return [above + one.name for one in node.names]


def imports_of_tasks(sources: Iterable[Source]) -> list[str]:
    return lines_with(r"^from \w+\.tasks import|^from \w+ import .*\btasks\b", sources)


TAKES_AWAY = re.compile(r"take_\w*back|remove|discard|revoke|let_go|unwant|block|unblock|never_write")


def unlisted_withdrawals(sources: Iterable[Source]) -> list[str]:
    """Functions that take words back, or whose name says that they take something away, and note no withdrawal."""
    found = ((source, function) for source in sources for function in source.functions)
    return [
        f"{source}:{function.lineno}: {function.name}"
        for source, function in found
        if _takes_away(function)
        and not re.search(r"\bwithdrawals\.|\btake_back\(|\b_note_", ast.unparse(function))
    ]


def _takes_away(function: Function) -> bool:
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            pairs = zip(*(_several(one) for one in (node.targets[0], node.value)), strict=False)
            if any(
                getattr(target, "attr", "") == "taken_back_at" and not _is_none(value)
                for target, value in pairs
            ):
                return True
    deletes = any(getattr(node, "attr", "") in {"delete", "get_or_create"} for node in ast.walk(function))
    return deletes and TAKES_AWAY.fullmatch(function.name) is not None


def _several(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple) else [node]


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def clocks_at_import(sources: Iterable[Source]) -> list[str]:
    """Reads of the clock that happen once, when a module is imported."""
    clocks = {"now", "today", "utcnow", "localtime", "localdate"}
    calls = ((source, call) for source in sources for call in _at_import(source.tree))
    return [f"{source}:{call.lineno}" for source, call in calls if getattr(call.func, "attr", "") in clocks]


def _at_import(node: ast.AST) -> Iterator[ast.Call]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function | ast.Lambda):
            continue
        if isinstance(child, ast.Call):
            yield child
        yield from _at_import(child)


# A mark that silences a checker, and what has to follow it on its line: words.
MARK = re.compile(
    r"#\s*(noqa|type: ignore|fmt: (?:skip|off|on)|nosec|pragma)\b(?::\s*[A-Z]+\d+|\[[\w, -]+\])?"
)


def marks_without_reason(sources: Iterable[Source]) -> list[str]:
    """Marks that silence a checker (`noqa` and its kin) and don't say why on their line."""
    found = (
        (source, number, comment, mark)
        for source in sources
        for number, comment in source.comments
        for mark in MARK.finditer(comment)
    )
    return [
        f"{source}:{number}: {comment}"
        for source, number, comment, mark in found
        if not re.search(r"[A-Za-z]{2,}", comment[mark.end() :])
    ]


def unescaped(templates: Iterable[Source]) -> list[str]:
    return lines_with(r"\|safe\b|autoescape off", templates)


def styles_and_handlers_inline(pages: Iterable[Source]) -> list[str]:
    return lines_with(r"\sstyle=|\son[a-z]+=\"|<style|javascript:", pages)


def scripts_inline(pages: Iterable[Source]) -> list[str]:
    """Scripts that stand in a page, and such as bring no nonce."""
    bare = lines_with(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", pages)
    return bare + lines_with(r"<script src(?![^>]*nonce=\"{{ CSP_NONCE }}\")", pages)


def visible_text(source: str) -> str:
    """The text of a template that a reader would see and that stands outside `translate` and `blocktranslate`."""
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


def untranslated(templates: Iterable[Source]) -> list[str]:
    """Text of templates that no translator is ever shown."""
    found = ((source, NOT_PROSE.sub("", visible_text(source.text))) for source in templates)
    return [f"{source}: {word}" for source, left in found for word in re.findall(r"[A-Za-z]{2,}", left)]


def lines_over(most: int) -> Rule:
    """The rule that no line is wider than `most` characters."""
    return lambda sources: lines_with(rf".{{{most + 1}}}", sources)


def includes_over(most: int) -> Rule:
    """The rule that no template includes deeper than `most`: what it includes, what that includes, and so on."""

    def deep(templates: Iterable[Source]) -> list[str]:
        included = {
            "/".join(source.path.parts[1:]): re.findall(r'{% include "([^"]+)"', source.text)
            for source in templates
        }

        def longest(name: str, above: tuple[str, ...] = ()) -> tuple[str, ...]:
            way = (*above, name)
            ways = [longest(one, way) for one in included.get(name, ()) if len(way) <= most + 1]
            return max(ways, key=len, default=way)

        return [" > ".join(way) for name in included if len(way := longest(name)) > most + 1]

    return deep


START_TAG = re.compile(r"<(\w+)((?:[^<>\"]|\"[^\"]*\")*)>")


def beside_words(templates: Iterable[Source]) -> list[str]:
    """Whatever a template says or leaves blank beside somebody's words where spaces and line breaks show.

    `white-space: pre-line` and a box to write in would show its indentation, too; but for the break after a box's tag.
    """
    found = []
    for source in templates:
        for tag in START_TAG.finditer(source.text):
            kept = re.search(
                r"class=\"[^\"]*(?<![\w-])(words|mail-text)(?![\w-])", re.sub("{%.*?%}", "", tag.group(2))
            )
            if kept or tag.group(1) == "textarea":
                inside = source.text[tag.end() :].split(f"</{tag.group(1)}>")[0]
                if tag.group(1) == "textarea":
                    inside = inside.removeprefix("\n")
                left = re.sub(r"{%.*?%}|{{.*?}}|<[^>]*>", "", inside)
                if inside != inside.strip() or left.strip(" ") or "  " in left:
                    found.append(f"{source}: {tag.group()} {inside!r}")
    return found


# How public docstrings don't begin: "The noun is this", not "What is this".
OPENERS = re.compile(
    # questions ("Whether" stands where the answer is a bool)
    r"(What|Whatever|Which|Whichever|Who|Whoever|Whom|Whose|Where|Wherever|When|Whenever|Why|How"
    # stand-ins
    r"|I|It|Its|He|She|We|You|Your|They|Their|Them|This|That|These|Those|There|Something|Somebody|Someone|Anything"
    r"|Nothing|Everything|Everybody|Nobody|Others|Both|Each|Neither|Either|Such"
    # little words
    r"|Of|For|From|With|Without|On|Onto|To|In|Into|As|At|By|After|Before|Until|Once|If|So|And|But|Not|Only|Than"
    # quotations
    r"|Is|Has|Does|Was)\b|[\"“'‘]"
)
STAND_INS = re.compile(
    r"The (same\b|one (who|that|in)\b|others?\b(?!['’]))|All (of|that|there)\b|One (of|who|more)\b|One's own\W*[,:;.]"
)
THIRD_PERSON = re.compile(
    r"(Adds|Begins|Brings|Checks|Closes|Collects|Creates|Ends|Finds|Gets|Gives|Goes|Keeps|Leaves|Lets|Makes|Opens|Puts"
    r"|Raises|Reads|Removes|Returns|Says|Sends|Sets|Starts|Stops|Stores|Takes|Tells|Tries|Turns|Wakes|Writes)\b"
    r"|(Answers|Asks|Changes|Lists|Marks|Names|Notes|Refuses|Shows|Updates)"
    r" (an?|another|for|it|one|one's|the|these|this|what)\b"
)


def riddling_docstrings(sources: Iterable[Source]) -> list[str]:
    """Public docstrings that begin neither with their noun nor with their verb, as `docs/architecture.md` asks."""
    found = ((source, node, text) for source in sources for node, text in public_docstrings(source.tree))
    return [f"{source}: {text[:90]}" for source, node, text in found if _is_riddle(node, text)]


def _is_riddle(node: Documented, text: str) -> bool:
    if text.startswith("Whether "):
        return not (isinstance(node, Function) and ast.unparse(node.returns or node) == "bool")
    return any(opening.match(text) for opening in (OPENERS, STAND_INS, THIRD_PERSON))


def public_docstrings(node: Documented) -> Iterator[tuple[Documented, str]]:
    """The docstrings of a module and of what is public in it; a function's inner ones are its own affair."""
    if text := ast.get_docstring(node):
        yield node, text
    for child in ast.iter_child_nodes(node) if not isinstance(node, Function) else ():
        if isinstance(child, Function | ast.ClassDef) and not child.name.startswith("_"):
            yield from public_docstrings(child)
