"""Somebody else's JSON: read whole or refused, part by part, and never with a NUL (Refusal 31)."""

from typing import Any

import pytest

from frontdesk.domain.errors import Malformed
from frontdesk.domain.foreign import (
    MAX_WORDS,
    UNREADABLE,
    Part,
    WebAddress,
    Words,
    WordsOrNone,
    known,
    part,
    read_object,
)


class Shape(Part):
    """One part with every kind of field."""

    id: str | None = None
    title: Words = None
    label: WordsOrNone = None
    url: WebAddress = None


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"a": NaN}', b"[" * 100_000])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed) as refused:
        read_object(body)
    assert refused.value.message == "the body is not JSON"


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b"7"])
def test_json_that_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed) as refused:
        read_object(body)
    assert refused.value.message == "the body is not a JSON object"


def test_a_nul_becomes_the_replacement_character_wherever_it_stands() -> None:
    told = read_object(rb'{"a\u0000b": ["x\u0000", {"in": "\u0000"}, 7], "kept": "caf\u00e9 \\ 0"}')
    assert told == {"a\ufffdb": ["x\ufffd", {"in": "\ufffd"}, 7], "kept": "café \\ 0"}


@pytest.mark.parametrize(
    ("of", "found"),
    [({"in": {"a": 1}}, {"a": 1}), ({"in": [1]}, {}), ({"in": None}, {}), ({}, {}), (None, {}), ("in", {})],
)
def test_a_part_is_an_object_or_nothing(of: Any, found: dict[str, Any]) -> None:
    assert part(of, "in") == found


def test_only_known_facts_are_kept() -> None:
    assert known(a=1, b=None, c="", d=False) == {"a": 1, "c": "", "d": False}


def test_a_shape_lets_unknown_fields_through_and_takes_numbers_for_text() -> None:
    read = Shape.model_validate({"id": 12, "title": 5, "label": 5, "url": "ftp://x.example/", "new": {}})
    assert read == Shape(id="12", title="5", label=None, url=None)


def test_words_are_cut_and_addresses_are_those_of_the_web() -> None:
    long = "w" * (MAX_WORDS + 1)
    read = Shape.model_validate({"title": long, "label": long, "url": "HTTPS://shop.example/a"})
    assert (read.title, read.label, read.url) == (long[:-1], long[:-1], "HTTPS://shop.example/a")


def test_what_cannot_be_read_raises_one_of_the_named_errors() -> None:
    with pytest.raises(UNREADABLE):
        Shape.model_validate({"title": {"not": "words"}})
