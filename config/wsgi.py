"""Nearer as a WSGI application. What serves it is `config.server`, through config/asgi.py."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from accounts.keyring_check import refuse_if_lost  # noqa: E402  needs Django to be up

refuse_if_lost()
