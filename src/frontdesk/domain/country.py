"""Countries by their ISO 3166-1 codes of two letters. Pure.

The list is the one of the tz database's `iso3166.tab`; a test compares both.
"""

from typing import Annotated

from pydantic import AfterValidator, Field

_CODES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW
BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI
FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN
IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME
MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF
PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV
SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE
YT ZA ZM ZW
"""
COUNTRIES = frozenset(_CODES.split())


def known_country(code: str) -> str:
    """The code in capitals.

    Raises:
        ValueError: No country has it.
    """
    found = code.upper() if code.isascii() else code
    if found not in COUNTRIES:
        msg = "there is no such country; use its ISO 3166-1 code of two letters, such as ES"
        raise ValueError(msg)
    return found


Country = Annotated[str, Field(max_length=64, examples=["ES"]), AfterValidator(known_country)]
"""A country by its ISO 3166-1 code of two letters, in either case; kept in capitals."""
