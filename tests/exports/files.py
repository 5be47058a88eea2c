"""Files that are brought in, as a person does: a look at what would come of one, and taking it."""

import re
from typing import Any

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.house import OURS

HEAD = {"format": "nearer", "version": 1, "name": "Dana"}


def look(client: Client, content: bytes) -> Any:
    """The answer to this file: its preview, or why it isn't taken."""
    return client.post(reverse("accounts:import_file"), {"file": SimpleUploadedFile("a file", content)})


def take(client: Client, preview: Any) -> Any:
    """Press the preview's button."""
    sealed = re.search(r'name="sealed" value="([^"]+)"', preview.content.decode())
    assert sealed
    return client.post(reverse("accounts:import_take"), {"sealed": sealed[1]}, follow=True)


def rows_of_all() -> dict[str, int]:
    """How many rows there are, by model."""
    models = [model for room in OURS for model in apps.get_app_config(room).get_models()]
    return {model._meta.label: model._default_manager.count() for model in models}
