"""Graph API's endpoints for messages and files, and its paths. The work is done in `network` and `media`."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from frontdesk.simulators.base import Accepted, Answer, Fault, FaultKind, Spoiler
from frontdesk.simulators.whatsapp import media
from frontdesk.simulators.whatsapp.accounts import Accounts
from frontdesk.simulators.whatsapp.checks import check_send
from frontdesk.simulators.whatsapp.door import Door, read_json
from frontdesk.simulators.whatsapp.errors import GraphError, missing
from frontdesk.simulators.whatsapp.network import USUAL_CODE, Network
from frontdesk.simulators.whatsapp.state import Business


class Graph(Door):
    """The endpoints over one network."""

    def __init__(self, network: Network) -> None:
        super().__init__(network)
        self._spoiler = Spoiler(network.engine, _refuse)

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
        spoilt = await self._spoiler.before(object_id, wa_id)
        if spoilt is not None:
            return spoilt
        checked = check_send(body)
        accepted = self.network.send(business, checked)
        return await self._spoiler.after(accepted, JSONResponse(_taken(accepted, checked)), request)

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
        if fault := self.faults.next(FaultKind.UPLOAD_ERROR, business.id, None):
            raise GraphError(131053, status=fault.status)
        stored = await media.upload(request, self.state)
        return JSONResponse({"id": stored.id})

    async def download(self, request: Request, object_id: str) -> Response:
        """A file's bytes, from the address that the media endpoint tells."""
        self.token(request)
        if fault := self.faults.next(FaultKind.DOWNLOAD_ERROR, None, None):
            return Response("upstream error", fault.status or 500)
        stored = self.state.files.get(object_id)
        if stored is None:
            return Response("Media not found", 404)
        return Response(stored.content, media_type=stored.mime)


def _refuse(fault: Fault) -> Response:
    """What a fault makes of a send, in Meta's words. Raises GraphError."""
    match fault.kind:
        case FaultKind.RATE_LIMIT:
            raise GraphError(130429, status=fault.status or 429, retry_after=max(1, int(fault.seconds)))
        case FaultKind.SERVER_ERROR:
            raise GraphError(2, title="Service temporarily unavailable", status=fault.status or 503)
        case FaultKind.ACCEPT_ERROR:
            raise GraphError(USUAL_CODE, status=fault.status or 500)
        case _:
            raise GraphError(USUAL_CODE if fault.code is None else fault.code, status=fault.status)


def _taken(accepted: Accepted, body: dict[str, Any]) -> dict[str, Any]:
    recipient = str(body.get("to") or body.get("recipient"))
    contact = {"input": recipient}
    contact["user_id" if "." in recipient else "wa_id"] = recipient if "." in recipient else accepted.entry.to
    message = {"id": accepted.entry.id}
    if body["type"] == "template":
        message["message_status"] = "accepted"
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]}
