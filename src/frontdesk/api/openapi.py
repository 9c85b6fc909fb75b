"""The OpenAPI document: what FastAPI derives from the routes, plus how to sign in and how errors look."""

import warnings
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.warnings import UnsupportedFieldAttributeWarning

import frontdesk
from frontdesk.api.errors import Problem
from frontdesk.api.route import DeskRoute

_DESCRIPTION = """Everything that the console does goes through this API.

Writes take an `Idempotency-Key`, lists have cursors, errors are problem details (RFC 9457) with a `code` to
decide by and a `request_id` to ask with. An id of another account is answered like an unknown one: 404."""
_TAGS = {
    "session": "Signing in and out, and the first owner of a desk.",
    "account": "The company: its name, language and time zone.",
    "users": "The people who sign in.",
    "tokens": "Credentials of programs.",
    "inboxes": "Configured channels, with their secrets, templates and state.",
    "conversations": "Episodes of talk with a customer, from opened to resolved.",
    "messages": "What is said: written, read, starred, taken back.",
    "attachments": "Files of messages.",
    "contacts": "Customers, their addresses and merges.",
    "opt-outs": "Who does not want to be sent what.",
    "canned responses": "Prepared messages with variables.",
    "deliveries": "What became of each message on its way, dead letters, what providers reported.",
    "reports": "Sums: what messages cost, what was saved.",
    "histories": "Everything as lines and files, in and out.",
    "live": "Events as they happen, by WebSocket and server-sent events, and the log behind them.",
    "widget": "What a visitor of a website may do.",
    "hooks": "What providers call.",
    "health": "Whether the desk is alive and ready.",
}
_SCHEMES = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "frontdesk",
        "description": "The console's session; unsafe methods also need the header X-CSRF-Token.",
    },
    "token": {"type": "http", "scheme": "bearer", "description": "An API token, fd_…"},
    "visitor": {"type": "http", "scheme": "bearer", "description": "A visitor's token, fv_…"},
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Repeat a request safely: the same key has one effect and one answer, for 7 days.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
}
_PROBLEM = {
    "description": "An error (RFC 9457).",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def build(app: FastAPI) -> dict[str, Any]:
    """The document of an app, with the permissions of each route under `x-permissions`."""
    with warnings.catch_warnings():
        # FastAPI silences this for the fields it makes itself, but not where a model's build was put off.
        warnings.simplefilter("ignore", UnsupportedFieldAttributeWarning)
        document = get_openapi(
            title="Frontdesk",
            version=frontdesk.__version__,
            summary="One desk for every conversation a company has with its customers",
            description=_DESCRIPTION,
            license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
            tags=[{"name": name, "description": text} for name, text in _TAGS.items()],
            routes=app.routes,
        )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    nested = Problem.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    schemas.update(nested.pop("$defs", {}))
    schemas["Problem"] = nested
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    document["components"]["securitySchemes"] = _SCHEMES
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = _PROBLEM
    for route in app.routes:
        if isinstance(route, DeskRoute) and route.include_in_schema:
            for method in route.methods or ():
                _complete(document["paths"][route.path_format][method.lower()], route)
    return document


def _complete(operation: dict[str, Any], route: DeskRoute) -> None:
    needs = route.needs
    if needs is None:
        operation["security"] = []
        return
    operation["security"] = [{"visitor": []}] if needs.visitor else [{"session": []}, {"token": []}]
    operation["x-permissions"] = [str(permission) for permission in needs.permissions]
    if route.is_write:
        operation.setdefault("parameters", []).append(_KEY)
