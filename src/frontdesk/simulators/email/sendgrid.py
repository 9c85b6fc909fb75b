"""SendGrid's v3 API: Mail Send, the key's scopes, and the key that events are verified with.

Source: twilio.com/docs/sendgrid, "Mail Send" and "Mail Send Errors" (2026).
"""

import hmac
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from frontdesk.simulators.base import Answer, Fault, Spoiler, parse_json
from frontdesk.simulators.email import errors, mail_send
from frontdesk.simulators.email.errors import SendGridError
from frontdesk.simulators.email.hooks import verification_key
from frontdesk.simulators.email.network import Network
from frontdesk.simulators.email.state import Business

MAX_BYTES = 30 * 1024 * 1024
_SCOPES = ["mail.send", "mail.batch.create", "user.webhooks.event.settings.read"]

Endpoint = Callable[[Request, Business], Awaitable[Answer]]


class Api:
    """The endpoints over one network."""

    def __init__(self, network: Network) -> None:
        self._network, self._state = network, network.state
        self._spoiler = Spoiler(network.engine, self._refuse)

    def routes(self) -> list[Route]:
        """SendGrid's paths."""
        key = "/v3/user/webhooks/event/settings/signed"
        return [
            Route("/v3/mail/send", self._at(self.send), methods=["POST"]),
            Route("/v3/scopes", self._at(self.scopes), methods=["GET"]),
            Route(key, self._at(self.key), methods=["GET"]),
        ]

    def _at(self, endpoint: Endpoint) -> Callable[[Request], Awaitable[Any]]:
        async def answer(request: Request) -> ASGIApp:
            try:
                return await endpoint(request, self._business(request))
            except SendGridError as error:
                return error.answer()

        return answer

    def _business(self, request: Request) -> Business:
        """The account that asks, proved by its key. Raises SendGridError."""
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        for business in self._state.businesses.values():
            is_key = hmac.compare_digest(given.encode(), business.api_key.encode())
            if scheme.lower() == "bearer" and business.api_key and is_key:
                return business
        raise SendGridError("The provided authorization grant is invalid, expired, or revoked", None, 401)

    async def scopes(self, _request: Request, _business: Business) -> Answer:
        """What the key may do."""
        return JSONResponse({"scopes": _SCOPES})

    async def key(self, _request: Request, business: Business) -> Answer:
        """The key that verifies the events."""
        return JSONResponse({"public_key": verification_key(business.api_key)})

    async def send(self, request: Request, business: Business) -> Answer:
        """Take a mail."""
        raw = await request.body()
        if len(raw) > MAX_BYTES:
            raise SendGridError("The JSON payload you have included is too large.", None, 413)
        try:
            given = parse_json(raw)
        except ValueError:
            raise SendGridError("Bad Request") from None
        first = mail_send.first_recipient(given)
        spoilt = await self._spoiler.before(business.id, first)
        if spoilt is not None:
            return spoilt
        send_id = self._state.ids.word(22)
        now = self._state.now()
        try:
            wanted = mail_send.checked(given, business.address)
            mail = wanted.written(send_id, now)
        except (ValueError, TypeError):  # a header with a new line, a list where a word should be
            raise SendGridError("Bad Request") from None
        accepted = self._network.take(business, wanted.recipients, mail, {"told": wanted.told}, send_id)
        headers = {"X-Message-Id": send_id, "X-RateLimit-Limit": "600", "X-RateLimit-Remaining": "599"}
        headers["X-RateLimit-Reset"] = str(int(now.timestamp()) + 1)
        return await self._spoiler.after(accepted, Response(status_code=202, headers=headers), request)

    def _refuse(self, fault: Fault) -> Response:
        return errors.of_fault(fault, self._state.now().timestamp()).answer()
