"""Who may do what: a row for every route of the OpenAPI document (S1-14, S1-16, refusals 5 and 6).

A new route fails here until its row says which permission it needs.
"""

from uuid import uuid4

import pytest

from frontdesk.domain.scope import Permission
from tests.api.routes import Operation, document, operations
from tests.desk import RunningDesk

OPEN, ANY, SESSION, VISITOR = "open", "any", "session", "visitor"

MATRIX = {
    "GET /health/live": OPEN,
    "GET /health/ready": OPEN,
    "GET /hooks/{channel}/{inbox_id}": OPEN,
    "POST /hooks/{channel}/{inbox_id}": OPEN,
    "GET /leave/{token}": OPEN,
    "POST /leave/{token}": OPEN,
    "GET /v1/files/{token}": OPEN,
    "GET /v1/files/{token}/preview": OPEN,
    "GET /v1/setup": OPEN,
    "POST /v1/setup": OPEN,
    "POST /v1/session": OPEN,
    "GET /v1/widget/{public_key}": OPEN,
    "POST /v1/widget/{public_key}/visitor": OPEN,
    "GET /v1/session": SESSION,
    "PATCH /v1/session": SESSION,
    "DELETE /v1/session": SESSION,
    "GET /v1/account": ANY,
    "GET /v1/export": "account:manage",
    "POST /v1/import": "account:manage",
    "GET /v1/live": ANY,
    "PATCH /v1/account": "account:manage",
    "GET /v1/users": "users:read",
    "POST /v1/users": "users:manage",
    "PATCH /v1/users/{user_id}": "users:manage",
    "GET /v1/tokens": "tokens:manage",
    "POST /v1/tokens": "tokens:manage",
    "DELETE /v1/tokens/{token_id}": "tokens:manage",
    "GET /v1/channels": "inboxes:read",
    "GET /v1/inboxes": "inboxes:read",
    "POST /v1/inboxes": "inboxes:manage",
    "GET /v1/inboxes/{inbox_id}": "inboxes:read",
    "PATCH /v1/inboxes/{inbox_id}": "inboxes:manage",
    "DELETE /v1/inboxes/{inbox_id}": "inboxes:manage",
    "POST /v1/inboxes/{inbox_id}/connect": "inboxes:manage",
    "GET /v1/inboxes/{inbox_id}/templates": "inboxes:read",
    "POST /v1/inboxes/{inbox_id}/templates/sync": "messages:send",
    "GET /v1/contacts": "contacts:read",
    "GET /v1/contacts/{contact_id}": "contacts:read",
    "PATCH /v1/contacts/{contact_id}": "contacts:write",
    "GET /v1/contacts/{contact_id}/sources": "contacts:read",
    "GET /v1/contacts/{contact_id}/messages": "conversations:read",
    "POST /v1/contacts/{contact_id}/identities": "contacts:write",
    "DELETE /v1/contacts/{contact_id}/identities": "contacts:write",
    "GET /v1/contacts/{contact_id}/suggestions": "contacts:read",
    "GET /v1/contacts/{contact_id}/merges": "contacts:read",
    "POST /v1/contacts/{contact_id}/merge": "contacts:write",
    "POST /v1/contacts/{contact_id}/unmerge": "contacts:write",
    "GET /v1/opt-outs": "contacts:read",
    "POST /v1/opt-outs": "contacts:write",
    "DELETE /v1/opt-outs/{opt_out_id}": "contacts:write",
    "GET /v1/conversations": "conversations:read",
    "POST /v1/conversations": "conversations:write",
    "GET /v1/conversations/counts": "conversations:read",
    "GET /v1/conversations/{conversation_id}": "conversations:read",
    "GET /v1/conversations/{conversation_id}/can-send": "conversations:read",
    "POST /v1/conversations/{conversation_id}/assign": "conversations:write",
    "POST /v1/conversations/{conversation_id}/resolve": "conversations:write",
    "POST /v1/conversations/{conversation_id}/reopen": "conversations:write",
    "POST /v1/conversations/{conversation_id}/snooze": "conversations:write",
    "POST /v1/conversations/{conversation_id}/pending": "conversations:write",
    "POST /v1/conversations/{conversation_id}/read": "conversations:write",
    "POST /v1/conversations/{conversation_id}/typing": "conversations:write",
    "GET /v1/conversations/{conversation_id}/messages": "conversations:read",
    "POST /v1/conversations/{conversation_id}/messages": "messages:send",
    "POST /v1/conversations/{conversation_id}/messages/batch": "messages:send",
    "POST /v1/conversations/{conversation_id}/canned-responses/{response_id}": "messages:send",
    "GET /v1/messages": "conversations:read",
    "POST /v1/messages": "messages:send",
    "GET /v1/messages/{message_id}": "conversations:read",
    "GET /v1/messages/{message_id}/html": "conversations:read",
    "PUT /v1/messages/{message_id}/star": "conversations:write",
    "DELETE /v1/messages/{message_id}/star": "conversations:write",
    "GET /v1/messages/{message_id}/deliveries": "conversations:read",
    "GET /v1/messages/{message_id}/versions": "conversations:read",
    "POST /v1/messages/{message_id}/retry": "messages:send",
    "POST /v1/messages/{message_id}/cancel": "messages:send",
    "POST /v1/attachments": "messages:send",
    "GET /v1/canned-responses": "conversations:read",
    "POST /v1/canned-responses": "conversations:write",
    "GET /v1/canned-responses/{response_id}": "conversations:read",
    "PUT /v1/canned-responses/{response_id}": "conversations:write",
    "DELETE /v1/canned-responses/{response_id}": "conversations:write",
    "GET /v1/deliveries": "deliveries:read",
    "GET /v1/deliveries/{delivery_id}/attempts": "deliveries:read",
    "GET /v1/dead-letters": "deliveries:read",
    "POST /v1/dead-letters/{letter_id}/replay": "deliveries:manage",
    "GET /v1/channel-notices": "deliveries:read",
    "GET /v1/receipts": "deliveries:manage",
    "POST /v1/receipts/{receipt_id}/replay": "deliveries:manage",
    "GET /v1/events": "conversations:read",
    "GET /v1/reports/costs": "reports:read",
    "GET /v1/reports/saved-templates": "reports:read",
    "GET /v1/widget/live": VISITOR,
    "GET /v1/widget/messages": VISITOR,
    "POST /v1/widget/messages": VISITOR,
    "POST /v1/widget/attachments": VISITOR,
    "POST /v1/widget/typing": VISITOR,
    "POST /v1/widget/seen": VISITOR,
}
STREAMS = {"GET /v1/live", "GET /v1/widget/live"}
"""Endless for whoever may listen; who may not is refused at once like everywhere."""


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert {str(operation) for operation in operations()} == set(MATRIX)


