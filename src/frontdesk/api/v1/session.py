"""The first account, and sessions: set up, sign in, who am I, change my own name or password, sign out."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from frontdesk.api.auth import (
    Anonymous,
    NeedsSession,
    client_address,
    cookie_name,
    is_loopback_client,
    is_own_origin,
)
from frontdesk.api.desk import Desk, DeskDep
from frontdesk.api.route import DeskRoute
from frontdesk.api.v1.fields import Body, Email, Language, Line, NewPassword, Password, Shown, TimeZone
from frontdesk.domain.errors import Forbidden, Invalid, Unauthenticated
from frontdesk.features.accounts.access import Admission
from frontdesk.features.accounts.signing_in import Founding
from frontdesk.store import accounts, users

router = APIRouter(prefix="/v1", tags=["session"], route_class=DeskRoute)

Session = Annotated[Admission, Depends(NeedsSession())]


class DemoSignIn(Shown):
    """How to sign in to a demo."""

    email: str
    password: str


class SetupRead(Shown):
    """Whether the desk waits for its first owner, and whether it is a demo."""

    needed: bool
    demo: bool
    demo_sign_in: DemoSignIn | None


class SetupCreate(Body):
    """The first account and its owner."""

    account_name: Line
    name: Line
    email: Email
    password: NewPassword
    time_zone: TimeZone = "UTC"
    language: Language = "en"


class SessionCreate(Body):
    """Who signs in."""

    email: Email
    password: Password


class SessionUpdate(Body):
    """What people change about themselves; a new password needs the present one."""

    name: Line | None = None
    password: NewPassword | None = None
    current_password: Password | None = None


class SessionUser(Shown):
    """Who is signed in."""

    id: UUID
    name: str
    email: str
    role: str


class SessionAccount(Shown):
    """Where."""

    id: UUID
    name: str
    time_zone: str
    simulated: bool


class SessionRead(Shown):
    """A running session. Send `csrf_token` as `X-CSRF-Token` with every unsafe request."""

    user: SessionUser
    account: SessionAccount
    permissions: list[str]
    csrf_token: str


@router.get("/setup", dependencies=[Anonymous])
async def read_setup(desk: DeskDep) -> SetupRead:
    """Whether somebody must set the desk up."""
    shown = desk.config.demo_sign_in
    return SetupRead(
        needed=await desk.signing_in.is_needed(),
        demo=shown is not None,
        demo_sign_in=DemoSignIn(email=shown[0], password=shown[1]) if shown else None,
    )


@router.post("/setup", status_code=201, dependencies=[Anonymous])
async def set_up(body: SetupCreate, desk: DeskDep, request: Request, response: Response) -> SessionRead:
    """Make the first account and its owner, and sign in. Once only, from this machine only."""
    if not is_loopback_client(request):
        raise Forbidden("The desk can be set up from its own machine only.")
    _check_origin(request)
    founding = Founding(**body.model_dump(exclude={"password"}), password=body.password.get_secret_value())
    account_id, user_id = await desk.signing_in.found(founding)
    token = await desk.signing_in.open_session(account_id, user_id, request.headers.get("user-agent"))
    return await _enter(desk, token, response)


@router.post("/session", status_code=201, dependencies=[Anonymous])
async def sign_in(body: SessionCreate, desk: DeskDep, request: Request, response: Response) -> SessionRead:
    """Sign in with e-mail and password; sets the session's cookie."""
    _check_origin(request)
    password, agent = body.password.get_secret_value(), request.headers.get("user-agent")
    token = await desk.signing_in.sign_in(body.email, password, client_address(request), agent)
    return await _enter(desk, token, response)


@router.get("/session")
async def read_session(desk: DeskDep, session: Session) -> SessionRead:
    """Who is signed in."""
    return await _read(desk, session)


@router.patch("/session")
async def update_session(body: SessionUpdate, desk: DeskDep, session: Session) -> SessionRead:
    """Change one's own name or password; a new password ends all other sessions."""
    scope, values = session.scope, dict[str, object]()
    if body.name is not None:
        values["name"] = body.name
    if body.password is not None:
        await _check_password(desk, scope.actor_id, body.current_password)
        values["password_hash"] = await desk.signing_in.passwords.hash(body.password.get_secret_value())
        values["keep_session"] = session.token_hash
    await desk.store.write(lambda tx: users.change(tx, scope, scope.actor_id, values))
    desk.access.forget()
    admitted = await desk.access.admit_hash(session.token_hash)
    return await _read(desk, admitted or session)


@router.delete("/session", status_code=204)
async def sign_out(desk: DeskDep, session: Session, response: Response) -> None:
    """End this session."""
    await desk.signing_in.sign_out(session.token_hash)
    response.delete_cookie(cookie_name(desk), secure=desk.config.is_secure, httponly=True, samesite="lax")


def _check_origin(request: Request) -> None:
    if not is_own_origin(request):
        raise Forbidden("Another site may not sign anybody in.")


async def _check_password(desk: Desk, user_id: UUID, given: Password | None) -> None:
    stored = await desk.store.read(lambda tx: users.password_hash(tx, user_id))
    text = given.get_secret_value() if given is not None else ""
    if not await desk.signing_in.passwords.is_right(text, stored):
        raise Invalid("This is not your present password.", field="current_password")


async def _enter(desk: Desk, token: str, response: Response) -> SessionRead:
    admission = await desk.access.admit_session(token)
    if admission is None:
        raise Unauthenticated("The session has ended; sign in again.")
    response.set_cookie(
        cookie_name(desk),
        token,
        max_age=desk.signing_in.session_seconds,
        secure=desk.config.is_secure,
        httponly=True,
        samesite="lax",
    )
    return await _read(desk, admission)


async def _read(desk: Desk, session: Admission) -> SessionRead:
    account = await desk.store.read(lambda tx: accounts.get(tx, session.scope))
    scope = session.scope
    return SessionRead(
        user=SessionUser(
            id=scope.actor_id, name=scope.name or "", email=session.email or "", role=session.role or ""
        ),
        account=SessionAccount(
            id=account.id, name=account.name, time_zone=account.time_zone, simulated=account.simulated
        ),
        permissions=sorted(scope.permissions),
        csrf_token=session.csrf_token or "",
    )
