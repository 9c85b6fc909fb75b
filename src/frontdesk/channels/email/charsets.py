"""Bytes of mails as text: by their declared charset, by what programs mean by it, else by guess. Pure."""

import codecs
import re

_MEANT = {
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "ansi_x3.4-1968": "utf-8",
    "iso-8859-8-i": "iso-8859-8",
    "unicode-1-1-utf-7": "utf-7",
    "utf8": "utf-8",
    "x-unknown": "utf-8",
    "unknown-8bit": "utf-8",
}
"""What programs mean by a name (encoding.spec.whatwg.org, "Names and labels")."""
_LATIN = frozenset({"iso-8859-1", "latin1", "latin-1", "iso8859-1", "l1"})
_NO_CHARSETS = frozenset(
    {"unicode-escape", "raw-unicode-escape", "idna", "punycode", "undefined", "mbcs", "oem"}
)
_C1 = re.compile(rb"[\x80-\x9f]")


def decoded(content: bytes, charset: str | None) -> str:
    """Bytes as text; never fails. NUL, which no store takes, is left out."""
    named = (charset or "utf-8").strip().strip("\"'").lower()
    if named in _LATIN and _C1.search(content) and _strictly(content, "utf-8") is None:
        named = "cp1252"  # no mail has control characters there; Windows' quotes and dashes are
    for name in (_MEANT.get(named, named), "utf-8"):
        text = _strictly(content, name)
        if text is not None:
            return _storable(text)
    if _is_text_codec(_MEANT.get(named, named)) and named not in ("utf-8", "us-ascii", "ascii"):
        return _storable(content.decode(_MEANT.get(named, named), "replace"))
    return _storable(content.decode("cp1252", "replace"))


def _storable(text: str) -> str:
    """Text without what no store takes: NUL, and halves of surrogate pairs, which some charsets can say."""
    text = text.replace("\x00", "")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _strictly(content: bytes, name: str) -> str | None:
    if not _is_text_codec(name):
        return None
    try:
        return content.decode(name)
    except (UnicodeError, ValueError):
        return None


def _is_text_codec(name: str) -> bool:
    """Whether a codec of this name makes text (and not, say, unpacked or executed bytes)."""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError, UnicodeError):
        return False
    is_charset = found.name.replace("_", "-") not in _NO_CHARSETS
    return is_charset and bool(getattr(found, "_is_text_encoding", True))
