"""The REST API's endpoints: messages, files, the account and its number.

Source: twilio.com, "Message resource", "Media subresource", "IncomingPhoneNumber resource" (2026).
"""

import base64
import binascii
import hmac
from collections.abc import Awaitable, Callable
from email.utils import format_datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from frontdesk.simulators.base import Answer, Fault, FaultKind, Spoiler
from frontdesk.simulators.twilio_sms.errors import TwilioError
from frontdesk.simulators.twilio_sms.network import Network
from frontdesk.simulators.twilio_sms.state import Business

Endpoint = Callable[[Request, Business], Awaitable[Answer]]
_ACCOUNT = "/2010-04-01/Accounts/{sid}"


class Api:
    """The endpoints over one network."""

    def __init__(self, network: Network) -> None:
        self._network, self._state = network, network.state
        self._spoiler = Spoiler(network.engine, _refuse)

    def routes(self) -> list[Route]:
        """Twilio's paths."""
        numbers = f"{_ACCOUNT}/IncomingPhoneNumbers"
        return [
            Route(f"{_ACCOUNT}.json", self._at(self.account), methods=["GET"]),
            Route(f"{_ACCOUNT}/Messages.json", self._at(self.post_message), methods=["POST"]),
            Route(f"{_ACCOUNT}/Messages/{{mid}}.json", self._at(self.message), methods=["GET"]),
            Route(f"{_ACCOUNT}/Messages/{{mid}}/Media/{{file_id}}", self._at(self.media), methods=["GET"]),
            Route(f"{numbers}.json", self._at(self.numbers), methods=["GET"]),
            Route(f"{numbers}/{{number_sid}}.json", self._at(self.change_number), methods=["POST"]),
            Route("/files/{file_id}", self.file, methods=["GET"], name="twilio_file"),
        ]

    def _at(self, endpoint: Endpoint) -> Callable[[Request], Awaitable[Any]]:
        async def answer(request: Request) -> ASGIApp:
            headers = {"twilio-request-id": self._state.ids.sid("RQ"), "twilio-concurrent-requests": "1"}
            headers["twilio-request-duration"] = "0.010"
            try:
                given = await endpoint(request, self._business(request))
            except TwilioError as error:
                if error.retry_after is not None:
                    headers["retry-after"] = str(error.retry_after)
                return JSONResponse(error.body, error.status, headers)
            if isinstance(given, Response):
                given.headers.update(headers)
            return given

        return answer

    def _business(self, request: Request) -> Business:
        """The account that asks, proved by its token. Raises TwilioError."""
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        try:
            sid, _, token = base64.b64decode(given).decode().partition(":")
        except (binascii.Error, ValueError):
            raise TwilioError(20003) from None
        business = self._state.businesses.get(sid)
        if scheme.lower() != "basic" or business is None or sid != request.path_params["sid"]:
            raise TwilioError(20003)
        if not hmac.compare_digest(token.encode(), business.auth_token.encode()):
            raise TwilioError(20003)
        return business

    async def account(self, _request: Request, business: Business) -> Answer:
        """The account itself."""
        return JSONResponse({"sid": business.id, "friendly_name": business.name, "status": "active"})

    async def post_message(self, request: Request, business: Business) -> Answer:
        """Send."""
        form = await request.form()
        fields = {name: str(value) for name, value in form.items()}
        spoilt = await self._spoiler.before(business.id, fields.get("To", "").rpartition(":")[2])
        if spoilt is not None:
            return spoilt
        media = [str(url) for url in form.getlist("MediaUrl")]
        accepted = self._network.send(business, fields, media)
        told = _told(business, accepted.entry.id, fields, len(media), format_datetime(self._state.now()))
        return await self._spoiler.after(accepted, JSONResponse(told, 201), request)

    async def message(self, request: Request, business: Business) -> Answer:
        """A message that was sent, as it stands now."""
        found = self._network.sent(business, request.path_params["mid"])
        if found is None:
            raise TwilioError(20404)
        fields = {"From": business.address, "To": str(found.facts["to"]), "Body": found.shown}
        told = _told(business, found.id, fields, len(found.facts["files"]), format_datetime(found.at))
        error = found.error or {}
        told |= {"status": "undelivered" if found.status == "failed" else found.status}
        told |= {"error_code": error.get("code"), "error_message": error.get("message")}
        return JSONResponse(told)

    async def media(self, request: Request, _business: Business) -> Answer:
        """A file of a message: elsewhere, without credentials."""
        if fault := self._network.engine.faults.next(FaultKind.DOWNLOAD_ERROR, None, None):
            return Response("upstream error", fault.status or 500)
        file_id = request.path_params["file_id"]
        if file_id not in self._state.files:
            raise TwilioError(20404)
        return RedirectResponse(str(request.url_for("twilio_file", file_id=file_id)), 307)

    async def file(self, request: Request) -> Response:
        """A file's bytes."""
        stored = self._state.files.get(request.path_params["file_id"])
        if stored is None:
            return Response("Not found", 404)
        return Response(stored.content, media_type=stored.mime)

    async def numbers(self, request: Request, business: Business) -> Answer:
        """The account's numbers."""
        wanted = request.query_params.get("PhoneNumber")
        found = [] if wanted not in (None, business.address) else [_number(business)]
        return JSONResponse({"incoming_phone_numbers": found})

    async def change_number(self, request: Request, business: Business) -> Answer:
        """Lead a number's messages to a hook."""
        form = await request.form()
        if request.path_params["number_sid"] != _number(business)["sid"]:
            raise TwilioError(20404)
        business.hook_url = str(form.get("SmsUrl") or business.hook_url)
        return JSONResponse(_number(business))


def _number(business: Business) -> dict[str, Any]:
    return {
        "sid": f"PN{business.id[2:]}",
        "phone_number": business.address,
        "account_sid": business.id,
        "sms_url": business.hook_url,
        "sms_method": "POST",
    }


def _told(business: Business, sid: str, fields: dict[str, str], media: int, now: str) -> dict[str, Any]:
    """A message as the API tells it right after the send: no price yet."""
    return {
        "sid": sid,
        "account_sid": business.id,
        "api_version": "2010-04-01",
        "body": fields.get("Body", ""),
        "date_created": now,
        "date_updated": now,
        "date_sent": None,
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": fields.get("From"),
        "messaging_service_sid": fields.get("MessagingServiceSid"),
        "num_media": str(media),
        "num_segments": "1",
        "price": None,
        "price_unit": "USD",
        "status": "queued",
        "subresource_uris": {},
        "to": fields["To"],
        "uri": f"/2010-04-01/Accounts/{business.id}/Messages/{sid}.json",
    }


def _refuse(fault: Fault) -> Response:
    """What a fault makes of a send, in Twilio's words. Raises TwilioError."""
    match fault.kind:
        case FaultKind.RATE_LIMIT:
            raise TwilioError(20429, status=fault.status, retry_after=max(1, int(fault.seconds)))
        case FaultKind.SERVER_ERROR:
            raise TwilioError(20503, status=fault.status)
        case FaultKind.ACCEPT_ERROR:
            raise TwilioError(20500, status=fault.status)
        case _:
            raise TwilioError(21211 if fault.code is None else fault.code, status=fault.status)
