"""What sending a message costs, as far as anybody said: the operator's price list.

Nothing is guessed: where it says nothing, the price is unknown.
"""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_serializer, model_validator

from frontdesk.domain.country import Country

Category = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class Price(BaseModel):
    """What one message costs; where country or category is left out, in all that no other entry names."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    country: Country | None = Field(default=None, description="Of the customer's number.")
    category: Category | None = Field(
        default=None,
        description="Of a template, such as marketing or utility; `service`: free messages in the window.",
        examples=["marketing"],
    )
    amount: Decimal = Field(ge=0, le=10_000, max_digits=12, decimal_places=6, examples=["0.0615"])

    @field_serializer("amount")
    def _plain(self, amount: Decimal) -> str:
        return f"{amount:f}"


class PriceList(BaseModel):
    """What the operator pays for messages of an inbox, in one currency."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    currency: Currency = Field(description="ISO 4217.", examples=["EUR"])
    entries: Annotated[tuple[Price, ...], Field(max_length=2000)] = ()

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        seen: set[tuple[str | None, str | None]] = set()
        for each in self.entries:
            if (each.country, each.category) in seen:
                msg = f"there are two prices for country {each.country} and category {each.category}"
                raise ValueError(msg)
            seen.add((each.country, each.category))
        return self

    def find(self, country: str | None, category: str | None) -> Decimal | None:
        """The price of a message: the entry that says most about it counts, country before category."""
        amounts = {(each.country, each.category): each.amount for each in self.entries}
        for key in ((country, category), (country, None), (None, category), (None, None)):
            if key in amounts:
                return amounts[key]
        return None
