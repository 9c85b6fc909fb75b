"""Graph API's endpoints, in Meta's paths, bodies and errors. What they do is in `network` and `media`."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from frontdesk.simulators.whatsapp import media
from frontdesk.simulators.whatsapp.checks import check_send
from frontdesk.simulators.whatsapp.errors import GraphError, missing, no_such_object
from frontdesk.simulators.whatsapp.faults import Fault, FaultKind
from frontdesk.simulators.whatsapp.network import Accepted, Network
from frontdesk.simulators.whatsapp.state import Business
from frontdesk.simulators.whatsapp.wire import Cut

MAX_JSON_BYTES = 1024 * 1024
_BEFORE = frozenset(
    {FaultKind.RATE_LIMIT, FaultKind.SERVER_ERROR, FaultKind.ERROR, FaultKind.SLOW, FaultKind.RESET}
)
_AFTER = frozenset(
    {FaultKind.ACCEPT_RESET, FaultKind.ACCEPT_TIMEOUT, FaultKind.ACCEPT_ERROR, FaultKind.STATUS_FIRST}
)
_VERSION = re.compile(r"v\d{1,2}\.0")

Answer = Response | Cut
Endpoint = Callable[["Graph", Request, str], Awaitable[Answer]]


class Graph:
    """The endpoints over one network."""

    def __init__(self, network: Network) -> None:
        self.network, self.state, self.faults = network, network.state, network.faults

    def routes(self) -> list[Route]:
        """Meta's paths: everything is an id, with or without an edge behind it."""
        return [
            Route("/lookaside/{object_id}", self._at(Graph.download), methods=["GET"]),
            Route("/{version}/{object_id}/messages", self._at(Graph.post_message), methods=["POST"]),
            Route("/{version}/{object_id}/media", self._at(Graph.post_media), methods=["POST"]),
            Route("/{version}/{object_id}/subscribed_apps", self._at(Graph.subscribed), methods=_ALL),
            Route("/{version}/{object_id}/message_templates", self._at(Graph.templates), methods=["GET"]),
            Route("/{version}/{object_id}/phone_numbers", self._at(Graph.numbers), methods=["GET"]),
            Route("/{version}/{object_id}", self._at(Graph.one), methods=_ALL),
        ]

    def _at(self, endpoint: Endpoint) -> Callable[[Request], Awaitable[Any]]:
        async def answer(request: Request) -> ASGIApp:
            trace = self.state.ids.trace()
            try:
                if not _VERSION.fullmatch(request.path_params.get("version", "v1.0")):
                    raise GraphError(2500, title="Unknown path components", status=400)
                return await endpoint(self, request, request.path_params["object_id"])
            except GraphError as error:
                headers = {"x-fb-trace-id": trace}
                if error.retry_after is not None:
                    headers["retry-after"] = str(error.retry_after)
                return JSONResponse(error.body(trace), error.status, headers)

        return answer

    # --- who asks -----------------------------------------------------------------------------------------

    def _token(self, request: Request) -> str:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        token = token.strip() if scheme.lower() == "bearer" else request.query_params.get("access_token", "")
        if not token:
            raise GraphError(104)
        if not any(business.access_token == token for business in self.state.businesses.values()):
            raise GraphError(190, title="Invalid OAuth access token - Cannot parse access token")
        return token

    def _number(self, request: Request, object_id: str) -> Business:
        token = self._token(request)
        business = self.state.businesses.get(object_id)
        if business is None or business.access_token != token:
            raise no_such_object(request.method, object_id)
        return business

    def _account(self, request: Request, object_id: str) -> list[Business]:
        token = self._token(request)
        found = [
            business
            for business in self.state.businesses.values()
            if business.waba_id == object_id and business.access_token == token
        ]
        if not found:
            raise no_such_object(request.method, object_id)
        return found

    # --- messages -----------------------------------------------------------------------------------------

    async def post_message(self, request: Request, object_id: str) -> Answer:
        """Send, mark as read, or show typing."""
        business = self._number(request, object_id)
        body = await _json(request)
        if isinstance(body, dict) and body.get("status") is not None:
            return self._mark(business, check_send(body))
        recipient = str(body.get("to") or body.get("recipient")) if isinstance(body, dict) else ""
        phone = self.state.phone_of(recipient)
        wa_id = phone.wa_id if phone else recipient
        if fault := self.faults.next(_BEFORE, object_id, wa_id):
            cut = await self._spoil_before(fault)
            if cut is not None:
                return cut
        checked = check_send(body)
        accepted = self.network.send(business, checked)
        fault = self.faults.next(_AFTER, object_id, accepted.phone.wa_id)
        if fault is not None:
            return await self._spoil_after(fault, accepted, checked, request)
        return JSONResponse(_taken(accepted, checked), background=BackgroundTask(_as_step(accepted.carry)))

    async def _spoil_before(self, fault: Fault) -> Cut | None:
        match fault.kind:
            case FaultKind.RATE_LIMIT:
                raise GraphError(130429, status=fault.status or 429, retry_after=max(1, int(fault.seconds)))
            case FaultKind.SERVER_ERROR:
                raise GraphError(2, title="Service temporarily unavailable", status=fault.status or 503)
            case FaultKind.ERROR:
                raise GraphError(fault.code, status=fault.status)
            case FaultKind.RESET:
                return Cut()
            case _:
                await asyncio.sleep(fault.seconds)
                return None

    async def _spoil_after(
        self, fault: Fault, accepted: Accepted, body: dict[str, Any], request: Request
    ) -> Answer:
        accepted.entry.answer = fault.kind.value
        accepted.carry()
        match fault.kind:
            case FaultKind.ACCEPT_RESET:
                return Cut()
            case FaultKind.ACCEPT_TIMEOUT:
                await _until_gone(request, fault.seconds if "seconds" in fault.model_fields_set else 600)
                return Cut()
            case FaultKind.ACCEPT_ERROR:
                raise GraphError(131000, status=fault.status or 500)
            case _:
                await self._until_told(accepted.entry.wamid)
                return JSONResponse(_taken(accepted, body))

    async def _until_told(self, wamid: str) -> None:
        """Wait until a hook about this message was answered, or none is under way (5 s at most)."""
        deadline = asyncio.get_running_loop().time() + 5
        while asyncio.get_running_loop().time() < deadline:
            is_told = any(f"{wamid}:sent" in hook.ids and hook.status == 200 for hook in self.state.hooks)
            if is_told or self.network.hooks.underway == 0:
                return
            await asyncio.sleep(0.01)

    def _mark(self, business: Business, body: dict[str, Any]) -> Response:
        if body["status"] != "read":
            raise GraphError(
                100, title='Param status must be one of {READ} - got "' + str(body["status"]) + '".'
            )
        if not isinstance(body.get("message_id"), str):
            raise missing("message_id")
        self.network.mark_read(business, body["message_id"], is_typing=bool(body.get("typing_indicator")))
        return JSONResponse({"success": True})

    # --- files ----------------------------------------------------------------------------------------------

    async def post_media(self, request: Request, object_id: str) -> Response:
        """Upload a file."""
        business = self._number(request, object_id)
        if fault := self.faults.next(FaultKind.UPLOAD_ERROR, business.phone_number_id, None):
            raise GraphError(131053, status=fault.status)
        stored = await media.upload(request, self.state)
        return JSONResponse({"id": stored.id})

    async def download(self, request: Request, object_id: str) -> Response:
        """A file's bytes, from the address that the media endpoint tells."""
        self._token(request)
        if fault := self.faults.next(FaultKind.DOWNLOAD_ERROR, None, None):
            return Response("upstream error", fault.status or 500)
        stored = self.state.media.get(object_id)
        if stored is None:
            return Response("Media not found", 404)
        return Response(stored.content, media_type=stored.mime)

    # --- accounts and everything that is an id --------------------------------------------------------------

    async def one(self, request: Request, object_id: str) -> Response:
        """A number, an account or a file by its id; DELETE takes a file away."""
        self._token(request)
        stored = self.state.media.get(object_id)
        if stored is not None and request.method == "DELETE":
            del self.state.media[object_id]
            return JSONResponse({"success": True})
        if stored is not None and request.method == "GET":
            return JSONResponse(media.described(stored, _lookaside(request, stored.id)))
        if request.method == "GET" and object_id in self.state.businesses:
            return JSONResponse(_number_facts(self._number(request, object_id)))
        if request.method == "GET" and any(
            one.waba_id == object_id for one in self.state.businesses.values()
        ):
            account = self._account(request, object_id)[0]
            return JSONResponse({"id": object_id, "name": account.display_name, "currency": "EUR"})
        raise no_such_object(request.method, object_id)

    async def numbers(self, request: Request, object_id: str) -> Response:
        """The numbers of an account."""
        return JSONResponse({"data": [_number_facts(one) for one in self._account(request, object_id)]})

    async def templates(self, request: Request, object_id: str) -> Response:
        """The templates of an account, in pages."""
        found = self._account(request, object_id)[0].templates
        for name in ("name", "status", "language", "category"):
            if wanted := request.query_params.get(name):
                found = [template for template in found if template[name].lower() == wanted.lower()]
        limit, after = request.query_params.get("limit", "25"), request.query_params.get("after", "0")
        if not (limit.isdigit() and after.isdigit() and int(limit) > 0):
            raise GraphError(100, "limit and after must be numbers")
        start, end = int(after), int(after) + int(limit)
        paging: dict[str, Any] = {"cursors": {"before": str(start), "after": str(end)}}
        if end < len(found):
            paging["next"] = str(request.url.include_query_params(after=end))
        return JSONResponse({"data": found[start:end], "paging": paging})

    async def subscribed(self, request: Request, object_id: str) -> Response:
        """Who hears the account's hooks: tell, begin (with Meta's GET challenge), or end."""
        account = self._account(request, object_id)
        if request.method == "GET":
            apps = [{"whatsapp_business_api_data": {"id": "1", "name": "Frontdesk", "link": ""}}]
            if account[0].hook_url:
                apps[0]["override_callback_uri"] = account[0].hook_url  # type: ignore[assignment]
            return JSONResponse({"data": apps if account[0].subscribed else []})
        if request.method == "POST":
            body = await _json(request) if (await request.body()) else {}
            body = {**request.query_params, **(body if isinstance(body, dict) else {})}
            url = body.get("override_callback_uri") or account[0].hook_url
            token = body.get("verify_token") or account[0].verify_token
            if url and (problem := await self.network.hooks.verify(str(url), str(token))):
                title = f"Callback verification failed with the following errors: {problem}"
                raise GraphError(2200, title=title)
            for business in account:
                business.hook_url, business.verify_token = url and str(url), str(token)
        for business in account:
            business.subscribed = request.method == "POST"
        return JSONResponse({"success": True})


