"""HTML that others wrote: bounded, and made safe to show in a frame without scripts. Pure."""

import re
from collections.abc import Callable
from html.entities import html5

import nh3

MAX_HTML = 2_000_000
_DEEPEST = 1000
_NESTING = re.compile(
    r"<(/?)(?!(?:area|br|col|dd|dt|hr|img|input|li|link|meta|option|p|td|th|tr|wbr)\b)[a-z]", re.IGNORECASE
)
_MOST_AMPERSANDS, _CUT = 10_000, 300_000
_AMPERSAND = re.compile(r"&(?!#\d{1,7};|#[xX][0-9a-fA-F]{1,6};)([A-Za-z][A-Za-z0-9]{0,31};)?")
_TAG = re.compile(r"<[^<>]*>")
_SCHEMES = {"http", "https", "mailto", "tel", "cid"}


def bounded(html: str) -> str:
    """HTML that parses in bounded time: nested deeper than any mail, it loses its tags.

    Parsers take the square of the depth, and of how many ampersands there are: with very many it is cut.
    """
    cut = html[:MAX_HTML]
    if cut.count("&") > _MOST_AMPERSANDS and sum(1 for _ in _AMPERSAND.finditer(cut)) > _MOST_AMPERSANDS:
        cut = _AMPERSAND.sub(_written_out, cut[:_CUT])[:_CUT]
    depth = deepest = 0
    for match in _NESTING.finditer(cut):
        depth = max(0, depth - 1) if match[1] else depth + 1
        deepest = max(deepest, depth)
    return cut if deepest <= _DEEPEST else _TAG.sub(" ", cut)


def _written_out(match: re.Match[str]) -> str:
    return match[0] if match[1] in html5 else f"&amp;{match[1] or ''}"


def cleaned(html: str, *, source_of: Callable[[str], str | None] | None = None) -> str:
    """HTML without active content and relative addresses.

    Args:
        html: Whatever somebody wrote.
        source_of: Gives the address of a picture by the one that stands there; None leaves the picture out.
    """

    def attribute(tag: str, name: str, value: str) -> str | None:
        if source_of is not None and tag == "img" and name == "src":
            return source_of(value)
        return value

    return nh3.clean(bounded(html), url_schemes=_SCHEMES, attribute_filter=attribute)
