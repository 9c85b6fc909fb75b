"""Price lists: what says most counts, and what nobody said is unknown."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from frontdesk.domain.price import PriceList

LIST = PriceList.model_validate({
    "currency": "EUR",
    "entries": [
        {"country": "es", "category": "marketing", "amount": "0.0615"},
        {"country": "ES", "amount": "0.02"},
        {"category": "marketing", "amount": "0.10"},
        {"category": "service", "amount": "0"},
    ],
})  # fmt: skip


@pytest.mark.parametrize(
    ("country", "category", "amount"),
    [
        ("ES", "marketing", "0.0615"),
        ("ES", "utility", "0.02"),
        ("ES", None, "0.02"),
        ("DE", "marketing", "0.10"),
        (None, "marketing", "0.10"),
        ("DE", "service", "0"),
        ("DE", "utility", None),
        (None, None, None),
    ],
)
def test_the_entry_that_says_most_counts(
    country: str | None, category: str | None, amount: str | None
) -> None:
    """The country before the category; no price is invented."""
    assert LIST.find(country, category) == (None if amount is None else Decimal(amount))


@pytest.mark.parametrize(
    "wrong",
    [
        {"currency": "euro"},
        {"currency": "EUR", "entries": [{"amount": "-1"}]},
        {"currency": "EUR", "entries": [{"amount": "0.0000001"}]},
        {"currency": "EUR", "entries": [{"amount": "NaN"}]},
        {"currency": "EUR", "entries": [{"country": "XX", "amount": "1"}]},
        {"currency": "EUR", "entries": [{"country": "ES", "amount": "1"}, {"country": "es", "amount": "2"}]},
    ],
)
def test_s0_44_a_list_that_cannot_be_is_refused(wrong: object) -> None:
    """Unknown countries, two prices for one thing, amounts that are none."""
    with pytest.raises(ValidationError):
        PriceList.model_validate(wrong)


def test_amounts_are_told_as_they_were_written() -> None:
    """As text, without an exponent."""
    tiny = PriceList.model_validate({"currency": "USD", "entries": [{"amount": "0.000001"}]})
    assert tiny.model_dump(mode="json")["entries"][0]["amount"] == "0.000001"
