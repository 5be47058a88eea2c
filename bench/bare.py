"""A Django view without middleware: what granian can hand out at all, which the rate of a page is measured against.

The application of a process of its own, which knows nothing of Nearer (`bench.rate` starts it).
"""

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    MIDDLEWARE=[],
    ROOT_URLCONF=__name__,
    SECRET_KEY="none",  # noqa: S106 - this view keeps nothing and seals nothing
)


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"")


urlpatterns = [path("", bare)]
application = WSGIHandler()
