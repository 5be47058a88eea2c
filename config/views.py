from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config import readiness


@require_safe
@never_cache
@login_not_required  # asked by machines; says nothing about anyone
def health(request: HttpRequest) -> HttpResponse:
    """200 once this process can answer, reaches the database, and finds there and on disk what its pages need."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    missing = readiness.missing()
    return HttpResponse(f"{missing or 'ok'}\n", content_type="text/plain", status=503 if missing else 200)
