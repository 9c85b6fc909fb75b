"""Meters, sealing, cursors and redaction."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.kit.crypto import CannotOpen, Vault, digest, is_same, random_token
from frontdesk.kit.limits import Meter
from frontdesk.kit.log import redact
from frontdesk.kit.pages import CursorInvalid, Cursors

KEY = b"a master key of more than 16 bytes"


@given(
    st.integers(1, 600),
    st.integers(1, 50),
    st.lists(st.floats(0, 30, allow_nan=False), min_size=1, max_size=200),
)
def test_a_meter_never_allows_more_than_its_rate(per_minute: int, burst: int, waits: list[float]) -> None:
    now = 0.0
    meter = Meter(per_minute, burst, clock=lambda: now)
    allowed: list[float] = []
    for wait in waits:
        now += wait
        budget = meter.hit("key")
        if budget.is_allowed:
            allowed.append(now)
            assert 0 <= budget.remaining < burst
        else:
            assert meter.peek("key").retry_after > 0
            assert budget.retry_after > 0
        assert meter.hit("other").limit == burst
    for index, start in enumerate(allowed):
        within = sum(1 for at in allowed[index:] if at <= start + 60)
        assert within <= burst + per_minute + 1


def test_a_meter_says_when_to_come_back() -> None:
    now = 100.0
    meter = Meter(60, 2, clock=lambda: now)
    assert [meter.hit("a").is_allowed for _ in range(3)] == [True, True, False]
    wait = meter.hit("a").retry_after
    now += wait
    assert meter.hit("a").is_allowed
    meter.clear("a")
    assert meter.hit("a").remaining == 1


def test_a_meter_forgets() -> None:
    now = 0.0
    meter = Meter(60, 2, clock=lambda: now)
    for number in range(150_000):
        meter.hit(number)
    assert len(meter._due) <= 100_000


@given(st.text(), st.lists(st.text(), min_size=1, max_size=3), st.lists(st.text(), min_size=1, max_size=3))
def test_a_sealed_text_opens_in_its_place_only(text: str, place: list[str], other: list[str]) -> None:
    text, place, other = (
        text.encode("utf-8", "replace").decode(),
        [each.encode("utf-8", "replace").decode() for each in place],
        [each.encode("utf-8", "replace").decode() for each in other],
    )
    vault = Vault(KEY)
    sealed = vault.seal(text, *place)
    assert vault.open(sealed, *place) == text
    if place != other:
        with pytest.raises(CannotOpen):
            vault.open(sealed, *other)


def test_a_change_of_one_bit_is_noticed() -> None:
    sealed = Vault(KEY).seal("secret", "a")
    for at in range(1, len(sealed)):
        changed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises(CannotOpen):
            Vault(KEY).open(changed, "a")


def test_a_retired_key_still_opens_and_verifies() -> None:
    old, new = Vault(KEY), Vault(b"another master key, quite as long", [KEY])
    assert new.open(old.seal("secret", "a"), "a") == "secret"
    assert new.is_signed(old.sign("x", "y"), "x", "y")
    assert not new.is_signed(old.sign("x", "y"), "xy", "")
    with pytest.raises(CannotOpen):
        old.open(new.seal("secret", "a"), "a")
    with pytest.raises(ValueError, match="at least 16"):
        Vault(b"short")


def test_tokens_are_long_and_random() -> None:
    tokens = {random_token("fd_") for _ in range(1000)}
    assert len(tokens) == 1000
    assert min(map(len, tokens)) >= 46
    assert len(digest("\ud800")) == 32
    assert is_same("é", "é")
    assert not is_same("a", "b")


@given(st.lists(st.text() | st.integers(), max_size=4))
def test_a_cursor_carries_its_values(values: list[str | int]) -> None:
    cursors = Cursors(KEY)
    cursor = cursors.encode("list", values)
    assert cursors.decode("list", cursor, len(values)) == values
    for purpose, count in (("other", len(values)), ("list", len(values) + 1)):
        with pytest.raises(CursorInvalid):
            cursors.decode(purpose, cursor, count)


@given(st.text())
def test_no_text_is_taken_for_a_cursor(text: str) -> None:
    with pytest.raises(CursorInvalid):
        Cursors(KEY).decode("list", text, 1)


def test_secret_fields_are_hidden_from_logs() -> None:
    event = {
        "event": "token_made",
        "access_token": "x",
        "Authorization": "y",
        "path": "/v1/tokens",
        "csrf": "z",
    }
    assert redact(None, "info", dict(event)) == {
        "event": "token_made",
        "access_token": "[hidden]",
        "Authorization": "[hidden]",
        "path": "/v1/tokens",
        "csrf": "[hidden]",
    }
