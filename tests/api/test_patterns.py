"""What does not fit a pattern is told in words with the cure, never as the pattern: S1-05."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from frontdesk.api.patterns import WORDS
from tests.api.routes import document
from tests.desk import RunningDesk


def _patterns(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            yield node["pattern"]
        yield from node.get("patternProperties", {})
        for value in node.values():
            yield from _patterns(value)
    if isinstance(node, list):
        for value in node:
            yield from _patterns(value)


def test_each_pattern_of_the_document_has_its_words_and_no_other_has() -> None:
    assert set(_patterns(document())) == set(WORDS)
    for pattern in WORDS:
        re.compile(pattern)


@pytest.mark.parametrize("shortcut", ["Opening hours", "/hours", "\u00f6ffnen", "-"])
async def test_a_shortcut_that_cannot_be_is_told_what_one_is(desk: RunningDesk, shortcut: str) -> None:
    """S0-34."""
    body = {"shortcut": shortcut, "title": "Hours", "messages": [{"kind": "text", "body": "Nine to six"}]}
    answer = await desk.http.post("/v1/canned-responses", json=body)
    assert (answer.status_code, answer.json()["errors"]) == (
        422,
        [
            {
                "field": "shortcut",
                "message": "must be one word of letters, digits, dots, hyphens and underscores, "
                "the first a letter or a digit",
                "hint": "Leave out spaces, accents and other signs: opening-hours instead of Opening hours.",
            }
        ],
    )
    assert (await desk.owner.get("/v1/canned-responses"))["items"] == []
