"""How much one caller may ask for: words labelled, corrections filed."""

from __future__ import annotations

import ipaddress
import time

from flask import Flask, Response, current_app, g
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits.storage import MemoryStorage

from server.settings import Settings


def caller() -> str:
    """The caller's token by its id where there is one, else the address; of IPv6 the network, all of which one has."""
    return str(g.get("token_id") or network(get_remote_address()))


def network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:  # a Unix socket has none
        return address
    return address if parsed.version == 4 else str(ipaddress.ip_network((parsed, 64), strict=False))


class Memory(MemoryStorage):
    """Cleans up once a minute, where the library starts a thread for it after each hit."""

    STORAGE_SCHEME = ["sayso+memory"]  # noqa: RUF012
    _cleaned = 0.0

    def _MemoryStorage__schedule_expiry(self) -> None:
        if time.monotonic() - self._cleaned > 60:
            self._cleaned = time.monotonic()
            super()._MemoryStorage__schedule_expiry()  # type: ignore[misc]


class ChargingLimiter(Limiter):
    """Without the check before each request, which would find nothing: no route has a limit but what it is charged."""

    def _check_request_limit(self, callable_name: str | None = None, in_middleware: bool = True) -> None:
        if not in_middleware:
            super()._check_request_limit(callable_name, in_middleware)


limiter = ChargingLimiter(
    caller, headers_enabled=True, retry_after="delta-seconds", in_memory_fallback_enabled=True, key_prefix="sayso"
)


def charge(words: int) -> None:
    """Raises flask_limiter.RateLimitExceeded (429)."""
    g.charged = words
    charged_words()


@limiter.limit(lambda: current_settings().rate_words, cost=lambda: g.charged, scope="words")
def charged_words() -> None:
    pass


@limiter.limit(lambda: current_settings().rate_feedback, scope="feedback")
def charge_feedback() -> None:
    """Raises flask_limiter.RateLimitExceeded (429)."""


def current_settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def register(app: Flask, settings: Settings) -> None:
    in_memory = settings.rate_store == "memory://"
    app.config["RATELIMIT_STORAGE_URI"] = f"{Memory.STORAGE_SCHEME[0]}://" if in_memory else settings.rate_store

    @app.after_request
    def retry_after(response: Response) -> Response:
        """Flask-Limiter sends the time until its window ends with every answer."""
        if response.status_code == 503:
            response.headers["Retry-After"] = "5"
        elif response.status_code != 429:
            response.headers.pop("Retry-After", None)
        return response

    limiter.init_app(app)  # after_request functions run in reverse order, so the limiter's runs first
