"""Phone numbers in one form, E.164, however they are written. No word of our trade.

Three countries write mobile numbers in more than one way; each has one form here:

- Brazil: mobile numbers got a ninth digit, and older accounts still come without it. Here: with it.
- Mexico: until 2019 a 1 stood between the country code and a mobile number. Here: without it.
- Argentina: a 9 stands after the country code when calling a mobile from abroad, a 15 inside when calling
  from within; neither is part of the subscriber's number. Here: with the 9, as messages need it.
"""

import re
from functools import lru_cache

import phonenumbers

_SEVERAL_FORMS = ("52", "54", "55")
_WRITTEN = re.compile(r"[\s().\-/\u00a0\u2010-\u2015\u202a-\u202e\u2066-\u2069]+")
_MAX_DIGITS = 15
_MIN_DIGITS = 7
_FEWEST_SOUGHT = 2


def e164(number: str, region: str | None = None) -> str | None:
    """The number in E.164 (`+5491123456789`), or None when it can be no phone number.

    Args:
        number: With country code (with `+`, with `00` or bare), or as written inside `region`.
        region: Two letters (`AR`); numbers without `+` or `00` are read as written there.
    """
    bare = _WRITTEN.sub("", number.removeprefix("tel:"))
    if bare.startswith("00"):
        bare = f"+{bare[2:]}"
    if region is not None and not bare.startswith("+"):
        return _from_within(bare, region)
    digits = bare.removeprefix("+")
    return from_digits(digits)


def from_digits(digits: str) -> str | None:
    """E.164 of a country code and number without any sign, as many providers name their users.

    The length is checked, and the country code for the countries with several forms; it is cheap.
    """
    if not (digits.isascii() and digits.isdigit() and _MIN_DIGITS <= len(digits) <= _MAX_DIGITS):
        return None
    if digits[0] == "0":
        return None
    return f"+{_one_form(digits)}" if digits.startswith(_SEVERAL_FORMS) else f"+{digits}"


def digits_of(written: str) -> str | None:
    """The digits of a number, or of a part of one, however it is written; None for what is none."""
    bare = _WRITTEN.sub("", written.removeprefix("tel:")).removeprefix("+")
    is_number = len(bare) > _FEWEST_SOUGHT and bare.isascii() and bare.isdigit()
    return bare.removeprefix("00") if is_number else None


def same_number(one: str, other: str) -> bool:
    """Whether two spellings reach the same phone."""
    first = e164(one)
    return first is not None and first == e164(other)


def _from_within(number: str, region: str) -> str | None:
    try:
        parsed = phonenumbers.parse(number, region.upper())
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return from_digits(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)[1:])


@lru_cache(maxsize=4096)
def _one_form(digits: str) -> str:
    country, rest = digits[:2], digits[2:]
    match country:
        case "55":
            return country + _brazil(rest)
        case "52":
            return country + (rest[1:] if len(rest) == 11 and rest[0] == "1" else rest)
        case _:
            return country + _argentina(rest)


def _brazil(rest: str) -> str:
    """Area code (2) and number: eight digits from 6 on were a mobile before the ninth digit."""
    return f"{rest[:2]}9{rest[2:]}" if len(rest) == 10 and rest[2] in "6789" else rest


def _argentina(rest: str) -> str:
    if len(rest) == 11 and rest[0] == "9":
        return rest
    if len(rest) == 10:
        return f"9{rest}"
    if len(rest) in (12, 13):
        within = f"0{rest.removeprefix('9') if len(rest) == 13 else rest}"
        try:
            parsed = phonenumbers.parse(within, "AR")
        except phonenumbers.NumberParseException:
            return rest
        national = str(parsed.national_number)
        if len(national) == 11 and national[0] == "9":
            return national
    return rest


@lru_cache(maxsize=4096)
def region_of(number: str) -> str | None:
    """The country (ISO 3166, two letters) that an E.164 number belongs to, or None when nobody can say."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None
    region = phonenumbers.region_code_for_number(parsed) or ""
    return region if len(region) == 2 and region.isalpha() else None
