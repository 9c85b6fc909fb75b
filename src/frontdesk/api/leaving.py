"""The page behind "unsubscribe", and the request that a mail program makes by itself (RFC 8058).

Opening the link changes nothing, for programs that look for evil open every link; only a POST does.
"""

import base64
import hashlib
from html import escape

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from frontdesk.api.auth import spend_anonymous
from frontdesk.api.desk import desk_of
from frontdesk.api.lean import BareRoute
from frontdesk.api.requests import read_body
from frontdesk.features.conversations import leaving
from frontdesk.store.tx import ReadTx, Row, Tx

router = APIRouter(prefix="/leave", tags=["opt-outs"], route_class=BareRoute)

_STYLE = """
:root { color-scheme: light dark; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: Canvas;
  color: CanvasText; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 26rem; padding: 2rem 1.5rem; }
h1 { margin: 0 0 .5rem; font-size: 1.35rem; } p { margin: 0 0 1.25rem; overflow-wrap: anywhere; }
button { padding: .6rem 1.2rem; border: 0; border-radius: .5rem; font: inherit; font-weight: 600;
  color: Canvas; background: CanvasText; cursor: pointer; }
button:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex",
}


@router.get("/{token}", response_class=HTMLResponse)
async def show_leaving(token: str, request: Request) -> Response:
    """Ask whether somebody wants no more unasked messages; opening it changes nothing."""
    spend_anonymous(request)
    desk = desk_of(request)
    message_id = desk.leaving.read(token)

    def query(tx: ReadTx) -> tuple[Row, bool]:
        row = leaving.reader(tx, message_id)
        return row, leaving.has_left(tx, row)

    row, has_left = await desk.store.read(query)
    return _left(row) if has_left else _asked(row)


@router.post("/{token}", response_class=HTMLResponse)
async def leave(token: str, request: Request) -> Response:
    """They want none: a person by the page's button, or their mail program by one click."""
    spend_anonymous(request)
    desk = desk_of(request)
    message_id = desk.leaving.read(token)
    await read_body(request)

    def change(tx: Tx) -> Row:
        row = leaving.reader(tx, message_id)
        leaving.leave(tx, row)
        return row

    row = await desk.store.write(change)
    desk.places.forget()
    return _left(row)


def _asked(row: Row) -> Response:
    name, address = escape(row.name), escape(row.address)
    return _page(
        "Unsubscribe",
        f"<p>Shall {name} write no more to {address} unasked? What you write yourself is still answered.</p>"
        '<form method="post"><button>Unsubscribe</button></form>',
    )


def _left(row: Row) -> Response:
    name, address = escape(row.name), escape(row.address)
    return _page(
        "You are unsubscribed",
        f"<p>{name} writes no more to {address} unasked. What you write yourself is still answered.</p>",
    )


def _page(title: str, body: str) -> Response:
    head = (
        f'<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{_STYLE}</style>"
    )
    main = f"<main><h1>{title}</h1>{body}</main>"
    html = f'<!doctype html><html lang="en"><head>{head}</head><body>{main}</body></html>'
    return HTMLResponse(html, headers=_HEADERS)
