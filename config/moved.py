"""Addresses that moved: a link in a mail, a bookmark and a form that was open through an upgrade still arrive.

Whoever moves pages adds a line to `MOVED`, and an old address of each kind to `tests/test_redirects.py`.
"""

import re

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.urls import path, register_converter
from django.urls.converters import StringConverter
from django.views.decorators.csrf import csrf_exempt

# How an address began, and how it begins now; the first that fits. A page that is there today goes before all of them.
MOVED = {
    "path/": "challenge/",
    "gesture/": "kindness/",
    "together/20": "shared/20",  # its months
    "evenings/": "shared/",
}


WHOLE = {
    "evenings/": r"(?:20\d\d-\d\d/)?"
}  # what may follow, where more than that still has a page of its own


class MovedAddress(StringConverter):
    """An address that begins as one of those did that moved."""

    regex = "(?:" + "|".join(re.escape(began) + WHOLE.get(began, ".*") for began in MOVED) + ")"


@csrf_exempt  # the page it leads to asks whether a form is its own
@login_not_required  # and who is there
def moved(request: HttpRequest, old: str) -> HttpResponsePermanentRedirect:
    """Lead on, with the question behind the address, by the same method and with what was sent (308)."""
    began, begins = next((began, begins) for began, begins in MOVED.items() if old.startswith(began))
    now = request.get_full_path().replace(f"/{began}", f"/{begins}", 1)
    return HttpResponsePermanentRedirect(now, preserve_request=True)


register_converter(MovedAddress, "moved")
urlpatterns = [path("<moved:old>", moved, name="moved")]
