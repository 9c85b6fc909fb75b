"""The channels this desk knows: those that ship with it, and those that other packages announce.

A package announces one by an entry point of the group `frontdesk.channels` that leads to its channel object.
A channel is imported when it is first asked for, so that a parser need not load what it does not use.
"""

from importlib import import_module
from importlib.metadata import EntryPoint
from typing import Any, cast

from frontdesk.domain.errors import NotFound
from frontdesk.domain.inbound import InboundEvent
from frontdesk.ports.channel import Channel, RawRequest
from frontdesk.runtime.announced import announced

_READERS = {
    "reply": "frontdesk.channels.email",
    "sendgrid": "frontdesk.channels.email",
    "sendgrid_inbound": "frontdesk.channels.email",
}
"""Names by which payloads can be read beside the channels' own, and whose `readers` know them."""
Said = InboundEvent | dict[str, Any]
"""An event, or what a reader of another kind found, in the neutral form already."""
GROUP = "frontdesk.channels"
_SHIPPED = {
    "api": "frontdesk.channels.api",
    "email": "frontdesk.channels.email",
    "instagram": "frontdesk.channels.messenger.instagram",
    "messenger": "frontdesk.channels.messenger",
    "slack": "frontdesk.channels.slack",
    "telegram": "frontdesk.channels.telegram",
    "twilio_sms": "frontdesk.channels.twilio_sms",
    "webchat": "frontdesk.channels.webchat",
    "whatsapp": "frontdesk.channels.whatsapp",
}


def _announced() -> dict[str, EntryPoint]:
    """What other packages announce, by name; a shipped channel is not replaced."""
    return {point.name: point for point in announced(GROUP) if point.name not in _SHIPPED}


def slugs() -> tuple[str, ...]:
    """The names of all known channels."""
    return tuple(sorted({*_SHIPPED, *_announced()}))


def find(slug: str) -> Channel:
    """A channel by its slug.

    Raises:
        NotFound: There is none of this name.
    """
    if slug in _SHIPPED:
        return cast("Channel", import_module(_SHIPPED[slug]).channel)
    point = _announced().get(slug)
    if point is None:
        listed = ", ".join(slugs())
        raise NotFound(f"there is no channel {slug[:80]!r}", field="channel", hint=f"Known are: {listed}.")
    return cast("Channel", point.load())


def load() -> dict[str, Channel]:
    """All channels by slug."""
    return {channel.slug: channel for channel in map(find, slugs())}


def parse(slug: str, body: bytes | str, *, content_type: str = "application/json") -> list[InboundEvent]:
    """What a hook's body says, in order; nothing is verified, stored or sent.

    Raises:
        NotFound: There is no such channel.
        Malformed: The body is not of the channel's shape.
    """
    return list(find(slug).parse(_request(body, content_type)))


def read(name: str, body: bytes | str, *, content_type: str = "application/json") -> list[Said]:
    """As `parse`, for the names of readers, too.

    Raises:
        NotFound: There is no such channel or reader.
        Malformed: The body is not of its shape.
    """
    if name in _READERS:
        return list(import_module(_READERS[name]).readers[name](_request(body, content_type)))
    return list(parse(name, body, content_type=content_type))


def _request(body: bytes | str, content_type: str) -> RawRequest:
    raw = body.encode() if isinstance(body, str) else body
    return RawRequest("POST", "http://localhost/", {}, {"content-type": content_type}, raw)
