"""A reader's correction: filed on the reader's explicit act, read and deleted with the token that filing returned."""

from __future__ import annotations

import hmac
import re
import uuid
from datetime import UTC
from hashlib import sha256

from flask import Blueprint, Response, current_app, request
from pydantic_core import to_json

from model import Labeller
from server import bodies, limits
from server.guard import bearer
from server.openapi import documented
from server.problems import Problem
from server.schemas import Feedback, FeedbackReceipt, ModelName, StoredFeedback
from server.store import Correction, Store
from server.tokens import digest

blueprint = Blueprint("feedback", __name__, url_prefix="/v1/feedback")


@blueprint.post("")
@documented(Feedback, {201: FeedbackReceipt}, fails=(400, 401, 403, 406, 408, 413, 415, 422, 429))
def create() -> Response:
    """File a correction

    Send a random Idempotency-Key (16 to 64 letters, digits, hyphens or underscores; a UUID will do) to be able to
    repeat the request safely: the answer is the same and nothing is stored twice. Keep it secret like the token.
    """
    bodies.check_accepted("application/json")
    key = idempotency_key()
    limits.charge_feedback()
    labeller: Labeller = current_app.extensions["labeller"]
    body = Feedback.model_validate_json(bodies.read(), context={"labels": labeller.labels.names})
    correction = Correction(
        id=uuid.uuid4().hex,
        key_digest=digest(key),
        body_digest=sha256(to_json(body)).hexdigest(),
        token_digest=digest(owner_token(key)),
        model_name=body.model.name,
        model_version=body.model.version,
        shown=body.shown,
        given=body.given,
        text=body.text,
    )
    stored = store().add(correction, limits.caller())
    if stored.body_digest != correction.body_digest:
        raise Problem(422, "key-used", "This Idempotency-Key was used for another correction. Take a new one.")
    receipt = FeedbackReceipt(id=stored.id, token=owner_token(key), expires=stored.expires.replace(tzinfo=UTC))
    response = Response(receipt.model_dump_json(), 201, mimetype="application/json")
    response.headers["Location"] = f"/v1/feedback/{stored.id}"
    return response


@blueprint.get("/<correction_id>")
@documented(None, {200: StoredFeedback}, fails=(401, 403, 404, 406), tokens="own")
def read(correction_id: str) -> Response:
    """Read a correction with its own token"""
    bodies.check_accepted("application/json")
    found = owned(correction_id)
    answer = StoredFeedback(
        id=found.id,
        shown=found.shown,
        given=found.given,
        model=ModelName(name=found.model_name, version=found.model_version),
        text=found.text,
        created=found.created.replace(tzinfo=UTC),
        expires=found.expires.replace(tzinfo=UTC),
    )
    return Response(answer.model_dump_json(), mimetype="application/json")


@blueprint.delete("/<correction_id>")
@documented(None, {204: None}, fails=(401, 403, 404), tokens="own")
def delete(correction_id: str) -> Response:
    """Delete a correction with its own token"""
    store().delete(owned(correction_id).id)
    return Response(status=204)


def store() -> Store:
    found: Store = current_app.extensions["store"]
    return found


def owned(correction_id: str) -> Correction:
    """Raises Problem 401 without the token, 404 where there is no such correction or the token is another's."""
    token = bearer()
    if not token:
        detail = "Send the token that came with the correction, as Authorization: Bearer TOKEN."
        raise Problem(401, "token-needed", detail, headers=[("WWW-Authenticate", "Bearer")])
    found = store().find(correction_id) if re.fullmatch("[0-9a-f]{32}", correction_id) else None
    if found is None or not hmac.compare_digest(found.token_digest, digest(token)):
        raise Problem(404, "no-such-feedback", "There is no such correction, or it belongs to another token.")
    return found


def idempotency_key() -> str:
    key = request.headers.get("Idempotency-Key", "").strip('"') or uuid.uuid4().hex
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,64}", key):
        detail = "The header Idempotency-Key must be 16 to 64 letters, digits, hyphens or underscores."
        raise Problem(400, "bad-idempotency-key", detail)
    return key


def owner_token(key: str) -> str:
    """Made from the key, so that a repeated request gets the same token though only its digest is stored."""
    return "feedback_" + hmac.new(key.encode(), b"sayso feedback token", sha256).hexdigest()
