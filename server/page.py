"""What people see: the page that labels a pasted article, and the API's document."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify, render_template

blueprint = Blueprint("page", __name__)


@blueprint.get("/")
def index() -> str:
    return render_template("page.html")


@blueprint.get("/api")
def api() -> str:
    return render_template("api.html", document=current_app.extensions["openapi"])


@blueprint.get("/openapi.json")
def openapi_json() -> Response:
    return jsonify(current_app.extensions["openapi"])
