"""Is the process alive, and can it do its work?"""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify

from model import Labeller
from server.openapi import documented
from server.schemas import Health
from server.store import Store

blueprint = Blueprint("health", __name__)


@blueprint.get("/livez")
@documented(None, {200: Health}, tokens="")
def livez() -> Response:
    """Does the process answer?"""
    return jsonify(status="alive")


@blueprint.get("/readyz")
@documented(None, {200: Health}, tokens="")
def readyz() -> Response:
    """Can it work? Labels a sentence and writes to the store, deleting what has outlived its retention."""
    labeller: Labeller = current_app.extensions["labeller"]
    store: Store = current_app.extensions["store"]
    labeller.label(["The bridge is open, the mayor said."])
    store.touch()
    return jsonify(status="ready")
