"""Where a host name ends that may be followed by anything, a word in another script included.

A name counts if it ends in a top-level domain. Those are read from the public suffix list, which a package keeps
current; behind "http://" a last part of plain letters also counts, since a house may have names of its own (.lan).
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

import regex

_HOST_RUN = regex.compile(r"(?:[[\p{L}\p{M}\p{N}\p{S}]--[$+<=>^`|~]]|[._-])++", flags=regex.VERSION1)
_LATIN_START = regex.compile(r"[A-Za-z]{2,63}+(?![\p{Latin}0-9_-])(?=[\p{L}\p{N}])")
_OTHER_LETTERS = regex.compile(r"[[\p{L}\p{M}]--[\p{Latin}]]++", flags=regex.VERSION1)
_PLAIN_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?", re.ASCII)
_LETTERS = re.compile(r"[A-Za-z]{2,63}")
_MAX_LABEL = 63
_MAX_HOST = 253
_MAX_LOOK = (
    320  # a little more than a host may have, so that a sentence without spaces is not read again and again
)


@cache
def top_level_domains() -> frozenset[str]:
    """Every top-level domain, in small letters, those in other scripts as they are written there."""
    listed = resources.files("publicsuffixlist").joinpath("public_suffix_list.dat").read_text("utf-8")
    public = listed.partition("===BEGIN ICANN DOMAINS===")[2].partition("===END ICANN DOMAINS===")[0]
    rules = (line.split()[0] for line in public.splitlines() if line and not line.startswith("//"))
    return frozenset(rule.rpartition(".")[2].lower() for rule in rules)


@cache
def _longest_in_other_scripts() -> int:
    return max(len(domain) for domain in top_level_domains() if not domain.isascii())


def is_top_level(label: str) -> bool:
    """Whether `label` is a top-level domain, in its own script or as "xn--…"."""
    label = label.lower()
    if label.startswith("xn--"):
        try:
            label = label[4:].encode("ascii").decode("punycode")
        except UnicodeError:
            return False
    return label in top_level_domains()


def end_of_host(text: str, start: int, *, has_scheme: bool) -> int | None:
    """Where the host that starts at `start` ends, or None if none starts there.

    Behind a scheme a host may be in any script. Without one it is in Latin letters up to the last dot, so that a
    sentence in a script without spaces does not become part of it.
    """
    run = _HOST_RUN.match(text, start, start + _MAX_LOOK)
    if not run:
        return None
    labels = run.group().split(".")
    if not has_scheme:
        labels = _up_to_other_script(labels)
    for last in range(len(labels) - 1, 0, -1):
        length = _top_level_length(labels[last])
        if length:
            break
    else:
        last, length = len(labels) - 1, len(labels[-1])
        if not (has_scheme and last and _LETTERS.fullmatch(labels[last])):
            return None
    host = [*labels[:last], labels[last][:length]]
    if not _is_host(host):
        return None
    end = start + sum(map(len, host)) + last
    is_cut = end == start + _MAX_LOOK
    return None if is_cut or text[end : end + 1] in ("@", "＠") else end


def _up_to_other_script(labels: list[str]) -> list[str]:
    """The labels as far as they are Latin; the last may be, or change to, another script."""
    for at, label in enumerate(labels):
        if _OTHER_LETTERS.search(label):
            return labels[: at + 1]
    return labels


def _top_level_length(label: str) -> int:
    """How many characters of `label`, from its start, are a top-level domain that ends there; 0 if none."""
    if is_top_level(label):
        return len(label)
    if label[:1].isascii():
        latin = _LATIN_START.match(label)
        return latin.end() if latin and is_top_level(latin.group()) else 0
    other = _OTHER_LETTERS.match(label)
    longest = min(other.end(), _longest_in_other_scripts()) if other else 0
    return next((n for n in range(longest, 0, -1) if is_top_level(label[:n])), 0)


def _is_host(labels: list[str]) -> bool:
    if sum(map(len, labels)) + len(labels) - 1 > _MAX_HOST or "_" in labels[-2]:
        return False
    return all(map(_is_label, labels))


def _is_label(label: str) -> bool:
    if label.isascii():
        return _PLAIN_LABEL.fullmatch(label) is not None
    if label[0] in "-_" or label[-1] in "-_" or len(label) > _MAX_LABEL or label[:4].lower() == "xn--":
        return False
    return len(label.lower().encode("punycode")) + len("xn--") <= _MAX_LABEL
