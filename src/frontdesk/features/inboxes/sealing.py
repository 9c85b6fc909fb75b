"""Secrets of inboxes at rest: each sealed, and bound to its account, inbox and name."""

from collections.abc import Mapping
from uuid import UUID

from frontdesk.kit.crypto import CannotOpen, Vault
from frontdesk.store import secrets
from frontdesk.store.statement import Row
from frontdesk.store.tx import Tx


class Seals:
    """Seals and opens the secrets of inboxes.

    Args:
        vault: Has the key.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def opened(self, row: Row, sealed: Mapping[str, bytes]) -> dict[str, str]:
        """An inbox's secrets in plain text; one that does not open (another key) is left out."""
        opened = {}
        for name, ciphertext in sealed.items():
            try:
                opened[name] = self._vault.open(ciphertext, *place_of(row.account_id, row.id, name))
            except CannotOpen:
                continue
        return opened

    def put(self, tx: Tx, row: Row, opened: Mapping[str, str]) -> None:
        """Keep these secrets of an inbox."""
        for name, value in opened.items():
            ciphertext = self._vault.seal(value, *place_of(row.account_id, row.id, name))
            secrets.put(tx, row.account_id, row.id, name, ciphertext)


def place_of(account_id: UUID, inbox_id: UUID, name: str) -> tuple[str, ...]:
    """What a sealed setting of an inbox is bound to."""
    return ("inbox", str(account_id), str(inbox_id), name)
