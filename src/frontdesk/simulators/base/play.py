"""The play API: act as the customers' phones, make trouble, read the ledger. No sign-in; demo and tests only.

It is the same for every simulator; what a provider has to say is asked of its `Conduct`.

GET  /play/phones                      every phone with what it shows
POST /play/phones                      {id?, name?}: a new phone
GET, PATCH /play/phones/{id}           one phone; {name?, is_online?, reads_at_once?, is_blocked?, …}
GET  /play/phones/{id}/messages        what it shows, both ways, with statuses
POST /play/phones/{id}/messages        {type, …} (see `actions`): becomes a signed hook
POST /play/phones/{id}/read            {message_id?}: read everything, or up to that message
POST /play/media                       a file's bytes with its Content-Type: {id}
GET  /play/media/{id}                  the bytes of any file here, for showing it
GET, PUT, DELETE /play/faults          {faults: [{kind, count?, probability?, …}]}, and the kinds there are
GET, PUT /play/settings                how the network behaves
GET  /play/ledger?after_send=&after_hook=   every accepted send and every hook with its answer
GET  /play/health                      what is under way, the faults that are set
GET  /play/live                        SSE: hello, phone, phone_gone, message, faults
"""

from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from frontdesk.simulators.base.conduct import Conduct
from frontdesk.simulators.base.engine import Engine
from frontdesk.simulators.base.errors import Refusal, Unknown
from frontdesk.simulators.base.faults import Fault
from frontdesk.simulators.base.ledger import past
from frontdesk.simulators.base.phones import Phone
from frontdesk.simulators.base.reading import parse_json

MAX_BODY_BYTES = 100 * 1024 * 1024
_INLINE = ("image/png", "image/jpeg", "image/webp", "audio/", "video/", "application/pdf")
_PAGE_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
"""A mail's HTML is shown as it is; it runs no scripts and fetches nothing."""


class ReadMark(BaseModel):
    """Up to which message the phone's owner read."""

    model_config = ConfigDict(extra="forbid")

    message_id: str | None = None


class FaultList(BaseModel):
    """All the faults that shall be set."""

    model_config = ConfigDict(extra="forbid")

    faults: list[Fault] = Field(max_length=100)


