"""Is the process alive, and can it do its work?"""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify

blueprint = Blueprint("health", __name__)


@blueprint.get("/livez")
def livez() -> Response:
    return jsonify(status="alive")


@blueprint.get("/readyz")
def readyz() -> Response:
    current_app.extensions["labeller"].label(["The bridge is open, the mayor said."])
    return jsonify(status="ready")
