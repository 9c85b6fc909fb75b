"""Templates that a provider approved: what must be filled in, whether a message does, and how it reads."""

import re
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from frontdesk.domain.content import Template
from frontdesk.domain.errors import Invalid

APPROVED = "approved"
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


class TemplateVariable(BaseModel):
    """A place in a template that a message must fill."""

    model_config = ConfigDict(frozen=True)

    part: str = Field(description="header, body or button: the component's type.")
    index: int | None = Field(default=None, description="Which button, from 0.")
    name: str = Field(description="The variable's name, or its number from 1.")
    kind: str = Field(default="text", description="The type of its parameter: text, image, …")
    is_named: bool = Field(default=False, description="Its parameter says `parameter_name`.")

    @property
    def words(self) -> str:
        """How people call it."""
        place = "" if self.index is None else f" {self.index}"
        return f"{self.name} of the {self.part}{place}"


class MessageTemplate(BaseModel):
    """A template as its provider knows it. `status` is `approved`, or the provider's word in lower case."""

    model_config = ConfigDict(frozen=True)

    name: str
    language: str
    status: str
    category: str | None = None
    body: str = ""
    variables: tuple[TemplateVariable, ...] = ()


@dataclass(frozen=True, slots=True)
class _Given:
    """The parameters of one component of a message."""

    parameters: tuple[dict[str, Any], ...]

    def of(self, variable: TemplateVariable, position: int) -> dict[str, Any] | None:
        if variable.is_named:
            named = [each for each in self.parameters if each.get("parameter_name") == variable.name]
            return named[0] if named else None
        return self.parameters[position] if position < len(self.parameters) else None


def variables_of(text: str) -> list[str]:
    """The names of the variables in a text such as `Hello {{1}}`, each once, in order."""
    return list(dict.fromkeys(_VARIABLE.findall(text)))


def choose(templates: list[MessageTemplate], content: Template) -> MessageTemplate:
    """The template that a message names.

    Raises:
        Invalid: There is none of the name or in the language, or it is not approved.
    """
    named = [each for each in templates if each.name == content.name]
    if not named:
        known = ", ".join(sorted({each.name for each in templates if each.status == APPROVED})[:20])
        raise Invalid(
            f"There is no template {content.name}.", field="content.name", hint=f"There are: {known}."
        )
    found = next((each for each in named if each.language == content.language), None)
    if found is None:
        languages = ", ".join(sorted(each.language for each in named))
        raise Invalid(
            f"The template {content.name} is not there in {content.language}.",
            field="content.language",
            hint=f"It is there in: {languages}.",
        )
    if found.status != APPROVED:
        raise Invalid(
            f"The template {content.name} ({content.language}) is {found.status}.",
            field="content.name",
            hint="Only approved templates can be sent.",
        )
    return found


def fill(template: MessageTemplate, content: Template) -> Template:
    """The message with the text that the customer reads.

    Raises:
        Invalid: A variable has no value, or a value has no variable.
    """
    values: dict[str, str] = {}
    places: dict[tuple[str, int | None], list[TemplateVariable]] = {}
    for variable in template.variables:
        places.setdefault((variable.part, variable.index), []).append(variable)
    for (part, index), variables in places.items():
        given = _given(content, part, index)
        for position, variable in enumerate(variables):
            value = _value(given.of(variable, position), variable.kind)
            if value is None:
                raise _missing(variable)
            if part == "body":
                values[variable.name] = value
        if len(given.parameters) > len(variables):
            more = len(given.parameters)
            msg = f"The {part} of the template has {len(variables)} variables, and {more} values were given."
            raise Invalid(msg, field="content.components")
    text = _VARIABLE.sub(lambda match: values.get(match[1], match[0]), template.body)
    return content if content.body or not text else content.model_copy(update={"body": text})


def _missing(variable: TemplateVariable) -> Invalid:
    return Invalid(
        f"The template needs a value for its variable {variable.words}.",
        field="content.components",
        hint=f"Give a component of type {variable.part} a parameter of type {variable.kind} for it.",
    )


def _given(content: Template, part: str, index: int | None) -> _Given:
    for component in content.components:
        is_it = str(component.get("type", "")).lower() == part
        if is_it and (index is None or str(component.get("index", 0)) == str(index)):
            parameters = component.get("parameters")
            listed = parameters if isinstance(parameters, list) else []
            return _Given(tuple(each if isinstance(each, dict) else {} for each in listed))
    return _Given(())


def _value(parameter: dict[str, Any] | None, kind: str) -> str | None:
    """What a parameter says, None if it says nothing. Anything but a text is only there or not."""
    if parameter is None:
        return None
    said = parameter.get(str(parameter.get("type", kind)))
    if isinstance(said, str):
        return said.strip() or None
    if isinstance(said, dict) and said:
        return str(said.get("fallback_value") or said.get("payload") or kind)
    return None
