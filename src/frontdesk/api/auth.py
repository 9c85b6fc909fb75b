"""Who asks: credentials of a request or socket become a `Scope`, in one place for all of them.

Three kinds: the console's cookie session (with `X-CSRF-Token` on unsafe methods), an API token as
`Authorization: Bearer fd_…`, and a visitor's token as `Bearer fv_…`. What they may do is checked by `Needs`.
"""

from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends
from starlette.requests import HTTPConnection, Request

from frontdesk.api.desk import Desk, desk_of, header
from frontdesk.domain.errors import Forbidden, RateLimited, Unauthenticated
from frontdesk.domain.scope import ActorType, Permission, Scope
from frontdesk.features.accounts.access import API_PREFIX, VISITOR_PREFIX, Admission
from frontdesk.kit.crypto import is_same
from frontdesk.kit.limits import Budget

_SCOPE = "frontdesk.scope"
_ADMISSION = "frontdesk.admission"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def cookie_name(desk: Desk) -> str:
    """What the session's cookie is called on this desk."""
    return desk.config.session_cookie


def client_address(connection: HTTPConnection) -> str:
    """The peer's address; forwarded headers count only where the server was told to trust the proxy."""
    return connection.client.host if connection.client else "unknown"


def is_loopback_client(connection: HTTPConnection) -> bool:
    """Whether the caller is on the desk's own machine."""
    try:
        return ip_address(client_address(connection)).is_loopback
    except ValueError:
        return False


async def authenticate(connection: HTTPConnection) -> Scope:
    """The scope of the caller; counts against the caller's rate limit.

    Raises:
        Unauthenticated: No or wrong credentials.
        Forbidden: A cookie session without its CSRF token.
        RateLimited: Too many requests, or too many failed ones from this address.
    """
    desk = desk_of(connection)
    admission = await admit(connection)
    connection.scope[_ADMISSION] = admission
    _spend(connection, desk.actors.hit(admission.scope.actor_id))
    return admission.scope


async def admit(connection: HTTPConnection) -> Admission:
    """Check the credentials that came with a request or a socket's handshake."""
    given = header(connection, b"authorization")
    if given is not None:
        kind, _, token = given.partition(" ")
        if kind.lower() != "bearer":
            raise _refused(connection, "Only Bearer credentials are taken here.")
        return await admit_token(connection, token.strip())
    cookie = connection.cookies.get(cookie_name(desk_of(connection)))
    if cookie is None:
        raise _refused(connection, "Sign in, or send an API token as `Authorization: Bearer fd_…`.")
    return await _admit_session(connection, cookie)


async def admit_token(connection: HTTPConnection, token: str) -> Admission:
    """Check a bearer token, an API's or a visitor's, wherever it came from (header or first frame)."""
    desk = desk_of(connection)
    admission: Admission | None = None
    if token.startswith(API_PREFIX):
        admission = await desk.access.admit_token(token)
    elif token.startswith(VISITOR_PREFIX):
        admission = await desk.access.admit_visitor(token)
    if admission is None:
        raise _refused(connection, "The token is not valid (any more).")
    return admission


async def _admit_session(connection: HTTPConnection, token: str) -> Admission:
    admission = await desk_of(connection).access.admit_session(token)
    if admission is None:
        raise _refused(connection, "The session has ended; sign in again.")
    if connection.scope["type"] == "http" and connection.scope["method"] not in SAFE_METHODS:
        sent = connection.headers.get("x-csrf-token", "")
        if admission.csrf_token is None or not is_same(sent, admission.csrf_token):
            raise Forbidden(
                "The request lacks the session's X-CSRF-Token.",
                hint="Read csrf_token from GET /v1/session and send it as X-CSRF-Token.",
            )
        if not is_own_origin(connection):
            raise Forbidden("Another site may not act in this session.")
    return admission


def is_own_origin(connection: HTTPConnection) -> bool:
    """Whether a browser's request comes from the desk's own pages (or from no browser at all)."""
    if connection.headers.get("sec-fetch-site") == "cross-site":
        return False
    origin = connection.headers.get("origin")
    if origin is None:
        return True
    public = urlsplit(desk_of(connection).config.public_url)
    try:
        host = urlsplit(origin).netloc
    except ValueError:  # such as half an IPv6 address
        return False
    return origin == f"{public.scheme}://{public.netloc}" or host == connection.headers.get("host")


def _refused(connection: HTTPConnection, reason: str) -> Unauthenticated:
    budget = desk_of(connection).addresses.hit(client_address(connection))
    _spend(connection, budget)
    return Unauthenticated(reason)


def spend_anonymous(connection: HTTPConnection) -> None:
    """Count a request without credentials against its address. Raises RateLimited."""
    _spend(connection, desk_of(connection).addresses.hit(client_address(connection)))


def _spend(connection: HTTPConnection, budget: Budget) -> None:
    connection.scope.setdefault("state", {})["budget"] = budget
    if not budget.is_allowed:
        raise RateLimited("Too many requests.", retry_after=budget.retry_after)


_OF_THE_WHOLE = frozenset({Permission.USERS_MANAGE, Permission.ACCOUNT_MANAGE})
"""Whoever is limited to some inboxes could lift the limit with these: a new owner sees everything."""


class Needs:
    """A dependency: the caller's scope, if it has all these permissions.

    `Needs()` takes any agent or token; visitors are refused everywhere but behind `NeedsVisitor`.
    """

    visitor = False

    def __init__(self, *permissions: Permission) -> None:
        self.permissions = permissions

    async def __call__(self, request: Request) -> Scope:
        known = request.scope.get(_SCOPE)
        return known if isinstance(known, Scope) else await self.admit(request)

    async def admit(self, request: Request) -> Scope:
        """Authenticate and check; the route does this before it reads anything else."""
        scope = await authenticate(request)
        self.check(scope)
        request.scope[_SCOPE] = scope
        return scope

    def check(self, scope: Scope) -> None:
        """Raises Forbidden unless the scope may."""
        if scope.actor_type is ActorType.VISITOR:
            raise Forbidden("Visitors may not do this.")
        for permission in self.permissions:
            if permission not in scope.permissions:
                raise Forbidden(f"This needs the permission {permission}.")
            if permission in _OF_THE_WHOLE and scope.inbox_ids is not None:
                raise Forbidden("This is for those who see all inboxes.")


class NeedsVisitor(Needs):
    """A dependency: the scope of a visitor of the widget."""

    visitor = True

    def check(self, scope: Scope) -> None:
        """Raises Forbidden for anybody but a visitor."""
        if scope.actor_type is not ActorType.VISITOR:
            raise Forbidden("This is for visitors of the widget.")


class NeedsSession(Needs):
    """A dependency: the admission of a person who is signed in (no token)."""

    async def __call__(self, request: Request) -> Admission:  # type: ignore[override]
        await super().__call__(request)
        admission: Admission = request.scope[_ADMISSION]
        return admission

    def check(self, scope: Scope) -> None:
        """Raises Forbidden for tokens and visitors."""
        if scope.actor_type is not ActorType.USER:
            raise Forbidden("This is for people who are signed in.")


AnyScope = Annotated[Scope, Depends(Needs())]
VisitorScope = Annotated[Scope, Depends(NeedsVisitor())]


async def anonymous(request: Request) -> None:
    """A dependency for open routes: counts the request against its address."""
    spend_anonymous(request)


Anonymous = Depends(anonymous)
