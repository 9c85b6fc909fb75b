"""Templates: chosen by name and language, filled in variable by variable (M-18)."""

from typing import Any

import pytest

from frontdesk.domain.content import Template
from frontdesk.domain.errors import Invalid
from frontdesk.domain.template import MessageTemplate, TemplateVariable, choose, fill, variables_of

V = TemplateVariable
ORDER = MessageTemplate(
    name="order", language="en", status="approved", body="Hello {{1}}, {{ 2 }} is ready. {{1}}!",
    variables=(
        V(part="header", name="image", kind="image"), V(part="body", name="1"), V(part="body", name="2"),
        V(part="button", index=1, name="1"),
    ),
)  # fmt: skip
VISIT = MessageTemplate(
    name="visit", language="en", status="approved", body="{{who}}, see you on {{day}}.",
    variables=(V(part="body", name="who", is_named=True), V(part="body", name="day", is_named=True)),
)  # fmt: skip


def text(value: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": value, **more}


HEADER = {"type": "HEADER", "parameters": [{"type": "image", "image": {"id": "1"}}]}
BODY = {"type": "body", "parameters": [text("Nora"), text("bike")]}
BUTTON = {"type": "button", "sub_type": "url", "index": "1", "parameters": [text("42")]}


def content(*components: dict[str, Any], name: str = "order", language: str = "en") -> Template:
    return Template(name=name, language=language, components=components)


def test_the_customers_text_is_filled_in() -> None:
    assert fill(ORDER, content(HEADER, BODY, BUTTON)).body == "Hello Nora, bike is ready. Nora!"
    named = {"type": "body", "parameters": [text("Monday", parameter_name="day"),
                                            text("Nora", parameter_name="who")]}  # fmt: skip
    assert fill(VISIT, content(named)).body == "Nora, see you on Monday."


@pytest.mark.parametrize(
    ("template", "components", "words"),
    [
        (ORDER, (BODY, BUTTON), "image of the header"),
        (ORDER, (HEADER, BUTTON), "1 of the body"),
        (ORDER, (HEADER, {**BODY, "parameters": [text("Nora")]}, BUTTON), "2 of the body"),
        (ORDER, (HEADER, {**BODY, "parameters": [text("Nora"), text("  ")]}, BUTTON), "2 of the body"),
        (ORDER, (HEADER, {**BODY, "parameters": [1, None]}, BUTTON), "1 of the body"),
        (ORDER, (HEADER, {**BODY, "parameters": "x"}, BUTTON), "1 of the body"),
        (ORDER, (HEADER, BODY, {**BUTTON, "index": "0"}), "1 of the button 1"),
        (VISIT, (BODY,), "who of the body"),
        (VISIT, ({"type": "body", "parameters": [text("Nora", parameter_name="who")]},), "day of the body"),
    ],
)
def test_a_missing_variable_is_named(template: MessageTemplate, components: Any, words: str) -> None:
    """M-18."""
    with pytest.raises(Invalid) as refused:
        fill(template, content(*components))
    assert refused.value.message == f"The template needs a value for its variable {words}."
    assert refused.value.field == "content.components"


def test_a_value_too_many_is_refused() -> None:
    more = {**BODY, "parameters": [text("a"), text("b"), text("c")]}
    with pytest.raises(Invalid, match="The body of the template has 2 variables, and 3 values were given"):
        fill(ORDER, content(HEADER, more, BUTTON))


def test_name_language_and_state_are_checked() -> None:
    """M-18."""
    paused = MessageTemplate(name="offer", language="en", status="paused")
    known = [ORDER, VISIT, paused, ORDER.model_copy(update={"language": "de"})]
    assert choose(known, content(language="de")).language == "de"
    for asked, field, words, hint in (
        (content(name="none"), "content.name", "There is no template none.", "There are: order, visit."),
        (content(language="es"), "content.language", "The template order is not there in es.",
         "It is there in: de, en."),
        (content(name="offer"), "content.name", "The template offer (en) is paused.",
         "Only approved templates can be sent."),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            choose(known, asked)
        found = refused.value
        assert (found.field, found.message, found.hint) == (field, words, hint)


def test_variables_are_found_once_each_in_order() -> None:
    assert variables_of("{{2}} {{ 1 }} {{2}} {{name}} {x} {{}}") == ["2", "1", "name"]
