"""Templates without the indentation that orders them for whoever reads them: it isn't sent with every page."""

import re

from django.template import Origin
from django.template.loaders import filesystem

INDENTATION = re.compile(r"\n[ \t]+")


class Loader(filesystem.Loader):
    """A loader of our templates. Of HTML each line begins with its first letter; line numbers stay as they are."""

    def get_contents(self, origin: Origin) -> str:
        """The text of a template. Raises `TemplateDoesNotExist`."""
        text: str = super().get_contents(origin)
        return INDENTATION.sub("\n", text) if origin.name.endswith(".html") else text
