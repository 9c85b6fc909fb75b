"""Secrets in variables of the environment: `secret://env/NAME`, for the names that the operator allows."""

import os
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from frontdesk.ports.secrets import SecretMissing

_OURS = "FRONTDESK_"


class Environment:
    """Gives variables whose names are allowed; the desk's own settings never.

    Args:
        allowed: Names, or patterns such as `DESK_*`. What is not named cannot be had, for whoever manages an
            inbox could send it to a server of their own.
        variables: The environment; tests give their own.
    """

    def __init__(self, allowed: Sequence[str], variables: Mapping[str, str] | None = None) -> None:
        self._allowed, self._variables = tuple(allowed), os.environ if variables is None else variables

    def get(self, name: str) -> str:
        """The variable's value. Raises SecretMissing."""
        if name.startswith(_OURS) or not any(fnmatchcase(name, pattern) for pattern in self._allowed):
            msg = f"The variable {name[:100]} is not allowed; the operator allows it in secrets.env."
            raise SecretMissing(msg)
        value = self._variables.get(name, "")
        if not value:
            msg = f"The variable {name[:100]} is not set."
            raise SecretMissing(msg)
        return value
