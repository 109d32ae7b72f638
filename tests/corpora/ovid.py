"""Queries of professional searchers (Ovid, PubMed) in our language, as far as that makes sense.

What says where to look (.ti,ab. [tw] [mesh]) is dropped, adjN is NEAR/N-1, $ * : # ? are wildcards, subject headings are
phrases, and what refers to other lines ("1 or 2", "or/1-5", "limit 3 to …") names lists.
"""

from __future__ import annotations

import re

_HEADING = re.compile(
    r'(?:\bexp\s+)?\*?"?((?:(?!\s(?:or|and|not)\s)[^()/"\n])+?)"?/(?:[a-z]{2}(?:,\s?[a-z]{2})*\b)?', re.I
)
_WHERE = re.compile(r"\[[^\]\n]*\]|\.\s?[a-z]{2}(?:,\s?[a-z]{2})*(?:\.(?=[\s)]|$)|(?=\s*\)?\s*$))", re.I)
_NEAR = re.compile(r"\b(?:adj|near|next)/?(\d+)\b", re.I)
_BESIDE = re.compile(r"\b(?:adj|next)\b", re.I)
_OPERATOR = re.compile(r"(?<![\w-])(and|or|not)(?![\w*-])", re.I)
_ANY_OF = re.compile(r"\b(or|and)/(\d+)-(\d+)", re.I)
_LIMIT = re.compile(r"\blimit\s+(\d+)\s+to\b.*", re.I)
_REFERENCE = re.compile(r"(?<![\w/])#?(\d{1,3})(?!\w)")
_OPENING = re.compile(r"\s*(?:#?\d{1,3}[a-z]?[.):]?\s+)(?=\S)")
_ONLY_REFERENCES = re.compile(r"(?:[\s()]|#?\d{1,3}(?!\w)|\b(?:and|or|not)\b|list:\S+)+", re.I)


def translated(query: str) -> tuple[str, dict[str, str]]:
    """The last line, which is the query, and every line as a list by its name."""
    lines = [line for raw in query.splitlines() if (line := raw.strip())]
    lists = {f"L{number}": _line(line) for number, line in enumerate(lines, 1)}
    return f"list:L{len(lines)}", lists


def _line(line: str) -> str:
    line = _LIMIT.sub(r"list:L\1", line)
    line = _ANY_OF.sub(_spelled_out, line)
    if _ONLY_REFERENCES.fullmatch(line):
        return _upper(_REFERENCE.sub(r"list:L\1", line))
    line = _OPENING.sub("", line) if _OPENING.match(line) else line
    line = _WHERE.sub(" ", line)
    line = _HEADING.sub(lambda found: f' "{found[1].strip()}" ', line)
    line = _NEAR.sub(lambda found: f"NEAR/{max(int(found[1]) - 1, 0)}", line)
    line = _BESIDE.sub("ONEAR/0", line)
    line = re.sub(r"[$:](?=[\s)\"]|$|\d)\d?", "*", line)
    return _upper(re.sub(r"#(?=\w|\s|$)", "?", line)).strip(" ,;")


def _spelled_out(found: re.Match[str]) -> str:
    first, last = int(found[2]), int(found[3])
    return "(" + f" {found[1].upper()} ".join(f"list:L{number}" for number in range(first, last + 1)) + ")"


def _upper(line: str) -> str:
    """Operators as they are written here; not those inside quotation marks."""
    pieces = line.split('"')
    pieces[::2] = [_OPERATOR.sub(lambda found: found[1].upper(), piece) for piece in pieces[::2]]
    return '"'.join(pieces)
