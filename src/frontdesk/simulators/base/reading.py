"""Reading JSON that can be written again: no NaN, no infinity, no half surrogates."""

import json
from typing import Any, NoReturn


def _refuse(constant: str) -> NoReturn:
    msg = f"{constant} is not JSON"
    raise ValueError(msg)


def parse_json(raw: bytes) -> Any:
    """The value. Raises ValueError or RecursionError."""
    value = json.loads(raw, parse_constant=_refuse)
    if b"\\u" in raw:
        json.dumps(value, ensure_ascii=False).encode()
    return value
