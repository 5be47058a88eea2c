from datetime import date

from django.urls import path, register_converter

from checkins import views


class DayConverter:
    """A date of this century as 2026-11-18. Anything else is no address."""

    regex = r"20\d{2}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


class MonthConverter:
    """A month of this century as 2026-11; in Python its first day."""

    regex = r"20\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(f"{value}-01")

    def to_url(self, value: date) -> str:
        return f"{value:%Y-%m}"


register_converter(DayConverter, "day")
register_converter(MonthConverter, "month")

app_name = "checkins"
urlpatterns = [
    path("evening/", views.write, name="write"),
    path("evening/<day:day>/", views.write_day, name="write_day"),
    path("evening/<day:day>/save/", views.save, name="save"),
    path("evening/<day:day>/draft/", views.draft, name="draft"),
    path("evening/<day:day>/draft/discard/", views.discard, name="discard"),
    path("evening/<day:day>/aloud/", views.aloud, name="aloud"),
    path("evening/<day:day>/talked/", views.talked, name="talked"),
    path("evening/<day:day>/not-yet/", views.not_yet, name="not_yet"),
    path("evening/<day:day>/take-back/", views.take_back, name="take_back"),
    path("evening/<day:day>/show/", views.show, name="show"),
    path("evenings/", views.evenings, name="evenings"),
    path("evenings/<month:month>/", views.evenings, name="month"),
    path("evenings/<day:day>/", views.evening, name="evening"),
]
