"""Frontdesk: one desk for every conversation a company has with its customers.

The package itself is a library: it exports the message models and the ways to make them. Importing it starts
nothing, opens nothing and loads nothing until a name is used. The server lives behind `frontdesk up`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from frontdesk.domain.content import Content as Content
    from frontdesk.domain.errors import DeskError as DeskError
    from frontdesk.domain.errors import Invalid as Invalid
    from frontdesk.domain.errors import Malformed as Malformed
    from frontdesk.domain.errors import NotFound as NotFound
    from frontdesk.domain.inbound import InboundEvent as InboundEvent
    from frontdesk.domain.inbound import MessageReceived as MessageReceived
    from frontdesk.domain.inbound import StatusReported as StatusReported
    from frontdesk.domain.message import DeliveryStatus as DeliveryStatus
    from frontdesk.domain.message import Direction as Direction
    from frontdesk.domain.message import Message as Message
    from frontdesk.domain.message import MessageContext as MessageContext
    from frontdesk.domain.neutral import neutral as neutral
    from frontdesk.domain.times import parse_time as parse_time
    from frontdesk.kit.phone import e164 as e164
    from frontdesk.runtime.library import message_from_row as message_from_row
    from frontdesk.runtime.library import messages_from_agent_request as messages_from_agent_request
    from frontdesk.runtime.library import messages_from_canned_response as messages_from_canned_response
    from frontdesk.runtime.library import messages_from_webhook as messages_from_webhook
    from frontdesk.runtime.library import parse as parse
    from frontdesk.runtime.library import parse_whatsapp as parse_whatsapp

__version__ = "0.1.0"

_HOME = {
    "Content": "domain.content",
    "DeliveryStatus": "domain.message",
    "DeskError": "domain.errors",
    "Direction": "domain.message",
    "InboundEvent": "domain.inbound",
    "Invalid": "domain.errors",
    "Malformed": "domain.errors",
    "Message": "domain.message",
    "MessageContext": "domain.message",
    "MessageReceived": "domain.inbound",
    "NotFound": "domain.errors",
    "StatusReported": "domain.inbound",
    "e164": "kit.phone",
    "message_from_row": "runtime.library",
    "messages_from_agent_request": "runtime.library",
    "messages_from_canned_response": "runtime.library",
    "messages_from_webhook": "runtime.library",
    "neutral": "domain.neutral",
    "parse": "runtime.library",
    "parse_time": "domain.times",
    "parse_whatsapp": "runtime.library",
}
__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    """Load a name when it is first used."""
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(import_module(f"frontdesk.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
