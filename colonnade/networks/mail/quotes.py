"""What of a mail's text is new: the message it answers, quoted at the end, is cut off; in doubt it stays.

Only a tail is cut, and only where something marks it: lines that begin with ">", a line that says who wrote when, a
ruler with "Original Message", or a block of headers. Where own words follow the quote, all of it stays, since then
somebody answers point by point.
"""

from __future__ import annotations

import re

_WROTE = "wrote|writes|schrieb|schreibt|a écrit|écrivait|escribió|ha scritto|schreef|escreveu|napisał|skrev|kirjoitti|написал|пишет"
_ATTRIBUTION = re.compile(
    rf"\s*(?:.{{0,300}}\b(?:{_WROTE})\b.{{0,80}}[:：]|(?:On|Am|Le|El|Il|Op|Em|Den)\s.{{0,300}}[:：])\s*",
    re.IGNORECASE | re.DOTALL,
)
_RULER = re.compile(
    r"\s*>?\s*[-_]{2,}\s*(?:Original Message|Reply message|Ursprüngliche Nachricht|Originalnachricht"
    r"|Message d'origine|Mensaje original|Messaggio originale|Oorspronkelijk bericht|Mensagem original"
    r"|Oprindelig meddelelse|Ursprungligt meddelande|Исходное сообщение)\s*[-_]{2,}\s*",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"\s*\*?(?:(from|von|de|da|van)|(sent|date|gesendet|datum|envoyé|enviado|inviato|fecha)|(to|an|à|para|a|aan)"
    r"|(subject|betreff|objet|asunto|oggetto|onderwerp|assunto))\s?\*?\s?:\*?\s?\S.*",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    r"\s*(?:--\s?|(?:sent from|von meinem|envoyé de|enviado desde|inviato da)\b.{0,80})\s*", re.I
)
_LINES_LOOKED_AT = 20_000
_LONG = 400


def without_quote(text: str) -> str:
    """The text without the quoted message at its end; the whole text where nothing else would be left."""
    lines = text.split("\n")
    if len(lines) > _LINES_LOOKED_AT:
        return text
    cut = min(
        (place for place in (_after_ruler(lines), _after_headers(lines), _quoted(lines)) if place >= 0),
        default=-1,
    )
    own = "\n".join(lines[:cut]).rstrip() if cut >= 0 else ""
    return own if own.strip() else text


def _after_ruler(lines: list[str]) -> int:
    return next(
        (place for place, line in enumerate(lines) if len(line) < _LONG and _RULER.fullmatch(line)), -1
    )


def _after_headers(lines: list[str]) -> int:
    """Where three of From, Sent, To and Subject stand one below the other, as Outlook puts them before what it quotes."""
    for place, line in enumerate(lines):
        first = _HEADER.fullmatch(line) if len(line) < _LONG else None
        if first and first[1]:
            kinds = [_HEADER.fullmatch(each[:_LONG]) for each in lines[place : place + 5]]
            if len({match.lastindex for match in kinds if match}) >= 3:
                return place - 1 if place and re.fullmatch(r"\s*[_-]{5,}\s*", lines[place - 1]) else place
    return -1


def _quoted(lines: list[str]) -> int:
    """Where the last block of ">" lines begins, with the line that says who wrote it, if nothing but a signature follows."""
    end = _before_signature(lines)
    start = end
    while start and (not lines[start - 1].strip() or lines[start - 1].lstrip().startswith(">")):
        start -= 1
    block = [line for line in lines[start:end] if line.strip()]
    if not block:
        return -1
    return _before_attribution(lines, start)


def _before_signature(lines: list[str]) -> int:
    """The end of the lines without blank ones and without a short signature that a mail program puts below the quote."""
    end = len(lines)
    for place in range(len(lines) - 1, max(-1, len(lines) - 12), -1):
        if lines[place].lstrip().startswith(">"):
            break
        if _SIGNED.fullmatch(lines[place]):
            end = place
    while end and not lines[end - 1].strip():
        end -= 1
    return end


def _before_attribution(lines: list[str], start: int) -> int:
    """`start`, or the first of up to three lines above it that together say who wrote the quote."""
    end = start
    while end and not lines[end - 1].strip():
        end -= 1
    for count in (1, 2, 3):
        joined = " ".join(lines[max(0, end - count) : end])
        if len(joined) < _LONG and _ATTRIBUTION.fullmatch(joined):
            return max(0, end - count)
    return start
