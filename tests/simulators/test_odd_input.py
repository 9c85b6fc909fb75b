"""Whatever JSON comes in, Graph and play take it or answer with a clear 4xx; never a 5xx, never by halves."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frontdesk.simulators.whatsapp.checks import TYPES
from tests.simulators.conftest import NORA, NUMBER, World

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)
WORDS = st.sampled_from(
    """
    id link body text type action buttons reply title sections rows name parameters language code components
    message_id emoji latitude longitude button list cta_url flow header footer formatted_name url en caption
    display_text order_update filename description flow_id flow_cta
    """.split()  # noqa: SIM905
)
shaped = st.recursive(
    json_values | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(sorted(TYPES)), body=shaped, extra=st.dictionaries(WORDS, json_values, max_size=2)
)
async def test_sends_of_any_shape(world: World, kind: str, body: Any, extra: dict[str, Any]) -> None:
    before = len(world.simulator.state.sends)
    sent = {"messaging_product": "whatsapp", "to": NORA, **extra, "type": kind, kind: body}
    response = await world.graph("POST", f"{NUMBER}/messages", sent)
    assert response.status_code in {200, 400, 404}, (response.text, sent)
    assert len(world.simulator.state.sends) == before + (response.status_code == 200)
    if response.status_code != 200:
        assert response.json()["error"]["code"] > 0


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=json_values | st.dictionaries(st.sampled_from(["type", "text", "message_id"]), json_values))
async def test_play_bodies_of_any_shape(world: World, body: Any) -> None:
    for method, path in (("POST", f"phones/{NORA}/messages"), ("PUT", "faults"), ("PATCH", f"phones/{NORA}")):
        raw = json.dumps(body).encode()
        response = await world.play(method, path, content=raw)
        assert response.status_code in {200, 201, 400, 404, 422}, (response.text, raw)


@pytest.mark.parametrize(
    "raw", [b'{"type":"text","text":"\\ud800"}', b'{"type":"text","text":NaN}', b"[[" * 90_000]
)
async def test_json_that_cannot_be_written_again(world: World, raw: bytes) -> None:
    assert (await world.play("POST", f"phones/{NORA}/messages", content=raw)).status_code == 400
    token = {"Authorization": "Bearer EAAG-token"}
    url = f"{world.url}/v23.0/{NUMBER}/messages"
    assert (await world.http.request("POST", url, content=raw, headers=token)).status_code == 400
    assert (await world.play("GET", "phones")).status_code == 200
