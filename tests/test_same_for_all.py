"""Parts of a template that are the same for everybody are said once; nothing else is kept."""

import pytest
from django.template import Context, NodeList, Template, engines
from django.template.base import TextNode
from django.template.library import SimpleBlockNode
from django.test import override_settings
from django.urls import reverse

from config import settings as ours
from config.same_for_all import put_together

FIXED = '<a href="{% url "today:today" %}">{% icon "lamp" %}{# why #}{% translate "Today" %} &amp; so on</a>'


def as_django_makes(source: str) -> Template:
    return Template(source, engine=engines["django"].engine)  # type: ignore[attr-defined]  # Django's own backend


def made(source: str) -> Template:
    template = as_django_makes(source)
    put_together(template.nodelist)
    return template


def drawn(source: str, **context: object) -> str:
    return made(source).render(Context(context))


def test_what_stands_side_by_side_is_one_part() -> None:
    assert len(made(FIXED).nodelist) == 1
    assert reverse("today:today") in drawn(FIXED)


@pytest.mark.parametrize(
    "source",
    [
        FIXED,
        FIXED + "{{ name }}" + FIXED,
        "{% if name %}" + FIXED + "{% else %}" + FIXED + "{{ name }}{% endif %}",
        "{% for letter in name %}" + FIXED + "{{ letter }}{% endfor %}",
        "{% with other=name %}" + FIXED + "{{ other }}{% endwith %}",
        '{% url "today:today" as href %}{% translate "Today" as title %}{{ href }}{{ title }}{{ name }}',
        "{% blocktranslate trimmed asvar said %}A day{% endblocktranslate %}{{ said }}",
        "{% blocktranslate trimmed %}A day{% endblocktranslate %}{{ said }}",
        "{% word as said %}" + FIXED + "{{ name }}{% endword %}{{ said }}",
        "{% autoescape off %}" + FIXED + "{{ name }}{% endautoescape %}" + FIXED,
    ],
)
def test_a_template_says_what_it_said(source: str) -> None:
    template, as_django_has_it = made(source), as_django_makes(source)
    for name in ("", "<Alice>", "<Bob>"):
        context = {"name": name}
        assert template.render(Context(context)) == as_django_has_it.render(Context(context))


@pytest.mark.parametrize(
    "part",
    [
        "{{ name }}",
        '{% url "checkins:evening" name %}',
        "{% url name %}",
        "{% translate name %}",
        '{% translate "Today"|add:name %}',
        "{% blocktranslate %}{{ name }} wrote{% endblocktranslate %}",
        "{% blocktranslate with who=name %}{{ who }} wrote{% endblocktranslate %}",
        "{% icon name %}",
        "{% sign name %}",
        "{% quick_exit_to %}",
        "{% csrf_token %}",
        '{% include "components/lamp.html" %}',
    ],
)
def test_what_looks_at_who_reads_stands_for_itself(part: str) -> None:
    nodes = made(FIXED + part + FIXED).nodelist
    assert len(nodes) == 3
    assert type(nodes[1]) is type(as_django_makes(part).nodelist[0])


def test_what_a_tag_of_ours_holds_is_put_together() -> None:
    [word] = made("{% word as said %}" + FIXED + "{% endword %}").nodelist
    assert isinstance(word, SimpleBlockNode)
    assert len(word.nodelist) == 1


def test_the_pages_are_put_together() -> None:
    lamp = engines["django"].engine.get_template("components/lamp.html")  # type: ignore[attr-defined]  # Django's own
    assert isinstance(lamp.nodelist, NodeList)
    assert [type(node) for node in lamp.nodelist] == [TextNode]


@override_settings(LANGUAGES=[("en-gb", "English"), ("de", "German")])
def test_with_a_second_language_each_part_is_looked_up_anew() -> None:
    assert len(made(FIXED).nodelist) > 1


def test_catalogues_are_looked_into_where_there_is_more_than_one_language() -> None:
    assert (len(ours.LANGUAGES) > 1) is ours.USE_I18N
