"""The front desk of the network: its API as pure questions and answers. `server.py` puts it on a port.

What a client may ask (JSON; `Authorization: Bearer account:token` says who is asking, `Pretend-Class` by which
delivery class):

    GET    /about                              name, class, how long keys are kept
    GET    /timeline?since=&limit=&epoch=      one JSON object a line; Pretend-Next, -More and -Epoch say how to go on
    POST   /posts                              say something (`id` chosen in A and E, Idempotency-Key in B)
    GET    /posts/ID                           one post; 410 when it was taken back
    GET    /posts?key=                         own post by key, while keys are kept
    GET    /posts?before=&limit=               own recent posts, newest first
    DELETE /posts/ID                           take it back
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, get_args

import msgspec

from colonnade.networks.base import DeliveryClass, Media
from colonnade.networks.pretend.answers import Answer, Question, fail_after, in_json, not_now, refusal
from colonnade.networks.pretend.faults import Fault, Operation, Programme
from colonnade.networks.pretend.lines import Line, moment, shown, uri_of
from colonnade.networks.pretend.rules import Verdict, Wish
from colonnade.networks.pretend.world import World

_MOST_LINES = 500
_MOST_BYTES = 4 * 1024 * 1024


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """The body of POST /posts."""

    text: str = ""
    title: str = ""
    html: str = ""
    lang: str = ""
    reply_to: str = ""
    to: str = ""
    media: tuple[Media, ...] = ()
    id: str = ""
    key: str = ""


class Desk:
    """Answers questions about one world. Safe between threads. `delivery_class` holds for callers who name none."""

    def __init__(
        self,
        world: World,
        *,
        delivery_class: DeliveryClass = "A",
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.world = world
        self.delivery_class = delivery_class
        self.programme = Programme()
        self._pause = pause
        self._expired: set[str] = set()
        self._lock = threading.Lock()

    def sign_in(self, bearer: str) -> None:
        """The token is good again."""
        with self._lock:
            self._expired.discard(bearer)

    def expire(self, bearer: str) -> None:
        """The token is no longer good."""
        with self._lock:
            self._expired.add(bearer)

    def answer(self, question: Question) -> Answer:
        """What the network says, faults of the programme included."""
        operation = _operation(question)
        if operation is None:
            return (
                _about(self)
                if question.path == "/about"
                else refusal(404, "no_such_page", "Nothing is here.")
            )
        fault = self.programme.next(operation)
        bearer = _bearer(question)
        if fault and fault.kind == "expire_token":
            self.expire(bearer)
        with self._lock:
            if bearer in self._expired:
                return refusal(401, "signed_out", "This token is no longer good.")
        if fault and (early := self._fail_before(fault)):
            return early
        answer = self._handle(operation, question, bearer.partition(":")[0])
        return fail_after(fault, answer) if fault else answer

    def _handle(self, operation: Operation, question: Question, caller: str) -> Answer:
        try:
            match operation:
                case "read":
                    return self._timeline(question, caller)
                case "write":
                    return self._say(question, caller)
                case "delete":
                    return self._take_back(question, caller)
                case "find":
                    return self._look_up(question, caller)
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            return refusal(400, "not_understood", str(error))

    def _fail_before(self, fault: Fault) -> Answer | None:
        match fault.kind:
            case "refuse":
                return refusal(fault.status, "refused", "This network says no.")
            case "rate_limit":
                return not_now(429, fault)
            case "busy":
                return not_now(503, fault)
            case "error_before":
                return refusal(500, "broken", "Something broke here.")
            case "timeout_before":
                return Answer(status=0, manner="hang", seconds=fault.seconds)
            case "cut_before":
                return Answer(status=0, manner="cut")
            case "late":
                self._pause(fault.seconds)
        return None

    def _timeline(self, question: Question, caller: str) -> Answer:
        query = question.query
        limit = min(max(int(query.get("limit", "100")), 1), _MOST_LINES)
        page = self.world.timeline(
            caller, max(int(query.get("since", "0")), 0), limit, query.get("epoch", "")
        )
        names = self.world.names()
        body, following, more = bytearray(), page.next, page.more
        for line in page.lines:
            told = self._told(line, names, caller)
            if body and len(body) + len(told) > _MOST_BYTES:
                following, more = line.n - 1, True
                break
            body += told + b"\n"
        headers = {
            "content-type": "application/x-ndjson",
            "pretend-next": str(following),
            "pretend-more": "1" if more else "0",
            "pretend-epoch": page.epoch,
        }
        return Answer(status=200, headers=headers, body=bytes(body))

    def _told(self, line: Line, names: Mapping[str, str], caller: str) -> bytes:
        if line.kind == "raw":
            return line.raw.replace(b"\n", b" ")
        mine = line.by == caller
        return msgspec.json.encode(
            shown(
                line, self.world.name, names.get(line.by, line.by), with_key=mine and line.rules in ("A", "B")
            )
        )

    def _say(self, question: Question, caller: str) -> Answer:
        said = msgspec.json.decode(question.body, type=Said)
        rules = question.headers.get("pretend-class", self.delivery_class)
        if rules not in get_args(DeliveryClass):
            raise ValueError(f"There is no delivery class {rules!r}.")
        if not caller:
            return refusal(401, "nobody", "Say who you are.")
        key = question.headers.get("idempotency-key", "") if rules == "B" else said.key
        fields = msgspec.structs.asdict(said) | {"by": caller, "rules": rules, "key": key}
        wish = Wish(**(fields if rules in ("A", "E") else fields | {"id": ""}))
        return self._answer_to(wish, self.world.take(wish))

    def _answer_to(self, wish: Wish, verdict: Verdict) -> Answer:
        if verdict.line is None:
            return refusal(422, verdict.code, verdict.reason)
        post = self._full(verdict.line, with_key=wish.rules in ("A", "B"))
        if verdict.outcome == "duplicate":
            return in_json(422, {"error": verdict.code, "reason": verdict.reason, "post": post})
        return in_json(200 if verdict.outcome == "same" else 201, post)

    def _look_up(self, question: Question, caller: str) -> Answer:
        query, now = question.query, self.world.now_s()
        if id_ := question.path.removeprefix("/posts").strip("/"):
            line, gone = self.world.post(id_)
            if line is None:
                return refusal(404, "no_such_post", "There is no such post here.")
            if line.to and caller not in (line.by, line.to):
                return refusal(404, "no_such_post", "There is no such post here.")
            return in_json(410 if gone else 200, self._full(line, with_key=line.by == caller))
        if key := query.get("key"):
            kept, since = self.world.kept(caller, key)
            posts = [self._full(kept, with_key=True)] if kept else []
            return in_json(200, {"posts": posts, "kept_since": since, "now": now})
        found, more = self.world.own(
            caller,
            before_n=int(query.get("before", str(1 << 62))),
            limit=min(max(int(query.get("limit", "50")), 1), _MOST_LINES),
        )
        return in_json(200, {"posts": [self._full(line) for line in found], "more": more, "now": now})

    def _take_back(self, question: Question, caller: str) -> Answer:
        match self.world.take_back(question.path.removeprefix("/posts/"), caller):
            case "done":
                return Answer(status=204)
            case "gone":
                return refusal(404, "no_such_post", "There is no such post here.")
            case "not_yours":
                return refusal(403, "not_yours", "That post is somebody else's.")

    def _full(self, line: Line, *, with_key: bool = False) -> dict[str, Any]:
        return shown(line, self.world.name, line.by, with_key=with_key) | {"accepted": line.accepted}


def _operation(question: Question) -> Operation | None:
    match question.method, question.path.split("/")[1:]:
        case "GET", ["timeline"]:
            return "read"
        case "POST", ["posts"]:
            return "write"
        case "GET", ["posts"] | ["posts", _]:
            return "find"
        case "DELETE", ["posts", _]:
            return "delete"
    return None


def _bearer(question: Question) -> str:
    scheme, _, token = question.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _about(desk: Desk) -> Answer:
    manners = desk.world.manners
    told = {
        "name": desk.world.name,
        "class": desk.delivery_class,
        "key_life_s": manners.key_life_s,
        "max_text": manners.max_text,
        "now": moment(desk.world.now_s()),
        "example": uri_of(desk.world.name, "ID"),
    }
    return in_json(200, told)
