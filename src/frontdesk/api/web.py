"""The built web pages: the console with its history fallback, the widget's files, the demo's shop.

Files are read once. Names with a hash are kept by browsers for good, everything else is asked for each time.
"""

import gzip
import hashlib
import html
import mimetypes
import re
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from frontdesk.api.desk import ApiConfig
from frontdesk.api.errors import ApiError
from frontdesk.api.guards import CONTENT_SECURITY_POLICY

STATIC = Path(__file__).parent / "static"
DEMO = Path(__file__).parent / "static_demo"
_HASHED = re.compile(r"-[\w-]{8,}\.\w+$")
_API = ("/v1/", "/hooks/", "/health/", "/simulators", "/widget/", "/assets/", "/docs/", "/demo/")
_ROOTED = re.compile(rb'((?:src|href)=")/(?!/)')
_TEXT = ("text/", "application/javascript", "application/json", "image/svg")


@dataclass(slots=True)
class File:
    """One file as it is served."""

    content: bytes
    mime: str
    is_hashed: bool
    etag: str = field(init=False)
    packed: bytes | None = field(init=False)

    def __post_init__(self) -> None:
        self.etag = f'"{hashlib.sha256(self.content).hexdigest()[:24]}"'
        small = len(self.content) < 1024 or not self.mime.startswith(_TEXT)
        self.packed = None if small else gzip.compress(self.content, 6, mtime=0)

    def response(self, request: Request) -> Response:
        """The answer, short if the browser has the file."""
        headers = {
            "ETag": self.etag,
            "Cache-Control": "public, max-age=31536000, immutable" if self.is_hashed else "no-cache",
            "Vary": "Accept-Encoding",
        }
        if request.headers.get("if-none-match") == self.etag:
            return Response(status_code=304, headers=headers)
        if self.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(
                self.packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=self.mime
            )
        return Response(self.content, headers=headers, media_type=self.mime)


class Folder:
    """The files of a folder by their path in it, read at the first use."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @cached_property
    def files(self) -> dict[str, File]:
        """All files."""
        return {
            path.relative_to(self._root).as_posix(): _read(path)
            for path in sorted(self._root.rglob("*"))
            if path.is_file()
        }

    def get(self, name: str) -> File:
        """A file.

        Raises:
            HTTPException: There is none (404).
        """
        found = self.files.get(name)
        if found is None:
            raise HTTPException(404)
        return found


def _read(path: Path) -> File:
    mime = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if path.suffix == ".js":
        mime = "text/javascript"
    return File(path.read_bytes(), mime, bool(_HASHED.search(path.name)))


class Pages:
    """Answers whatever is no route of the API: the console's pages and files, and the widget's.

    Args:
        config: Tells the prefix of a reverse proxy.
        static: The folder with `console` and `widget`.
    """

    def __init__(self, config: ApiConfig, static: Path | None = None) -> None:
        self._config, static = config, static or STATIC
        self._console, self._widget = Folder(static / "console"), Folder(static / "widget")
        self._demo = Folder(DEMO)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request that no route took."""
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 4404, "reason": "not_found"})
            return
        request = Request(scope)
        path: str = scope["path"].removeprefix(self._config.base_path) or "/"
        if scope["method"] not in {"GET", "HEAD"}:
            raise HTTPException(404)
        await self._find(request, path)(scope, receive, send)

    def _find(self, request: Request, path: str) -> Response:
        if path == "/widget.js":
            return self._widget.get("widget.js").response(request)
        if path.startswith("/widget/"):
            return self._widget.get(path.removeprefix("/widget/")).response(request)
        if path in {"/demo/shop", "/demo/shop.css"}:
            return self._shop(request, path)
        if path == "/favicon.ico":  # asked for by pages that name no icon
            path = "/favicon.svg"
        if path.startswith("/assets/") or "." in path:
            return self._console.get(path.removeprefix("/")).response(request)
        if path.startswith(_API):
            raise HTTPException(404)
        return self._index(request)

    def _index(self, request: Request) -> Response:
        page = self._console.files.get("index.html")
        if page is None:
            raise ApiError(503, "The console is not built.", hint="Run `make setup`, or install a wheel.")
        nonce = secrets.token_urlsafe(16)
        base = self._config.base_path
        head = f'<head><base href="{html.escape(base)}/"><meta name="csp-nonce" content="{nonce}">'
        if self._config.session_cookie not in request.cookies:
            head += '<meta name="signed-out">'  # spares the page a question whose answer is 401
        content = _ROOTED.sub(rf"\g<1>{base}/".encode(), page.content)
        content = content.replace(b"<head>", head.encode(), 1)
        policy = CONTENT_SECURITY_POLICY.replace("style-src 'self'", f"style-src 'self' 'nonce-{nonce}'")
        headers = {"Content-Security-Policy": policy, "Cache-Control": "no-cache"}
        return Response(content, headers=headers, media_type="text/html")

    def _shop(self, request: Request, path: str) -> Response:
        """The sample page with the widget: `?theme=dark`, `?lang=es`, `?as=Priya`, `?chat=open`."""
        key = self._config.demo_public_key
        if key is None:
            raise HTTPException(404)
        if path.endswith(".css"):
            return self._demo.get("shop.css").response(request)
        values = _shop_values(request, key)
        page = self._demo.get("shop.html").content.decode()
        for name, value in values.items():
            page = page.replace("{{ " + name + " }}", value)
        content = _ROOTED.sub(rf"\g<1>{self._config.base_path}/".encode(), page.encode())
        headers = {
            "Cache-Control": "no-cache",
            "Content-Security-Policy": _SHOP_POLICY,
            "X-Frame-Options": "SAMEORIGIN",
        }
        return Response(content, media_type="text/html", headers=headers)


_SHOP_POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""As strict as a shop's page can be; only the page of the phones may frame it."""


def _shop_values(request: Request, key: str) -> dict[str, Any]:
    theme = request.query_params.get("theme", "")
    language = request.query_params.get("lang", "")
    visitor = request.query_params.get("as", "")
    attributes = [
        f' data-language="{language}"' if re.fullmatch(r"[a-z]{2}", language) else "",
        f' data-name="{visitor}" data-profile="{visitor}"' if re.fullmatch(r"\w{1,40}", visitor) else "",
        " data-open" if request.query_params.get("chat") == "open" else "",
    ]
    return {
        "public_key": html.escape(key),
        "theme": f' data-theme="{theme}"' if theme in {"light", "dark"} else "",
        "attributes": "".join(attributes),
    }
