"""The pages, their headers and addresses: S1-06, S1-07, S1-12, refusals 44 and 66."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from websockets.asyncio.client import connect

from frontdesk.api import web
from frontdesk.store import migrate
from frontdesk.store.failures import StoreUnavailable
from tests.desk import PASSWORD, RunningDesk, running_desk, until
from tests.services.postgres import PostgresServer


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Built pages in small, so that these tests need no build."""
    static = tmp_path / "static"
    for name, text in {
        "console/index.html": '<!doctype html><head><script src="/assets/index-AbCdEf12.js"></script></head>',
        "console/assets/index-AbCdEf12.js": "console.log(1);" * 200,
        "console/favicon.svg": "<svg/>",
        "widget/widget.js": "loader",
        "widget/app-12345678.js": "app",
    }.items():
        (static / name).parent.mkdir(parents=True, exist_ok=True)
        (static / name).write_text(text)
    monkeypatch.setattr(web, "STATIC", static)


@pytest.fixture
async def local(sqlite_url: str, tmp_path: Path, pages: None) -> AsyncIterator[RunningDesk]:
    """A desk with pages, on one engine: pages do not ask the database."""
    assert pages is None
    async with running_desk(sqlite_url, tmp_path / "data", workers=False) as desk:
        yield desk


async def test_every_address_of_the_console_is_the_console(local: RunningDesk) -> None:
    client = local.client()
    for path in ("/", "/inbox/0198", "/settings/inboxes", "/phones"):
        answer = await client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert '<base href="/">' in answer.text
        nonce = re.search(r'name="csp-nonce" content="([\w-]{16,})"', answer.text)
        assert nonce
        assert f"'nonce-{nonce[1]}'" in answer.headers["content-security-policy"]
    for path in ("/v1/nothing", "/assets/none.js", "/widget/none.js", "/nothing.php", "/.git/config"):
        answer = await client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


async def test_a_page_without_a_session_says_so_and_has_an_icon(local: RunningDesk) -> None:
    client = local.client()
    assert '<meta name="signed-out">' in (await client.get("/")).text
    signed_in = await client.get("/", headers={"Cookie": "frontdesk=something"})
    assert "signed-out" not in signed_in.text
    icon = await client.get("/favicon.ico")
    assert (icon.status_code, icon.headers["content-type"]) == (200, "image/svg+xml")


