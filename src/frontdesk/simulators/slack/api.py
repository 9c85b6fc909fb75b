"""The Web API over HTTP: who calls, by which method, with which arguments.

Source: docs.slack.dev, "Using the Slack Web API": a token in the header or an argument; a query, a form or
JSON; many methods take no JSON (2026).
"""

import inspect
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from frontdesk.simulators.base import Answer, Cut, parse_json
from frontdesk.simulators.slack.calls import Call
from frontdesk.simulators.slack.chat import Chat
from frontdesk.simulators.slack.errors import SlackError
from frontdesk.simulators.slack.files import Files
from frontdesk.simulators.slack.network import Network
from frontdesk.simulators.slack.people import People
from frontdesk.simulators.slack.state import Business

SCOPES = (
    "channels:history,channels:join,channels:read,chat:write,chat:write.customize,commands,files:read,"
    "files:write,im:history,im:write,reactions:read,reactions:write,users:read,users:read.email"
)
NO_JSON = frozenset(
    {
        "conversations.history",
        "conversations.info",
        "conversations.list",
        "conversations.members",
        "conversations.replies",
        "files.getUploadURLExternal",
        "files.info",
        "reactions.get",
        "users.info",
        "users.list",
        "users.lookupByEmail",
    }
)
"""Methods that read arguments from a query or a form only."""


class WebApi:
    """The endpoints over one workspace."""

    def __init__(self, network: Network) -> None:
        self._state, self._files = network.state, Files(network)
        self._methods = Chat(network).methods() | People(network.state).methods() | self._files.methods()

    def routes(self) -> list[Route]:
        """The paths: methods, and files."""
        return [
            Route("/api/{method}", self._answer, methods=["GET", "POST"]),
            Route("/upload/v1/{ticket}", self._files.upload, methods=["POST"]),
            Route("/files-pri/{place}/{name:path}", self._files.download, methods=["GET"]),
        ]

    async def _answer(self, request: Request) -> ASGIApp:
        try:
            return await self._call(request)
        except SlackError as error:
            return error.answer()

    async def _call(self, request: Request) -> Answer:
        name = request.path_params["method"]
        args, is_json = await self._read(request)
        app = self._app(request, args)
        method = self._methods.get(name)
        if method is None:
            raise SlackError("unknown_method")
        call = Call(app, {} if is_json and name in NO_JSON else args, request)
        found = method(call)
        told = await found if inspect.isawaitable(found) else found
        answer = told if isinstance(told, JSONResponse | Cut) else JSONResponse({"ok": True, **_fields(told)})
        if isinstance(answer, JSONResponse):
            answer.headers["x-oauth-scopes"] = SCOPES
            answer.headers["x-slack-req-id"] = self._state.ids.uuid().replace("-", "")
        return answer

    def _app(self, request: Request, args: dict[str, Any]) -> Business:
        header = request.headers.get("authorization", "")
        token = header.removeprefix("Bearer ") or str(args.pop("token", ""))
        if not token:
            raise SlackError("not_authed")
        app = self._state.app_of(token)
        if app is None:
            raise SlackError("invalid_auth")
        return app

    async def _read(self, request: Request) -> tuple[dict[str, Any], bool]:
        """Arguments, however they were sent, and whether as JSON. Raises SlackError."""
        args: dict[str, Any] = dict(request.query_params)
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "application/json":
            try:
                body = parse_json(await request.body() or b"{}")
            except (ValueError, RecursionError) as error:
                raise SlackError("invalid_json") from error
            if not isinstance(body, dict):
                raise SlackError("json_not_object")
            return args | body, True
        try:
            async with request.form(max_files=1, max_fields=100) as form:
                args |= {name: value for name, value in form.multi_items() if isinstance(value, str)}
        except (ValueError, HTTPException, ClientDisconnect) as error:
            raise SlackError("invalid_form_data") from error
        return args, False


def _fields(told: Any) -> dict[str, Any]:
    return told if isinstance(told, dict) else {}
