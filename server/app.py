"""The application factory: every part of the service is put together here."""

from __future__ import annotations

from flask import Flask, render_template

from model import Labeller
from model.language import detect
from server import health, labels, problems
from server.settings import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """Raises pydantic.ValidationError for wrong settings and whatever Labeller.load raises."""
    app = Flask(__name__)
    app.extensions["settings"] = settings or Settings()
    app.extensions["labeller"] = Labeller.load()
    detect(["Loads its table now, before the workers are forked, so that they share it."])
    problems.register(app)
    app.register_blueprint(labels.blueprint)
    app.register_blueprint(health.blueprint)

    @app.get("/")
    def page() -> str:
        return render_template("page.html")

    return app
