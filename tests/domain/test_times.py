"""Times as others write them (S3-20)."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.domain.errors import Invalid
from frontdesk.domain.times import parse_time, zone_of

AT = datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "Sun, 06 Nov 1994 09:49:37 +0100",
        "Sun, 06 Nov 1994 08:49:37 -0000",
        "1994-11-06T08:49:37Z",
        "1994-11-06T08:49:37+00:00",
        "1994-11-06T03:49:37-05:00",
        "1994-11-06 08:49:37",
        "19941106T084937Z",
        " 1994-11-06T08:49:37Z ",
        "784111777",
        "784111777000",
        784111777,
        784111777.0,
        784111777000,
        datetime(1994, 11, 6, 8, 49, 37),  # noqa: DTZ001
        datetime(1994, 11, 6, 9, 49, 37, tzinfo=timezone(timedelta(hours=1))),
    ],
    ids=repr,
)
def test_each_form_is_the_same_instant(written: Any) -> None:
    parsed = parse_time(written)
    assert parsed == AT
    assert parsed.tzinfo is UTC


@pytest.mark.parametrize(
    "written",
    [
        "",
        "yesterday",
        "now",
        "12",
        "1994-13-06",
        "1994-11-06T08:49:37Zebra",
        "Sun, 99 Nov 1994 08:49:37 GMT",
        "9" * 40,
        "١٩٩٤١١٠٦٠٨",
        None,
        True,
        [],
        {},
        b"1994-11-06",
        float("nan"),
        float("inf"),
        10**30,
        -(10**30),
        "0001-01-01T00:00:00+14:00",
    ],
    ids=repr,
)
def test_garbage_is_an_error_and_never_now(written: Any) -> None:
    with pytest.raises(Invalid, match="is not a time") as caught:
        parse_time(written, field="date")
    assert caught.value.field == "date"


@given(st.text() | st.integers() | st.floats() | st.none())
def test_anything_is_an_aware_time_or_invalid(written: Any) -> None:
    try:
        assert parse_time(written).utcoffset() == timedelta(0)
    except Invalid:
        return


@given(st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2999, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_iso_there_and_back(at: datetime) -> None:
    assert parse_time(at.isoformat()) == at


def test_a_zone_by_its_name() -> None:
    assert zone_of("America/Argentina/Buenos_Aires").key == "America/Argentina/Buenos_Aires"
