"""Content as callers give it: what the document says is what is taken."""

from typing import Any

import pytest
from pydantic import ValidationError

from frontdesk.domain.content import content_adapter

ORDER = {"kind": "order", "catalog_id": "c1"}


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({**ORDER, "items": [{"sku": "a", "quantity": "2"}]}, "quantity"),
        ({**ORDER, "items": [{"sku": "a", "price": "1.5"}]}, "price"),
        ({"kind": "location", "latitude": "41.4", "longitude": 2.1}, "latitude"),
        ({"kind": "audio", "media": {"url": "https://files.example/a"}, "voice": "yes"}, "voice"),
        ({"kind": "text", "body": "hi", "preview_url": 1}, "preview_url"),
    ],
)
def test_numbers_and_truth_are_not_read_out_of_texts(content: dict[str, Any], field: str) -> None:
    """S0-01, S0-07, S0-14: a wrong type is refused by the name of its field."""
    with pytest.raises(ValidationError) as refused:
        content_adapter.validate_python(content)
    assert refused.value.errors()[0]["loc"][-1] == field


def test_a_whole_number_is_a_coordinate() -> None:
    """S0-07: JSON knows one kind of number."""
    content = content_adapter.validate_json('{"kind":"location","latitude":41,"longitude":2}')
    assert content.model_dump(exclude_none=True) == {
        "kind": "location", "latitude": 41.0, "longitude": 2.0, "location_type": "pin",
    }  # fmt: skip
