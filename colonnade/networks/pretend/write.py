"""Saying something there, and finding out whether it arrived: the network's answers in the words of the contract."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NoReturn, TypeVar

import msgspec

from colonnade.networks.base import (
    DeliveryClass,
    Duplicate,
    Media,
    NetworkError,
    Outgoing,
    Receipt,
    Refused,
    SignInNeeded,
    TryLater,
    Uncertain,
    Unreachable,
)
from colonnade.networks.pretend.client import Reply, Way
from colonnade.networks.pretend.lines import id_in
from colonnade.primitives import clock

CLOCKS_DIFFER_S = 120.0
ARRIVES_WITHIN_S = 3600.0
IN_DOUBT_S = 26 * 3600.0
_PAGE = 200
_T = TypeVar("_T")
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]{1,80}")


class There(msgspec.Struct):
    """A post as the network shows it to its author."""

    uri: str
    id: str
    n: int
    accepted: float
    text: str = ""
    reply_to: str = ""
    to: str = ""
    key: str = ""


class _Found(msgspec.Struct):
    posts: list[There]
    now: float
    more: bool = False
    kept_since: float = 0.0


class _Problem(msgspec.Struct):
    error: str = ""
    reason: str = ""
    post: There | None = None


class _Body(msgspec.Struct, omit_defaults=True):
    text: str
    title: str = ""
    html: str = ""
    lang: str = ""
    reply_to: str = ""
    to: str = ""
    media: tuple[Media, ...] = ()
    id: str = ""
    key: str = ""


class Sender(msgspec.Struct, frozen=True):
    """Who we are there, and by which delivery class."""

    account: str
    rules: DeliveryClass
    token: str = ""

    def headers(self) -> dict[str, str]:
        """What every call carries."""
        return {"authorization": f"Bearer {self.account}:{self.token}", "pretend-class": self.rules}

    def chosen_id(self, key: str) -> str:
        """The id under which our post of a key stands: the same key, the same id."""
        plain = key if _PLAIN_KEY.fullmatch(key) else hashlib.sha256(key.encode()).hexdigest()[:40]
        return f"{self.account}-{plain}"


def say(way: Way, outgoing: Outgoing, key: str, us: Sender) -> Receipt:
    """Say it by the rules of a delivery class. Raises NetworkError, each kind by its meaning in the contract."""
    body = _Body(
        text=outgoing.text,
        title=outgoing.title,
        html=outgoing.html,
        lang=outgoing.lang,
        reply_to=outgoing.reply_to,
        to=_account(outgoing.to),
        media=outgoing.media,
    )
    headers = us.headers() | {"content-type": "application/json"}
    if us.rules in ("A", "E"):
        body.id, body.key = us.chosen_id(key), key
    elif us.rules == "B":
        headers["idempotency-key"] = key
    try:
        written = msgspec.json.encode(body)
    except UnicodeEncodeError:
        raise Refused("The text holds half a character, which cannot be sent.") from None
    try:
        reply = way.ask("POST", "/posts", headers=headers, body=written)
    except (Refused, TryLater, SignInNeeded, Unreachable, Uncertain):
        raise
    except NetworkError as error:
        raise Uncertain(f"It was sent, but the answer was of no use: {error}") from error
    if reply.status not in (200, 201):
        raise_for(reply)
    return _receipt(_sent(reply), key)


def find(way: Way, outgoing: Outgoing, key: str, us: Sender) -> Receipt | None:
    """Whether it is there, by whatever the class leaves us: the id, the key, or our own recent words.

    What was taken back since is not there. Raises NetworkError when it cannot tell.
    """
    match us.rules:
        case "A":
            return _find_by_id(way, key, us)
        case "B":
            kept = _ask_for(way, {"key": key}, us)
            if kept.posts:
                return _receipt(kept.posts[0], key)
            # Within the life of keys every post has its key, and ours is not among them; before that, words decide.
            return _find_by_words(way, outgoing, key, us, before=kept.kept_since)
        case "C" | "D":
            return _find_by_words(way, outgoing, key, us)
        case "E":
            raise Uncertain("Whether mail has arrived cannot be read back.")


def recall(way: Way, receipt: Receipt, us: Sender) -> None:
    """Take it back; what is no longer there is taken back already. Raises NetworkError."""
    reply = way.ask("DELETE", f"/posts/{receipt.remote_id or id_in(receipt.uri)}", headers=us.headers())
    if reply.status not in (200, 204, 404, 410):
        raise_for(reply)


def _find_by_id(way: Way, key: str, us: Sender) -> Receipt | None:
    reply = way.ask("GET", f"/posts/{us.chosen_id(key)}", headers=us.headers())
    if reply.status == 410 or (reply.status == 404 and _problem(reply).error == "no_such_post"):
        return None
    if reply.status != 200:
        raise_for(reply)
    return _receipt(_read(reply, There), key)


def _find_by_words(
    way: Way, outgoing: Outgoing, key: str, us: Sender, before: float | None = None
) -> Receipt | None:
    """Our post with these words, said about when we sent it (and, if given, no later than second `before`).

    Either side's clock may have been wrong, so the time is compared as it stands and corrected by what the network's
    clock says now. The same words at quite another time leave it open: that is for a person.
    """
    wanted = (outgoing.text, id_in(outgoing.reply_to), _account(outgoing.to))
    sent = outgoing.sent_at.timestamp() if outgoing.sent_at else None
    nearest, nearest_off = None, (IN_DOUBT_S, 0.0)
    for post, network_now in _own_posts(way, us):
        ahead = network_now - clock.now_s()
        if sent is not None and post.accepted < min(sent, sent + ahead) - IN_DOUBT_S - CLOCKS_DIFFER_S:
            break
        if (before is not None and post.accepted > before) or _words(post) != wanted:
            continue
        if sent is None:
            return _receipt(post, key)
        late = post.accepted - sent
        off = min((_off(late), abs(late)), (_off(late - ahead), abs(late - ahead)))
        if off < nearest_off:
            nearest, nearest_off = post, off
    if nearest is None:
        return None
    if nearest_off[0] > 0:
        raise Uncertain("The same words are there, but from another time.")
    return _receipt(nearest, key)


def _off(late_s: float) -> float:
    """By how many seconds a post lies outside the time in which ours would have arrived."""
    return max(0.0, late_s - ARRIVES_WITHIN_S, -CLOCKS_DIFFER_S - late_s)


def _words(post: There) -> tuple[str, str, str]:
    return post.text, id_in(post.reply_to), _account(post.to)


def _account(address: str) -> str:
    return address.partition("@")[0]


def _own_posts(way: Way, us: Sender) -> Iterator[tuple[There, float]]:
    """Our posts there, newest first, each with the network's present second; asked for page by page."""
    query = {"limit": str(_PAGE)}
    while True:
        found = _ask_for(way, query, us)
        for post in found.posts:
            yield post, found.now
        if not (found.more and found.posts):
            return
        query = {**query, "before": str(found.posts[-1].n)}


