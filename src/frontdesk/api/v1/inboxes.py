"""Channels and the inboxes made of them."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field, JsonValue, StringConstraints, model_validator

from frontdesk.api.auth import Needs
from frontdesk.api.desk import Desk, DeskDep
from frontdesk.api.once import OnceDep
from frontdesk.api.pages import Page, PageDep
from frontdesk.api.route import DeskRoute
from frontdesk.api.v1.fields import Body, Line, Shown, TimeZone
from frontdesk.domain.conversation import ReopenPolicy
from frontdesk.domain.errors import Forbidden
from frontdesk.domain.message import LONGEST_HOLD_SECONDS
from frontdesk.domain.price import PriceList
from frontdesk.domain.scope import Permission, Scope
from frontdesk.features.inboxes.config import SET, schema, secret_fields
from frontdesk.features.inboxes.inboxes import InboxDraft
from frontdesk.features.inboxes.templates import connect
from frontdesk.ports.channel import Channel, Described, Drawn
from frontdesk.store import inboxes, secrets
from frontdesk.store.statement import Row
from frontdesk.store.tx import ReadTx, Tx

router = APIRouter(prefix="/v1", tags=["inboxes"], route_class=DeskRoute)

Reader = Annotated[Scope, Depends(Needs(Permission.INBOXES_READ))]
Manager = Annotated[Scope, Depends(Needs(Permission.INBOXES_MANAGE))]

GreetingLanguage = Annotated[
    str, StringConstraints(pattern=r"^(default|[a-z]{2,3}(-[A-Za-z0-9]{2,8})*)$", max_length=35)
]
GreetingText = Annotated[str, StringConstraints(min_length=1, max_length=4096, pattern=r"^[^\x00]*$")]
Greeting = Annotated[dict[GreetingLanguage, GreetingText], Field(max_length=50)]
ClockTime = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Config = Annotated[dict[str, JsonValue], Field(max_length=50)]


class ChannelRead(Shown):
    """A kind of conversation that the desk knows."""

    slug: str
    name: str
    glyph: str | None = Field(description="Path of a 24 by 24 SVG, drawn as a line; null: the name's letter.")
    summary: str | None = Field(description="What is connected, in a few words.")
    capabilities: dict[str, Any]
    config_schema: dict[str, Any]
    secret_fields: list[str]

    @classmethod
    def of(cls, channel: Channel) -> Self:
        """From the plug-in."""
        return cls(
            slug=channel.slug,
            name=channel.name,
            glyph=channel.glyph if isinstance(channel, Drawn) else None,
            summary=channel.summary if isinstance(channel, Described) else None,
            capabilities={name: _plain(value) for name, value in asdict(channel.capabilities).items()},
            config_schema=schema(channel.Config),
            secret_fields=list(secret_fields(channel.Config)),
        )


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return value


class QuietHoursGiven(Body):
    """From a time of the day until another, the next day's if it is not later; in the inbox's time zone."""

    begins: ClockTime = Field(examples=["21:00"])
    ends: ClockTime = Field(examples=["08:00"])

    @model_validator(mode="after")
    def _some_time(self) -> Self:
        if self.begins == self.ends:
            msg = "quiet hours end at another time than they begin"
            raise ValueError(msg)
        return self


class SendingLimits(Body):
    """How fast and how much may be sent; null: as the channel says, or without limit.

    Beyond a pace messages wait for their turn, in order. Beyond a limit of a day (in the inbox's time zone)
    they are refused.
    """

    number_per_second: Annotated[float, Field(ge=0.01, le=1000)] | None = Field(
        default=None, description="Messages a second from this inbox."
    )
    number_per_day: Annotated[int, Field(ge=1, le=100_000_000)] | None = None
    pair_seconds: Annotated[float, Field(ge=0.01, le=86_400)] | None = Field(
        default=None, description="One message to the same customer in so many seconds."
    )
    pair_burst: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        default=None, description="So many to the same customer at once, after a rest."
    )
    pair_per_day: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


class Sending(Body):
    """What holds for sending from an inbox.

    A customer who writes one of `opt_out_words` and nothing else is sent nothing more until they write one
    of `opt_in_words`; null: the channel's own words, an empty list: none. In quiet hours people may write
    and are warned; nothing automatic goes, but answers. For `undo_seconds` the console holds what an agent
    sends, so that it can be taken back; null: as the channel does, 0: it goes at once.
    """

    opt_out_words: Annotated[list[Line], Field(max_length=50)] | None = None
    opt_in_words: Annotated[list[Line], Field(max_length=50)] | None = None
    quiet_hours: QuietHoursGiven | None = None
    limits: SendingLimits | None = None
    prices: PriceList | None = Field(default=None, description="What messages cost you; can-send tells it.")
    undo_seconds: Annotated[int, Field(ge=0, le=LONGEST_HOLD_SECONDS)] | None = None


class InboxCreate(Body):
    """An inbox to make."""

    channel: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z][a-z0-9_]*$")]
    name: Line
    config: Config = Field(
        default_factory=dict,
        description="As the channel's config_schema says. A secret may be a reference: `secret://env/NAME`, "
        "`secret://file/PATH`.",
    )
    greeting: Greeting | None = Field(default=None, description="Text by language; `default` for all others.")
    reopen_policy: ReopenPolicy = ReopenPolicy.REOPEN
    time_zone: TimeZone | None = None
    sending: Sending | None = None


class InboxUpdate(Body):
    """What to change. Settings that are left out stay; null removes one; `{"set": true}` keeps a secret."""

    name: Line | None = None
    config: Config | None = None
    greeting: Greeting | None = None
    reopen_policy: ReopenPolicy | None = None
    time_zone: TimeZone | None = None
    sending: Sending | None = Field(default=None, description="All of it anew; null for the channel's own.")


class InboxRead(Shown):
    """An inbox. Secrets are never shown: `{"set": true}` stands for one that is there.

    A reference to a secret is shown as it was given.
    """

    id: UUID
    name: str
    channel: str
    state: str
    state_reason: str | None
    config: dict[str, Any]
    hook_url: str
    public_key: str
    reopen_policy: str
    greeting: dict[str, str] | None
    time_zone: str | None
    sending: Sending
    simulated: bool
    created_at: datetime

    @classmethod
    def of(cls, desk: Desk, row: Row, set_secrets: set[str]) -> Self:
        """From the store's row and the names of its secrets."""
        return cls(
            id=row.id,
            name=row.name,
            channel=row.channel,
            state=row.state,
            state_reason=row.state_reason,
            config={**row.config, **dict.fromkeys(sorted(set_secrets), SET)},
            hook_url=desk.inboxes.hook_url(row),
            public_key=row.public_key,
            reopen_policy=row.reopen_policy,
            greeting=row.greeting,
            time_zone=row.time_zone,
            sending=Sending.model_validate((row.settings or {}).get("sending") or {}),
            simulated=row.simulated_origin is not None,
            created_at=row.created_at,
        )


class ConnectionStep(Shown):
    """One step of connecting: what was proven, or what to do."""

    name: str
    passed: bool
    detail: str


class ConnectionRead(Shown):
    """What came of connecting."""

    ok: bool
    steps: list[ConnectionStep]
    inbox: InboxRead


@router.get("/channels")
async def list_channels(desk: DeskDep, scope: Reader) -> list[ChannelRead]:  # noqa: ARG001 - who may ask
    """All channels, with the schema of their settings."""
    return [ChannelRead.of(desk.channels[slug]) for slug in sorted(desk.channels)]


@router.get("/inboxes")
async def list_inboxes(desk: DeskDep, scope: Reader, page: PageDep) -> Page[InboxRead]:
    """All inboxes, the oldest first."""
    after = page.after_id("inboxes")

    def query(tx: ReadTx) -> tuple[list[Row], dict[UUID, set[str]]]:
        rows = inboxes.page(tx, scope, after, page.limit + 1)
        return rows, secrets.names(tx, scope.account_id, [row.id for row in rows])

    rows, names = await desk.store.read(query)
    return page.page(
        "inboxes", rows, lambda row: InboxRead.of(desk, row, names[row.id]), lambda row: [str(row.id)]
    )


@router.post("/inboxes", status_code=201)
async def add_inbox(body: InboxCreate, desk: DeskDep, scope: Manager, once: OnceDep) -> InboxRead:
    """Make an inbox; its settings are checked by its channel."""
    if scope.inbox_ids is not None:
        raise Forbidden("Inboxes are made by those who see all of them.")
    draft = InboxDraft(
        channel=body.channel,
        name=body.name,
        config=body.config,
        greeting=body.greeting,
        reopen_policy=body.reopen_policy,
        time_zone=body.time_zone,
        sending=body.sending.model_dump(mode="json", exclude_none=True) if body.sending else None,
    )
    known = await desk.inboxes.referenced(scope, body.config, channel=body.channel)
    return await once.write(lambda tx: _read(tx, desk, desk.inboxes.create(tx, scope, draft, known)))


@router.get("/inboxes/{inbox_id}")
async def read_inbox(inbox_id: UUID, desk: DeskDep, scope: Reader) -> InboxRead:
    """One inbox."""
    return await desk.store.read(lambda tx: _read(tx, desk, inboxes.get(tx, scope, inbox_id)))


@router.patch("/inboxes/{inbox_id}")
async def update_inbox(
    inbox_id: UUID, body: InboxUpdate, desk: DeskDep, scope: Manager, once: OnceDep
) -> InboxRead:
    """Change an inbox."""
    given = body.model_dump(exclude_unset=True)
    for name in ("name", "reopen_policy", "config"):
        if given.get(name, "") is None:
            del given[name]
    if "sending" in given:
        sending = body.sending.model_dump(mode="json", exclude_none=True) if body.sending else {}
        given["sending"] = sending
    known = await desk.inboxes.referenced(scope, given.get("config", {}), inbox_id=inbox_id)
    changed = await once.write(
        lambda tx: _read(tx, desk, desk.inboxes.change(tx, scope, inbox_id, dict(given), known))
    )
    desk.inboxes.forget()
    return changed


@router.delete("/inboxes/{inbox_id}", status_code=204)
async def delete_inbox(inbox_id: UUID, desk: DeskDep, scope: Manager, once: OnceDep) -> None:
    """Delete an inbox, and its hook at the provider; its conversations stay readable."""
    await desk.inboxes.disconnect(scope, inbox_id)
    await once.write(lambda tx: desk.inboxes.delete(tx, scope, inbox_id))
    desk.inboxes.forget()
    desk.access.forget()


@router.post("/inboxes/{inbox_id}/connect")
async def connect_inbox(inbox_id: UUID, desk: DeskDep, scope: Manager) -> ConnectionRead:
    """Check the credentials with the provider, register the hook, read templates, and say what is missing."""
    report = await connect(desk.store, desk.inboxes, scope, inbox_id)
    inbox = await desk.store.read(lambda tx: _read(tx, desk, inboxes.get(tx, scope, inbox_id)))
    steps = [ConnectionStep(name=name, passed=passed, detail=text) for name, passed, text in report.steps]
    return ConnectionRead(ok=report.ok, steps=steps, inbox=inbox)


def _read(tx: ReadTx | Tx, desk: Desk, row: Row) -> InboxRead:
    return InboxRead.of(desk, row, secrets.names(tx, row.account_id, [row.id])[row.id])
