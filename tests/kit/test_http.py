"""The guarded HTTP client against real local servers: refusals 36 to 41, and what its failures mean."""

import asyncio
import gzip
import socket
from collections.abc import Iterable, Sequence

import httpcore2
import httpx2
import pytest
from typing_extensions import override

from frontdesk.kit.http import ConnectFailed, HttpClient, OutcomeUnknown, Refused, TooLarge, origin_of
from tests.kit.scripted_server import Seen, answer, reset, scripted

INNER_ADDRESSES = [
    # loopback and its spellings
    "127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "127.255.255.254", "2130706433", "017700000001",
    "0x7f000001", "0x7f.0.0.1", "0x7f.1", "0177.0.0.1", "0177.1", "00000177.0.0.1", "127.0.0.0x1",
    "0", "0.0.0.0", "0x0", "00",
    "[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
    "[0:0:0:0:0:ffff:127.0.0.1]", "localhost", "LOCALHOST", "localhost.", "foo.localhost",
    "localhost.localdomain", "ip6-localhost", "①②⑦.⓪.⓪.①", "127。0。0。1", "%31%32%37.0.0.1", "127.0.0.1%00",
    # private, link-local, shared, reserved, multicast, documentation
    "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "169.254.169.254",
    "0xa9fea9fe", "2852039166", "169.254.43518", "0xA9.0xFE.0xA9.0xFE", "100.64.0.1", "100.100.100.200",
    "192.0.0.192", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1",
    "239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16",
    # version 6: unique local, link-local, site-local, multicast, and those that carry another address
    "[fc00::1]", "[fd00:ec2::254]", "[fe80::1]", "[fe80::1%25eth0]", "[fec0::1]", "[ff02::1]", "[100::1]",
    "[2001:db8::1]", "[3fff::1]", "[2002:7f00:1::]", "[2002:a9fe:a9fe::1]", "[64:ff9b::7f00:1]",
    "[64:ff9b::169.254.169.254]", "[64:ff9b:1::a00:1]", "[2001::1]", "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
    "[::ffff:0:127.0.0.1]", "[2606:4700::5efe:127.0.0.1]", "[::ffff:169.254.169.254]",
    # names of inner networks, and things that are no host
    "metadata.google.internal", "printer.local", "postgres", "kubernetes.default.svc.cluster.local", "db.lan",
    "router.home.arpa", "a..b", "-a.com", "exa mple.com", "[v1.fe80::a]", "",
]  # fmt: skip


class Recorder(httpcore2.AsyncNetworkBackend):
    """Notes where connections would go and brings them to a local port instead (or nowhere)."""

    def __init__(self, port: int | None = None) -> None:
        self.connected: list[tuple[str, int]] = []
        self.port = port
        self.inner = httpcore2.AnyIOBackend()

    @override
    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        self.connected.append((host, port))
        if self.port is None:
            raise httpcore2.ConnectError("nowhere")
        return await self.inner.connect_tcp("127.0.0.1", self.port, timeout)


class Names:
    """A resolver with a script: each name's answers in turn, the last one for ever."""

    def __init__(self, **answers: Sequence[Sequence[str]]) -> None:
        self.answers = {name.replace("_", "."): list(turns) for name, turns in answers.items()}
        self.asked: list[str] = []

    async def __call__(self, host: str, _port: int) -> Sequence[str]:
        self.asked.append(host)
        turns = self.answers.get(host)
        if not turns:
            raise OSError("no such name")
        return turns.pop(0) if len(turns) > 1 else turns[0]


@pytest.mark.parametrize("host", INNER_ADDRESSES)
@pytest.mark.parametrize("scheme", ["https", "http"])
async def test_inner_addresses_are_refused_before_connecting(host: str, scheme: str) -> None:
    """Refusal 36: whatever the spelling, nothing is connected, nor looked up."""
    network, names = Recorder(), Names()
    client = HttpClient(allow_plain_http=True, resolve=names, network=network)
    with pytest.raises(Refused):
        await client.request("GET", f"{scheme}://{host}/")
    assert network.connected == []
    assert names.asked == []


