"""The library: messages from hooks, requests, rows and canned responses, without a server.

Thin: the rules are in `domain/factory`, the payloads in the channels; here the clock and the channels are
added. `frontdesk` itself exports these names.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from frontdesk.domain import factory
from frontdesk.domain.content import Content
from frontdesk.domain.inbound import InboundEvent, MessageReceived
from frontdesk.domain.message import Message
from frontdesk.kit.clock import utc_now
from frontdesk.runtime import channels


def parse(channel: str, body: bytes | str, *, content_type: str = "application/json") -> list[InboundEvent]:
    """Everything a hook's body says, in order: messages, statuses, edits, errors, notices.

    Nothing is verified, stored or sent.

    Args:
        channel: The channel's slug.
        body: The raw body of the request.
        content_type: As the request's header says.

    Raises:
        NotFound: There is no such channel.
        Malformed: The body is not of the channel's shape.
    """
    return channels.parse(channel, body, content_type=content_type)


def parse_whatsapp(body: bytes | str) -> list[InboundEvent]:
    """`parse` for Meta's Cloud API. Raises Malformed."""
    return channels.parse("whatsapp", body)


def messages_from_webhook(channel: str, body: bytes | str) -> list[Message]:
    """The messages of a hook's body, in order; all else in it is left out.

    Raises:
        NotFound: There is no such channel.
        Malformed: The body is not of the channel's shape.
    """
    at = utc_now()
    events = channels.parse(channel, body)
    return [factory.from_event(event, at=at) for event in events if isinstance(event, MessageReceived)]


def messages_from_agent_request(request: Mapping[str, Any] | str | bytes) -> list[Message]:
    """The messages of `{agent_email, chat_id, messages: […]}`, in order, waiting. Raises Invalid."""
    return factory.from_agent_request(request, at=utc_now())


def message_from_row(row: Mapping[str, Any] | str | bytes) -> Message:
    """A message as it was stored. Raises Invalid for an unknown kind."""
    return factory.from_row(row)


def messages_from_canned_response(
    messages: Iterable[Content | Mapping[str, Any]],
    variables: Mapping[str, object],
    *,
    canned_response_id: UUID,
    sent_by: str,
    conversation_id: UUID | None = None,
) -> list[Message]:
    """The messages of a canned response with its `{{variables}}` filled.

    Raises:
        Invalid: A variable has no value; it is named, and nothing is made.
    """
    return factory.from_canned_response(
        messages,
        variables,
        canned_response_id=canned_response_id,
        sent_by=sent_by,
        conversation_id=conversation_id,
        at=utc_now(),
    )
