"""The application factory: every part of the service is put together here."""

from __future__ import annotations

import logging

from flask import Flask
from sqlalchemy.exc import DBAPIError
from werkzeug.middleware.proxy_fix import ProxyFix

from model import Labeller
from model.language import detect
from server import bodies, feedback, guard, health, labels, limits, logs, metrics, openapi, page, problems
from server.settings import Settings
from server.store import Store, cause
from server.tokens import Tokens

log = logging.getLogger("sayso")


def create_app(settings: Settings | None = None) -> Flask:
    """Raises pydantic.ValidationError for wrong settings, RuntimeError where tokens are needed and there are none, and
    ValueError for a model that cannot be loaded."""
    settings = settings or Settings()
    tokens = Tokens(settings.state_dir)
    if settings.beyond_loopback and not tokens.all():
        raise RuntimeError(
            "The server would be reachable from other machines and has no access token. Make one with "
            "`python -m server.tokens create NAME`, or keep SAYSO_HOST and SAYSO_TRUSTED_HOSTS on loopback."
        )
    app = Flask(__name__)
    app.extensions |= {
        "settings": settings,
        "labeller": tried_model(settings),
        "store": prepared_store(settings),
    }
    detect(["The language table is loaded now, before the workers are forked, so that they share it."], "en")
    problems.register(app)
    app.after_request(bodies.gzip_answer)
    app.after_request(bodies.drain)
    logs.register(app)
    metrics.register(app)
    guard.register(app, settings, tokens)
    limits.register(app, settings)
    for blueprint in (labels.blueprint, feedback.blueprint, health.blueprint, page.blueprint):
        app.register_blueprint(blueprint)
    app.extensions["openapi"] = openapi.document(app, app.extensions["labeller"].labels)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def prepared_store(settings: Settings) -> Store:
    """Labelling works without the store, so a database that is down does not keep the server from starting."""
    store = Store(settings)
    try:
        store.prepare()
    except DBAPIError as error:
        log.error("the feedback store is down, labelling works without it: %s", cause(error))
    store.engine.dispose()  # no connection is shared by forked workers
    return store


def take_up_model(app: Flask) -> None:
    """Load the artefact anew; whatever is wrong with it, the old one then keeps serving."""
    try:
        app.extensions["labeller"] = labeller = tried_model(app.extensions["settings"])
        app.extensions["openapi"] = openapi.document(app, labeller.labels)
    except Exception as error:
        log.error("the new model was refused, the old one keeps serving: %s", error)
    else:
        log.info("serving the model %s %s", labeller.name, labeller.version)


def tried_model(settings: Settings) -> Labeller:
    """Loaded, and seen to label."""
    labeller = Labeller.load(settings.model)
    labeller.label(["The bridge is open, the mayor said."])
    return labeller