def _ask_for(way: Way, query: dict[str, str], us: Sender) -> _Found:
    reply = way.ask("GET", "/posts", query=query, headers=us.headers())
    if reply.status != 200:
        raise_for(reply)
    return _read(reply, _Found)


def _receipt(there: There, key: str) -> Receipt:
    accepted = datetime.fromtimestamp(there.accepted, UTC)
    return Receipt(key=key, uri=there.uri, remote_id=there.id, accepted=accepted)


def _sent(reply: Reply) -> There:
    try:
        return msgspec.json.decode(reply.body, type=There)
    except (msgspec.DecodeError, RecursionError):
        raise Uncertain("It was taken, but the answer does not say what it is called there.") from None


def _read(reply: Reply, kind: type[_T]) -> _T:
    try:
        return msgspec.json.decode(reply.body, type=kind)
    except (msgspec.DecodeError, RecursionError):
        raise Uncertain("The network's answer could not be read.") from None


def _problem(reply: Reply) -> _Problem:
    try:
        return msgspec.json.decode(reply.body, type=_Problem)
    except (msgspec.DecodeError, RecursionError):
        return _Problem()


def raise_for(reply: Reply) -> NoReturn:
    """What a status other than success means. A server that broke may have taken what we were sending."""
    problem = _problem(reply)
    words = problem.reason or f"The network answered {reply.status}."
    if problem.error == "duplicate":
        raise Duplicate(words, problem.post.uri if problem.post else "")
    if reply.status == 401:
        raise SignInNeeded(words)
    if reply.status in (408, 425, 429, 503):
        raise TryLater(words)
    if 400 <= reply.status < 500:
        raise Refused(words)
    raise Uncertain(words)