async def test_files_are_kept_by_browsers_as_long_as_they_may(local: RunningDesk) -> None:
    client = local.client()
    hashed = await client.get("/assets/index-AbCdEf12.js")
    assert hashed.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert hashed.headers["content-encoding"] == "gzip"
    assert hashed.headers["content-type"].startswith("text/javascript")
    plain = await client.get("/widget.js")
    assert plain.headers["cache-control"] == "no-cache"
    again = await client.get("/widget.js", headers={"If-None-Match": plain.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (await client.get("/")).headers["cache-control"] == "no-cache"


async def test_every_answer_carries_the_security_headers(local: RunningDesk) -> None:
    """Refusal 44."""
    client = local.client()
    for path in ("/", "/widget.js", "/v1/account", "/v1/setup", "/nothing.txt", "/docs", "/health/live"):
        headers = (await client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe-inline" not in headers["content-security-policy"]
        assert len(headers["x-request-id"]) >= 32
        assert "server" not in headers


async def test_the_widget_may_be_called_from_other_sites_and_nothing_else(local: RunningDesk) -> None:
    client = local.client()
    preflight = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
    allowed = await client.options("/v1/widget/messages", headers=preflight)
    assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (204, "*")
    assert "access-control-allow-credentials" not in allowed.headers
    assert (await client.get("/widget.js")).headers["access-control-allow-origin"] == "*"
    for path in ("/v1/account", "/v1/session", "/v1/widgets", "/"):
        answer = await client.options(path, headers=preflight)
        assert "access-control-allow-origin" not in answer.headers, path


async def test_documents_come_from_this_desk_alone(local: RunningDesk) -> None:
    """S1-07."""
    client = local.client()
    document = (await client.get("/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    for page in ("/docs", "/redoc"):
        text = (await client.get(page)).text
        assert "//" not in re.sub(r"<!.*?>", "", text).replace("</", "")
        for name in re.findall(r'(?:src|href)="([\w.-]+\.(?:js|css))"', text):
            assert (await client.get(f"/docs/{name}")).status_code == 200, name
    for name in ("start.js", "swagger-ui.css"):  # one sets the class, the other draws by it
        assert "dark-mode" in (await client.get(f"/docs/{name}")).text
    for name in ("redoc.js", "redoc.css"):
        assert "(prefers-color-scheme: dark)" in (await client.get(f"/docs/{name}")).text
    assert "color: var(--pattern, #0e7c86)" in (await client.get("/docs/redoc.standalone.js")).text


async def test_the_whole_desk_works_below_a_prefix(sqlite_url: str, tmp_path: Path, pages: None) -> None:
    """S1-12: behind a proxy that keeps the prefix, and behind one that takes it away."""
    assert pages is None
    folder = tmp_path / "data"
    async with running_desk(sqlite_url, folder, public_url="http://127.0.0.1:1/support") as desk:
        assert desk.url.endswith("/support")
        page = await desk.client().get("/inbox")
        assert '<base href="/support/">' in page.text
        assert 'src="/support/assets/index-AbCdEf12.js"' in page.text
        root = desk.url.removesuffix("/support")
        for prefix in ("/support", ""):
            client = desk.client()
            client.base_url = root + prefix
            assert (await client.get("/assets/index-AbCdEf12.js")).status_code == 200
            assert (await client.get("/widget.js")).headers["access-control-allow-origin"] == "*"
            assert "/support/docs/" in (await client.get("/docs")).text
            signed_in = await client.post(
                "/v1/session", json={"email": desk.owner.email, "password": PASSWORD}
            )
            assert signed_in.status_code == 201
            assert (await client.get("/v1/session")).status_code == 200
            url = f"{root}{prefix}/v1/live".replace("http", "ws")
            headers = {"Authorization": f"Bearer {desk.owner.token}"}
            async with connect(url, additional_headers=headers, proxy=None) as socket:
                await socket.send('{"type": "start", "cursor": null}')
                assert '"hello"' in str(await socket.recv())
        inbox = await desk.owner.inbox()
        assert inbox["hook_url"] == f"http://127.0.0.1:1/support/hooks/post/{inbox['id']}"
        hook = f"/hooks/post/{inbox['id']}"
        assert (await desk.client().post(hook, json={}, headers={"X-Post": "post-secret"})).status_code == 200
        file = (await desk.http.post("/v1/attachments", content=b"hello")).json()
        assert file["url"].startswith("/support/v1/files/")


async def test_s1_06_a_stopped_database_is_told_and_its_return_noticed(tmp_path: Path) -> None:
    with PostgresServer() as server:
        await migrate.up(server.url())
        async with running_desk(server.url(), tmp_path, workers=False, owned=False) as desk:
            client = desk.client()
            assert (await client.get("/health/ready")).status_code == 200
            server.kill()
            answer = await client.get("/health/ready")
            assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")
            assert "database" in answer.json()["reason"]
            assert (await client.get("/health/live")).status_code == 200
            server.start()
            await until(lambda: _is_ready(client), seconds=20, what="the database being noticed")


async def _is_ready(client: httpx2.AsyncClient) -> bool:
    return (await client.get("/health/ready")).status_code == 200


async def test_ready_asks_the_database_and_alive_does_not(
    desk: RunningDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S1-06."""
    client = desk.client()
    assert (await client.get("/health/ready")).json() == {"status": "ready", "reason": None}

    async def gone() -> None:
        raise StoreUnavailable("The database does not answer.")

    monkeypatch.setattr(desk.store, "ping", gone)
    answer = await client.get("/health/ready")
    assert (answer.status_code, answer.json()["reason"]) == (503, "The database does not answer.")
    assert (await client.get("/health/live")).status_code == 200
    monkeypatch.undo()
    desk.container.desk.stopping.set()
    assert (await client.get("/health/ready")).status_code == 503
