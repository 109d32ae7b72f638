"""A mistake of the parser's in words: what it met, what it expected."""

from __future__ import annotations

from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from colonnade.listening.language.mistakes import QueryError
from colonnade.listening.language.tree import Place

_EXAMPLE = "(bridge OR ferry) closed"
_BETWEEN = {"_AND": "AND", "_OR": "OR", "NEAR": "NEAR", "ONEAR": "ONEAR"}


def unexpected(query: str, error: UnexpectedInput) -> QueryError:
    """What is wrong with a query that the grammar does not take."""
    if isinstance(error, UnexpectedToken):
        return _token(query, error)
    assert isinstance(error, UnexpectedCharacters)
    return _letter(query, error.pos_in_stream or 0)


def _letter(query: str, at: int) -> QueryError:
    """A letter with which nothing begins: a quotation mark or a brace without its other half."""
    letter = query[at]
    if letter == "{":
        return QueryError("This brace is not closed, or holds nothing.", (at, at + 1), "{Apple}")
    if letter == "}":
        return QueryError("There is no open brace that this one closes.", (at, at + 1), "{Apple}")
    if letter == ")":
        return QueryError("There is no open parenthesis that this one closes.", (at, at + 1), _EXAMPLE)
    if letter == "-":
        return QueryError("After - a word was expected, without a space.", (at, at + 1), "bridge -dental")
    return QueryError("This quotation mark is not closed.", (at, at + 1), '"the old bridge"')


def _token(query: str, error: UnexpectedToken) -> QueryError:
    token = error.token
    if token.type == "$END":
        return _end(query, error)
    at: Place = (token.start_pos or 0, token.end_pos or 0)
    if token.type == "_RPAR":
        if "_RPAR" in error.accepts or query[: at[0]].count("(") > query[: at[0]].count(")"):
            return QueryError("Before this parenthesis closes, a word was expected.", at, _EXAMPLE)
        return QueryError("There is no open parenthesis that this one closes.", at, _EXAMPLE)
    if token.type in ("NOT", "MINUS") and query[: at[0]].endswith(":"):
        return QueryError("NOT stands before the field, not after its colon.", at, "bridge -lang:en")
    if token.type in ("NOT", "MINUS"):
        return QueryError(
            "NEAR takes words, phrases and alternatives of them; NOT cannot stand here.", at, _EXAMPLE
        )
    if token.type in _BETWEEN:
        word = _BETWEEN[token.type]
        return QueryError(
            "%(word)s stands between two things; before it a word was expected.",
            at,
            f"bridge {_shown(word)} ferry",
            {"word": word},
        )
    return QueryError("“%(met)s” was not expected here.", at, _EXAMPLE, {"met": str(token)})


def _shown(word: str) -> str:
    return f"{word}/4" if word.endswith("NEAR") else word


def _end(query: str, error: UnexpectedToken) -> QueryError:
    """The query ends where something was still to come."""
    if "_RPAR" in error.accepts:
        at = _open(query)
        return QueryError("This parenthesis is not closed.", (at, at + 1), _EXAMPLE)
    end = len(query.rstrip())
    start = max(query.rfind(" ", 0, end), query.rfind("(", 0, end)) + 1
    return QueryError(
        "After “%(last)s” a word was expected.", (start, end), _EXAMPLE, {"last": query[start:end]}
    )


def _open(query: str) -> int:
    """Where the innermost parenthesis stands that is not closed."""
    opened: list[int] = []
    for at, letter in enumerate(query):
        if letter == "(":
            opened.append(at)
        elif letter == ")" and opened:
            opened.pop()
    return opened[-1] if opened else 0
