"""Ids in the shapes that Meta gives them; with a seed they come out the same in every run."""

import base64

from frontdesk.simulators import base


class Ids(base.Ids):
    """A source of Meta's ids."""

    def message(self, wa_id: str, *, from_phone: bool) -> str:
        """A message id: base64 of the number, the direction and a random part, as on the real wire."""
        number = wa_id.encode()
        direction = b"\x15\x02\x00\x12\x18\x14" if from_phone else b"\x15\x02\x00\x11\x18\x12"
        unique = self.random.randbytes(10).hex().upper().encode()
        raw = b"\x1c\x18" + bytes([len(number)]) + number + direction + unique + b"\x00"
        return "wamid." + base64.b64encode(raw).decode()

    def trace(self) -> str:
        """An fbtrace_id."""
        return "A" + base64.urlsafe_b64encode(self.random.randbytes(17)).decode().rstrip("=")[:22]
