"""Frontdesk: one desk for every conversation a company has with its customers.

The package itself is a library: it exports the message models and the ways to make them. Importing it starts
nothing, opens nothing and loads nothing until a name is used. The server lives behind `frontdesk up`.

The types of the exported names are in the stub beside this file.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOME = {
    "Address": "domain.inbound",
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
    "joined_id": "domain.participants",
    "message_from_row": "runtime.library",
    "messages_from_agent_request": "runtime.library",
    "messages_from_canned_response": "runtime.library",
    "messages_from_webhook": "runtime.library",
    "neutral": "domain.neutral",
    "parse": "runtime.library",
    "parse_time": "domain.times",
    "parse_whatsapp": "runtime.library",
    "participants_id": "domain.participants",
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
