"""Every error as one problem document (RFC 9457). The only place that maps an error to an HTTP status.

A detail never holds internals: no stack trace, no driver's words, no text of an unexpected exception.
"""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, cast

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import Response

from frontdesk.api.patterns import WORDS
from frontdesk.domain import errors as e

STATUSES: dict[type[e.DeskError], int] = {
    e.NotFound: 404,
    e.Invalid: 422,
    e.Malformed: 400,
    e.Conflict: 409,
    e.IdempotencyMismatch: 422,
    e.IdempotencyInFlight: 409,
    e.Unauthenticated: 401,
    e.Forbidden: 403,
    e.TooLarge: 413,
    e.RateLimited: 429,
    e.Busy: 503,
    e.NotAllowed: 409,
    e.SignatureInvalid: 403,
    e.UnsupportedByChannel: 422,
}
TITLES = {
    400: "The request cannot be read",
    401: "Not signed in",
    403: "Not permitted",
    404: "Not found",
    405: "Method not allowed",
    408: "The request took too long",
    409: "Not possible now",
    413: "Too large",
    415: "Unsupported media type",
    421: "Wrong address",
    422: "The request says something that cannot be",
    429: "Too many requests",
    431: "Headers too large",
    500: "Something went wrong here",
    503: "Not available now",
}
CODES = {
    400: "malformed", 401: "unauthenticated", 403: "forbidden", 404: "not_found", 405: "method_not_allowed",
    408: "timeout", 409: "conflict", 413: "too_large", 415: "unsupported_media_type", 421: "wrong_host",
    422: "invalid", 429: "rate_limited", 431: "head_too_large", 500: "internal", 503: "busy",
}  # fmt: skip
HINTS = {
    "missing": "Add this field.",
    "extra_forbidden": "Remove this field or check its spelling.",
    "union_tag_not_found": "Say which kind it is.",
}
PROBLEM_TYPE = "application/problem+json"
_LONGEST = 300


class FieldError(BaseModel):
    """What is wrong with one field of the request."""

    field: str = Field(description="Dotted path, such as content.body.")
    message: str
    hint: str | None = None


class Problem(BaseModel):
    """An error, as RFC 9457 has it."""

    type: str
    title: str
    status: int
    code: str = Field(description="Stable; decide by this one.")
    detail: str
    request_id: str | None = Field(description="Name it when you ask for help.")
    errors: list[FieldError]


class ApiError(e.DeskError):
    """An error of HTTP itself, with its own status and headers."""

    def __init__(
        self, status: int, message: str, *, hint: str | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.status, self.headers = status, dict(headers or {})
        self.code = CODES.get(status, "error")


def problem(
    connection: HTTPConnection,
    status: int,
    code: str,
    detail: str,
    *,
    errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer for an error."""
    request_id = connection.scope.get("state", {}).get("request_id")
    text = document(status, code, detail, request_id=request_id, errors=errors)
    return Response(text, status, headers=dict(headers or {}), media_type=PROBLEM_TYPE)


def document(
    status: int,
    code: str,
    detail: str,
    *,
    request_id: str | None = None,
    errors: Sequence[FieldError] = (),
) -> str:
    """The text of a problem document."""
    body = {
        "type": f"urn:frontdesk:problem:{code}",
        "title": TITLES.get(status, "Error"),
        "status": status,
        "code": code,
        "detail": detail,
        "request_id": request_id,
        "errors": [error.model_dump() for error in errors],
    }
    return json.dumps(body, ensure_ascii=True)


def status_of(error: e.DeskError) -> int:
    """The HTTP status for an error of the core."""
    if isinstance(error, ApiError):
        return error.status
    return next((STATUSES[cls] for cls in type(error).__mro__ if cls in STATUSES), 400)


def desk_problem(connection: HTTPConnection, error: e.DeskError) -> Response:
    """The answer for an error of the core."""
    status = status_of(error)
    headers = dict(error.headers) if isinstance(error, ApiError) else {}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="frontdesk"'
    wait = getattr(error, "retry_after", 1.0 if isinstance(error, e.IdempotencyInFlight) else None)
    if wait is not None:
        headers["Retry-After"] = str(max(1, math.ceil(wait)))
    if status == 413:
        headers["Connection"] = "close"  # the rest of the body is not read
    errors = [FieldError(field=error.field, message=error.message, hint=error.hint)] if error.field else []
    if isinstance(error, e.InvalidFields):
        errors = [FieldError(field=field, message=message[:_LONGEST]) for field, message in error.fields]
    detail = error.message if error.field or not error.hint else f"{error.message} {error.hint}"
    return problem(connection, status, error.code, detail, errors=errors, headers=headers)


def field_errors(found: Sequence[Any]) -> list[FieldError]:
    """Pydantic's errors as ours: the path without `body`, `query` or `path`, the message without input."""
    errors = []
    for error in found[:50]:
        place = error["loc"]
        names = place[1:] if len(place) > 1 and place[0] in {"body", "query", "path", "header"} else place
        message, hint = _in_words(error)
        errors.append(FieldError(field=".".join(map(str, names)), message=message, hint=hint))
    return errors


def _in_words(error: Mapping[str, Any]) -> tuple[str, str | None]:
    """What is wrong and what helps; of a pattern what it asks for."""
    if error["type"] == "string_pattern_mismatch" and (words := WORDS.get(error["ctx"]["pattern"])):
        return words
    return str(error["msg"])[:_LONGEST], HINTS.get(error["type"])


def invalid_problem(connection: HTTPConnection, found: Sequence[Any]) -> Response:
    """The answer for a request that does not fit its schema."""
    return problem(
        connection, 422, "invalid", "Some fields are not as they must be.", errors=field_errors(found)
    )


async def on_desk_error(connection: HTTPConnection, error: Exception) -> Response:
    """Answer errors of the core."""
    return desk_problem(connection, cast("e.DeskError", error))


async def on_invalid(connection: HTTPConnection, error: Exception) -> Response:
    """Answer requests that do not fit their schema."""
    return invalid_problem(connection, cast("RequestValidationError", error).errors())


async def on_http_error(connection: HTTPConnection, error: Exception) -> Response:
    """Answer what the framework refuses: unknown paths, wrong methods, unreadable forms."""
    refused = cast("HTTPException", error)
    detail = {
        404: "There is nothing at this address.",
        405: "This address does not take this method.",
    }.get(refused.status_code, TITLES.get(refused.status_code, "The request was refused."))
    code = CODES.get(refused.status_code, "error")
    return problem(connection, refused.status_code, code, detail, headers=refused.headers)


def unexpected(connection: HTTPConnection) -> Response:
    """The answer for an error that nobody foresaw."""
    return problem(connection, 500, "internal", "The error was logged under the request id.")
