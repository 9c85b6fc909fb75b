"""The message templates a simulated business has, and how one is filled in."""

import re
from typing import Any

from frontdesk.simulators.whatsapp.errors import GraphError
from frontdesk.simulators.whatsapp.ids import Ids

_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")

_WELCOME = "Welcome and congratulations!! This message demonstrates a template."
_TEMPLATES: tuple[tuple[str, str, str, str, str], ...] = (
    ("hello_world", "en_US", "UTILITY", "APPROVED", _WELCOME),
    ("order_update", "en", "UTILITY", "APPROVED", "Hello {{1}}, your order {{2}} is ready."),
    ("order_update", "de", "UTILITY", "APPROVED", "Hallo {{1}}, deine Bestellung {{2}} ist fertig."),
    ("order_update", "es", "UTILITY", "APPROVED", "Hola {{1}}, tu pedido {{2}} está listo."),
    ("appointment_reminder", "en", "UTILITY", "APPROVED", "{{customer}}, we see you on {{day}} at {{time}}."),
    ("spring_offer", "en", "MARKETING", "APPROVED", "{{1}}, ten per cent off all services until {{2}}."),
    ("winter_offer", "en", "MARKETING", "PAUSED", "{{1}}, winter checks at half the price."),
    ("sign_in_code", "en", "AUTHENTICATION", "APPROVED", "{{1}} is your verification code."),
)


def starting_templates(ids: Ids) -> list[dict[str, Any]]:
    """The templates of a new business account, as Graph lists them."""
    return [_template(ids.number(15), row) for row in _TEMPLATES]


def _template(template_id: str, row: tuple[str, str, str, str, str]) -> dict[str, Any]:
    name, language, category, status, text = row
    variables = _VARIABLE.findall(text)
    is_named = bool(variables) and not variables[0].isdigit()
    body: dict[str, Any] = {"type": "BODY", "text": text}
    if is_named:
        examples = [{"param_name": variable, "example": "example"} for variable in variables]
        body["example"] = {"body_text_named_params": examples}
    elif variables:
        body["example"] = {"body_text": [["example" for _ in variables]]}
    components = [body]
    if name == "order_update":
        components.append({"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Call me"}]})
    return {
        "name": name,
        "parameter_format": "NAMED" if is_named else "POSITIONAL",
        "components": components,
        "language": language,
        "status": status,
        "category": category,
        "id": template_id,
    }


def fill(templates: list[dict[str, Any]], sent: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The template that a send names, and the text as the customer reads it. Raises GraphError."""
    name, language = sent["name"], sent["language"]["code"]
    found = next((one for one in templates if one["name"] == name and one["language"] == language), None)
    if found is None:
        raise GraphError(132001, f"template name ({name}) does not exist in {language}")
    if found["status"] == "PAUSED":
        raise GraphError(132015, f"template ({name}) is paused")
    if found["status"] != "APPROVED":
        raise GraphError(132001, f"template ({name}) is not approved")
    text = str(found["components"][0]["text"])
    variables = list(dict.fromkeys(_VARIABLE.findall(text)))
    values = _values(sent, variables)
    return found, _VARIABLE.sub(lambda match: values[match.group(1)], text)


def _values(sent: dict[str, Any], variables: list[str]) -> dict[str, str]:
    components = [one for one in sent.get("components", []) if isinstance(one, dict)]
    bodies = [one for one in components if str(one.get("type", "")).lower() == "body"]
    given = bodies[0].get("parameters") if bodies else []
    parameters = [one if isinstance(one, dict) else {} for one in given] if isinstance(given, list) else []
    if len(parameters) != len(variables):
        raise GraphError(
            132000,
            f"body: number of localizable_params ({len(parameters)}) does not match the expected number of "
            f"params ({len(variables)})",
        )
    values: dict[str, str] = {}
    for position, parameter in enumerate(parameters):
        variable = str(parameter.get("parameter_name") or variables[position])
        text = parameter.get("text")
        if variable not in variables or not isinstance(text, str) or not text:
            raise GraphError(132012, f"body: parameter {variable} is missing or has no text")
        values[variable] = text
    if set(values) != set(variables):
        raise GraphError(132000, "body: a parameter is given twice and another is missing")
    return values
