"""The application granian serves: the WSGI application, behind the gate. `config.server` starts it."""

from django.conf import settings

from config.server.bodies import Bodies, Limits
from config.server.gate import Gate
from config.wsgi import application as wsgi

application = Gate(
    wsgi,
    threads=settings.THREADS,
    bodies=Bodies(),
    limits=Limits(cookie=settings.SESSION_COOKIE_NAME, signed_in=settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0),
)
