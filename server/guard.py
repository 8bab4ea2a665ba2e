"""Who may call: the host that is addressed, the origin that asks, the token. And the headers that protect the page."""

from __future__ import annotations

import re

from flask import Flask, Response, g, request
from flask_cors import CORS

from server.problems import Problem
from server.settings import Settings
from server.tokens import Tokens

_OPEN = {"health.livez", "health.readyz", "page.index", "page.api", "page.openapi_json", "static"}
_OWN_TOKEN = {"feedback.read", "feedback.delete"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)


def register(app: Flask, settings: Settings, tokens: Tokens) -> None:
    origins = [origin_pattern(origin) for origin in settings.allowed_origins]
    CORS(
        app,
        resources={r"/v1/.*": {}},
        origins=origins,
        methods=["GET", "POST", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-None-Match", "X-Request-ID"],
        expose_headers=[
            "ETag",
            "Location",
            "Retry-After",
            "X-RateLimit-Limit",
            "X-RateLimit-Remaining",
            "X-Request-ID",
        ],
        max_age=600,
    )

    @app.before_request
    def check_host() -> None:
        """Against DNS rebinding: a foreign name that resolves to this machine is refused."""
        if host_name(request.headers.get("Host", "")) not in settings.trusted_hosts:
            detail = f"This server does not answer to the host {request.headers.get('Host', '')!r}."
            raise Problem(400, "untrusted-host", f"{detail} An operator can add it to SAYSO_TRUSTED_HOSTS.")

    @app.before_request
    def check_origin() -> None:
        origin = request.headers.get("Origin")
        if origin is None or origin.lower() == f"{request.scheme}://{request.headers['Host'].lower()}":
            return
        if not any(re.fullmatch(pattern, origin, re.IGNORECASE) for pattern in origins):
            detail = f"Pages of {origin!r} may not call this server. An operator can add it to SAYSO_ALLOWED_ORIGINS."
            raise Problem(403, "refused-origin", detail)

    @app.before_request
    def check_token() -> None:
        if not settings.beyond_loopback or request.method == "OPTIONS" or request.endpoint in _OPEN | _OWN_TOKEN:
            return
        token = tokens.find(bearer())
        if token is None:
            detail = "This server needs an access token, sent as Authorization: Bearer TOKEN."
            raise Problem(401, "token-needed", detail, headers=[("WWW-Authenticate", "Bearer")])
        g.token_id = token["id"]

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers.setdefault("Cache-Control", "no-store" if request.endpoint != "static" else "no-cache")
        return response


def bearer() -> str:
    """The token of the header Authorization, or an empty string."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def host_name(host: str) -> str:
    """Without the port, in lower case."""
    return re.sub(r":\d+$", "", host).lower()


def origin_pattern(origin: str) -> str:
    """Names of extensions are letters, digits and hyphens."""
    return "^" + re.escape(origin).replace(r"\*", "[a-z0-9-]+") + "$"
