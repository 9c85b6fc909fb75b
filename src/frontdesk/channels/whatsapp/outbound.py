"""Our messages as Graph requests' bodies. Pure.

Source: developers.facebook.com, WhatsApp Business Platform, "Messages" and "Business-scoped user IDs" (2026).
"""

from collections.abc import Callable
from typing import Any

from frontdesk.domain import content as c
from frontdesk.domain.errors import UnsupportedByChannel
from frontdesk.domain.inbound import Address
from frontdesk.ports.channel import OutboundMessage, ReadMark, TypingMark

Body = dict[str, Any]

KINDS_OUT = frozenset(
    {"text", "image", "audio", "video", "document", "sticker", "location", "contacts", "reaction"}
    | {"interactive", "template"}
)


def message_body(message: OutboundMessage, media_id: str | None = None) -> Body:
    """The body that sends a message. `media_id` is of the file uploaded for it.

    `biz_opaque_callback_data` carries our delivery id; Meta repeats it in every status, so even a send whose
    answer was lost can be told.

    Raises:
        UnsupportedByChannel: WhatsApp has no such message, or not to such an address.
    """
    kind = message.content.kind
    if kind not in KINDS_OUT:
        raise UnsupportedByChannel(f"WhatsApp cannot send content of kind {kind}", field="content.kind")
    body: Body = {"messaging_product": "whatsapp", "recipient_type": "individual", **_recipient(message.to)}
    if message.reply_to_source_id and kind != "reaction":
        body["context"] = {"message_id": message.reply_to_source_id}
    body["type"] = kind
    body[kind] = _part(message, media_id)
    body["biz_opaque_callback_data"] = str(message.delivery_id)
    return body


def read_body(mark: ReadMark) -> Body:
    """The body that marks a message, and all before it, as read."""
    return {"messaging_product": "whatsapp", "status": "read", "message_id": mark.source_id}


def typing_body(mark: TypingMark) -> Body:
    """The body that shows typing for up to 25 seconds; Meta ties it to the message being answered.

    Raises:
        UnsupportedByChannel: There is no message to answer.
    """
    if mark.source_id is None:
        raise UnsupportedByChannel("typing is shown on a message of the customer's only")
    return {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": mark.source_id,
        "typing_indicator": {"type": "text"},
    }


def _recipient(to: Address) -> Body:
    """A number goes into `to`, a business-scoped user id into `recipient`: in `to` it would be lost."""
    match to.scheme:
        case "whatsapp":
            return {"to": to.value}
        case "phone":
            return {"to": to.value.removeprefix("+")}
        case "whatsapp_user":
            return {"recipient": to.value}
        case _:
            raise UnsupportedByChannel(f"WhatsApp cannot reach an address of scheme {to.scheme}", field="to")


def _part(message: OutboundMessage, media_id: str | None) -> Any:
    content = message.content
    match content:
        case c.Text():
            return {"body": content.body, "preview_url": content.preview_url}
        case c.Image() | c.Video() | c.Document() | c.Audio() | c.Sticker():
            return _media(message, content, media_id)
        case c.Reaction():
            return _reaction(message, content)
        case c.Interactive():
            return _interactive(content)
        case _:
            return _plain(content)


def _plain(content: c.Content) -> Any:
    """Content that needs nothing beside itself."""
    match content:
        case c.Contacts():
            return [_card(card) for card in content.cards]
        case c.Location():
            place = {"latitude": content.latitude, "longitude": content.longitude}
            return place | _known(name=content.name, address=content.address)
        case c.Template():
            told = {"name": content.name, "language": {"code": content.language}}
            return told | ({"components": list(content.components)} if content.components else {})
        case _:
            raise UnsupportedByChannel(f"WhatsApp cannot send content of kind {content.kind}")


def _media(
    message: OutboundMessage,
    content: c.Image | c.Video | c.Document | c.Audio | c.Sticker,
    media_id: str | None,
) -> Body:
    body: Body
    if media_id is not None:
        body = {"id": media_id}
    elif message.url is not None:
        body = {"link": message.url}
    else:
        raise UnsupportedByChannel("there is no file to send", field="content.media")
    if not isinstance(content, c.Audio | c.Sticker) and content.caption:
        body["caption"] = content.caption
    if isinstance(content, c.Document):
        body["filename"] = content.media.filename or (message.file and message.file.filename) or "document"
    if isinstance(content, c.Audio) and content.voice:
        body["voice"] = True
    return body


def _reaction(message: OutboundMessage, reaction: c.Reaction) -> Body:
    target = message.target_source_id or reaction.target_source_id
    if target is None:
        raise UnsupportedByChannel(
            "the message to react to is not known to WhatsApp", field="content.target_id"
        )
    return {"message_id": target, "emoji": reaction.emoji or ""}


def _card(card: c.ContactCard) -> Body:
    name = _known(formatted_name=card.name, first_name=card.first_name, last_name=card.last_name)
    if not card.first_name and not card.last_name:
        name["first_name"] = card.name
    return _known(
        name=name,
        org=_known(company=card.company, department=card.department, title=card.title) or None,
        birthday=card.birthday,
        phones=[_known(phone=each.number, type=each.type, wa_id=each.wa_id) for each in card.phones] or None,
        emails=[_known(email=each.address, type=each.type) for each in card.emails] or None,
        urls=[_known(url=each.url, type=each.type) for each in card.urls] or None,
        addresses=[each.model_dump(exclude_none=True) for each in card.addresses] or None,
    )


def _interactive(content: c.Interactive) -> Body:
    action = _ACTIONS.get(content.type)
    if action is None:
        raise UnsupportedByChannel(
            f"WhatsApp cannot send an interactive message of type {content.type}", field="content.type"
        )
    kind, make = action
    return _known(
        type=kind,
        header={"type": "text", "text": content.header} if content.header else None,
        body={"text": content.body},
        footer={"text": content.footer} if content.footer else None,
        action=make(content),
    )


def _buttons(content: c.Interactive) -> Body:
    replies = [{"id": each.id, "title": each.title} for each in content.buttons]
    return {"buttons": [{"type": "reply", "reply": reply} for reply in replies]}


def _list(content: c.Interactive) -> Body:
    sections = [
        _known(
            title=section.title,
            rows=[_known(id=row.id, title=row.title, description=row.description) for row in section.rows],
        )
        for section in content.sections
    ]
    return {"button": content.button, "sections": sections}


def _link(content: c.Interactive) -> Body:
    return {"name": "cta_url", "parameters": {"display_text": content.button, "url": content.url}}


def _flow(content: c.Interactive) -> Body:
    defaults = {"flow_message_version": "3", "flow_cta": content.button or "Open"}
    return {"name": "flow", "parameters": defaults | (content.parameters or {})}


_ACTIONS: dict[str, tuple[str, Callable[[c.Interactive], Body]]] = {
    "buttons": ("button", _buttons),
    "list": ("list", _list),
    "cta_url": ("cta_url", _link),
    "flow": ("flow", _flow),
}


def _known(**fields: Any) -> Body:
    return {name: value for name, value in fields.items() if value is not None}
