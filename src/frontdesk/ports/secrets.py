"""The port of places where secrets are kept outside of the desk, named by references `secret://PLACE/NAME`."""

from typing import Protocol

PREFIX = "secret://"


class SecretMissing(Exception):
    """A place does not give a secret of this name; the message says why and never holds a secret."""


class SecretStore(Protocol):
    """Gives secrets by name. Asked in a thread of its own whenever an inbox is opened, at most every 2 s.

    A place that is slow to ask keeps what it read for a while itself.
    """

    def get(self, name: str) -> str:
        """The secret of this name, everything behind `secret://PLACE/`. Raises SecretMissing."""
