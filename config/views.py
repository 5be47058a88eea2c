from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config import readiness
from config.doctor import web


@require_safe
@never_cache
@login_not_required  # asked by machines; says nothing about anyone
def health(request: HttpRequest) -> HttpResponse:
    """200 once this process can answer, reaches the database, and finds there and on disk what its pages need."""
    return _said(readiness.missing_for_pages())


@require_safe
@never_cache
@login_not_required  # asked by machines; says nothing about anyone
def live(request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers, whatever else is away."""
    return _said("")


@require_safe
@never_cache
@login_not_required  # asked by machines; says nothing about anyone
def ready(request: HttpRequest) -> HttpResponse:
    """200 while all of Nearer is well; otherwise 503 and the word for what isn't."""
    return _said(readiness.missing(now=timezone.now()))


@require_safe
@never_cache
@login_not_required  # the doctor has a signed word, not an account
def seen(request: HttpRequest) -> HttpResponse:
    """The address and scheme that arrived of this very request, as JSON. 404 to whoever isn't the doctor."""
    found = web.seen(request)
    if found is None:
        raise Http404
    return JsonResponse(found)


def _said(missing: str) -> HttpResponse:
    return HttpResponse(f"{missing or 'ok'}\n", content_type="text/plain", status=503 if missing else 200)
