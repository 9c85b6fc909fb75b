"""Rows by the thousand, written straight into the product's tables: what an API would take hours for.

Conversation n has the id 00000000-0000-7000-8000-<n in hex>, so that load scripts can name it.
"""

import asyncio
import sqlite3
import time
from pathlib import Path
from uuid import UUID

import asyncpg

TEXT = '{"kind":"text","body":"Hello, I have a question about my order number 12345678"}'
PREVIEW = "Hello, I have a question about my order number 12345678"


def numbered(space: str, n: int) -> UUID:
    """The id of row n in a space of three hex digits."""
    return UUID(f"00000000-0000-7{space}-8000-{n:012x}")


_PG_PEOPLE = f"""
CREATE OR REPLACE FUNCTION numbered(space text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
  $$ SELECT ('00000000-0000-7' || space || '-8000-' || lpad(to_hex(n), 12, '0'))::uuid $$;
INSERT INTO contacts (id, account_id, name, verified, version, created_at)
  SELECT numbered('c00', g), '{{account}}', 'Customer ' || g, false, 1, now()
  FROM generate_series({{first}}, {{last}}, {{step}}) g;
INSERT INTO threads (id, account_id, inbox_id, contact_id, scheme, address, created_at)
  SELECT numbered('d00', g), '{{account}}', '{{inbox}}', numbered('c00', g), 'web', 'v' || g, now()
  FROM generate_series({{first}}, {{last}}, {{step}}) g;
INSERT INTO conversations (id, account_id, inbox_id, thread_id, contact_id, status, last_seq, unread,
    last_message_at, last_incoming_at, preview, preview_kind, preview_direction, opened_at)
  SELECT numbered('000', g), '{{account}}', '{{inbox}}', numbered('d00', g), numbered('c00', g),
    'open', {{each}}, 0, now() - g * interval '1 ms', now(), '{PREVIEW}', 'text', 'incoming', now()
  FROM generate_series({{first}}, {{last}}, {{step}}) g;
"""
_PG_MESSAGES = """
INSERT INTO messages (id, account_id, inbox_id, conversation_id, seq, direction, author_type, kind,
    content, created_at)
  SELECT numbered('e00', g * 1000000::bigint + s), '{account}', '{inbox}', numbered('000', g), s,
    'incoming', 'contact', 'text', '{text}', now()
  FROM generate_series({first}, {last}, {step}) g, generate_series(1, {each}) s;
"""


async def _postgres(url: str, account: UUID, inbox: UUID, span: range, each: int) -> None:
    connection = await asyncpg.connect(url)
    try:
        values = {"account": account, "inbox": inbox, "first": span.start, "last": span.stop - 1,
                  "step": span.step, "each": each}  # fmt: skip
        await connection.execute(_PG_PEOPLE.format(**values))
        if each:
            await connection.execute(_PG_MESSAGES.format(**values, text=TEXT))
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


def _sqlite(path: Path, account: UUID, inbox: UUID, span: range, each: int) -> None:
    db = sqlite3.connect(path, isolation_level=None)
    now, a, i = time.time_ns() // 1000, account.bytes, inbox.bytes
    db.execute("PRAGMA synchronous=OFF")
    db.execute("BEGIN")
    db.executemany(
        "INSERT INTO contacts (id, account_id, name, verified, version, created_at) VALUES (?,?,?,0,1,?)",
        ((numbered("c00", g).bytes, a, f"Customer {g}", now) for g in span),
    )
    db.executemany(
        "INSERT INTO threads (id, account_id, inbox_id, contact_id, scheme, address, created_at)"
        " VALUES (?,?,?,?,?,?,?)",
        ((numbered("d00", g).bytes, a, i, numbered("c00", g).bytes, "web", f"v{g}", now) for g in span),
    )
    db.executemany(
        "INSERT INTO conversations (id, account_id, inbox_id, thread_id, contact_id, status, last_seq,"
        " unread, last_message_at, last_incoming_at, preview, preview_kind, preview_direction, opened_at)"
        " VALUES (?,?,?,?,?,'open',?,0,?,?,?,'text','incoming',?)",
        (
            (numbered("000", g).bytes, a, i, numbered("d00", g).bytes, numbered("c00", g).bytes, each,
             now - g * 1000, now, PREVIEW, now)
            for g in span
        ),
    )  # fmt: skip
    if each:
        db.executemany(
            "INSERT INTO messages (id, account_id, inbox_id, conversation_id, seq, direction, author_type,"
            " kind, content, created_at) VALUES (?,?,?,?,?,'incoming','contact','text',?,?)",
            (
                (numbered("e00", g * 1_000_000 + s).bytes, a, i, numbered("000", g).bytes, s, TEXT, now)
                for g in span
                for s in range(1, each + 1)
            ),
        )
    db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.execute("ANALYZE")
    db.close()


def conversations(
    url: str, account: UUID, inbox: UUID, *, first: int, last: int, each: int = 0, step: int = 1
) -> None:
    """Insert every `step`th of the conversations `first` to `last`, with `each` messages.

    The desk must not be running on SQLite.
    """
    span = range(first, last + 1, step)
    if url.startswith("sqlite"):
        _sqlite(Path(url.removeprefix("sqlite:///")), account, inbox, span, each)
    else:
        asyncio.run(_postgres(url, account, inbox, span, each))
