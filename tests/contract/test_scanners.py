"""One suite for every virus scanner (M-19, Refusal 55): clamd by TCP and local socket, one behind HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from frontdesk.ports.blobs import one_chunk
from frontdesk.ports.scanner import ScanFailed, Scanner
from frontdesk.runtime.diagnosis import examine_scanner
from frontdesk.runtime.scanner import scanner_at
from frontdesk.runtime.settings import Settings
from tests.services.scanners import EICAR, THREAT, FakeScanner, clamd, scan_hook


@pytest.fixture(params=["clamd", "clamd_socket", "http"])
async def fake(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[FakeScanner]:
    serving = {
        "clamd": clamd,
        "clamd_socket": lambda: clamd(tmp_path / "clamd.ctl"),
        "http": scan_hook,
    }[request.param]
    async with serving() as running:
        yield running


@pytest.fixture
async def scanner(fake: FakeScanner) -> AsyncIterator[Scanner]:
    found = scanner_at(Settings(virus_scan=fake.address).virus_scan)
    assert found is not None
    yield found
    await found.close()


async def pieces(*content: bytes) -> AsyncIterator[bytes]:
    for piece in content:
        yield piece


async def test_the_whole_file_is_given_in_pieces_and_is_clean(fake: FakeScanner, scanner: Scanner) -> None:
    content = bytes(range(256)) * 4096
    assert await scanner.scan(pieces(content[:10], b"", content[10:])) is None
    assert fake.given == [content]


async def test_what_is_found_is_named(fake: FakeScanner, scanner: Scanner) -> None:
    assert await scanner.scan(pieces(b"PK", EICAR, b"...")) == THREAT


async def test_a_file_larger_than_the_scanner_takes_has_no_verdict(
    fake: FakeScanner, scanner: Scanner
) -> None:
    fake.longest = 1000
    with pytest.raises(ScanFailed) as refused:
        await scanner.scan(pieces(*[b"x" * 65_536] * 40))
    assert not refused.value.retryable


@pytest.mark.parametrize(
    "words", [b"", b"nonsense", b'{"ok": true}', b"stream: OK or so", b'{"infected": 0}']
)
async def test_only_a_plain_answer_means_clean(fake: FakeScanner, scanner: Scanner, words: bytes) -> None:
    fake.answer = words
    with pytest.raises(ScanFailed) as refused:
        await scanner.scan(one_chunk(b"x"))
    assert refused.value.retryable


@pytest.mark.parametrize(
    "address", ["clamd://127.0.0.1:9", "clamd:///nowhere/clamd.ctl", "http://127.0.0.1:9/"]
)
async def test_a_scanner_that_is_away_has_no_verdict(address: str) -> None:
    scanner = scanner_at(address)
    assert scanner is not None
    with pytest.raises(ScanFailed) as refused:
        await scanner.scan(one_chunk(b"x"))
    assert refused.value.retryable
    await scanner.close()


async def test_doctor_asks_the_scanner(fake: FakeScanner, tmp_path: Path) -> None:
    (finding,) = await examine_scanner(Settings(data_dir=tmp_path, virus_scan=fake.address))
    assert (finding.is_well, finding.evidence, len(fake.given)) == (True, "answers", 1)
    (finding,) = await examine_scanner(Settings(data_dir=tmp_path, virus_scan="clamd://127.0.0.1:9"))
    assert (finding.is_well, finding.evidence) == (False, "The scanner was not reached.")
    assert await examine_scanner(Settings(data_dir=tmp_path)) == []


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("icap://x", "unknown scanner 'icap'; use clamd://host:3310"),
        ("clamd://", "must look like clamd://127.0.0.1:3310 or clamd:///run/clamav/clamd.ctl"),
        ("clamd://host/path", "must look like clamd://127.0.0.1:3310"),
        ("https://", "must look like https://scanner.example.com/scan"),
    ],
)
def test_an_address_that_is_none_is_refused_with_those_that_are(address: str, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(virus_scan=address)
    assert words in str(refused.value)


def test_nobody_looks_unless_somebody_is_named() -> None:
    assert scanner_at(Settings().virus_scan) is None