def test_the_document_says_what_each_route_needs() -> None:
    said = {str(operation): operation.spec.get("x-permissions", []) for operation in operations()}
    wanted = {name: [] if rule in {OPEN, ANY, SESSION, VISITOR} else [rule] for name, rule in MATRIX.items()}
    assert said == wanted
    assert document()["openapi"].startswith("3.1")


def _guarded(*kinds: str) -> list[Operation]:
    return [each for each in operations() if MATRIX.get(str(each)) in kinds]


def _granted() -> list[Operation]:
    return [each for each in operations() if ":" in MATRIX.get(str(each), "")]


def _path(operation: Operation) -> str:
    return operation.at(**{name: str(uuid4()) for name in operation.parameters})


async def test_without_credentials_nothing_but_the_open_routes_answers(desk: RunningDesk) -> None:
    client = desk.client()
    answers = {}
    for operation in operations():
        if MATRIX[str(operation)] != OPEN:
            answer = await client.request(operation.method, _path(operation))
            answers[str(operation)] = (answer.status_code, answer.json()["code"])
            assert answer.headers["www-authenticate"].startswith("Bearer")
    assert {name: found for name, found in answers.items() if found != (401, "unauthenticated")} == {}


@pytest.mark.parametrize("kind", ["fd_nonsense", "fv_nonsense", "nonsense", "fd_"])
async def test_a_wrong_token_is_refused_alike(desk: RunningDesk, kind: str) -> None:
    answer = await desk.client().get("/v1/account", headers={"Authorization": f"Bearer {kind}"})
    assert answer.status_code == 401


async def test_each_route_wants_exactly_its_permission(desk: RunningDesk) -> None:
    """Without it: 403. With nothing but it: anything else than 401 and 403."""
    all_of_them = frozenset(Permission)
    refused, admitted = {}, {}
    for operation in _granted():
        permission = Permission(MATRIX[str(operation)])
        without = desk.client(await desk.owner.api_token(all_of_them - {permission}))
        only = desk.client(await desk.owner.api_token([permission]))
        refused[str(operation)] = (await without.request(operation.method, _path(operation))).status_code
        admitted[str(operation)] = (await only.request(operation.method, _path(operation))).status_code
    assert {name: status for name, status in refused.items() if status != 403} == {}
    assert {name: status for name, status in admitted.items() if status in {401, 403} or status >= 500} == {}


async def test_a_visitor_is_refused_on_every_route_of_agents(desk: RunningDesk) -> None:
    inbox = await desk.owner.inbox()
    client = desk.client(await desk.owner.visitor(inbox["id"]))
    answers = {
        str(operation): (await client.request(operation.method, _path(operation))).status_code
        for operation in [*_granted(), *_guarded(ANY, SESSION)]
    }
    assert {name: status for name, status in answers.items() if status != 403} == {}


async def test_an_agent_is_refused_on_every_route_of_visitors(desk: RunningDesk) -> None:
    answers = {
        str(operation): (await desk.http.request(operation.method, _path(operation))).status_code
        for operation in _guarded(VISITOR)
    }
    assert answers
    assert {name: status for name, status in answers.items() if status != 403} == {}


async def test_a_token_is_no_session(desk: RunningDesk) -> None:
    answers = {
        str(operation): (await desk.http.request(operation.method, _path(operation))).status_code
        for operation in _guarded(SESSION)
    }
    assert set(answers.values()) == {403}
