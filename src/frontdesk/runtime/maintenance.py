"""What whoever has the machine may do to the database directly: users, passwords, dead letters."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from frontdesk.domain.errors import Invalid, NotFound
from frontdesk.domain.scope import Role, system_scope
from frontdesk.features.accounts.access import Access
from frontdesk.features.accounts.passwords import LONGEST, SHORTEST, Passwords
from frontdesk.features.accounts.signing_in import Founding, SigningIn, normal_email
from frontdesk.features.inboxes.rotation import Rotation, rotate
from frontdesk.runtime.secret_key import renew, vault_of
from frontdesk.runtime.settings import Settings
from frontdesk.store import accounts, dead_letters, jobs, users
from frontdesk.store.beside import read_beside
from frontdesk.store.engine import Store, open_store
from frontdesk.store.tx import ReadTx, Tx
from frontdesk.store.users import NewUser


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who shall be able to sign in."""

    email: str
    name: str
    password: str
    role: str


@asynccontextmanager
async def _store(settings: Settings) -> AsyncIterator[Store]:
    store = await open_store(settings.database_url, pool_size=2)
    try:
        yield store
    finally:
        await store.close()


def _check(email: str, password: str) -> None:
    local, _, domain = email.partition("@")
    if not local or not domain or any(each.isspace() for each in email):
        raise Invalid("This is not an e-mail address.", field="email")
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid(f"A password has {SHORTEST} to {LONGEST} characters.", field="password")


async def create_user(settings: Settings, person: Person, account_name: str | None) -> None:
    """Add a user to the only account, or found the first account with this owner.

    Raises:
        Invalid: The address, the password or the account cannot be.
        Conflict: The address is taken.
    """
    _check(person.email, person.password)
    async with _store(settings) as store:
        found = await store.read(accounts.all_ids)
        if not found:
            await _found(store, person, account_name)
            return
        if len(found) > 1:
            raise Invalid("There are several accounts; add the user in the console.", field="account")
        account_id, password_hash = found[0], await Passwords().hash(person.password)
        new = NewUser(
            email=normal_email(person.email),
            name=person.name,
            password_hash=password_hash,
            role=Role(person.role),
        )
        await store.write(lambda tx: users.add(tx, account_id, new))


async def _found(store: Store, person: Person, account_name: str | None) -> None:
    if person.role != Role.OWNER or not account_name:
        raise Invalid(
            "Nobody owns this desk yet.",
            field="role",
            hint="Make its owner: --role owner --account NAME.",
        )
    founding = Founding(
        account_name=account_name, name=person.name, email=person.email, password=person.password
    )
    await SigningIn(store, Access(store), Passwords()).found(founding)


async def set_password(settings: Settings, email: str, password: str) -> None:
    """Set a password and end all sessions of the user.

    Raises:
        NotFound: Nobody has this address.
        Invalid: The password is too short.
    """
    _check(email, password)
    async with _store(settings) as store:
        row = await store.read(lambda tx: users.by_email(tx, normal_email(email)))
        if row is None:
            raise NotFound("Nobody has this e-mail address.", field="email")
        values = {"password_hash": await Passwords().hash(password)}
        await store.write(lambda tx: users.change(tx, system_scope(row.account_id), row.id, values))


async def rotate_secrets(settings: Settings, *, new_key: bool) -> Rotation:
    """Wrap all stored credentials by today's master key, or by a new one of the key file (SQLite only).

    Raises:
        Invalid: A new key is wanted, and others may run beside, or the key is said in the settings.
    """
    if new_key and not settings.database_url.startswith("sqlite:"):
        raise Invalid(
            "On PostgreSQL other processes may run with the key of today.",
            field="new_key",
            hint="Name the new key in the settings of all of them first; see docs/operations.md.",
        )
    async with _store(settings) as store:
        if new_key:
            renew(settings)
        return await rotate(store, vault_of(settings))


async def list_dead_letters(settings: Settings) -> list[dict[str, Any]]:
    """The dead letters of all accounts, at most 100 of each, the newest first. The desk may run meanwhile."""
    letters = await read_beside(settings.database_url, _dead_letters)
    return sorted(letters, key=lambda letter: str(letter["id"]), reverse=True)


def _dead_letters(tx: ReadTx) -> list[dict[str, Any]]:
    names = ("id", "account_id", "queue", "key", "payload", "attempts", "reason", "failed_at", "replayed_at")
    rows = [
        row for account_id in accounts.all_ids(tx) for row in dead_letters.page(tx, account_id, limit=100)
    ]
    return [{name: getattr(row, name) for name in names} for row in rows]


async def replay(settings: Settings, letter_id: UUID) -> None:
    """Try a dead letter once more.

    Raises:
        NotFound: There is no such dead letter.
        Conflict: It was replayed already.
    """
    async with _store(settings) as store:
        await store.write(lambda tx: _replay(tx, letter_id))


def _replay(tx: Tx, letter_id: UUID) -> None:
    for account_id in accounts.all_ids(tx):
        with suppress(NotFound):
            jobs.replay(tx, account_id, letter_id)
            return
    raise NotFound("There is no such dead letter.")
