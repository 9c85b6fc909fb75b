"""Setting up the first account, signing in with a password and signing out.

Wrong passwords are throttled by address and by person. An attacker cannot lock a person out: an address from
which that person signed in before has a budget of its own.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from frontdesk.domain.errors import Conflict, RateLimited, Unauthenticated
from frontdesk.domain.scope import Role
from frontdesk.features.accounts.access import Access
from frontdesk.features.accounts.passwords import Passwords
from frontdesk.kit.clock import utc_now
from frontdesk.kit.crypto import digest, random_token
from frontdesk.kit.ids import uuid7
from frontdesk.kit.limits import Meter
from frontdesk.store import accounts, users
from frontdesk.store.engine import Store
from frontdesk.store.tx import Tx

_WRONG = "The e-mail address or the password is not right."
_FAMILIAR = 10_000


def normal_email(text: str) -> str:
    """An e-mail address as it is compared: composed, without case."""
    return unicodedata.normalize("NFC", text).strip().casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class Founding:
    """What the first start asks for."""

    account_name: str
    name: str
    email: str
    password: str
    time_zone: str = "UTC"
    language: str = "en"
    simulated: bool = False


class SigningIn:
    """Opens and closes sessions.

    Args:
        store: Where users and sessions are kept.
        access: Told when a session ends.
        passwords: Checks them.
        session_days: How long a session lasts.
        clock: The current instant.
    """

    def __init__(
        self,
        store: Store,
        access: Access,
        passwords: Passwords,
        *,
        session_days: int = 14,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store, self._access, self.passwords = store, access, passwords
        self._lasting, self._clock = timedelta(days=session_days), clock
        self._by_address = Meter(30, 20)
        self._by_pair = Meter(5, 5)
        self._by_person = Meter(20, 40)
        self._familiar: dict[tuple[str, str], None] = {}

    @property
    def session_seconds(self) -> int:
        """How long a session lasts."""
        return int(self._lasting.total_seconds())

    async def is_needed(self) -> bool:
        """Whether nobody owns this instance yet."""
        return not await self._store.read(users.has_owner)

    async def found(self, founding: Founding) -> tuple[UUID, UUID]:
        """Make the first account and its owner; answers both ids.

        Raises:
            Conflict: Somebody owns the instance already.
        """
        if not await self.is_needed():
            raise _founded()
        password_hash = await self.passwords.hash(founding.password)
        return await self._store.write(lambda tx: _found(tx, founding, password_hash))

    async def sign_in(self, email: str, password: str, address: str, user_agent: str | None) -> str:
        """Check a password and open a session; answers the cookie's token.

        Raises:
            Unauthenticated: Unknown, disabled or wrong, all told the same way.
            RateLimited: Too many wrong ones.
        """
        person = normal_email(email)
        self._check_budget(person, address)
        row = await self._store.read(lambda tx: users.by_email(tx, person))
        stored = row.password_hash if row is not None and row.disabled_at is None else None
        if not await self.passwords.is_right(password, stored) or row is None:
            self._count_failure(person, address)
            raise Unauthenticated(_WRONG)
        self._remember(person, address)
        return await self.open_session(row.account_id, row.id, user_agent)

    async def open_session(self, account_id: UUID, user_id: UUID, user_agent: str | None) -> str:
        """Open a session for somebody whose identity is proven; answers the cookie's token."""
        token = random_token()
        new = users.NewSession(
            token_hash=digest(token),
            account_id=account_id,
            user_id=user_id,
            csrf_token=random_token(),
            user_agent=user_agent[:200] if user_agent else None,
            expires_at=self._clock() + self._lasting,
        )
        await self._store.write(lambda tx: users.open_session(tx, new))
        return token

    async def sign_out(self, token_hash: bytes) -> None:
        """End a session at once."""
        await self._store.write(lambda tx: users.close_session(tx, token_hash))
        self._access.forget()

    def _check_budget(self, person: str, address: str) -> None:
        budgets = [self._by_pair.peek((person, address)), self._by_address.peek(address)]
        if (person, address) not in self._familiar:
            budgets.append(self._by_person.peek(person))
        wait = max(budget.retry_after for budget in budgets)
        if wait > 0:
            raise RateLimited("Too many wrong passwords.", retry_after=wait)

    def _count_failure(self, person: str, address: str) -> None:
        self._by_pair.hit((person, address))
        self._by_address.hit(address)
        if (person, address) not in self._familiar:
            self._by_person.hit(person)

    def _remember(self, person: str, address: str) -> None:
        self._by_pair.clear((person, address))
        if len(self._familiar) >= _FAMILIAR:
            del self._familiar[next(iter(self._familiar))]
        self._familiar[person, address] = None


def _found(tx: Tx, founding: Founding, password_hash: str) -> tuple[UUID, UUID]:
    account_id = uuid7()
    if users.has_owner(tx) or not accounts.claim_fact(tx, "founded", str(account_id)):
        raise _founded()
    accounts.add(
        tx,
        account_id,
        founding.account_name,
        time_zone=founding.time_zone,
        language=founding.language,
        simulated=founding.simulated,
    )
    owner = users.NewUser(
        email=normal_email(founding.email), name=founding.name, password_hash=password_hash, role=Role.OWNER
    )
    return account_id, users.add(tx, account_id, owner)


def _founded() -> Conflict:
    return Conflict("This desk has an owner already.", hint="Sign in instead.")