_ALL = ["GET", "POST", "DELETE"]


def _taken(accepted: Accepted, body: dict[str, Any]) -> dict[str, Any]:
    recipient = str(body.get("to") or body.get("recipient"))
    contact = {"input": recipient}
    contact["user_id" if "." in recipient else "wa_id"] = (
        recipient if "." in recipient else accepted.phone.wa_id
    )
    message = {"id": accepted.entry.wamid}
    if body["type"] == "template":
        message["message_status"] = "accepted"
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]}


def _as_step(carry: Callable[[], None]) -> Callable[[], Awaitable[None]]:
    async def step() -> None:
        carry()

    return step


def _lookaside(request: Request, media_id: str) -> str:
    """The file's address beside the one that was asked, wherever this application is mounted."""
    path = f"{request.scope.get('root_path', '')}/lookaside/{media_id}"
    return str(request.url.replace(path=path, query="", fragment=""))


def _number_facts(business: Business) -> dict[str, Any]:
    return {
        "id": business.phone_number_id,
        "display_phone_number": business.display_phone_number,
        "verified_name": business.display_name,
        "code_verification_status": "VERIFIED",
        "quality_rating": "GREEN",
        "platform_type": "CLOUD_API",
        "throughput": {"level": "STANDARD"},
        "status": "CONNECTED",
        "webhook_configuration": {"application": business.hook_url or ""},
    }


async def _json(request: Request) -> Any:
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_JSON_BYTES:
                raise GraphError(100, "The request body is too large.", status=413)
        return json.loads(bytes(body))
    except ClientDisconnect as error:
        raise GraphError(100, "The request ended early.") from error
    except (ValueError, RecursionError) as error:
        raise GraphError(100, "The request body is not valid JSON.") from error


async def _until_gone(request: Request, seconds: float) -> None:
    """Wait until the client gives up, or so long."""
    deadline = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < deadline:
        if await request.is_disconnected():
            return
        await asyncio.sleep(0.05)
