"""What Meta refuses in a send, told in Meta's errors. Pure: reads the body only.

Source: developers.facebook.com, WhatsApp Business Platform, "Messages API reference" (2026).
"""

from collections.abc import Callable
from typing import Any

from frontdesk.simulators.whatsapp.errors import GraphError, missing, wrong

MEDIA_TYPES = frozenset({"audio", "document", "image", "sticker", "video"})
FREE_TYPES = MEDIA_TYPES | {"contacts", "interactive", "location", "reaction", "text"}
TYPES = FREE_TYPES | {"template"}


def check_send(body: Any) -> dict[str, Any]:
    """The body of a send, if it is one. Raises GraphError."""
    if not isinstance(body, dict):
        raise GraphError(100, title="Invalid parameter", details="The request body must be a JSON object.")
    if body.get("messaging_product") != "whatsapp":
        raise missing("messaging_product")
    if body.get("status") is None:
        _check_recipient(body)
        kind = body.setdefault("type", "text")
        if not isinstance(kind, str) or kind not in TYPES:
            listed = ", ".join(sorted(name.upper() for name in TYPES))
            raise GraphError(100, title=f'Param type must be one of {{{listed}}} - got "{kind}".')
        if not isinstance(body.get(kind), list if kind == "contacts" else dict):
            raise GraphError(131008, f"The parameter {kind} is required.")
        _CHECKS[kind](body[kind])
        _check_context(body)
    return body


def _check_recipient(body: dict[str, Any]) -> None:
    recipient = body.get("to") or body.get("recipient")
    if not recipient:
        raise missing("to")
    if not isinstance(recipient, str) or len(recipient) > 140:
        raise GraphError(
            100, title="Invalid parameter", details="Param to must be a phone number or a user id."
        )
    if body.get("recipient_type", "individual") not in ("individual", "group"):
        raise GraphError(100, title="Param recipient_type must be one of {INDIVIDUAL, GROUP}.")


def _check_context(body: dict[str, Any]) -> None:
    context = body.get("context")
    if context is not None and not (isinstance(context, dict) and isinstance(context.get("message_id"), str)):
        raise GraphError(
            100, title="Invalid parameter", details="Param context['message_id'] must be a string."
        )


def _string(body: dict[str, Any], name: str, path: str, limit: int, *, required: bool = True) -> str:
    value = body.get(name)
    if value is None and not required:
        return ""
    if not isinstance(value, str) or (required and not value):
        raise GraphError(131008, f"The parameter {path} is required.")
    if len(value) > limit:
        raise GraphError(100, title=f"Param {path} must be at most {limit} characters long.")
    return value


def _text(text: dict[str, Any]) -> None:
    _string(text, "body", "text['body']", 4096)


def _media(media: dict[str, Any]) -> None:
    if not isinstance(media.get("id", ""), (str, int)):
        raise wrong("Param id must be a string.")
    if bool(media.get("id")) == bool(media.get("link")):
        raise GraphError(131009, "Exactly one of id and link must be given for media.")
    _string(media, "caption", "caption", 1024, required=False)
    link = media.get("link")
    if link is not None and not (isinstance(link, str) and link.startswith(("http://", "https://"))):
        raise wrong("Param link must be a valid http or https URL.")


def _location(location: dict[str, Any]) -> None:
    for name, limit in (("latitude", 90), ("longitude", 180)):
        try:
            value = float(location[name])
        except (KeyError, TypeError, ValueError) as error:
            raise GraphError(131008, f"The parameter location['{name}'] is required.") from error
        if not -limit <= value <= limit:
            raise wrong(f"Param location['{name}'] must be between -{limit} and {limit}.")


def _contacts(contacts: Any) -> None:
    if not isinstance(contacts, list) or not contacts:
        raise GraphError(131008, "The parameter contacts is required.")
    if len(contacts) > 257:
        raise wrong("At most 257 contacts can be sent in one message.")
    parts = ("first_name", "last_name", "middle_name", "suffix", "prefix")
    for contact in contacts:
        name = contact.get("name") if isinstance(contact, dict) else None
        if not isinstance(name, dict) or not name.get("formatted_name"):
            raise GraphError(131008, "The parameter contacts['name']['formatted_name'] is required.")
        if not any(name.get(part) for part in parts):
            raise wrong("At least one of the optional name parameters must be set beside formatted_name.")


