"""Messages from what others hand over: a hook's event, an agent's request, a stored row, a canned response.

Pure: the caller gives the time. Nothing here sends or stores.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar, get_args
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from frontdesk.domain.content import Content, ShortStr, content_adapter
from frontdesk.domain.errors import Invalid
from frontdesk.domain.inbound import MessageReceived
from frontdesk.domain.message import (
    Author,
    AuthorType,
    DeliveryStatus,
    Direction,
    Message,
    MessageContext,
    Subtype,
    check_subtype,
)
from frontdesk.domain.times import parse_time

Model = TypeVar("Model", bound=BaseModel)
KINDS = frozenset(str(kind.model_fields["kind"].default) for kind in get_args(get_args(Content)[0]))
"""Every kind of content there is."""
_NEVER_SENT = frozenset({"activity", "button", "call", "order", "unsupported"})
_VARIABLE = re.compile(r"\{\{\s*([A-Za-z_][\w.-]{0,99})\s*\}\}", re.ASCII)
_NOT_TEXT = frozenset(
    {"kind", "type", "id", "attachment_id", "source_media_id", "mime", "sha256", "target_id", "language"}
)


class AgentMessage(BaseModel):
    """One message of an agent's request; `type` beside a content without `kind` names the kind."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    content: Content
    context: MessageContext = MessageContext()
    reply_to_id: UUID | None = None
    subtype: Subtype | None = None
    canned_response_id: UUID | None = None
    date: str | float | None = None
    sent_by: ShortStr | None = None

    @model_validator(mode="before")
    @classmethod
    def _name_kind(cls, values: Any) -> Any:
        if not isinstance(values, Mapping) or "type" not in values:
            return values
        rest = {name: value for name, value in values.items() if name != "type"}
        content = rest.get("content")
        if isinstance(content, Mapping):
            rest["content"] = {"kind": values["type"], **content}
        return rest


