"""What is different between two readings of a page, and whether anybody would want to be told.

Lines are compared by their letters alone: case, white space, order, numbers, and dates written with a number make no
difference. Two lines that share half of their words are one line that was changed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from hashlib import blake2b

import msgspec

from colonnade.primitives.text import fold

CELL_BREAK = " | "
FEWEST_LETTERS = 2  # less than the "no" that turns a sentence round
_MOST_PAIRED = 120
_ALIKE = 0.5
_WORD = re.compile(r"\w+(?:['’]\w+)*")
_NUMBER = "#"
# fmt: off
_OF_DATES = frozenset((
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun",
    "januar", "jänner", "februar", "märz", "mai", "juni", "juli", "oktober", "dezember", "jän", "mär", "okt", "dez",
    "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonnabend", "sonntag",
    "mo", "di", "mi", "do", "fr", "sa", "so",
    "janvier", "février", "mars", "avril", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
    "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
    "diciembre", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo",
    "second", "seconds", "sec", "minute", "minutes", "min", "mins", "hour", "hours", "day", "days", "week", "weeks",
    "month", "months", "year", "years", "am", "pm", "st", "nd", "rd", "th", "utc", "gmt", "cet", "cest",
    "sekunde", "sekunden", "minuten", "stunde", "stunden", "tag", "tage", "tagen", "woche", "wochen", "monat",
    "monate", "monaten", "jahr", "jahre", "jahren", "uhr",
))
# fmt: on


class Changed(msgspec.Struct, frozen=True):
    """One line that reads otherwise now."""

    before: str
    now: str


class Difference(msgspec.Struct, frozen=True):
    """What came, what went, what was changed, in the order of the page. `letters`: how many letters differ in all."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[Changed, ...] = ()
    letters: int = 0

    @property
    def moved(self) -> frozenset[str]:
        """The marks of every line that came or went."""
        changed = (line for pair in self.changed for line in (pair.before, pair.now))
        return frozenset(map(mark, (*self.added, *self.removed, *changed)))


def difference(before: Sequence[str], now: Sequence[str], *, flips: Collection[str] = ()) -> Difference:
    """What is different. `flips` are the marks of lines that came or went lately: one that comes and goes was told once,
    and counts only beside what is new."""
    kept_before, kept_now = {key(line) for line in before}, {key(line) for line in now}
    removed = _distinct(line for line in before if key(line) not in kept_now)
    added = _distinct(line for line in now if key(line) not in kept_before)
    news = [line for line in (*removed, *added) if mark(line) not in flips]
    if not news:
        return Difference()
    again = {line for line in (*removed, *added) if mark(line) in flips}
    pairs = _pairs(removed, added)
    paired = {*pairs, *pairs.values()}
    changed = tuple(Changed(old, new) for old, new in pairs.items() if not {old, new} <= again)
    gone = tuple(line for line in removed if line not in paired | again)
    new = tuple(line for line in added if line not in paired | again)
    letters = _letters_apart(
        (*gone, *(pair.before for pair in changed)), (*new, *(pair.now for pair in changed))
    )
    return Difference(added=new, removed=gone, changed=changed, letters=letters)


def marks_apart(before: Iterable[str], now: Iterable[str]) -> frozenset[str]:
    """The marks of every line that stands in one of the two alone."""
    return frozenset(map(mark, before)) ^ frozenset(map(mark, now))


def key(line: str) -> str:
    """What a line says, for comparison: its words folded, a number and what belongs to a date beside it as one sign. A
    line of numbers alone is "", and says nothing."""
    words = [_NUMBER if _has_digit(word) else word for word in _WORD.findall(fold(line))]
    told: list[str] = []
    for at, word in enumerate(words):
        if word in _OF_DATES and _beside_number(words, at):
            words[at] = word = _NUMBER
        if word != _NUMBER or not told or told[-1] != _NUMBER:
            told.append(word)
    return "" if told == [_NUMBER] else " ".join(told)


def mark(line: str) -> str:
    """Twelve letters by which a line is known again."""
    return blake2b(key(line).encode("utf-8", "replace"), digest_size=6).hexdigest()


def _beside_number(words: list[str], at: int) -> bool:
    """Whether a number stands next to a word, over other words of a date ("Monday, 4 May")."""
    for step in (-1, 1):
        there = at + step
        while 0 <= there < len(words) and words[there] in _OF_DATES:
            there += step
        if 0 <= there < len(words) and words[there] == _NUMBER:
            return True
    return False


def _has_digit(word: str) -> bool:
    return any(map(str.isdigit, word))


def _distinct(lines: Iterable[str]) -> list[str]:
    """Each line once, without those that say nothing."""
    found: dict[str, str] = {}
    for line in lines:
        if told := key(line):
            found.setdefault(told, line)
    return list(found.values())


def _letters_apart(removed: Iterable[str], added: Iterable[str]) -> int:
    """How many letters are in words that stand on one side alone: nothing where lines were only cut elsewhere."""
    one = Counter(word for line in removed for word in key(line).split())
    other = Counter(word for line in added for word in key(line).split())
    apart = (one - other) + (other - one)
    return sum(len(word) * times for word, times in apart.items() if word != _NUMBER)


def _pairs(removed: Sequence[str], added: Sequence[str]) -> dict[str, str]:
    """Which line became which, the likest first; none where very much is different."""
    if len(removed) > _MOST_PAIRED or len(added) > _MOST_PAIRED:
        return {}
    words = {line: frozenset(key(line).split()) for line in (*removed, *added)}
    alike = sorted(
        (
            (1.0 if _same_row(old, new) else _likeness(words[old], words[new]), -at, -to, old, new)
            for at, old in enumerate(removed)
            for to, new in enumerate(added)
        ),
        reverse=True,
    )
    pairs: dict[str, str] = {}
    taken: set[str] = set()
    for likeness, _, _, old, new in alike:
        if likeness >= _ALIKE and old not in pairs and new not in taken:
            pairs[old] = new
            taken.add(new)
    return {old: pairs[old] for old in removed if old in pairs}


def _same_row(one: str, other: str) -> bool:
    """Whether both are rows of a table that begin with the same cell."""
    first, broken, _ = one.partition(CELL_BREAK)
    return bool(broken) and other.partition(CELL_BREAK)[:2] == (first, broken)


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of words that both have (Jaccard)."""
    return len(one & other) / len(one | other) if one or other else 0.0
