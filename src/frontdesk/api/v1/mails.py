"""A mail's HTML as a document of its own, for a frame in the console: it runs nothing and knows nobody."""

import base64
import hashlib
import re
from typing import Annotated, Any, Literal
from urllib.parse import unquote
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.responses import HTMLResponse, Response

from frontdesk.api.auth import Needs
from frontdesk.api.desk import DeskDep
from frontdesk.api.route import DeskRoute
from frontdesk.domain.errors import NotFound
from frontdesk.domain.scope import Permission, Scope
from frontdesk.kit.hypertext import cleaned
from frontdesk.store import timeline
from frontdesk.store.tx import ReadTx

router = APIRouter(prefix="/v1", tags=["messages"], route_class=DeskRoute)

Reader = Annotated[Scope, Depends(Needs(Permission.CONVERSATIONS_READ))]
Part = Literal["own", "whole"]

_STYLE = """
:root { color-scheme: light dark; }
body { margin: 0; overflow-wrap: anywhere; background: transparent; color: var(--text, CanvasText);
  font: var(--size, 14px)/1.45 var(--font, system-ui, sans-serif); }
a { color: var(--link, LinkText); text-underline-offset: 2px; }
img { max-width: 100%; height: auto; }
p { margin: 0 0 .7em; } p:last-child { margin-bottom: 0; }
blockquote { margin: .7em 0; padding: 0 0 0 10px; border-inline-start: 2px solid var(--line, GrayText); }
pre { white-space: pre-wrap; }
table { max-width: 100%; border-collapse: collapse; } td, th { padding: 2px 8px 2px 0; text-align: start; }
hr { border: 0; border-top: 1px solid var(--line, GrayText); }
h1, h2, h3, h4 { margin: 0 0 .4em; font-size: 1.1em; }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_REMOTE = re.compile(r"https?://", re.IGNORECASE)


@router.get("/messages/{message_id}/html", response_class=HTMLResponse)
async def read_mail_html(
    message_id: UUID,
    desk: DeskDep,
    scope: Reader,
    part: Annotated[Part, Query(description="What its writer wrote, or all with what it quotes.")] = "whole",
    pictures: Annotated[
        Literal["own", "all"], Query(description="Those that it holds, or all: who has the others sees it.")
    ] = "own",
) -> Response:
    """A mail's HTML, cleaned, as a page that may stand in a frame of this desk. It runs no scripts."""

    def query(tx: ReadTx) -> dict[str, Any]:
        row = timeline.get(tx, scope, message_id)
        if row.deleted_at is not None or row.kind != "email":
            raise NotFound("The message is no mail.")
        [message] = desk.views.messages(tx, [row])
        return message["content"]

    content = await desk.store.read(query)
    html = (content.get("own_html") if part == "own" else None) or content.get("html")
    if html is None:
        raise NotFound("The mail has no HTML.")
    return HTMLResponse(
        _page(html, _pictures(content), remote=pictures == "all"), headers=_headers(remote=pictures == "all")
    )


def _pictures(content: dict[str, Any]) -> dict[str, str]:
    """Our links to the pictures that the mail holds, by what its HTML names them by."""
    files = content.get("attachments") or ()
    return {each["content_id"]: each["url"] for each in files if each.get("content_id") and each.get("url")}


def _page(html: str, held: dict[str, str], *, remote: bool) -> str:
    def source_of(address: str) -> str | None:
        if address.lower().startswith("cid:"):
            return held.get(unquote(address[4:]))
        return address if remote and _REMOTE.match(address) else None

    body = cleaned(html, source_of=source_of)
    head = f'<meta charset="utf-8"><title>Mail</title><base target="_blank"><style>{_STYLE}</style>'
    return f'<!doctype html><html lang=""><head>{head}</head><body>{body}</body></html>'


def _headers(*, remote: bool) -> dict[str, str]:
    pictures = "'self' https: http:" if remote else "'self'"
    sandbox = "allow-same-origin allow-popups allow-popups-to-escape-sandbox"
    policy = (
        f"default-src 'none'; img-src {pictures}; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; "
        f"form-action 'none'; frame-ancestors 'self'; sandbox {sandbox}"
    )
    return {
        "Content-Security-Policy": policy,
        "X-Frame-Options": "SAMEORIGIN",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "private, no-store",
    }