def test_the_list_of_spellings_is_long_enough() -> None:
    """Refusal 36 asks for at least 44."""
    assert len(set(INNER_ADDRESSES)) >= 44


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fe80::1%lo", "100.64.9.9"],
)
async def test_a_name_with_one_inner_address_is_refused(address: str) -> None:
    network = Recorder()
    client = HttpClient(resolve=Names(mixed_example_com=[["93.184.216.34", address]]), network=network)
    with pytest.raises(Refused):
        await client.request("GET", "https://mixed.example.com/")
    assert network.connected == []


async def test_the_connection_goes_to_the_checked_address() -> None:
    """Refusal 38: a name that changes its address after the check (rebinding) changes nothing."""
    async with scripted(answer(body=b"ok")) as server:
        network = Recorder(server.port)
        names = Names(rebind_example_com=[["93.184.216.34"], ["127.0.0.1"]])
        async with HttpClient(allow_plain_http=True, resolve=names, network=network) as client:
            response = await client.request("GET", "http://rebind.example.com:8080/path?a=1")
            assert response.content == b"ok"
            assert server.seen[0].line == "GET /path?a=1 HTTP/1.1"
            assert server.seen[0].headers["host"] == "rebind.example.com:8080"
            with pytest.raises(Refused):
                await client.request("GET", "http://rebind.example.com:8080/path?a=1")
    assert network.connected == [("93.184.216.34", 8080)]


async def test_the_next_address_is_tried_when_one_cannot_be_reached() -> None:
    network = Recorder()
    client = HttpClient(resolve=Names(two_example_com=[["93.184.216.34", "93.184.216.35"]]), network=network)
    with pytest.raises(ConnectFailed):
        await client.request("POST", "https://two.example.com/", json={})
    assert network.connected == [("93.184.216.34", 443), ("93.184.216.35", 443)]


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "gopher://example.com:70/_x", "ftp://example.com/x", "data:text/plain,hello",
        "unix:///run/docker.sock", "http+unix://%2Frun%2Fdocker.sock/x", "javascript:alert(1)",
        "//example.com/",
        "dict://example.com:11211/", "ldap://example.com/", "ws://example.com/", "example.com", "", "https://",
        "https:///path", "https://user:pass@example.com/", "https://example.com@127.0.0.1/",
        "https://example.com\\@127.0.0.1/", "https://exa\tmple.com/", "https://example.com/\r\nHost: a",
        "https://example.com:99999999/", "https://example.com:-1/", "http://example.com/",
    ],
)  # fmt: skip
async def test_other_schemes_and_odd_urls_are_refused(url: str) -> None:
    """Refusal 39."""
    network = Recorder()
    client = HttpClient(resolve=Names(example_com=[["93.184.216.34"]]), network=network)
    with pytest.raises(Refused):
        await client.request("GET", url)
    assert network.connected == []


@pytest.mark.parametrize("target", ["http://127.0.0.1:{port}/", "http://169.254.169.254/latest/meta-data/"])
async def test_redirects_to_inner_addresses_are_not_followed(target: str) -> None:
    """Refusal 37, with and without asking for redirects."""
    async with scripted(answer(302, location="https://placeholder.invalid/")) as server:
        location = target.format(port=server.port)
    async with scripted(answer(302, location=location)) as server:
        network = Recorder(server.port)
        names = Names(site_example_com=[["93.184.216.34"]])
        async with HttpClient(allow_plain_http=True, resolve=names, network=network) as client:
            response = await client.request("GET", "http://site.example.com/")
            assert (response.status_code, response.headers["location"]) == (302, location)
            with pytest.raises(Refused):
                await client.request("GET", "http://site.example.com/", max_redirects=3)
    assert {host for host, _ in network.connected} == {"93.184.216.34"}


async def test_an_open_origin_opens_nothing_beside_it() -> None:
    async with (
        scripted(answer(302, location="/next"), answer(body=b"here")) as server,
        scripted(answer()) as other,
    ):
        async with HttpClient.for_origin(f"{server.origin}/simulators/x") as client:
            response = await client.request("GET", server.origin, max_redirects=1)
            assert response.content == b"here"
            assert response.url == f"{server.origin}/next"
            for url in (other.origin, f"http://localhost:{server.port}", f"https://127.0.0.1:{server.port}"):
                with pytest.raises(Refused):
                    await client.request("GET", url)
        assert other.seen == []


