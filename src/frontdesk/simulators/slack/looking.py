"""How a message of Slack's looks on a phone: its fields and blocks read into the common `Look`. Pure."""

from collections.abc import Iterator
from typing import Any, Literal

from frontdesk.simulators.base import Look, LookChoice, LookFile, LookLink, PhoneMessage
from frontdesk.simulators.slack.markup import links_in

_Kind = Literal["image", "audio", "video", "document"]
_KINDS: tuple[_Kind, ...] = ("image", "audio", "video")


def look_of(message: PhoneMessage) -> Look:
    """The look of a message: who wrote it (if it is a third), its words, files and buttons."""
    body = message.body if isinstance(message.body, dict) else {}
    choices: list[LookChoice] = []
    links: list[LookLink] = []
    if message.sender == "business":
        links += [LookLink(*found) for found in links_in(str(body.get("text") or ""))]
        for element in elements_of(body):
            _add(element, message.id, choices, links)
    return Look(
        text=_without(message.shown, links),
        head=str(message.facts.get("head", "")),
        foot=str(message.facts.get("foot", "")),
        files=tuple(_file(each) for each in body.get("files") or []),
        choices=tuple(choices),
        links=tuple(links),
    )


def _without(text: str, links: list[LookLink]) -> str:
    """The words without lines that are nothing but a link shown beside them."""
    labels = {link.label for link in links}
    return "\n".join(line for line in text.split("\n") if line not in labels)


def elements_of(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Everything in a message's blocks that can be pressed, each with its block's id."""
    for at, block in enumerate(body.get("blocks") or []):
        if not isinstance(block, dict):
            continue
        found = [*(block.get("elements") or []), *([block["accessory"]] if block.get("accessory") else [])]
        for element in found:
            if isinstance(element, dict):
                yield {"block_id": block.get("block_id") or f"b{at}", **element}


def label_of(part: dict[str, Any]) -> str:
    """The words on a button or an option."""
    text = part.get("text")
    return str(text.get("text", "")) if isinstance(text, dict) else ""


def _add(element: dict[str, Any], message_id: str, choices: list[LookChoice], links: list[LookLink]) -> None:
    if element.get("type") == "button" and element.get("url"):
        links.append(LookLink(label_of(element), str(element["url"])))
        return
    options = element.get("options") if element.get("type") == "static_select" else [element]
    for option in options or []:
        pressed = {"type": "button_reply", "id": str(option.get("value") or element.get("action_id") or "")}
        title = label_of(option)
        choices.append(LookChoice(title, {**pressed, "title": title, "reply_to": message_id}))


def _file(file: dict[str, Any]) -> LookFile:
    mime = str(file.get("mimetype") or "")
    kind: _Kind = next((kind for kind in _KINDS if mime.startswith(f"{kind}/")), "document")
    return LookFile(kind, id=file.get("id"), filename=file.get("name"), mime=mime or None)
