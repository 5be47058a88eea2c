# Two images: `nearer`, which web, worker, beat and migrate all run, and `caddy`, Caddy with our file in it.
# docs/hosting.md says how to run them. The tags below name a minor version: `docker compose build --pull` brings its
# security fixes. Nothing here needs a package of Debian's: every part of ours is a wheel with its own libraries.

FROM caddy:2.11-alpine AS caddy
# In the image rather than mounted: a mounted file has the server's owner and mode, which Caddy's user may not read.
COPY --chmod=0444 deploy/Caddyfile /etc/caddy/Caddyfile


FROM python:3.13-slim-trixie AS build
WORKDIR /app
COPY locks/container.txt locks/
RUN python -m venv --without-pip /venv \
    && pip --python /venv/bin/python install --no-cache-dir --disable-pip-version-check --root-user-action ignore \
        --only-binary :all: --require-hashes -r locks/container.txt
COPY . .
# Settings want these two to be there; collecting static files uses neither, and nothing of them stays in the image.
# Compiled by hash, since the files' times may change on the way into the image; readable for Nearer's user, whatever
# the umask of the checkout was.
RUN SECRET_KEY=unused NEARER_KEYRING=unused PYTHONDONTWRITEBYTECODE=1 \
        /venv/bin/python nearer collectstatic --noinput --verbosity 0 \
    && /venv/bin/python -m compileall -q --invalidation-mode unchecked-hash . \
    && ln -s /app/nearer /venv/bin/nearer \
    && chmod -R u=rwX,go=rX /app /venv


FROM python:3.13-slim-trixie AS nearer
# The last three are what `make run` sets as well (config/embedded/installation.py says why).
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings \
    PYTHONUNBUFFERED=1 \
    CELERY_SKIP_CHECKS=1 \
    MALLOC_ARENA_MAX=2
# Four volumes: the beat's, the backups', the list's and the files'; a new volume takes its owner from here.
RUN groupadd --gid 10001 nearer \
    && useradd --no-log-init --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin nearer \
    && install --directory --owner 10001 --group 10001 --mode 0700 /beat /backups /withdrawals /files
WORKDIR /app
# Owned by root: the user below can read all of it and change nothing.
COPY --from=build /venv /venv
COPY --from=build /app /app
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["python", "deploy/healthy.py", "web"]
# One process of four threads, as in `make run`; more of it is more containers (WEB_REPLICAS).
CMD ["nearer", "serve", "--host", "0.0.0.0", "--port", "8000", "--workers", "1"]
