"""The templates of a WhatsApp business account, and what of them a message must fill in.

Source: Meta, WhatsApp Business Platform, "Templates" and "Template components".
"""

from collections.abc import Mapping, Sequence
from typing import Any

from frontdesk.channels.whatsapp.graph import Graph
from frontdesk.channels.whatsapp.outcome import failure_of
from frontdesk.domain.template import MessageTemplate, TemplateVariable, variables_of
from frontdesk.kit.http import HttpFailed
from frontdesk.ports.channel import TemplatesUnavailable

_PAGE = 100
_MOST_PAGES = 100
_FIELDS = "name,language,status,category,components,parameter_format"
_MEDIA = {"IMAGE": "image", "VIDEO": "video", "DOCUMENT": "document", "LOCATION": "location"}


async def list_templates(graph: Graph | None, waba_id: str | None) -> Sequence[MessageTemplate]:
    """All templates of an account, page by page. Raises TemplatesUnavailable."""
    if graph is None:
        raise TemplatesUnavailable("The inbox has no access token.")
    if waba_id is None:
        raise TemplatesUnavailable("Save the WhatsApp Business Account ID; templates belong to the account.")
    found: list[MessageTemplate] = []
    params: dict[str, str | int] = {"limit": _PAGE, "fields": _FIELDS}
    for _ in range(_MOST_PAGES):
        page = await _page(graph, waba_id, params)
        listed = page.get("data")
        for each in listed if isinstance(listed, list) else []:
            template = template_of(each)
            if template is not None:
                found.append(template)
        paging = _object(page.get("paging"))
        after = _object(paging.get("cursors")).get("after")
        if not paging.get("next") or not isinstance(after, str):
            break
        params["after"] = after
    return found


async def _page(graph: Graph, waba_id: str, params: Mapping[str, str | int]) -> dict[str, Any]:
    try:
        answer = await graph.get(waba_id, "message_templates", params=params)
    except HttpFailed as failure:
        raise TemplatesUnavailable(f"Meta was not reached: {failure}"[:500]) from None
    if not answer.is_success:
        raise TemplatesUnavailable(failure_of(answer, None).message)
    return answer.json_object()


def template_of(told: object) -> MessageTemplate | None:
    """A template as Graph lists it; None if it has no name or language."""
    facts = _object(told)
    name, language = facts.get("name"), facts.get("language")
    if not (isinstance(name, str) and name and isinstance(language, str) and language):
        return None
    listed = facts.get("components")
    components = [_object(each) for each in (listed if isinstance(listed, list) else [])]
    is_named = str(facts.get("parameter_format", "")).upper() == "NAMED"
    variables = [each for component in components for each in _variables(component, is_named=is_named)]
    body = next((str(each.get("text") or "") for each in components if _type(each) == "BODY"), "")
    return MessageTemplate(
        name=name[:512],
        language=language[:15],
        status=str(facts.get("status") or "unknown").lower(),
        category=str(facts["category"]).lower() if facts.get("category") else None,
        body=body,
        variables=tuple(variables),
    )


def _type(component: Mapping[str, Any]) -> str:
    return str(component.get("type", "")).upper()


def _variables(component: Mapping[str, Any], *, is_named: bool) -> list[TemplateVariable]:
    match _type(component):
        case "BODY":
            return _of_text("body", component.get("text"), is_named=is_named)
        case "HEADER":
            kind = _MEDIA.get(str(component.get("format", "")).upper())
            if kind is not None:
                return [TemplateVariable(part="header", name=kind, kind=kind)]
            return _of_text("header", component.get("text"), is_named=is_named)
        case "BUTTONS":
            buttons = component.get("buttons")
            return _of_buttons(buttons if isinstance(buttons, list) else [])
        case _:
            return []


def _of_text(part: str, text: object, *, is_named: bool) -> list[TemplateVariable]:
    return [
        TemplateVariable(part=part, name=name, is_named=is_named) for name in variables_of(str(text or ""))
    ]


def _of_buttons(buttons: Sequence[object]) -> list[TemplateVariable]:
    """Buttons that take a value: an address with a variable at its end, and a code to copy."""
    found = []
    for index, button in enumerate(map(_object, buttons)):
        kind = _type(button)
        if kind in {"URL", "OTP"} and variables_of(str(button.get("url") or "")):
            found.append(TemplateVariable(part="button", index=index, name="1"))
        elif kind == "COPY_CODE":
            found.append(TemplateVariable(part="button", index=index, name="1", kind="coupon_code"))
    return found


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
