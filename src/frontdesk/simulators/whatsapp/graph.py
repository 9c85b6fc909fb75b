"""Graph API's endpoints for messages and files, and its paths. The work is done in `network` and `media`."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from frontdesk.simulators.whatsapp import media
from frontdesk.simulators.whatsapp.accounts import Accounts
from frontdesk.simulators.whatsapp.checks import check_send
from frontdesk.simulators.whatsapp.door import Answer, Door, read_json
from frontdesk.simulators.whatsapp.errors import GraphError, missing
from frontdesk.simulators.whatsapp.faults import Fault, FaultKind
from frontdesk.simulators.whatsapp.network import Accepted
from frontdesk.simulators.whatsapp.state import Business
from frontdesk.simulators.whatsapp.wire import Cut

_BEFORE = frozenset(
    {FaultKind.RATE_LIMIT, FaultKind.SERVER_ERROR, FaultKind.ERROR, FaultKind.SLOW, FaultKind.RESET}
)
_AFTER = frozenset(
    {FaultKind.ACCEPT_RESET, FaultKind.ACCEPT_TIMEOUT, FaultKind.ACCEPT_ERROR, FaultKind.STATUS_FIRST}
)


class Graph(Door):
    """The endpoints over one network."""

    def routes(self) -> list[Route]:
        """Meta's paths: everything is an id, with or without an edge behind it."""
        accounts, every = Accounts(self.network), ["GET", "POST", "DELETE"]
        edge = "/{version}/{object_id}"
        return [
            Route("/lookaside/{object_id}", self.at(self.download), methods=["GET"]),
            Route(f"{edge}/messages", self.at(self.post_message), methods=["POST"]),
            Route(f"{edge}/media", self.at(self.post_media), methods=["POST"]),
            Route(f"{edge}/subscribed_apps", self.at(accounts.subscribed), methods=every),
            Route(f"{edge}/message_templates", self.at(accounts.templates), methods=["GET"]),
            Route(f"{edge}/phone_numbers", self.at(accounts.numbers), methods=["GET"]),
            Route(edge, self.at(accounts.one), methods=every),
        ]

    # --- messages -----------------------------------------------------------------------------------------

    async def post_message(self, request: Request, object_id: str) -> Answer:
        """Send, mark as read, or show typing."""
        business = self.number(request, object_id)
        body = await read_json(request)
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
        business = self.number(request, object_id)
        if fault := self.faults.next(FaultKind.UPLOAD_ERROR, business.phone_number_id, None):
            raise GraphError(131053, status=fault.status)
        stored = await media.upload(request, self.state)
        return JSONResponse({"id": stored.id})

    async def download(self, request: Request, object_id: str) -> Response:
        """A file's bytes, from the address that the media endpoint tells."""
        self.token(request)
        if fault := self.faults.next(FaultKind.DOWNLOAD_ERROR, None, None):
            return Response("upstream error", fault.status or 500)
        stored = self.state.media.get(object_id)
        if stored is None:
            return Response("Media not found", 404)
        return Response(stored.content, media_type=stored.mime)


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


async def _until_gone(request: Request, seconds: float) -> None:
    """Wait until the client gives up, or so long."""
    deadline = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < deadline:
        if await request.is_disconnected():
            return
        await asyncio.sleep(0.05)