async def test_an_open_name_reaches_loopback_only() -> None:
    async with scripted(answer(body=b"ok")) as server:
        origin = f"http://desk.test:{server.port}"
        inner = HttpClient(open_origins=[origin], resolve=Names(desk_test=[["127.0.0.1"]]))
        lan = HttpClient(open_origins=[origin], resolve=Names(desk_test=[["192.168.1.2"]]))
        async with inner, lan:
            assert (await inner.request("GET", origin)).content == b"ok"
            with pytest.raises(Refused):
                await lan.request("GET", origin)


async def test_redirects_are_followed_only_as_far_as_asked_and_not_for_posts() -> None:
    async with (
        scripted(answer(307, location="/again")) as server,
        HttpClient.for_origin(server.origin) as client,
    ):
        assert (await client.request("GET", server.origin, max_redirects=2)).status_code == 307
        assert len(server.seen) == 3
        assert (await client.request("POST", server.origin, json=1, max_redirects=2)).status_code == 307
        assert len(server.seen) == 4


async def test_credentials_never_go_to_another_host() -> None:
    """Refusal 40: not at once, not by redirect, and not over plain http."""
    secret = {"Authorization": "Bearer secret", "Cookie": "a=b", "X-Api-Key": "k", "X-Other": "stays"}
    async with scripted(answer()) as other:
        async with scripted(answer(302, location=f"{other.origin}/b")) as server:
            client = HttpClient(
                open_origins=[server.origin, other.origin],
                allow_plain_http=True,
                network=Recorder(other.port),
                resolve=Names(cdn_example_com=[["93.184.216.34"]]),
            )
            direct = HttpClient(open_origins=[server.origin, other.origin])
            async with client, direct:
                await direct.request("GET", server.origin, headers=secret, max_redirects=1)
                await client.request("GET", "http://cdn.example.com/a", headers=secret)
                await client.request(
                    "GET", "http://cdn.example.com/a", headers=secret, credential_hosts=["example.org"]
                )
        assert server.seen[0].headers["authorization"] == "Bearer secret"
    assert [seen.headers.get("x-other") for seen in other.seen] == ["stays"] * 3
    for seen in other.seen:
        assert {"authorization", "cookie", "x-api-key"}.isdisjoint(seen.headers)


async def test_named_credential_hosts_get_them_and_only_these() -> None:
    client = HttpClient()
    for url, expected in {
        "https://graph.example.com/": True,
        "https://eu.graph.example.com/": True,
        "https://evilgraph.example.com/": False,
        "https://graph.example.com.evil.net/": False,
        "http://graph.example.com/": False,
    }.items():
        allowed = client._may_see_credentials(httpx2.URL(url), ["graph.example.com"])
        assert allowed is expected, url


