"""Ids in the shapes that Meta gives them; with a seed they come out the same in every run."""

import base64
import random
import secrets


class Ids:
    """A source of ids. Without a seed they are unguessable enough for a simulator and differ in every run."""

    def __init__(self, seed: int | None) -> None:
        self._random = random.Random(secrets.randbits(64) if seed is None else seed)  # noqa: S311

    def message(self, wa_id: str, *, from_phone: bool) -> str:
        """A message id: base64 of the number, the direction and a random part, as on the real wire."""
        number = wa_id.encode()
        direction = b"\x15\x02\x00\x12\x18\x14" if from_phone else b"\x15\x02\x00\x11\x18\x12"
        unique = self._random.randbytes(10).hex().upper().encode()
        raw = b"\x1c\x18" + bytes([len(number)]) + number + direction + unique + b"\x00"
        return "wamid." + base64.b64encode(raw).decode()

    def number(self, digits: int = 16) -> str:
        """A numeric id that does not begin with zero."""
        return str(self._random.randrange(10 ** (digits - 1), 10**digits))

    def word(self, length: int = 32) -> str:
        """A lower-case hexadecimal word."""
        return self._random.randbytes(length).hex()[:length]

    def trace(self) -> str:
        """An fbtrace_id."""
        return "A" + base64.urlsafe_b64encode(self._random.randbytes(17)).decode().rstrip("=")[:22]
