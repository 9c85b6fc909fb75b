"""Rotation of the master key: every stored credential's data key is wrapped anew by the key of today.

The credential itself is not touched. A credential that changes meanwhile is sealed by whoever changes it.
"""

from dataclasses import dataclass, field
from uuid import UUID

from frontdesk.features.inboxes.sealing import place_of
from frontdesk.kit.crypto import CannotOpen, Vault
from frontdesk.store import secrets
from frontdesk.store.engine import Store
from frontdesk.store.tx import Tx

_BATCH = 200


@dataclass(slots=True)
class Rotation:
    """What came of it."""

    changed: int = 0
    current: int = 0
    lost: list[tuple[UUID, str]] = field(default_factory=list)
    """(inbox id, setting): sealed with a key that is not known."""


async def rotate(store: Store, vault: Vault) -> Rotation:
    """Wrap all credentials by the vault's first key, in small transactions; the desk may run meanwhile."""
    total, after = Rotation(), secrets.FIRST
    while True:
        start = after
        rows, done = await store.write(lambda tx, start=start: _batch(tx, vault, start))  # type: ignore[misc]
        total.changed += done.changed
        total.current += done.current
        total.lost += done.lost
        if not rows:
            return total
        after = rows[-1]


def _batch(tx: Tx, vault: Vault, after: secrets.Key) -> tuple[list[secrets.Key], Rotation]:
    done, keys = Rotation(), []
    for row in secrets.page(tx, after, _BATCH):
        keys.append((row.account_id, row.owner_id, row.name))
        sealed = bytes(row.ciphertext)
        try:
            wrapped = vault.rewrap(sealed, *place_of(row.account_id, row.owner_id, row.name))
        except CannotOpen:
            done.lost.append((row.owner_id, row.name))
            continue
        if wrapped is None:
            done.current += 1
        else:
            done.changed += secrets.replace(tx, keys[-1], sealed, wrapped)
    return keys, done
