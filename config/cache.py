"""The shared cache: only counters for rate limits live in it, so a cache that is away must not stop an evening."""

import logging
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from django.utils.crypto import salted_hmac
from redis import Redis
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


def keyed(key: str, key_prefix: str, version: int) -> str:
    """The name that something is kept under: a keyed hash. allauth's own would say who asked for what."""
    name = salted_hmac("config.cache", f"{version}:{key}", algorithm="sha256").hexdigest()
    return f"{key_prefix}:{name}"


class OneClient(RedisCacheClient):
    """One client for all questions: Django makes one for each, which costs as much as asking."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clients: dict[bool, Redis] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Redis:
        if write not in self._clients:
            self._clients[write] = super().get_client(key, write=write)
        return self._clients[write]


class ForgivingRedisCache(RedisCache):
    """Redis, but an outage reads as an empty cache (limits pause) instead of an error page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._class = OneClient

    def _forgive(self, method: str, otherwise: Any, *args: Any, **kwargs: Any) -> Any:
        # It reads models, which aren't there yet where this module is loaded.
        from accounts.crowd import warn_unless_few

        try:
            return getattr(super(), method)(*args, **kwargs)
        except (RedisError, OSError) as error:
            warn_unless_few(log, "the cache is away: %s", type(error).__name__)
            return otherwise

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._forgive("get", default, key, default, version=version)

    def add(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> Any:
        return self._forgive("add", True, key, value, *args, **kwargs)

    def set(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> Any:
        return self._forgive("set", None, key, value, *args, **kwargs)

    def delete(self, key: Any, version: int | None = None) -> Any:
        return self._forgive("delete", False, key, version=version)