async def test_too_much_is_not_read() -> None:
    """Refusal 41: the declared size does not matter, and a packed answer is not unpacked past the limit."""
    sent = 0

    async def endless(_seen: Seen, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
            sent += 1
            await writer.drain()

    bomb = gzip.compress(b"\0" * 50_000_000)
    async with (
        scripted(endless) as flood,
        scripted(answer(413, bomb, content_encoding="gzip")) as packed,
        scripted(answer(body=gzip.compress(b"small"), content_encoding="gzip")) as small,
    ):
        client = HttpClient(open_origins=[flood.origin, packed.origin, small.origin])
        async with client:
            with pytest.raises(TooLarge) as caught:
                await client.request("GET", flood.origin, max_bytes=100_000)
            assert caught.value.status_code == 200
            with pytest.raises(TooLarge) as caught:
                await client.request("GET", packed.origin, max_bytes=1_000_000)
            assert caught.value.status_code == 413
            assert (await client.request("GET", small.origin)).content == b"small"
        assert small.seen[0].headers["accept-encoding"] == "identity"
    assert sent < 1000


async def test_all_time_together_is_bounded() -> None:
    """Refusal 41: a server that drips a byte now and then does not keep us."""

    async def drip(_seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    async with scripted(drip) as server, HttpClient.for_origin(server.origin) as client:
        started = asyncio.get_running_loop().time()
        with pytest.raises(OutcomeUnknown):
            await client.request("POST", server.origin, json={}, timeout_seconds=0.2)
        assert asyncio.get_running_loop().time() - started < 2


async def test_nothing_written_means_safe_to_retry() -> None:
    """G7: refused, unresolvable, and a time-out while waiting for a connection."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        origin = f"http://127.0.0.1:{closed.getsockname()[1]}"
        async with HttpClient.for_origin(origin) as client:
            with pytest.raises(ConnectFailed):
                await client.request("POST", origin, json={})
    with pytest.raises(ConnectFailed):
        await HttpClient(resolve=Names()).request("POST", "https://gone.example.com/", json={})

    async def never(_host: str, _port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return []

    with pytest.raises(ConnectFailed):
        await HttpClient(resolve=never).request(
            "POST", "https://a.example.com/", json={}, timeout_seconds=0.05
        )


async def test_written_without_a_full_answer_means_unknown() -> None:
    """G7: silence, reset, close without an answer, and an answer cut in the middle."""

    async def silent(_seen: Seen, _writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async def cut(_seen: Seen, writer: asyncio.StreamWriter) -> None:
        reset(writer)

    async def close(_seen: Seen, _writer: asyncio.StreamWriter) -> None:
        return

    async def half(_seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly this")
        await writer.drain()

    for script in (silent, cut, close, half):
        async with scripted(script) as server, HttpClient.for_origin(server.origin) as client:
            with pytest.raises(OutcomeUnknown):
                await client.request("POST", server.origin, json={"a": 1}, timeout_seconds=0.3)
            assert server.seen[0].body == b'{"a":1}', script


async def test_bodies_arrive_as_given() -> None:
    async with (
        scripted(answer(201, b'{"id": "1"}', content_type="application/json", x_a="1")) as server,
        HttpClient.for_origin(server.origin) as client,
    ):
        response = await client.request(
            "POST", server.origin, json={"text": "žluťoučký 🐎"}, params={"q": "ä b", "n": 1}
        )
        assert response.json() == {"id": "1"}
        assert (response.is_success, response.headers["x-a"], response.text) == (True, "1", '{"id": "1"}')
        await client.request(
            "POST", server.origin, data={"a": "1"}, files={"file": ("ä.png", b"\x89PNG", "image/png")}
        )
        await client.request("PUT", server.origin, content=b"raw", headers={"Content-Type": "a/b"})
    first, second, third = server.seen
    assert first.line == "POST /?q=%C3%A4+b&n=1 HTTP/1.1"
    assert first.body == '{"text":"žluťoučký 🐎"}'.encode()
    assert second.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b'name="a"\r\n\r\n1\r\n' in second.body
    assert b"image/png\r\n\r\n\x89PNG\r\n" in second.body
    assert (third.line, third.body, third.headers["content-type"]) == ("PUT / HTTP/1.1", b"raw", "a/b")


async def test_the_environment_changes_nothing_and_no_cookie_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with (
        scripted(answer(set_cookie="session=1")) as server,
        HttpClient.for_origin(server.origin) as client,
    ):
        await client.request("GET", server.origin)
        await client.request("GET", server.origin)
        assert "cookie" not in server.seen[1].headers


@pytest.mark.parametrize("value", ["a\r\nX-Injected: 1", "a\nb", "a\x00b"])
async def test_header_injection_is_refused(value: str) -> None:
    """Refusal 47."""
    async with scripted(answer()) as server, HttpClient.for_origin(server.origin) as client:
        with pytest.raises(Refused):
            await client.request("GET", server.origin, headers={"X-Name": value})
        assert server.seen == []


def test_origin_says_its_port() -> None:
    assert origin_of("https://Example.com/a?b") == "https://example.com:443"
    assert origin_of("http://127.0.0.1:8080/x") == "http://127.0.0.1:8080"
