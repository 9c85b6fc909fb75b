"""The door to Graph API's endpoints: who asks, for what, with which body; and how refusals are answered."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp

from frontdesk.simulators.base import Answer, parse_json
from frontdesk.simulators.whatsapp.errors import GraphError, no_such_object
from frontdesk.simulators.whatsapp.network import Network
from frontdesk.simulators.whatsapp.state import Business

MAX_JSON_BYTES = 1024 * 1024
_VERSION = re.compile(r"v\d{1,2}\.0")

Endpoint = Callable[[Request, str], Awaitable[Answer]]


class Door:
    """What all endpoints need."""

    def __init__(self, network: Network) -> None:
        self.network, self.state, self.faults = network, network.state, network.faults

    def at(self, endpoint: Endpoint) -> Callable[[Request], Awaitable[Any]]:
        async def answer(request: Request) -> ASGIApp:
            trace = self.state.ids.trace()
            try:
                if not _VERSION.fullmatch(request.path_params.get("version", "v1.0")):
                    raise GraphError(2500, title="Unknown path components", status=400)
                return await endpoint(request, request.path_params["object_id"])
            except GraphError as error:
                headers = {"x-fb-trace-id": trace}
                if error.retry_after is not None:
                    headers["retry-after"] = str(error.retry_after)
                return JSONResponse(error.body(trace), error.status, headers)

        return answer

    def token(self, request: Request) -> str:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        token = token.strip() if scheme.lower() == "bearer" else request.query_params.get("access_token", "")
        if not token:
            raise GraphError(104)
        if not any(business.access_token == token for business in self.state.businesses.values()):
            raise GraphError(190, title="Invalid OAuth access token - Cannot parse access token")
        return token

    def number(self, request: Request, object_id: str) -> Business:
        token = self.token(request)
        business = self.state.businesses.get(object_id)
        if business is None or business.access_token != token:
            raise no_such_object(request.method, object_id)
        return business

    def account(self, request: Request, object_id: str) -> list[Business]:
        token = self.token(request)
        found = [
            business
            for business in self.state.businesses.values()
            if business.waba_id == object_id and business.access_token == token
        ]
        if not found:
            raise no_such_object(request.method, object_id)
        return found


async def read_json(request: Request) -> Any:
    """The body as JSON. Raises GraphError."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_JSON_BYTES:
                raise GraphError(100, "The request body is too large.", status=413)
        return parse_json(bytes(body))
    except ClientDisconnect as error:
        raise GraphError(100, "The request ended early.") from error
    except (ValueError, RecursionError) as error:
        raise GraphError(100, "The request body is not valid JSON.") from error