class Play:
    """The endpoints of one simulator.

    Args:
        engine: Its parts.
        conduct: What its phones do.
    """

    def __init__(self, engine: Engine, conduct: Conduct) -> None:
        self.engine, self.conduct = engine, conduct
        self.state, self.live, self.faults = engine.state, engine.live, engine.faults

    def routes(self) -> list[Mount]:
        """The paths under /play."""
        table: list[tuple[str, str, Callable[[Request], Awaitable[Response]]]] = [
            ("GET", "/phones", self.list_phones),
            ("POST", "/phones", self.add_phone),
            ("GET", "/phones/{phone_id}", self.show_phone),
            ("PATCH", "/phones/{phone_id}", self.change_phone),
            ("GET", "/phones/{phone_id}/messages", self.list_messages),
            ("POST", "/phones/{phone_id}/messages", self.write),
            ("POST", "/phones/{phone_id}/read", self.read),
            ("POST", "/media", self.upload),
            ("GET", "/media/{media_id}", self.show_media),
            ("GET", "/faults", self.show_faults),
            ("PUT", "/faults", self.set_faults),
            ("DELETE", "/faults", self.clear_faults),
            ("GET", "/settings", self.show_settings),
            ("PUT", "/settings", self.set_settings),
            ("GET", "/ledger", self.ledger),
            ("GET", "/health", self.health),
            ("GET", "/live", self.listen),
        ]
        routes = [Route(path, _answered(handler), methods=[method]) for method, path, handler in table]
        return [Mount("/play", routes=routes)]

    def _phone(self, request: Request) -> Phone:
        phone: Phone = self.state.phone(request.path_params["phone_id"])
        return phone

    async def list_phones(self, _request: Request) -> Response:
        """Every phone."""
        return JSONResponse([self.state.shown_phone(phone) for phone in self.state.phones.values()])

    async def add_phone(self, request: Request) -> Response:
        """A new phone, or the one with this number."""
        phone = self.conduct.add(await _json(request))
        self.state.show_phone(phone)
        return JSONResponse(self.state.shown_phone(phone), 201)

    async def show_phone(self, request: Request) -> Response:
        """One phone."""
        return JSONResponse(self.state.shown_phone(self._phone(request)))

    async def change_phone(self, request: Request) -> Response:
        """Change a phone."""
        phone = self._phone(request)
        self.conduct.change(phone, await _json(request))
        self.state.show_phone(phone)
        return JSONResponse(self.state.shown_phone(phone))

    async def list_messages(self, request: Request) -> Response:
        """What a phone shows."""
        return JSONResponse(self.state.shown_phone(self._phone(request))["messages"])

    async def write(self, request: Request) -> Response:
        """A phone sends."""
        phone = self._phone(request)
        message_id = self.conduct.act(phone, await _json(request))
        return JSONResponse({"id": message_id, "phone_id": phone.id}, 201)

    async def read(self, request: Request) -> Response:
        """A phone's owner reads."""
        mark = ReadMark.model_validate(await _json(request))
        return JSONResponse({"read": self.conduct.read(self._phone(request), mark.message_id)})

    async def upload(self, request: Request) -> Response:
        """A file for a phone to send."""
        mime = request.headers.get("content-type", "")
        filename = request.query_params.get("filename")
        stored = self.conduct.upload(await _body(request), mime, filename)
        return JSONResponse({"id": stored.id, "mime": stored.mime, "size": len(stored.content)}, 201)

    async def show_media(self, request: Request) -> Response:
        """A file's bytes, shown in place only where that is harmless."""
        stored = self.state.files.get(request.path_params["media_id"])
        if stored is None:
            raise Unknown(request.path_params["media_id"])
        is_page = stored.mime.startswith("text/html")
        place = "inline" if is_page or stored.mime.startswith(_INLINE) else "attachment"
        headers = {"x-content-type-options": "nosniff", "content-disposition": place}
        if is_page:
            headers |= {"content-security-policy": _PAGE_POLICY, "x-frame-options": "SAMEORIGIN"}
        return Response(stored.content, media_type=stored.mime, headers=headers)

    async def show_faults(self, _request: Request) -> Response:
        """The faults set, how often each struck, and the kinds there are."""
        return JSONResponse(self.faults.as_json())

    async def set_faults(self, request: Request) -> Response:
        """Set these faults and no others."""
        self.faults.set(FaultList.model_validate(await _json(request)).faults)
        self.live.publish({"type": "faults", **self.faults.as_json()})
        return JSONResponse(self.faults.as_json())

    async def clear_faults(self, _request: Request) -> Response:
        """Set no faults."""
        self.faults.rules = []
        self.live.publish({"type": "faults", **self.faults.as_json()})
        return JSONResponse(self.faults.as_json())

    async def show_settings(self, _request: Request) -> Response:
        """How the network behaves."""
        return JSONResponse(self.state.settings.model_dump())

    async def set_settings(self, request: Request) -> Response:
        """Change the settings that are given."""
        given = await _json(request)
        settings = self.state.settings
        self.state.settings = type(settings).model_validate(
            settings.model_dump() | given if isinstance(given, dict) else given
        )
        return await self.show_settings(request)

    async def ledger(self, request: Request) -> Response:
        """Accepted sends and delivered hooks, oldest first, at most 10,000 of each past the given numbers."""
        sends = past(self.state.sends, request.query_params.get("after_send", "0"))
        hooks = past(self.state.hooks, request.query_params.get("after_hook", "0"))
        totals = {"send_count": self.state.send_count, "hook_count": self.state.hook_count}
        return JSONResponse({"sends": sends, "hooks": hooks, **totals})

    async def health(self, _request: Request) -> Response:
        """What is under way."""
        hooks = self.engine.hooks
        return JSONResponse(
            {
                "status": "ok",
                "businesses": [
                    {"id": one.id, "name": one.name, **self.state.business_facts(one)}
                    for one in self.state.businesses.values()
                ],
                "phones": len(self.state.phones),
                "sends": self.state.send_count,
                "hooks": {
                    "requests": self.state.hook_count,
                    "underway": hooks.underway,
                    "given_up": hooks.given_up,
                    "dropped": hooks.dropped,
                },
                "listeners": self.live.count,
                **self.faults.as_json(),
            }
        )

    async def listen(self, _request: Request) -> Response:
        """Follow the phones."""
        return self.live.stream()


async def _json(request: Request) -> Any:
    return parse_json(await _body(request) or b"{}")


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            msg = "the body is too large"
            raise ValueError(msg)
    return bytes(body)


def _answered(handler: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """A handler whose refusals are answers: 404 for what is not there, 422 with the fields for the rest."""

    async def answer(request: Request) -> Response:
        if request.method != "GET" and _is_from_elsewhere(request):
            return _problem(403, "another site may not act as a phone")
        try:
            return await handler(request)
        except Unknown as error:
            return _problem(404, f"not found: {error.args[0]}")
        except ValidationError as error:
            fields = [
                {"field": ".".join(map(str, one["loc"])), "message": one["msg"]} for one in error.errors()
            ]
            return _problem(422, "the body cannot be used", fields)
        except (ValueError, RecursionError) as error:
            return _problem(400, str(error))
        except Refusal as error:
            return _problem(422, error.told)

    return answer


def _is_from_elsewhere(request: Request) -> bool:
    """Whether a browser sends this for a page of another site: nobody signs in here, so it must not."""
    origin = request.headers.get("origin")
    if origin is not None and origin.partition("://")[2] != request.headers.get("host"):
        return True
    return request.headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}


def _problem(status: int, detail: str, errors: list[dict[str, str]] | None = None) -> Response:
    body = {"status": status, "detail": detail, "errors": errors or []}
    return JSONResponse(body, status, media_type="application/problem+json")
