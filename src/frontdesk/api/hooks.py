"""Providers' hooks: verified over the raw body, kept durably, answered; what they say is read later.

A 200 means that the request is in the database and will be read. What is not proven leaves nothing behind.
"""

from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from frontdesk.api.auth import spend_anonymous
from frontdesk.api.desk import Desk, desk_of
from frontdesk.api.lean import BareRoute
from frontdesk.api.requests import read_body
from frontdesk.domain.errors import NotFound
from frontdesk.features.inboxes.config import InboxUnusable
from frontdesk.features.inboxes.inboxes import OpenInbox
from frontdesk.ports.channel import Challenge, RawRequest
from frontdesk.store.receipts import Receipt

router = APIRouter(prefix="/hooks", tags=["hooks"], route_class=BareRoute)

_KEPT_HEADERS = ("content-type", "user-agent", "x-request-id")
"""Signatures and other proofs are checked and not kept."""
_PROOFS = frozenset({"key", "hub.verify_token"})
"""Words of an address that prove; as little kept as signatures."""


@router.get("/{channel}/{inbox_id}", response_class=PlainTextResponse)
async def check_hook(channel: str, inbox_id: str, request: Request) -> Response:
    """A provider asks whether this address is ours (a challenge)."""
    spend_anonymous(request)
    opened = await _open(desk_of(request), channel, inbox_id)
    challenge = opened.channel.verify(_raw(request, b"", opened), opened.connection)
    return _echo(challenge) if challenge is not None else PlainTextResponse("")


@router.post("/{channel}/{inbox_id}", response_class=PlainTextResponse, response_model=None)
async def take_hook(channel: str, inbox_id: str, request: Request) -> Response | bytes:
    """A provider tells what happened."""
    desk = desk_of(request)
    opened = await _open(desk, channel, inbox_id)
    if opened.channel.capabilities.proof_in_headers:
        opened.channel.verify(_raw(request, b"", opened), opened.connection)
    body = await read_body(request)
    raw = _raw(request, body, opened)
    challenge = opened.channel.verify(raw, opened.connection)
    if challenge is not None:
        return _echo(challenge)
    headers = {name: raw.headers[name] for name in _KEPT_HEADERS if name in raw.headers}
    await desk.store.receive(
        Receipt(
            opened.row.account_id,
            opened.row.id,
            raw.method,
            {name: value for name, value in raw.query.items() if name not in _PROOFS},
            headers,
            body,
        )
    )
    desk.metrics.intake.add(channel, "hook")
    return b"OK"


def _echo(challenge: Challenge) -> Response:
    """The answer to a challenge; half a surrogate, which JSON can hold, has no bytes and is echoed as `?`."""
    return PlainTextResponse(challenge.text.encode(errors="replace"))


async def _open(desk: Desk, channel: str, inbox_id: str) -> OpenInbox:
    """The inbox at this address.

    Raises:
        NotFound: There is none, or it is of another channel.
    """
    try:
        opened = await desk.inboxes.open(UUID(inbox_id))
    except (ValueError, InboxUnusable):
        raise NotFound("There is no such inbox.") from None
    if opened.row.channel != channel:
        raise NotFound("There is no such inbox.")
    return opened


def _raw(request: Request, body: bytes, opened: OpenInbox) -> RawRequest:
    query: bytes = request.scope["query_string"]
    asked = f"?{query.decode('latin-1')}" if query else ""
    return RawRequest(
        request.method,
        f"{opened.connection.hook_url or ''}{asked}",
        dict(request.query_params) if asked else {},
        {name.decode("latin-1"): value.decode("latin-1") for name, value in request.scope["headers"]},
        body,
    )
