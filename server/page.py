"""What people see: the page that labels a pasted article, and the API's document."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify, render_template
from markupsafe import Markup

from model import Labeller

blueprint = Blueprint("page", __name__)

# What a label says, by the kind of mention that speaks.
MEANINGS = {
    None: "The outlet says it in its own voice.",
    "named": "Somebody vouches whom you could look up.",
    "unnamed": "Somebody vouches whom nobody can look up.",
}
# One silhouette each, as in the extension, so that no label needs its colour to be told; a disc for other label sets'.
SHAPES = {
    "reported_fact": "M2.5 2.5h11v11h-11z",
    "attributed_claim": "M1.5 8.2C1.5 4.9 3.4 2.9 6.6 2.4v2C5 4.8 4.1 5.7 4 7h2.8v6H1.5zM8.7 8.2c0-3.3 1.9-5.3 5.1-5.8"
    "v2c-1.6.4-2.5 1.3-2.6 2.6H14v6H8.7z",
    "anonymous_claim": "M8 1.6a6.4 6.4 0 1 0 0 12.8A6.4 6.4 0 0 0 8 1.6m0 1.5a4.9 4.9 0 1 1 0 9.8 4.9 4.9 0 0 1 0-9.8"
    "M5.6 6.7h1.6"
    "c0-.5.3-.8.8-.8s.9.3.9.7c0 .9-1.7.9-1.7 2.6h1.5c0-1 1.8-1.1 1.8-2.7 0-1.2-1-2-2.5-2s-2.4.9-2.4 2.2m1.5 "
    "3.2h1.6v1.5H7.1z",
    "forecast": "M8.6 2.3 14.8 8l-6.2 5.7v-3.9H1.2V6.2h7.4z",
    "": "M8 3.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9z",
}


def shape(label: str) -> Markup:
    return Markup('<svg data-label="{}" viewBox="0 0 16 16" aria-hidden="true"><path d="{}"/></svg>').format(
        label, SHAPES.get(label, SHAPES[""])
    )


@blueprint.get("/")
def index() -> str:
    labeller: Labeller = current_app.extensions["labeller"]
    legend = [(source.label, MEANINGS[source.speaker]) for source in labeller.labels.sources]
    if labeller.labels.forecast:
        legend.append((labeller.labels.forecast, "It is still to come, whoever says so."))
    return render_template("page.html", legend=legend, shape=shape, forecast=labeller.labels.forecast or "")


@blueprint.get("/api")
def api() -> str:
    return render_template("api.html", document=current_app.extensions["openapi"])


@blueprint.get("/openapi.json")
def openapi_json() -> Response:
    return jsonify(current_app.extensions["openapi"])
