"""HTML of mails: as plain text, and without what it quotes. Pure."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from frontdesk.kit.hypertext import bounded

_MAX_DEPTH = 250
_HIDDEN = frozenset({"script", "style", "head", "title", "noscript", "template", "object", "svg", "math"})
_BLOCKS = frozenset(
    {"p", "div", "li", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "hr", "center"}
    | {"section", "article", "header", "footer", "address", "dl", "dt", "dd", "form", "fieldset", "body"}
)
_QUOTES = (
    "div.gmail_quote, .gmail_attr, .moz-cite-prefix, .yahoo_quoted, .protonmail_quote, .tutanota_quote, "
    ".zmail_extra, .AOLReplyQuote, #OLK_SRC_BODY_SECTION, #mail-editor-reference-message-container"
)
_CUTS = (
    "#divRplyFwdMsg, #x_divRplyFwdMsg, #appendonsend, #stopSpelling, #zwchr, hr[tabindex='-1'], "
    "div[style*='border-top:solid #b5c4df' i], div[style*='border-top:solid #e1e1e1' i], "
    "div[style*='border-top: solid #b5c4df' i], div[style*='border-top:1px solid #b5c4df' i]"
)
"""From these on all is quoted: Outlook and its kin put the quoted mail beside, not within."""
_GAPS = re.compile(r"\n{3,}")
_SPACES = re.compile(r"[ \t\r\n\f]+")


def text_of(html: str) -> str:
    """HTML as plain text: blocks on lines of their own, quotes behind ">"."""
    tree = LexborHTMLParser(bounded(html))
    return _Rendering().text(tree.body or tree.root)


def own_text_of(html: str) -> str:
    """HTML as plain text without the parts that mail programs mark as quoted.

    When nothing is left (a forwarded mail), all of it.
    """
    tree = LexborHTMLParser(bounded(html))
    quotes = {node.mem_id for node in tree.css(_QUOTES) if _ends_in_quote(node)}
    cuts = {node.mem_id for node in tree.css(_CUTS)}
    root = tree.body or tree.root
    return _Rendering(quotes, cuts).text(root) or _Rendering().text(root)


def _ends_in_quote(node: LexborNode) -> bool:
    """Whether a marked part holds no text of the writer's after (or between) what it quotes."""
    if "gmail_quote" not in (node.attributes.get("class") or ""):
        return True
    quote = node.css_first("blockquote")
    following = quote.next if quote is not None else None
    while following is not None:
        if following.text(deep=True).strip():
            return False
        following = following.next
    return True


class _Rendering:
    """One pass over a tree: skips the quotes, and stops at the first cut once something was said."""

    def __init__(self, quotes: set[int] | None = None, cuts: set[int] | None = None) -> None:
        self._quotes, self._cuts = quotes or set(), cuts or set()
        self._out: list[str] = []
        self._is_cut = False

    def text(self, root: LexborNode | None) -> str:
        """The text under a node."""
        if root is not None:
            self._children(root, 0, kept=False)
        lines = (line.rstrip() for line in "".join(self._out).split("\n"))
        return _GAPS.sub("\n\n", "\n".join(lines)).strip()

    def _children(self, node: LexborNode, depth: int, *, kept: bool) -> None:
        child = node.first_child
        while child is not None and not self._is_cut and depth < _MAX_DEPTH:
            self._one(child, depth, kept=kept)
            child = child.next

    def _one(self, node: LexborNode, depth: int, *, kept: bool) -> None:
        tag = node.tag or ""
        if node.mem_id in self._cuts and "".join(self._out).strip():
            self._is_cut = True
        elif tag == "-text":
            self._say(node.text_content or "", kept=kept)
        elif tag == "br":
            self._out.append("\n")
        elif tag in _HIDDEN or tag.startswith(("-", "!")) or node.mem_id in self._quotes:
            return
        elif tag == "blockquote":
            self._quote(node, depth)
        elif tag in _BLOCKS:
            self._block(node, tag, depth, kept=kept)
        else:
            self._children(node, depth + 1, kept=kept)
            if tag in ("td", "th"):
                self._out.append(" ")

    def _block(self, node: LexborNode, tag: str, depth: int, *, kept: bool) -> None:
        self._new_line()
        self._children(node, depth + 1, kept=kept or tag == "pre")
        self._new_line()
        if tag == "p":
            self._out.append("\n")

    def _quote(self, node: LexborNode, depth: int) -> None:
        outer, self._out = self._out, []
        self._children(node, depth + 1, kept=False)
        inner = _GAPS.sub("\n\n", "".join(self._out)).strip()
        self._out = outer
        self._new_line()
        if inner:
            self._out.append("\n".join(f"> {line.strip()}" for line in inner.split("\n")) + "\n")

    def _say(self, text: str, *, kept: bool) -> None:
        at_start = not self._out or self._out[-1].endswith("\n")
        if kept:
            self._out.append(text)
            return
        flat = _SPACES.sub(" ", text.replace("\xa0", " "))
        flat = flat.lstrip(" ") if at_start else flat
        if flat:
            self._out.append(flat)

    def _new_line(self) -> None:
        if self._out and not self._out[-1].endswith("\n"):
            self._out.append("\n")


def own_html_of(html: str) -> str | None:
    """HTML without the parts that mail programs mark as quoted, not cleaned yet.

    None when nothing is marked, or nothing is left.
    """
    tree = LexborHTMLParser(bounded(html))
    root = tree.body or tree.root
    quotes = {node.mem_id for node in tree.css(_QUOTES) if _ends_in_quote(node)}
    quotes |= {node.mem_id for node in tree.css("blockquote[type='cite' i]") if _is_last(node)}
    cuts = {node.mem_id for node in tree.css(_CUTS)}
    pruning = _Pruning(quotes, cuts)
    if root is None or not pruning.prune(root) or not pruning.said:
        return None
    return root.inner_html


def _is_last(node: LexborNode) -> bool:
    """Whether nothing is said after a node."""
    at: LexborNode | None = node
    while at is not None and at.tag != "body":
        following = at.next
        while following is not None:
            if following.text(deep=True).strip():
                return False
            following = following.next
        at = at.parent
    return True


class _Pruning:
    """One pass over a tree: takes out the quotes, and all after the first cut once something was said."""

    def __init__(self, quotes: set[int], cuts: set[int]) -> None:
        self._quotes, self._cuts = quotes, cuts
        self._is_cut = False
        self.said = False
        """Whether something is left to read or to see."""

    def prune(self, node: LexborNode, depth: int = 0) -> bool:
        """Whether something below the node was taken out."""
        pruned = False
        child = node.first_child
        while child is not None:
            following = child.next
            if self._is_cut or child.mem_id in self._quotes or (self.said and child.mem_id in self._cuts):
                self._is_cut = self._is_cut or child.mem_id in self._cuts
                child.remove()
                pruned = True
            elif depth < _MAX_DEPTH and child.tag not in _HIDDEN:
                is_text = child.tag == "-text" and bool((child.text_content or "").strip())
                self.said = self.said or is_text or child.tag == "img"
                pruned = self.prune(child, depth + 1) or pruned
            child = following
        return pruned
