"""References to secrets in an inbox's settings: `secret://PLACE/NAME` instead of the secret itself.

The reference is kept in the open, the secret never: it is asked for when the inbox is opened.
"""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from frontdesk.domain.errors import Busy, InvalidFields
from frontdesk.ports.secrets import PREFIX, SecretMissing, SecretStore

_SECONDS = 10.0
_LONGEST = 1024


class SecretUnavailable(Busy):
    """A referenced secret cannot be had now: what needs it is tried again later."""

    code = "secret_unavailable"


def is_reference(value: Any) -> bool:
    """Whether a setting's value only says where the secret is."""
    return isinstance(value, str) and value.startswith(PREFIX)


def references_in(config: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
    """The references among the settings of these names."""
    return {name: config[name] for name in names if is_reference(config.get(name))}


class References:
    """Finds what references lead to.

    Args:
        stores: The places by name.
    """

    def __init__(self, stores: Mapping[str, SecretStore]) -> None:
        self._stores = stores

    async def all_of(self, references: Mapping[str, str]) -> dict[str, str]:
        """The secrets of an inbox that is to be used, by setting.

        Raises:
            SecretUnavailable: One cannot be had.
        """
        try:
            return {name: await self.value(reference) for name, reference in references.items()}
        except SecretMissing as error:
            raise SecretUnavailable(str(error)) from None

    async def given(self, references: Mapping[str, str]) -> dict[str, str]:
        """The secrets that somebody refers to anew, by reference.

        Raises:
            InvalidFields: Those that cannot be had, as `config.<setting>`.
        """
        known, wrong = {}, []
        for name, reference in references.items():
            try:
                known[reference] = await self.value(reference)
            except SecretMissing as error:
                wrong.append((f"config.{name}", str(error)))
        if wrong:
            raise InvalidFields("A secret cannot be had.", wrong)
        return known

    async def had(self, references: Iterable[str]) -> dict[str, str]:
        """The secrets that can be had now, by reference."""
        known = {}
        for reference in references:
            try:
                known[reference] = await self.value(reference)
            except SecretMissing:
                continue
        return known

    async def value(self, reference: str) -> str:
        """What a reference leads to. Raises SecretMissing."""
        place, _, name = reference.removeprefix(PREFIX).partition("/")
        store = self._stores.get(place)
        if store is None or not name or len(reference) > _LONGEST or "\0" in reference:
            listed = ", ".join(f"{PREFIX}{each}/NAME" for each in sorted(self._stores))
            raise SecretMissing(f"This refers to no known place of secrets; known are: {listed}.")
        try:
            async with asyncio.timeout(_SECONDS):
                return await asyncio.to_thread(store.get, name)
        except TimeoutError:
            raise SecretMissing(f"The place {place} did not answer within {_SECONDS:g} s.") from None