def _reaction(reaction: dict[str, Any]) -> None:
    _string(reaction, "message_id", "reaction['message_id']", 256)
    if not isinstance(reaction.get("emoji"), str):
        raise GraphError(131008, "The parameter reaction['emoji'] is required.")
    if len(reaction["emoji"]) > 16:
        raise wrong("Param reaction['emoji'] must be one emoji.")


def _interactive(interactive: dict[str, Any]) -> None:
    kind = interactive.get("type")
    checks: dict[str, Callable[[dict[str, Any]], None]] = {
        "button": _buttons,
        "list": _list,
        "cta_url": _link,
        "flow": _flow,
        "location_request_message": lambda _action: None,
        "product": lambda _action: None,
        "product_list": lambda _action: None,
    }
    if not isinstance(kind, str) or kind not in checks:
        raise wrong(f"Param interactive['type'] must be one of {sorted(checks)}.")
    text = interactive.get("body")
    if kind != "product":
        _string(_object(text), "text", "interactive['body']['text']", 4096)
    footer = interactive.get("footer")
    if isinstance(footer, dict):
        _string(footer, "text", "interactive['footer']['text']", 60)
    header = interactive.get("header")
    if isinstance(header, dict) and header.get("type") == "text":
        _string(header, "text", "interactive['header']['text']", 60)
    action = interactive.get("action")
    if not isinstance(action, dict):
        raise GraphError(131008, "The parameter interactive['action'] is required.")
    checks[kind](action)


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list_of(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _buttons(action: dict[str, Any]) -> None:
    buttons = action.get("buttons")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise wrong("The number of buttons must be between 1 and 3.")
    replies = [_object(_object(button).get("reply")) for button in buttons]
    for reply in replies:
        _string(reply, "id", "buttons['reply']['id']", 256)
        _string(reply, "title", "buttons['reply']['title']", 20)
    for name in ("id", "title"):
        if len({reply[name] for reply in replies}) != len(buttons):
            raise wrong(f"Duplicate button {name}s are not allowed.")


def _list(action: dict[str, Any]) -> None:
    _string(action, "button", "interactive['action']['button']", 20)
    sections = action.get("sections")
    if not isinstance(sections, list) or not 1 <= len(sections) <= 10:
        raise wrong("The number of sections must be between 1 and 10.")
    sections = [_object(section) for section in sections]
    rows = [_object(row) for section in sections for row in _list_of(section.get("rows"))]
    if not 1 <= len(rows) <= 10:
        raise wrong("The total row count must be between 1 and 10.")
    for section in sections:
        _string(section, "title", "section['title']", 24, required=len(sections) > 1)
    for row in rows:
        _string(row, "id", "row['id']", 200)
        _string(row, "title", "row['title']", 24)
        _string(row, "description", "row['description']", 72, required=False)
    if len({row["id"] for row in rows}) != len(rows):
        raise wrong("Duplicate row ids are not allowed.")


def _link(action: dict[str, Any]) -> None:
    parameters = action.get("parameters")
    if action.get("name") != "cta_url" or not isinstance(parameters, dict):
        raise wrong("A cta_url action needs the name cta_url and parameters.")
    _string(parameters, "display_text", "parameters['display_text']", 20)
    if not _string(parameters, "url", "parameters['url']", 2000).startswith(("http://", "https://")):
        raise wrong("Param parameters['url'] must be a valid URL.")


def _flow(action: dict[str, Any]) -> None:
    parameters = action.get("parameters")
    if action.get("name") != "flow" or not isinstance(parameters, dict):
        raise wrong("A flow action needs the name flow and parameters.")
    if not (parameters.get("flow_id") or parameters.get("flow_name")):
        raise GraphError(131008, "One of flow_id and flow_name is required.")
    _string(parameters, "flow_cta", "parameters['flow_cta']", 30)


def _template(template: dict[str, Any]) -> None:
    _string(template, "name", "template['name']", 512)
    language = template.get("language")
    if not isinstance(language, dict) or not isinstance(language.get("code"), str):
        raise GraphError(131008, "The parameter template['language'] is required.")
    if not isinstance(template.get("components", []), list):
        raise wrong("Param template['components'] must be an array.")


_CHECKS: dict[str, Callable[[Any], None]] = {
    "text": _text,
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "interactive": _interactive,
    "template": _template,
    **dict.fromkeys(MEDIA_TYPES, _media),
}
