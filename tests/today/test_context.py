"""What the page's parts ask of its context is there, and what is there is asked for: a template wouldn't say so."""

import re
from dataclasses import fields

from tests.house import tracked
from today.context import TodayContext

TAG = re.compile(r"{[{%].*?[}%]}", re.DOTALL)


def test_the_templates_and_the_context_know_the_same_names() -> None:
    tags = [tag for source in tracked("templates/today/*.html") for tag in TAG.findall(source.text)]
    asked = {name for tag in tags for name in re.findall(r"(?<![\w.\"/])today\.(\w+)", tag)}
    assert asked == {field.name for field in fields(TodayContext)}
