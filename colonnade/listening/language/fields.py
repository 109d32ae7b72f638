"""Fields: what is asked about a post beside its words, and how one post answers."""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import get_close_matches
from urllib.parse import urlsplit

from colonnade.listening.language import atoms, forms, ranges
from colonnade.listening.language.mistakes import QueryError
from colonnade.listening.language.reading import Heard
from colonnade.listening.language.tree import And, Asked, Field, Near, Node, Not, Or, Phrase, Place, Sign
from colonnade.primitives import text as texts

NAMES = (
    "author",
    "from",
    "to",
    "mentions",
    "title",
    "link",
    "site",
    "host",
    "lang",
    "network",
    "place",
    "source",
)
_SCHEME = re.compile(r"([a-z][a-z0-9+.\-]*:)?//")
_HANDLES, _SITES = ("from", "to", "mentions"), ("site", "host")


def asked(name: str, part: Node, start: int) -> Asked:
    """`author:` with what stands after it. Raises QueryError for a field that does not exist."""
    known = name[:-1].lower()
    at = (start, start + len(name))
    if known not in NAMES:
        raise _no_such(known, at)
    return Asked(known, part, (start, part.at[1]))


def _no_such(name: str, at: Place) -> QueryError:
    every = [*NAMES, *ranges.NAMES, *atoms.FLAGS, "list", "stem", "accents"]
    if name in every:
        return QueryError(
            "What %(name)s asks for follows at once, without quotation marks or parentheses.",
            at,
            atoms.example(f"{name}:"),
            {"name": f"{name}:"},
        )
    close = get_close_matches(name, every, 1)
    if close:
        return QueryError(
            "There is no field “%(name)s:”; did you mean “%(close)s:”?",
            at,
            atoms.example(f"{close[0]}:"),
            {"name": name, "close": close[0]},
        )
    return QueryError(
        "There is no field “%(name)s:”. Known are %(known)s. Words with a colon stand in quotation marks.",
        at,
        f'"{name}: …"',
        {"name": name, "known": ", ".join(every)},
    )


def resolved(asked: Asked, query: str) -> Node:
    """The same field for everything that stands after its colon. Raises QueryError."""
    return _put(asked.name, asked.part, query, asked.at)


def _put(name: str, part: Node, query: str, at: Place) -> Node:
    if isinstance(part, And) and name != "title" and all(one.at == part.at for one in part.parts):
        part = part.parts[0]  # one value, with an emoji in it
    if isinstance(part, And | Or):
        return replace(part, parts=tuple(_put(name, one, query, one.at) for one in part.parts))
    if isinstance(part, Not):
        return replace(part, part=_put(name, part.part, query, part.part.at))
    if name == "title":
        return _in_title(part, query, at)
    if isinstance(part, Near):
        raise QueryError("NEAR takes words; only title: can hold it.", at, "title:(bridge NEAR/2 closed)")
    if not isinstance(part, Phrase | Sign | Field):
        raise QueryError(
            "After %(name)s: stand words, a phrase, or alternatives of them in parentheses.",
            at,
            f"({name}:ana OR {name}:ines)",
            {"name": name},
        )
    written = query[part.at[0] : part.at[1]]
    if written.startswith("-"):
        raise QueryError("NOT stands before the field, not after its colon.", at, f"bridge -{name}:example")
    value = _value(name, atoms.unquoted(written)[0])
    if not value:
        raise QueryError(
            "Nothing that can be compared stands after %(name)s:.", at, f"{name}:example", {"name": name}
        )
    return Field(name, value, at)


def _in_title(part: Node, query: str, at: Place) -> Node:
    if isinstance(part, Phrase):
        return replace(part, where="title", at=at)
    if isinstance(part, Near):
        left, right = (_put("title", one, query, one.at) for one in (part.left, part.right))
        return replace(part, left=left, right=right)
    raise QueryError("After title: stand words or a phrase.", at, 'title:"old bridge"')


def _value(name: str, written: str) -> str:
    """What stands after the colon, in the form in which it is compared."""
    value = texts.fold(texts.normalise(written)).strip()
    if name in _HANDLES or name == "author":
        return value.lstrip("@")
    if name in _SITES:
        return _host(value).removeprefix("*.").strip(".")
    if name == "lang":
        return value.replace("_", "-")
    if name == "link":
        return _without_scheme(value)
    return value


def _without_scheme(address: str) -> str:
    return address.partition("//")[2] if _SCHEME.match(address) else address


def _host(address: str) -> str:
    """The host of an address with or without its scheme; "" where there is none."""
    try:
        return urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""


# --- how a post answers -------------------------------------------------------------------------------------------


def answers(post: Heard, name: str, value: str) -> bool:
    """Whether a post has this in a field."""
    if name == "author":
        return _is_handle(post.author, value) or _in_name(post.name or post.author, value)
    if name == "from":
        return _is_handle(post.author, value)
    if name in ("to", "mentions"):
        return any(_is_handle(one, value) for one in (post.to if name == "to" else post.mentions))
    if name == "link":
        return any(_like(_without_scheme(texts.fold(one)), f"*{value}*") for one in post.links)
    if name in _SITES:
        return any(_on_site(one, value, deeper=name == "site") for one in (post.url, *post.links) if one)
    if name == "lang":
        lang = texts.fold(post.lang).replace("_", "-")
        return lang == value or lang.startswith(f"{value}-")
    return _like(texts.fold(getattr(post, name)), value)


def _like(text: str, value: str) -> bool:
    return forms.fits(text, value) if "*" in value or "?" in value else text == value


def _is_handle(handle: str, value: str) -> bool:
    """A handle is meant whole, or without its server."""
    handle = texts.fold(handle).lstrip("@")
    return bool(handle) and (_like(handle, value) or _like(handle.partition("@")[0], value))


def _in_name(name: str, value: str) -> bool:
    """Whether the words of a value stand side by side in a name."""
    words = texts.words(name)
    if "*" in value or "?" in value:
        return any(_like(word, value) for word in words) or _like(texts.fold(name), value)
    wanted = texts.words(value)
    return bool(wanted) and any(
        words[at : at + len(wanted)] == wanted for at in range(len(words) - len(wanted) + 1)
    )


def _on_site(address: str, value: str, *, deeper: bool) -> bool:
    """Whether an address lies on a host, or (`deeper`) on one below it."""
    host = texts.fold(_host(address)).strip(".")
    return _like(host, value) or (deeper and (host.endswith(f".{value}") or _like(host, f"*.{value}")))
