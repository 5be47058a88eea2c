"""Templates whose parts that are the same for everybody are put together once.

Labels, addresses of pages and drawings look at nothing of whoever reads the page. Those that stand side by side become
one. What is kept is what the templates themselves say: such a part is shown no context, so that nothing of anybody can
be in it. With a second language nothing is put together.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

from django.conf import settings
from django.template import Context, Node, NodeList, Origin, Template
from django.template.base import FilterExpression, TextNode, TokenType, Variable
from django.template.defaulttags import CommentNode, IfNode, LoadNode, URLNode
from django.template.library import SimpleBlockNode, SimpleNode
from django.template.loaders import base, cached
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils.safestring import SafeString


class _Put(base.Loader):
    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        template = super().get_template(template_name, skip)
        put_together(template.nodelist)
        return template


class Loader(cached.Loader, _Put):
    """Django's cached loader, of templates that are put together."""


def put_together(nodes: NodeList) -> None:
    """Make one of what stands side by side in `nodes` and is the same for everybody; and so in all they hold."""
    if len(settings.LANGUAGES) > 1:
        return
    for node in nodes:
        for inner in _held_by(node):
            put_together(inner)
    nodes[:] = [one for same, run in groupby(nodes, is_same_for_all) for one in (_one(run) if same else run)]


def _held_by(node: Node) -> Iterable[NodeList]:
    if isinstance(node, IfNode):
        return [inner for _, inner in node.conditions_nodelists]
    if isinstance(node, SimpleBlockNode):  # of those it holds it names none
        return [node.nodelist]
    held = (getattr(node, name, None) for name in node.child_nodelists)
    return [inner for inner in held if isinstance(inner, NodeList)]


def _one(run: Iterator[Node]) -> Iterator[Node]:
    """The parts of a run as one, but for those that name what they say: each of them stands for itself."""
    for name, parts in groupby(run, _name_of):
        nodes = list(parts)
        if name is not None:
            yield from (_Named(node, name) for node in nodes)
        elif all(isinstance(node, TextNode) for node in nodes):
            yield TextNode("".join(node.s for node in nodes if isinstance(node, TextNode)))
        else:
            yield _Same(nodes)


def is_same_for_all(node: Node) -> bool:
    """Whether this part of a template looks at nothing."""
    match node:
        case TextNode() | CommentNode() | LoadNode():
            return True
        case TranslateNode():
            return node.message_context is None and _is_fixed(node.filter_expression)
        case BlockTranslateNode():
            plain = all(token.token_type is TokenType.TEXT for token in node.singular)
            return plain and not (node.extra_context or node.plural or node.message_context)
        case URLNode():
            return not node.args and not node.kwargs and _is_fixed(node.view_name)
        case SimpleNode():  # a tag that is cached has said of itself that it is
            fixed = all(_is_fixed(one) for one in (*node.args, *node.kwargs.values()))
            return hasattr(node.func, "cache_info") and fixed
    return False


def _is_fixed(expression: FilterExpression) -> bool:
    given = expression.var
    return not expression.filters and (not isinstance(given, Variable) or given.literal is not None)


def _name_of(node: Node) -> str | None:
    """The name by which the rest of the template knows what this part says, where it gives it one."""
    name: str | None = getattr(node, "asvar", None) or getattr(node, "target_var", None)
    return name


class _Same(Node):
    """Parts of a template that say the same to everybody."""

    child_nodelists = ()

    def __init__(self, nodes: list[Node]) -> None:
        self._nodes, self._said = nodes, dict[bool, SafeString]()

    def render(self, context: Context) -> SafeString:
        if context.autoescape not in self._said:
            self._said[context.autoescape] = self._say(_alone(context))
        return self._said[context.autoescape]

    def _say(self, alone: Context) -> SafeString:
        return SafeString("".join(node.render(alone) for node in self._nodes))


class _Named(_Same):
    """A part that says the same to everybody, under a name."""

    def __init__(self, node: Node, name: str) -> None:
        super().__init__([node])
        self._name = name

    def render(self, context: Context) -> SafeString:
        context[self._name] = super().render(context)
        return SafeString("")

    def _say(self, alone: Context) -> SafeString:
        super()._say(alone)
        said: SafeString = alone[self._name]
        return said


def _alone(context: Context) -> Context:
    """A context in which nothing stands."""
    alone = Context(autoescape=context.autoescape)
    alone.template = context.template  # Django's own nodes ask it how it is set up
    return alone
