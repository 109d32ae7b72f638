"""Text as people write it: put in order, cut, folded for comparing, split into words.

Everything here is linear in the length of the text, whatever is in it. Two things in the libraries are not, and are
worked around: putting a long run of combining marks into canonical order, and finding graphemes in a long run of flags.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import regex

MAX_TEXT = 100_000
"""Code points of one text at most, anywhere in the house. What is longer is cut, and says so."""

MAX_MARKS = 8
"""Combining marks that may stand on one base letter. Written languages need at most five or six."""

_NEWLINES = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNPAIRED = re.compile("[\ud800-\udfff]")
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
_OVERRIDES = "\u202a-\u202e"
_DROPPED = re.compile(
    f"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f{_OVERRIDES}\ufeff\ufff9-\ufffb{_NONCHARACTERS}]"
)
_ISOLATES = re.compile("[\u2066-\u2069]")
_FLAG_OR_TAGS = re.compile("(\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f)|[\U000e0000-\U000e007f]+")
# Characters on which putting in order, and folding by more than their case, changes nothing, alone or side by side: no
# marks, no jamo, nothing that is composed or dropped. Nearly all texts consist of them (tests prove both sets).
_SETTLED = re.compile(
    "[\t\n\x20-\x7e\xa0-\u02ff\u0400-\u0482\u048a-\u04ff\u2010-\u2027\u20a0-\u20bf\u3001-\u3020\u3041-\u3096"
    "\u30a1-\u30fa\u4e00-\u9fff\U0001f300-\U0001f3f3\U0001f400-\U0001f64f]*"
)
_FOLDED_BY_CASE = re.compile(
    "[\t\n\x20-\x7e\xa1-\xa7\xa9\xab\xac\xae\xb0\xb1\xb6\xb7\xbb\xbf-\u012f\u0131\u0134-\u013e\u0141-\u0148\u014a-\u017e"
    "\u0400-\u0482\u048a-\u04ff\u2010\u2012-\u2016\u2018-\u2023]*"
)
_ORPHAN_MARKS = regex.compile(r"(?:\A|(?<=\n))\p{M}+")
_MARKS_TOO_MANY = regex.compile(rf"(\p{{M}}{{{MAX_MARKS}}})\p{{M}}+")
_GRAPHEME = regex.compile(r"\p{RI}{2}[\p{GCB=Extend}\p{GCB=ZWJ}\p{GCB=SpacingMark}]*|\X")
_IGNORABLE = regex.compile(r"[\p{Default_Ignorable_Code_Point}--\u200b]+", flags=regex.VERSION1)
# Scripts written without spaces; the long mark of Japanese belongs to no script of its own.
_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\u30fc\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
_WORD = regex.compile(
    rf"[{_UNSPACED}&&[\p{{L}}\p{{N}}]]\p{{M}}*"
    rf"|(?:[[\p{{L}}\p{{M}}\p{{N}}]--{_UNSPACED}]|(?<!{_UNSPACED})\p{{M}})+",
    flags=regex.VERSION1,
)
_RUN = regex.compile(
    rf"[{_UNSPACED}&&[\p{{L}}\p{{N}}]][\p{{M}}\p{{Default_Ignorable_Code_Point}}]*"
    rf"|(?:[[\p{{L}}\p{{M}}\p{{N}}]--{_UNSPACED}]|(?<!{_UNSPACED})\p{{M}}|[\p{{Default_Ignorable_Code_Point}}--\u200b])+",
    flags=regex.VERSION1,
)
_CUT = regex.compile(rf"{_UNSPACED}\p{{M}}*|[^{_UNSPACED[1:-1]}]+", flags=regex.VERSION1)
# Texts without marks and without those scripts, of which nearly all consist: plain expressions are five times as fast.
_WITHOUT_MARKS = re.compile(
    "[\x00-\u02e9\u0370-\u0482\u048a-\u0556\u0559-\u058a\u1e00-\u208e\u20a0-\u20bf\u2100-\u2bff\ua640-\ua66e\uac00-\ud7a3\U0001f000-\U0001f1ff\U0001f300-\U0001faff]*"
)
_PLAIN_WORD = re.compile(r"[^\W_]+")
# Folding would make letters of them, and "Apple™" a word that nobody looks for.
_TRADE_MARKS = str.maketrans(dict.fromkeys("™℠", " "))
# Texts in which all but letters is ASCII; of their bytes those of ASCII alone can part words.
_PARTED_BY_ASCII = re.compile("[\x00-\x7f\xdf-\xf6\xf8-\u0148\u014a-\u017e\u0430-\u0481\u048b-\u04ff]*")
_ASCII_SEPARATORS = bytes(code if code > 127 or chr(code).isalnum() else 32 for code in range(256))
_VISIBLE = regex.compile(
    r"[[\p{L}\p{N}\p{P}\p{S}\p{Co}]--[\p{Default_Ignorable_Code_Point}\u2800]]", flags=regex.VERSION1
)


class Isolates:
    """Keeps direction isolates balanced (UAX 9, BD9) over a text that comes in pieces."""

    def __init__(self) -> None:
        self._open = 0

    def balance(self, text: str) -> str:
        """`text` without closes that open nothing; each line end closes what its line left open."""
        if not _ISOLATES.search(text) and not (self._open and "\n" in text):
            return text
        kept: list[str] = []
        for letter in text:
            if letter == "\u2069":
                if not self._open:
                    continue
                self._open -= 1
            elif "\u2066" <= letter <= "\u2068":
                self._open += 1
            elif letter == "\n":
                kept.append(self.close())
            kept.append(letter)
        return "".join(kept)

    def close(self) -> str:
        """The closes for what is still open; after it nothing is."""
        closes, self._open = "\u2069" * self._open, 0
        return closes


def normalise(text: str) -> str:
    """The text in the one form in which the house keeps text: NFC, with "\\n" for every kind of line end.

    Dropped: control characters (tab and line end stay), noncharacters, tag characters outside flags, marks that stand
    on nothing, and marks beyond MAX_MARKS on one base; a text of combining marks alone becomes "". Half a surrogate
    pair becomes U+FFFD. Of the characters that steer direction, embeddings and overrides are dropped, since they can
    show letters in an order in which they were not written; isolates stay and are balanced inside their line, so that
    a name cannot turn round what follows it; the plain marks (LRM, RLM, ALM) stay. Twice is the same as once.
    """
    if _SETTLED.fullmatch(text):  # no isolates among those either
        return text
    isolates = Isolates()
    return normalise_part(text, isolates) + isolates.close()


def normalise_part(text: str, isolates: Isolates) -> str:
    """As `normalise`, of one piece of a text that has more pieces: isolates may stay open until `isolates.close()`."""
    if _SETTLED.fullmatch(text):
        return isolates.balance(text)
    text = _NEWLINES.sub("\n", text)
    if text.isascii() and not _DROPPED.search(text):
        return isolates.balance(text)
    text = paired(text)
    text = _DROPPED.sub("", text)
    text = _FLAG_OR_TAGS.sub(r"\1", text)
    text = isolates.balance(text)
    return _few_marks(unicodedata.normalize("NFC", _few_marks(text)))


def paired(text: str) -> str:
    """The text with U+FFFD for each half of a surrogate pair, which no encoder takes."""
    return text if text.isascii() else _UNPAIRED.sub("\ufffd", text)


def _few_marks(text: str) -> str:
    if text.isascii():
        return text
    return _MARKS_TOO_MANY.sub(r"\1", _ORPHAN_MARKS.sub("", text))


def is_blank(text: str) -> bool:
    """Whether nothing of the text could be seen: only space, fillers, marks without letters, control characters."""
    return _VISIBLE.search(text) is None


def bounded(text: str, most: int = MAX_TEXT) -> tuple[str, bool]:
    """The text cut to at most `most` code points, and whether anything was cut off."""
    return (text, False) if len(text) <= most else (text[:most], True)


def graphemes(text: str) -> Iterator[str]:
    """What a reader would call the letters of the text: extended grapheme clusters (UAX 29)."""
    return (found.group() for found in _GRAPHEME.finditer(text))


def grapheme_length(text: str) -> int:
    """How many letters a reader would count."""
    if text.isascii():
        return len(text) - text.count("\r\n")
    return sum(1 for _ in _GRAPHEME.finditer(text))


def excerpt(text: str, most: int, *, ending: str = "…") -> str:
    """One line of at most `most` graphemes, `ending` included when something was left out.

    White space becomes single spaces. The cut never falls inside a grapheme, and falls between words if that gives
    away no more than a quarter of the room.
    """
    text, was_cut = bounded(text, most * 32)
    line = " ".join(text.split())
    letters = (
        line if line.isascii() else list(graphemes(line))
    )  # without line ends each letter of ASCII is one
    if len(letters) <= most and not was_cut:
        return line
    room = max(most - grapheme_length(ending), 0)
    head = "".join(letters[:room])
    at_word = head.rfind(" ")
    if at_word >= len(head) * 3 // 4 and "".join(letters[room : room + 1]) not in ("", " "):
        head = head[:at_word]
    return head.rstrip() + ending


def fold(text: str) -> str:
    """The text as it is compared: width, ligatures and case made one, invisible characters gone (as NFKC_Casefold).

    Accents stay: "café" and "cafe" are two words. U+200B stays, since Khmer and Thai part words with it.
    """
    if text.isascii():
        return text.lower()
    if _FOLDED_BY_CASE.fullmatch(text):
        return text.casefold()
    text = _few_marks(_IGNORABLE.sub("", text))
    text = unicodedata.normalize("NFKC", text).casefold()
    text = unicodedata.normalize("NFKC", _few_marks(text))
    return _IGNORABLE.sub("", text)


def words(text: str) -> list[str]:
    """The words of the text in order: folded runs of letters, digits and marks; everything else separates.
    Signs of a trade mark are no letters, though folding makes "tm" of them.

    In scripts written without spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese) every letter with its marks is a word:
    a name is found as letters side by side, wherever in a run it stands.
    """
    folded = fold(text if text.isascii() else text.translate(_TRADE_MARKS))
    if not folded.isascii() and not _PARTED_BY_ASCII.fullmatch(folded):
        return (_PLAIN_WORD if _WITHOUT_MARKS.fullmatch(folded) else _WORD).findall(folded)
    return folded.encode().translate(_ASCII_SEPARATORS).decode().split()


def runs(text: str) -> Iterator[regex.Match[str]]:
    """Where in a text that is not folded its words stand."""
    return _RUN.finditer(text)


def cut(text: str) -> list[str]:
    """A run of letters (with other signs among them) parted where letters of scripts without spaces stand."""
    return [piece.group() for piece in _CUT.finditer(text)]
