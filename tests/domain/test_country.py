"""Countries by their codes: the list of ISO 3166-1, and nothing else (S0-44)."""

from importlib.resources import files

import pytest
from pydantic import TypeAdapter, ValidationError

from frontdesk.domain.country import COUNTRIES, Country

adapter: TypeAdapter[str] = TypeAdapter(Country)


def test_s0_44_the_list_is_that_of_the_tz_database() -> None:
    """All 249 of ISO 3166-1 alpha-2."""
    table = (files("tzdata") / "zoneinfo" / "iso3166.tab").read_text(encoding="utf-8")
    told = {line.partition("\t")[0] for line in table.splitlines() if line and not line.startswith("#")}
    assert told == COUNTRIES
    assert len(COUNTRIES) == 249


@pytest.mark.parametrize(("given", "kept"), [("ES", "ES"), ("de", "DE"), ("Gb", "GB")])
def test_s0_44_an_iso_code_is_accepted(given: str, kept: str) -> None:
    """In either case; kept in capitals."""
    assert adapter.validate_python(given) == kept


@pytest.mark.parametrize(
    "given", ["XX", "UK", "EU", "ESP", "Spain", "", "E", "ß", "\uff25\uff33", " ES", "E\0", 34]
)
def test_s0_44_an_unknown_country_is_rejected(given: object) -> None:
    """The words say what to write."""
    with pytest.raises(ValidationError) as caught:
        adapter.validate_python(given)
    if isinstance(given, str):
        assert "use its ISO 3166-1 code of two letters, such as ES" in str(caught.value)
