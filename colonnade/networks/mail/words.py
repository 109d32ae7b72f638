"""The letters of a message: charsets guessed where the label is wrong, encoded words in headers decoded."""

from __future__ import annotations

import binascii
import codecs
import re

_WIDER = {
    "ascii": "utf-8",
    "iso8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
}
_TEXTUAL = re.compile(
    r"utf-(7|8|16|16-be|16-le|32|32-be|32-le)|cp\d+|iso8859-\d+|koi8-\w|gb18030|big5|big5hkscs"
    r"|euc_(jp|jis_2004|jisx0213)|iso2022_\w+|johab|mac-\w+|hz|shift_jis\w*"
)
_ONE_BYTE = re.compile(r"utf-8|cp125\d|iso8859-\d+")
_ENCODED_WORD = re.compile(r"=\?([^?*\s]{1,60})(?:\*[^?\s]{0,40})?\?([bBqQ])\?([^?]*)\?=")
_GAPS = re.compile(r"[\x00-\x1f\x7f\s]+")


def decoded(raw: bytes, charset: str) -> str:
    """The text of some bytes: by the label if it fits, else UTF-8, else Windows-1252, which fits everything.

    A few broken bytes in UTF-8 cost themselves and not the rest.
    """
    named = _codec(charset)
    for codec in (named, "utf-8") if named else ("utf-8",):
        try:
            return _sound(raw.decode(codec))
        except UnicodeError:
            continue
    if named and not _ONE_BYTE.fullmatch(named):
        return _sound(raw.decode(named, "replace"))
    mostly = raw.decode("utf-8", "replace")
    lost = mostly.count("\ufffd")
    sound = sum(letter > "\x7f" for letter in mostly) - lost
    return mostly if lost <= sound else raw.decode("cp1252", "replace")


def header_text(value: str, most: int = 4000) -> str:
    """A header's value as people read it: one line, encoded words (RFC 2047) decoded, of its first `most` characters."""
    line = decoded(value[:most].encode("utf-8", "surrogateescape"), "")
    told: list[str] = []
    word, charset, place = b"", "", 0
    for found in _ENCODED_WORD.finditer(line):
        between = line[place : found.start()]
        # White space between two encoded words is no white space; a letter may begin in one and end in the next.
        if between.strip() or not told or found[1].lower() != charset:
            told += [decoded(word, charset), between if between.strip() or not told else ""]
            word = b""
        word, charset, place = word + _bytes_of(found[2], found[3]), found[1].lower(), found.end()
    told += [decoded(word, charset), line[place:]]
    return _GAPS.sub(" ", "".join(told)).strip()


def _bytes_of(encoding: str, word: str) -> bytes:
    raw = word.encode("utf-8", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(raw, header=True)
    return base64_bytes(raw)


def base64_bytes(raw: bytes) -> bytes:
    """What can be read of some base64: what is no letter of it is passed over, a tail cut off costs only itself."""
    letters = re.sub(rb"[^A-Za-z0-9+/]+", b"", raw)
    usable = letters[: len(letters) - (len(letters) % 4 == 1)]
    return binascii.a2b_base64(usable + b"=" * (-len(usable) % 4))


def _codec(charset: str) -> str:
    """Python's name of a charset, of the wider one that senders mean by it; "" if it is none for text."""
    try:
        name = codecs.lookup(charset.strip().strip("\"'")).name if charset.isascii() and charset else ""
    except (LookupError, ValueError):
        return ""
    name = _WIDER.get(name, name)
    return name if _TEXTUAL.fullmatch(name) else ""


def _sound(text: str) -> str:
    """Without half characters, which no database takes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text
