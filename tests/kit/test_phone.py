"""Phone numbers in one form (S0-25)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.kit.phone import e164, from_digits, same_number

SAME = {
    "+5491123456789": [
        "+5491123456789",
        "5491123456789",
        "541123456789",
        "+54 9 11 2345-6789",
        "+54 (11) 2345-6789",
        "+54 11 15 2345-6789",
        "54 9 11 15 2345 6789",
        "0054 9 11 2345 6789",
        "tel:+5491123456789",
        "+54\u00a09\u00a011\u00a02345\u201167\u201189",
    ],
    "+5493512345678": ["+54 351 234 5678", "+54 351 15 234 5678", "5493512345678"],
    "+5511987654321": ["5511987654321", "551187654321", "+55 (11) 98765-4321", "+55 11 8765-4321"],
    "+551134567890": ["551134567890", "+55 11 3456-7890"],
    "+525512345678": ["525512345678", "5215512345678", "+52 1 55 1234 5678"],
    "+447700900142": ["447700900142", "+44 7700 900142", "00447700900142"],
    "+15550783881": ["15550783881", "+1 (555) 078-3881", "1.555.078.3881"],
}


@pytest.mark.parametrize(("one", "written"), [(one, form) for one, forms in SAME.items() for form in forms])
def test_every_way_to_write_a_number_is_one(one: str, written: str) -> None:
    assert e164(written) == one
    assert same_number(written, one)


@pytest.mark.parametrize(
    ("written", "region", "one"),
    [
        ("011 15 2345-6789", "AR", "+5491123456789"),
        ("07700 900142", "GB", "+447700900142"),
        ("(11) 98765-4321", "br", "+5511987654321"),
        ("+44 7700 900142", "AR", "+447700900142"),
    ],
)
def test_a_number_as_written_at_home(written: str, region: str, one: str) -> None:
    assert e164(written, region) == one


@pytest.mark.parametrize(
    "written",
    [
        "",
        "+",
        "12",
        "PHONE_NUMBER",
        "+0123456789",
        "1" * 16,
        "١٢٣٤٥٦٧٨٩",
        "44 7700 900142 ext 5",
        "+-()",
        "²³4567890",
    ],
)
def test_what_is_no_number_is_none(written: str) -> None:
    assert e164(written) is None
    assert not same_number(written, written)


@pytest.mark.parametrize(("written", "region"), [("junk", "GB"), ("1", "ZZ"), ("123", "GB"), ("", "AR")])
def test_what_is_no_number_at_home_is_none(written: str, region: str) -> None:
    assert e164(written, region) is None


@given(st.text(alphabet="0123456789", max_size=18))
def test_one_form_is_a_fixed_point(digits: str) -> None:
    one = from_digits(digits)
    if one is not None:
        assert from_digits(one[1:]) == one


@given(st.text())
def test_any_text_is_a_number_or_none(text: str) -> None:
    one = e164(text)
    assert one is None or (one[0] == "+" and one[1:].isdigit())
