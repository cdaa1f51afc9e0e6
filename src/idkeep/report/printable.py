"""Text from AWS that may be hostile, made safe to show.

A name may hold terminal escapes, and marks that turn the reading direction so that one name looks
like another. Both are shown by their code, so that nothing is lost and nothing acts.
"""

import re

# C0 and C1 controls, DEL; bidi marks, embeddings, overrides, isolates; zero-width and line
# separators; the byte-order mark; fillers, joiners and selectors that show nothing; tag
# characters; lone surrogates; the two that are no characters, which XML forbids.
_HOSTILE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e0fff]"
)
_ACTING = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def printable(text: str) -> str:
    r"""`text` with every such character as `\u202e`; a line feed too."""
    return _HOSTILE.sub(lambda found: _escape(found[0]), text)


def uri_path(path: str) -> str:
    """As a relative reference: what a URI does not take stands percent-encoded."""
    encoded = re.sub(
        rb"[^A-Za-z0-9._~/-]",
        lambda one: b"%%%02X" % one[0][0],
        path.encode(errors="surrogatepass"),
    )
    return encoded.decode()


def escaped_json(document: bytes) -> bytes:
    """The same JSON document in which those characters are JSON escapes, for a terminal's sake.

    Line feeds and spaces between values stay as they are: inside strings JSON has none.
    """
    if document.isascii() and not _ACTING.search(document):  # as nearly all of it is
        return document
    return escaped_json_text(document.decode()).encode()


def escaped_json_text(text: str) -> str:
    """As `escaped_json`; half of a surrogate pair, which UTF-8 can't write, is an escape too."""
    return _HOSTILE.sub(lambda found: found[0] if found[0] in "\n\t\r" else _utf16(found[0]), text)


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 -- the BMP


def _utf16(character: str) -> str:
    """JSON escapes are UTF-16 code units."""
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
