"""View helpers: the form, page number and method of a request, and the page it is answered with; for every room."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, TypeVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

form_page = require_http_methods(["GET", "HEAD", "POST"])  # a view that shows a form and takes it
F = TypeVar("F", bound=forms.BaseForm)


def bound_form(form_class: type[F], request: HttpRequest, **kwargs: Any) -> F:
    """A form with what was sent, or a fresh one where nothing was. `kwargs` go to the form."""
    return form_class(request.POST if request.method == "POST" else None, **kwargs)


def send_along(form: forms.BaseForm, **values: str) -> None:
    """Put `values` into what this form was sent with: of a form that came late, what it is built on when sent again."""
    form.data = {**form.data.dict(), **values}  # type: ignore[attr-defined]  # a QueryDict


def render_form(
    request: HttpRequest, template: str, context: Mapping[str, Any], *forms: forms.BaseForm
) -> HttpResponse:
    """A page with these forms on it: 422 where one of them refuses what was sent (`refused` on the page)."""
    refused = [form for form in forms if form.is_bound and form.errors]
    return render(request, template, {**context, "refused": refused}, status=422 if refused else 200)


def page_number(request: HttpRequest, *, last: int = 1000) -> int:
    """The number of the page that the address asks for, from 1 to `last`; 1 for anything that is no number."""
    with suppress(ValueError):
        return min(max(int(request.GET.get("page", "1")), 1), last)
    return 1
