"""Two processes of the API on one PostgreSQL: against one, and with one big account against fifty.

Each process serves as many connections as the one does alone, as where these budgets were first measured;
what two make of the same connections in all is told beside it.
"""

import asyncio
import json
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import asyncpg
import httpx2

from bench import seed
from bench.posting import WARM_SECONDS
from bench.product import Desk, desk
from bench.report import Figure, Report, middle
from bench.tools import wrk
from frontdesk.domain.scope import ActorType, Permission, Role, Scope
from frontdesk.features.accounts.access import API_PREFIX
from frontdesk.kit.crypto import digest, random_token
from frontdesk.kit.ids import uuid7
from frontdesk.store import accounts, tokens, users
from frontdesk.store.engine import open_store
from frontdesk.store.tokens import NewToken
from frontdesk.store.tx import Tx

ACCOUNTS = 50
CONVERSATIONS = 10_000
CONNECTIONS = 32

_GAPS = """
SELECT (SELECT count(*) FROM (SELECT account_id FROM events GROUP BY account_id
          HAVING max(position) - min(position) + 1 <> count(*)) a)
     + (SELECT count(*) FROM (SELECT conversation_id FROM messages GROUP BY conversation_id
          HAVING max(seq) <> count(*)) c)
     + (SELECT deadlocks FROM pg_stat_database WHERE datname = current_database())"""


def run(report: Report, rounds: int, seconds: float) -> None:
    """PostgreSQL only: SQLite has one process."""
    report.say("two processes, postgresql")
    one, two, shared, fifty = [], [], [], []
    with desk("postgresql", conversations=CONVERSATIONS) as big, desk("postgresql", conversations=0) as many:
        env = {**many.env, "ACCOUNTS": str(ACCOUNTS), "TOKENS": " ".join(_accounts(many))}
        for _ in range(rounds):
            one.append(_posts(big, big.env, seconds, processes=1))
            two.append(_posts(big, big.env, seconds, processes=2))
            shared.append(_posts(big, big.env, seconds, processes=2, connections=CONNECTIONS // 2))
            fifty.append(_posts(many, env, seconds, processes=2))
        wrong = sum(asyncio.run(_wrong(made.database_url)) for made in (big, many))
    both, alone, spread = middle(two), middle(one), middle(fifty)
    name = "POST message, two processes / one"
    report.add(Figure(name, "postgresql", both, "/s", both / alone, 1.15, 1.4))
    name = f"the same, {CONNECTIONS} connections in all"
    report.add(Figure(name, "postgresql", middle(shared), "/s", middle(shared) / alone))
    name = f"POST message, one big account / {ACCOUNTS} accounts, two processes"
    report.add(Figure(name, "postgresql", both, "/s", both / spread, 0.9, 1))
    name = "gaps and deadlocks after it"
    report.add(Figure(name, "postgresql", wrong, "", wrong, 0, 0, at_most=True))


def _posts(
    made: Desk, env: dict[str, str], seconds: float, *, processes: int, connections: int = CONNECTIONS
) -> float:
    """Requests per second of all processes together; each has so many connections."""
    with made.running("api") as (first, _):
        if processes == 1:
            return _load([first], env, seconds, connections)
        with made.running("api") as (second, _):
            return _load([first, second], env, seconds, connections)


def _load(urls: Sequence[str], env: dict[str, str], seconds: float, connections: int) -> float:
    def one(url: str, seconds: float) -> float:
        mine = {**env, "SEED": str(secrets.randbelow(10**6))}
        return wrk(url, "post", seconds=seconds, connections=connections, env=mine).rate

    with ThreadPoolExecutor(len(urls)) as threads:
        list(threads.map(lambda url: one(url, WARM_SECONDS), urls))
        return sum(threads.map(lambda url: one(url, seconds), urls))


def _accounts(made: Desk) -> list[str]:
    """Fifty accounts, each with a token, an inbox and its share of the conversations; the tokens in turn."""
    given = asyncio.run(_add_accounts(made.database_url))
    with made.running("api") as (url, _):
        inboxes = [_inbox(url, token) for _, token in given]
    for n, ((account, _), inbox) in enumerate(zip(given, inboxes, strict=True)):
        first = n or ACCOUNTS  # conversation c is of account c % ACCOUNTS
        seed.conversations(made.database_url, account, inbox, first=first, last=CONVERSATIONS, step=ACCOUNTS)
    return [token for _, token in given]


async def _add_accounts(database_url: str) -> list[tuple[UUID, str]]:
    given = [(uuid7(), random_token(API_PREFIX)) for _ in range(ACCOUNTS)]

    def change(tx: Tx) -> None:
        for n, (account_id, token) in enumerate(given):
            accounts.add(tx, account_id, f"Shop {n}", time_zone="Europe/Madrid", language="en")
            owner = users.NewUser(
                email=f"owner{n}@shop.example", name="Olive", password_hash=None, role=Role.OWNER
            )
            user_id = users.add(tx, account_id, owner)
            scope = Scope(account_id, ActorType.USER, user_id, frozenset(Permission), user_id=user_id)
            permissions = sorted(map(str, Permission))
            new = NewToken(name="bench", token_hash=digest(token), permissions=permissions, user_id=user_id)
            tokens.add(tx, scope, new)

    store = await open_store(database_url)
    try:
        await store.write(change)
    finally:
        await store.close()
    return given


def _inbox(url: str, token: str) -> UUID:
    body = {"channel": "webchat", "name": "Chat", "config": {}}
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx2.post(f"{url}/v1/inboxes", json=body, headers=headers, timeout=20).raise_for_status()
    return UUID(json.loads(answer.content)["id"])


async def _wrong(database_url: str) -> int:
    connection = await asyncpg.connect(database_url)
    try:
        return int(await connection.fetchval(_GAPS))
    finally:
        await connection.close()
