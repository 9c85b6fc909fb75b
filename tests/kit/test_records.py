"""Records: comparable, hashable, slotted, and cheap to make."""

import pytest

from frontdesk.kit.records import record


@record
class Point:
    x: int
    y: int = 0


@record(kw_only=True)
class Named:
    name: str
    size: int = 1


def test_equal_records_are_equal_and_hash_alike() -> None:
    assert Point(1) == Point(1, 0)
    assert len({Point(1), Point(1, 0), Point(2)}) == 2
    assert repr(Point(1)) == "Point(x=1, y=0)"


def test_a_record_has_no_room_for_more() -> None:
    assert not hasattr(Point(1), "__dict__")
    with pytest.raises(AttributeError):
        Point(1).z = 3  # type: ignore[attr-defined]


def test_fields_by_keyword_only() -> None:
    assert Named(name="a").size == 1
    with pytest.raises(TypeError):
        Named("a")  # type: ignore[call-arg]