class AgentRequest(BaseModel):
    """What an agent's client asks to send: several messages to one conversation, in order."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    agent_email: Annotated[str, Field(min_length=3, max_length=320, pattern=r"^[^\s@]+@[^\s@]+$")]
    chat_id: UUID
    messages: tuple[AgentMessage, ...] = Field(min_length=1, max_length=50)


def from_event(event: MessageReceived, *, at: datetime) -> Message:
    """The message that a channel received. `at` is the time to note when the provider gave none."""
    incoming = event.direction is Direction.INCOMING
    author = Author(AuthorType.CONTACT, None, event.party.name) if incoming else Author(AuthorType.AGENT)
    return Message(
        direction=event.direction,
        author=author,
        sent_by=None if incoming else str(event.extra.get("sender") or event.account_ref or "elsewhere"),
        content=event.content,
        context=event.context,
        status=None if incoming else DeliveryStatus.SENT,
        source_id=event.source_id,
        sent_at=event.at,
        created_at=event.at or at,
    )


def from_agent_request(request: Mapping[str, Any] | str | bytes, *, at: datetime) -> list[Message]:
    """The messages of an agent's request, in order, waiting to be sent.

    Raises:
        Invalid: The request breaks a rule; it names the field.
    """
    asked = _validated(AgentRequest, request)
    return [_asked(asked, each, f"messages.{n}", at) for n, each in enumerate(asked.messages)]


def _asked(request: AgentRequest, asked: AgentMessage, field: str, at: datetime) -> Message:
    if asked.content.kind in _NEVER_SENT:
        raise Invalid(f"content of kind {asked.content.kind} is never sent", field=f"{field}.content.kind")
    context = asked.context.model_copy(
        update={
            "subtype": asked.subtype or asked.context.subtype,
            "canned_response_id": asked.canned_response_id or asked.context.canned_response_id,
        }
    )
    check_subtype(asked.content, context.subtype, context.canned_response_id)
    sent_by = asked.sent_by or request.agent_email
    return Message(
        conversation_id=request.chat_id,
        direction=Direction.OUTGOING,
        author=Author(AuthorType.AGENT, None, sent_by),
        sent_by=sent_by,
        content=asked.content,
        context=context,
        reply_to_id=asked.reply_to_id,
        sent_at=None if asked.date is None else parse_time(asked.date, field=f"{field}.date"),
        created_at=at,
    )


def from_row(row: Mapping[str, Any] | str | bytes) -> Message:
    """A message as it was stored: a row of the messages table, or a message dumped as JSON.

    Raises:
        Invalid: The kind is unknown, or the row breaks an invariant.
    """
    values = _object(row)
    content = _object(values.get("content") or {})
    kind = content.get("kind")
    if kind not in KINDS:
        raise Invalid(f"unknown message kind {kind!r}", field="content.kind")
    told: dict[str, Any] = {name: values[name] for name in Message.model_fields if name in values}
    told["content"], told["context"] = content, _object(values.get("context") or {})
    if "author_type" in values:
        author = Author(AuthorType(values["author_type"]), values.get("author_id"), values.get("author_name"))
        told["author"] = author
        told["sent_by"] = author.name or (str(author.id) if author.id else author.type.value)
    return _validated(Message, told)


def from_canned_response(
    messages: Iterable[Content | Mapping[str, Any]],
    variables: Mapping[str, object],
    *,
    canned_response_id: UUID,
    sent_by: str,
    at: datetime,
    conversation_id: UUID | None = None,
) -> list[Message]:
    """The messages of a canned response with its variables filled, in order, waiting to be sent.

    Raises:
        Invalid: A variable has no value (nothing is made then), or a filled message breaks a rule.
    """
    return [
        Message(
            conversation_id=conversation_id,
            direction=Direction.OUTGOING,
            author=Author(AuthorType.AGENT, None, sent_by),
            sent_by=sent_by,
            content=content,
            context=MessageContext(subtype="canned_response", canned_response_id=canned_response_id),
            created_at=at,
        )
        for content in filled(messages, variables)
    ]


def filled(messages: Iterable[Content | Mapping[str, Any]], variables: Mapping[str, object]) -> list[Content]:
    """Contents with every `{{variable}}` replaced by its value, literally and once.

    Nothing is evaluated: what is no plain name in double braces stays as it is, and so do braces in values.

    Raises:
        Invalid: A variable has no value; all that are missing are named.
    """
    raw = [_object(content_adapter.dump_python(each, mode="json")) for each in map(_content, messages)]
    missing = sorted({name for each in raw for name in _names(each) if variables.get(name) is None})
    if missing:
        listed = ", ".join(missing)
        raise Invalid(
            f"no value for {listed}", field=f"variables.{missing[0]}", hint=f"Give a value for {listed}."
        )
    return [_content(_fill(each, variables)) for each in raw]


def _content(value: Content | Mapping[str, Any]) -> Content:
    if not isinstance(value, Mapping):
        return value
    try:
        return content_adapter.validate_python(value)
    except ValidationError as error:
        raise _invalid(error) from error


def _names(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield from _VARIABLE.findall(value)
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from () if name in _NOT_TEXT else _names(part)
    elif isinstance(value, list):
        for part in value:
            yield from _names(part)


def _fill(value: Any, variables: Mapping[str, object]) -> Any:
    if isinstance(value, str):
        return _VARIABLE.sub(lambda match: str(variables[match[1]]), value)
    if isinstance(value, dict):
        return {name: part if name in _NOT_TEXT else _fill(part, variables) for name, part in value.items()}
    return [_fill(part, variables) for part in value] if isinstance(value, list) else value


def _object(value: Mapping[str, Any] | str | bytes) -> Mapping[str, Any]:
    if isinstance(value, str | bytes):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError) as error:
            raise Invalid("not JSON") from error
    if not isinstance(value, Mapping):
        raise Invalid("not a JSON object")
    return value


def _validated(model: type[Model], value: Mapping[str, Any] | str | bytes) -> Model:
    try:
        return model.model_validate(_object(value))
    except ValidationError as error:
        raise _invalid(error) from error


def _invalid(error: ValidationError) -> Invalid:
    first = error.errors(include_url=False, include_input=False)[0]
    field: Sequence[str | int] = first["loc"]
    return Invalid(first["msg"], field=".".join(map(str, field)) or None)
