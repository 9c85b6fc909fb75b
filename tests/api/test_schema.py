"""The API against its own OpenAPI document: each answer is one that the document names (S1-07).

Schemathesis makes requests that fit and requests that do not; none of them may end in a 500.
"""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    negative_data_rejection,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.config import SchemathesisConfig

from tests.api.routes import document, operations
from tests.desk import RunningDesk, running_desk

EXAMPLES = 12
REFUSALS = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 428, 429]
CONFIG = SchemathesisConfig.from_dict(
    {"checks": {"negative_data_rejection": {"expected-statuses": REFUSALS}}}
)
ENDLESS = {"GET /v1/live", "GET /v1/widget/live"}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]


@pytest.fixture(scope="module")
def served(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[RunningDesk, dict[str, str]]]:
    """A desk in a thread of its own, and the tokens of an agent and of a visitor."""
    folder = tmp_path_factory.mktemp("schema")
    database = folder / "frontdesk.db"
    database.write_bytes(sqlite_template.read_bytes())
    loop = asyncio.new_event_loop()
    started: asyncio.Future[tuple[RunningDesk, dict[str, str]]] = loop.create_future()
    stop = asyncio.Event()

    async def run() -> None:
        async with running_desk(f"sqlite:///{database}", folder / "data") as desk:
            inbox = await desk.owner.inbox()
            tokens = {"token": desk.owner.token, "visitor": await desk.owner.visitor(inbox["id"])}
            started.set_result((desk, tokens))
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    ready = asyncio.run_coroutine_threadsafe(asyncio.wait_for(asyncio.shield(started), 60), loop)
    yield ready.result(60)
    loop.call_soon_threadsafe(stop.set)
    thread.join(30)
    loop.close()


def _names() -> list[str]:
    return sorted(str(operation) for operation in operations() if str(operation) not in ENDLESS)


@pytest.mark.parametrize("name", _names())
def test_every_answer_is_one_that_the_document_names(
    served: tuple[RunningDesk, dict[str, str]], name: str
) -> None:
    desk, tokens = served
    method, _, path = name.partition(" ")
    schema = schemathesis.openapi.from_dict(document(), config=CONFIG)
    operation = schema[path][method]
    security = next((each.security for each in operations() if str(each) == name), set())
    token = tokens["visitor" if "visitor" in security else "token"]
    headers = {"Authorization": f"Bearer {token}"} if security else {}

    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        cases: Any = operation.as_strategy(generation_mode=mode)

        @settings(
            max_examples=EXAMPLES,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
            database=None,
            derandomize=True,
        )
        @given(case=cases)
        def ask(case: Any) -> None:
            case.call_and_validate(base_url=desk.url, headers=headers, checks=CHECKS, timeout=20)

        with contextlib.suppress(Unsatisfiable):  # an operation that takes nothing cannot be asked wrongly
            ask()
