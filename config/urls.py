"""Every address of the installation."""

from django.conf import settings
from django.urls import include, path

from accounts import doors
from config import errors, moved, views
from reminders.providers import webhook

urlpatterns = [
    path("", include("accounts.urls")),
    path("", include("couples.urls")),
    path("", include("reminders.urls")),
    path("", include("checkins.urls")),
    path("", include("challenges.urls")),
    path("", include("adventures.urls")),
    path("", include("agendas.urls")),
    path("", include("today.urls")),
    path("account/", include(doors.pages())),
    path("health/", views.health, name="health"),
    # Without a slash: whoever asks for these may take being sent on for a yes.
    path("health/live", views.live, name="health_live"),
    path("health/ready", views.ready, name="health_ready"),
    path("health/seen", views.seen, name="health_seen"),
    *moved.urlpatterns,
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("config.demo.urls")))

if settings.EMAIL_PROVIDER:
    urlpatterns.append(webhook(settings.EMAIL_PROVIDER))

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
