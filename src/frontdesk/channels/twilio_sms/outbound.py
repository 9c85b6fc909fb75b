"""Our messages as forms for Twilio's Messages resource. Pure.

Source: twilio.com, "Message resource: create a message" (2026).
"""

import json
from urllib.parse import urlencode

from pydantic import JsonValue

from frontdesk.channels.twilio_sms.config import TwilioConfig
from frontdesk.channels.twilio_sms.inbound import DELIVERY
from frontdesk.channels.twilio_sms.parties import PREFIX, written_for
from frontdesk.channels.twilio_sms.segments import parts_of
from frontdesk.domain import content as c
from frontdesk.domain.errors import UnsupportedByChannel
from frontdesk.ports.channel import OutboundMessage

FILES = ("image", "audio", "video", "document")
KINDS_OUT = frozenset({*FILES, "text", "location", "template"})
PART_TEXT = 1600
"""Characters of one message; Twilio refuses more (21617)."""
MAX_TEXT = 10 * PART_TEXT
"""A longer text goes as several messages, in order."""


def message_fields(message: OutboundMessage, config: TwilioConfig, hook_url: str | None) -> dict[str, str]:
    """The form that sends a message; its callback's address carries our delivery id.

    Raises:
        UnsupportedByChannel: Twilio has no such message, or not to such an address.
    """
    to = written_for(message.to, config.sender)
    if to is None:
        raise UnsupportedByChannel(
            f"not a number in E.164 (+15550100): {message.to.scheme} {message.to.value[:40]}", field="to"
        )
    fields = {"To": to} | _sender(config) | _content(message, to)
    if len(fields.get("Body", "")) > MAX_TEXT:
        raise UnsupportedByChannel(
            f"the text has {len(fields['Body'])} characters; {MAX_TEXT} can be sent", field="content.body"
        )
    if hook_url is not None:
        fields["StatusCallback"] = f"{hook_url}?{urlencode({DELIVERY: str(message.delivery_id)})}"
    return fields


def parted(fields: dict[str, str]) -> list[dict[str, str]]:
    """The forms by which a message goes, in order: one, or several of a long text.

    Of several no callback names our delivery: one of them is no proof that all went out. A file goes with
    the first.
    """
    words = parts_of(fields.get("Body", ""), PART_TEXT)
    if len(words) == 1:
        return [fields]
    rest = {name: value for name, value in fields.items() if name != "MediaUrl"}
    forms = [(fields if n == 0 else rest) | {"Body": each} for n, each in enumerate(words)]
    for form in forms:
        if "StatusCallback" in form:
            form["StatusCallback"] = form["StatusCallback"].partition("?")[0]
    return forms


def _sender(config: TwilioConfig) -> dict[str, str]:
    if config.messaging_service_sid is not None:
        return {"MessagingServiceSid": config.messaging_service_sid}
    if config.sender is None:
        raise UnsupportedByChannel("the inbox has neither a sender nor a messaging service", field="config")
    return {"From": config.sender}


def _content(message: OutboundMessage, to: str) -> dict[str, str]:
    content = message.content
    match content:
        case c.Text():
            return {"Body": content.body}
        case c.Image() | c.Video() | c.Document() | c.Audio():
            if message.url is None:
                raise UnsupportedByChannel("there is no public address of the file", field="content.media")
            caption = getattr(content, "caption", None)
            return {"MediaUrl": message.url} | ({"Body": caption} if caption else {})
        case c.Location():
            return _place(content, to)
        case c.Template():
            return _template(content)
        case _:
            raise UnsupportedByChannel(
                f"Twilio cannot send content of kind {content.kind}", field="content.kind"
            )


def _place(place: c.Location, to: str) -> dict[str, str]:
    """A pin on WhatsApp, words and a link elsewhere."""
    words = ", ".join(part for part in (place.name, place.address) if part)
    where = f"{place.latitude},{place.longitude}"
    if to.startswith(PREFIX):
        return {"Body": words or where, "PersistentAction": f"geo:{where}" + (f"|{words}" if words else "")}
    link = f"https://www.openstreetmap.org/?mlat={place.latitude}&mlon={place.longitude}"
    return {"Body": f"{words}\n{link}" if words else link}


def _template(template: c.Template) -> dict[str, str]:
    """A content template, by its SID."""
    if not template.name.startswith("HX"):
        raise UnsupportedByChannel("a Twilio template is named by its SID, HX…", field="content.name")
    values = [
        str(each.get("text") or "")
        for component in template.components
        for each in _parts(component.get("parameters"))
    ]
    told = {str(n): value for n, value in enumerate(values, 1)}
    return {"ContentSid": template.name} | ({"ContentVariables": json.dumps(told)} if told else {})


def _parts(value: JsonValue) -> list[dict[str, JsonValue]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
