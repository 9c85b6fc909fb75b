"""HTML that others wrote: bounded, and made safe to show in a frame without scripts. Pure."""

import re
from collections.abc import Callable

import nh3

MAX_HTML = 2_000_000
_DEEPEST = 1000
_NESTING = re.compile(
    r"<(/?)(?!(?:area|br|col|dd|dt|hr|img|input|li|link|meta|option|p|td|th|tr|wbr)\b)[a-z]", re.IGNORECASE
)
_TAG = re.compile(r"<[^<>]*>")
_SCHEMES = {"http", "https", "mailto", "tel", "cid"}


def bounded(html: str) -> str:
    """HTML that parses in bounded time: nested deeper than any mail, it loses its tags.

    Parsers take the square of the depth.
    """
    cut = html[:MAX_HTML]
    depth = deepest = 0
    for match in _NESTING.finditer(cut):
        depth = max(0, depth - 1) if match[1] else depth + 1
        deepest = max(deepest, depth)
    return cut if deepest <= _DEEPEST else _TAG.sub(" ", cut)


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
