"""From a credential to a `Scope`: sessions, API tokens and visitors. The only place that makes scopes.

Found credentials are kept in memory for at most 2 s, so that a change of role or a revocation made by another
process counts soon; one made by this process counts at once (`forget`).
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from frontdesk.domain.scope import ROLE_PERMISSIONS, ActorType, Permission, Role, Scope
from frontdesk.kit.clock import utc_now
from frontdesk.kit.crypto import digest
from frontdesk.store import tokens, users
from frontdesk.store.engine import Store
from frontdesk.store.statement import Row

API_PREFIX = "fd_"
VISITOR_PREFIX = "fv_"
KEPT_SECONDS = 2.0
SKEW = timedelta(seconds=60)
"""How far clocks may be off: `not_before` and `expires_at` are taken this much more kindly."""

_SEEN_EVERY = timedelta(minutes=10)
_MOST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """A good credential: who it is, and until when."""

    scope: Scope
    token_hash: bytes
    csrf_token: str | None = None
    email: str | None = None
    role: str | None = None
    verified: bool = False
    language: str | None = None
    not_before: datetime | None = None
    expires_at: datetime | None = None

    @property
    def is_bounded(self) -> bool:
        """Whether the credential ends, or begins, at some time."""
        return self.not_before is not None or self.expires_at is not None

    def is_current(self, now: datetime) -> bool:
        """Whether the credential is within its time, give or take `SKEW`."""
        return (self.not_before is None or self.not_before <= now + SKEW) and (
            self.expires_at is None or self.expires_at > now - SKEW
        )


Kept = dict[bytes, tuple[float, Admission]]


class Access:
    """Admits credentials. All three answer None for one that is unknown, revoked or out of its time.

    Args:
        store: Where they are kept.
        clock: The current instant; tests give their own.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime] = utc_now) -> None:
        self._store, self._clock = store, clock
        self._kept: Kept = {}

    def forget(self) -> None:
        """Ask the store again for everybody: something about credentials changed."""
        self._kept = {}

    async def admit_token(self, token: str) -> Admission | None:
        """An API token (`fd_…`)."""
        return await self._admit(token, self._find_token)

    async def admit_visitor(self, token: str) -> Admission | None:
        """A visitor's token (`fv_…`)."""
        return await self._admit(token, self._find_visitor)

    async def admit_session(self, token: str) -> Admission | None:
        """The token of a session's cookie."""
        return await self._admit(token, self._find_session)

    async def admit_hash(self, token_hash: bytes) -> Admission | None:
        """A session by the hash of its token, read anew."""
        return await self._find_session(token_hash)

    async def _admit(
        self, token: str, find: Callable[[bytes], Awaitable[Admission | None]]
    ) -> Admission | None:
        token_hash, now = digest(token), time.monotonic()
        kept = self._kept.get(token_hash)
        if kept is not None and kept[0] > now:
            admission: Admission | None = kept[1]
        else:
            cache = self._kept
            admission = await find(token_hash)
            if admission is not None:
                if len(cache) >= _MOST:
                    cache.clear()
                cache[token_hash] = (now + KEPT_SECONDS, admission)
        if admission is None or (admission.is_bounded and not admission.is_current(self._clock())):
            return None
        return admission

    async def _find_token(self, token_hash: bytes) -> Admission | None:
        row = await self._store.read(lambda tx: tokens.find(tx, token_hash))
        return None if row is None else _token_admission(row, token_hash)

    async def _find_visitor(self, token_hash: bytes) -> Admission | None:
        row = await self._store.read(lambda tx: tokens.visitor(tx, token_hash))
        return None if row is None else _visitor_admission(row, token_hash)

    async def _find_session(self, token_hash: bytes) -> Admission | None:
        row = await self._store.read(lambda tx: users.session(tx, token_hash))
        if row is None:
            return None
        if row.last_seen_at < self._clock() - _SEEN_EVERY:
            await self._store.write(lambda tx: users.seen(tx, token_hash))
        return _session_admission(row, token_hash)


def permissions_of(role: str, custom: list[str] | None) -> frozenset[Permission]:
    """What a membership may do."""
    return ROLE_PERMISSIONS[Role(role)] if custom is None else _permissions(custom)


def _permissions(names: list[str]) -> frozenset[Permission]:
    known = set(Permission)
    return frozenset(Permission(name) for name in names if name in known)


def inboxes_of(ids: Any) -> frozenset[UUID] | None:
    """The inboxes that a membership or token is limited to; None: all."""
    return None if ids is None else frozenset(UUID(each) for each in ids)


def _token_admission(row: Row, token_hash: bytes) -> Admission:
    permissions = _permissions(row.permissions)
    if row.user_id is not None:  # a token in somebody's name never does more than they may
        permissions &= permissions_of(row.role, row.user_permissions)
    scope = Scope(
        row.account_id,
        ActorType.TOKEN,
        row.id,
        permissions,
        name=row.user_name or row.name,
        user_id=row.user_id,
        inbox_ids=inboxes_of(row.inbox_ids),
    )
    return Admission(scope=scope, token_hash=token_hash, not_before=row.not_before, expires_at=row.expires_at)


def _visitor_admission(row: Row, token_hash: bytes) -> Admission:
    scope = Scope(
        row.account_id,
        ActorType.VISITOR,
        row.contact_id,
        frozenset(),
        name=row.name,
        contact_id=row.contact_id,
        inbox_ids=frozenset({row.inbox_id}),
    )
    return Admission(
        scope=scope,
        token_hash=token_hash,
        expires_at=row.expires_at,
        verified=row.verified,
        language=row.language,
    )


def _session_admission(row: Row, token_hash: bytes) -> Admission:
    scope = Scope(
        row.account_id,
        ActorType.USER,
        row.user_id,
        permissions_of(row.role, row.permissions),
        name=row.name,
        user_id=row.user_id,
        inbox_ids=inboxes_of(row.inbox_ids),
    )
    return Admission(
        scope=scope,
        token_hash=token_hash,
        csrf_token=row.csrf_token,
        email=row.email,
        role=row.role,
        expires_at=row.expires_at,
    )
