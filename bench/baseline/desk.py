"""The endpoint as a team writes it by hand: FastAPI, an ORM session per request; no events, no idempotency.

Serve: DSN=postgresql+asyncpg://… uvicorn bench.baseline.desk:app
"""

import hashlib
import os
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel, Field
from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

DSN = os.environ["DSN"]
CONVERSATIONS = int(os.environ.get("CONVERSATIONS", "10000"))
engine = create_async_engine(DSN, pool_size=16, max_overflow=0)
sessions = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    """The hand-written models."""


class Token(Base):
    """An API token."""

    __tablename__ = "tokens"
    digest: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[uuid.UUID]


class Conversation(Base):
    """A conversation with its counter."""

    __tablename__ = "conversations"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account_id: Mapped[uuid.UUID]
    last_seq: Mapped[int] = mapped_column(default=0)
    last_message_at: Mapped[datetime | None] = mapped_column(default=None)
    preview: Mapped[str] = mapped_column(default="")


class Message(Base):
    """A message."""

    __tablename__ = "messages"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    conversation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("conversations.id"), index=True)
    seq: Mapped[int]
    kind: Mapped[str]
    body: Mapped[str]


class Text(BaseModel):
    """Text content."""

    kind: Literal["text"]
    body: str = Field(max_length=65536)


class MessageCreate(BaseModel):
    """The request's body."""

    content: Text


class MessageRead(BaseModel):
    """The answer."""

    id: uuid.UUID
    conversation_id: uuid.UUID
    seq: int
    kind: str
    body: str


@app.get("/health/live")
async def live() -> dict[str, str]:
    """Create the tables and rows at the first call."""
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with sessions() as session:
        if await session.get(Token, hashlib.sha256(b"baseline").digest()) is None:
            account = uuid.UUID(int=1)
            session.add(Token(digest=hashlib.sha256(b"baseline").digest(), account_id=account))
            session.add_all(
                Conversation(id=uuid.UUID(f"00000000-0000-7000-8000-{n:012x}"), account_id=account)
                for n in range(1, CONVERSATIONS + 1)
            )
            await session.commit()
    return {"status": "ok"}


async def session_of_request() -> AsyncIterator[AsyncSession]:
    """One session per request."""
    async with sessions() as session:
        yield session


Session = Annotated[AsyncSession, Depends(session_of_request)]


async def account_of_token(session: Session, authorization: Annotated[str, Header()]) -> uuid.UUID:
    """Check the token."""
    token = await session.get(Token, hashlib.sha256(authorization.removeprefix("Bearer ").encode()).digest())
    if token is None:
        raise HTTPException(401)
    return token.account_id


@app.post("/v1/conversations/{conversation_id}/messages", status_code=201)
async def create(
    conversation_id: uuid.UUID,
    body: MessageCreate,
    session: Session,
    account_id: Annotated[uuid.UUID, Depends(account_of_token)],
) -> MessageRead:
    """Post one message."""
    query = select(Conversation).where(Conversation.id == conversation_id).with_for_update()
    conversation = (await session.execute(query)).scalar_one_or_none()
    if conversation is None or conversation.account_id != account_id:
        raise HTTPException(404)
    conversation.last_seq += 1
    conversation.last_message_at = datetime.now(UTC).replace(tzinfo=None)
    conversation.preview = body.content.body[:120]
    message = Message(
        conversation_id=conversation.id,
        seq=conversation.last_seq,
        kind=body.content.kind,
        body=body.content.body,
    )
    session.add(message)
    await session.commit()
    return MessageRead(
        id=message.id, conversation_id=conversation.id, seq=message.seq, kind=message.kind, body=message.body
    )
