"""The door to Graph API's endpoints: who asks, for what, with which body; and how refusals are answered."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp

from frontdesk.simulators.base import Answer, parse_json
from frontdesk.simulators.messenger.errors import GraphError, no_such_object, wrong
from frontdesk.simulators.messenger.network import Network
from frontdesk.simulators.messenger.state import Business

MAX_JSON_BYTES = 1024 * 1024
MAX_FILE_BYTES = 25 * 1024 * 1024
_VERSION = re.compile(r"v\d{1,2}\.0")

Endpoint = Callable[[Request, str], Awaitable[Answer]]
Fields = dict[str, Any]


class Door:
    """What all endpoints need."""

    def __init__(self, network: Network) -> None:
        self.network, self.state, self.platform = network, network.state, network.platform
        self.faults = network.engine.faults

    def at(self, endpoint: Endpoint) -> Callable[[Request], Awaitable[Any]]:
        """An endpoint whose refusals are answered in Graph's form."""

        async def answer(request: Request) -> ASGIApp:
            trace = self.state.ids.word(11)
            try:
                if not _VERSION.fullmatch(request.path_params.get("version", "v1.0")):
                    raise GraphError(2500)
                return await endpoint(request, request.path_params["object_id"])
            except GraphError as error:
                headers = {"x-fb-trace-id": trace}
                if error.retry_after is not None:
                    headers["retry-after"] = str(error.retry_after)
                return JSONResponse(error.body(trace), error.status, headers)

        return answer

    def token(self, request: Request) -> str:
        """The token that a request carries. Raises GraphError."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        token = token.strip() if scheme.lower() == "bearer" else request.query_params.get("access_token", "")
        if not token:
            raise GraphError(104)
        return token

    def page(self, request: Request, object_id: str) -> Business:
        """The page of the token, asked for by its id or as `me`. Raises GraphError."""
        token = self.token(request)
        owners = [one for one in self.state.businesses.values() if one.access_token == token]
        if not owners:
            raise GraphError(190)
        found = next((one for one in owners if object_id in {one.id, "me"}), None)
        if found is None:
            raise no_such_object(request.method, object_id)
        return found


async def read_fields(request: Request) -> Fields:
    """The fields of a request: of its query, and of its body, JSON or a form. Raises GraphError."""
    fields: Fields = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in {"multipart/form-data", "application/x-www-form-urlencoded"}:
        form = await _form(request)
        return fields | {name: value for name, value in form.items() if isinstance(value, str)}
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_JSON_BYTES:
                raise GraphError(100, "The request body is too large.", status=413)
        told = parse_json(bytes(body)) if body else {}
    except ClientDisconnect as error:
        raise wrong("The request ended early.") from error
    except (ValueError, RecursionError) as error:
        raise wrong("The request body is not valid JSON.") from error
    if not isinstance(told, dict):
        raise wrong("The request body is not a JSON object.")
    return fields | told


async def read_upload(request: Request) -> tuple[Fields, bytes, str, str | None]:
    """Fields of an upload, its bytes, media type and name. Raises GraphError."""
    form = await _form(request)
    file = form.get("filedata")
    if not isinstance(file, UploadFile):
        raise wrong("The parameter filedata is required.")
    content = await file.read(MAX_FILE_BYTES + 1)
    await form.close()
    if not 0 < len(content) <= MAX_FILE_BYTES:
        raise GraphError(100, "Upload attachment failure.", subcode=2018047)
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    return fields, content, file.content_type or "application/octet-stream", file.filename


def nested(fields: Fields, name: str) -> Fields:
    """An object among the fields; a form carries it as JSON. Raises GraphError."""
    value = fields.get(name)
    if isinstance(value, str):
        try:
            value = parse_json(value.encode())
        except (ValueError, RecursionError) as error:
            raise wrong(f"Param {name} is not valid JSON.") from error
    return value if isinstance(value, dict) else {}


async def _form(request: Request) -> FormData:
    try:
        return await request.form(max_files=1, max_fields=20)
    except (HTTPException, ClientDisconnect, ValueError) as error:
        raise wrong("The request is not a form.") from error
