"""What is asked of the network and what it says back: whole, or spoiled as a fault of the programme wants it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from email.utils import formatdate
from typing import Literal

import msgspec

from colonnade.networks.pretend.faults import Fault
from colonnade.primitives import clock


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A call. Header names are lower-case; `query` holds the last value of each name."""

    method: str
    path: str
    query: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    body: bytes = b""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What is said back, and in what manner: whole, or cut, hung or dribbled on purpose (`seconds` says how slowly)."""

    status: int
    headers: Mapping[str, str] = {}
    body: bytes = b""
    manner: Literal["whole", "cut", "midway", "hang", "dribble"] = "whole"
    seconds: float = 0.0


def in_json(status: int, value: object) -> Answer:
    """Said in JSON."""
    headers = {"content-type": "application/json"}
    return Answer(status=status, headers=headers, body=msgspec.json.encode(value))


def refusal(status: int, code: str, reason: str) -> Answer:
    """A word for programs and a sentence for people."""
    return in_json(status, {"error": code, "reason": reason})


def not_now(status: int, fault: Fault) -> Answer:
    """Come again later; when is said in seconds or as a date."""
    answer = refusal(status, "not_now", "Not now.")
    wait = str(max(0, round(fault.after_s)))
    if fault.form == "date":
        wait = formatdate(clock.now_s() + fault.after_s, usegmt=True)
    return msgspec.structs.replace(answer, headers={**answer.headers, "retry-after": wait})


def fail_after(fault: Fault, answer: Answer) -> Answer:
    """The answer as a fault spoils it once everything is done."""
    match fault.kind:
        case "timeout_after":
            return msgspec.structs.replace(answer, manner="hang", seconds=fault.seconds)
        case "cut_after":
            return msgspec.structs.replace(answer, manner="cut")
        case "cut_midway":
            return msgspec.structs.replace(answer, manner="midway")
        case "error_after":
            return refusal(500, "broken", "Something broke here.")
        case "wrong_json":
            return Answer(status=200, headers={"content-type": "application/json"}, body=b'{"id": "w')
        case "slow_body":
            return msgspec.structs.replace(answer, manner="dribble", seconds=fault.seconds)
        case "duplicate" | "reorder":
            return _muddled(fault, answer)
    return answer


def _muddled(fault: Fault, answer: Answer) -> Answer:
    """The timeline with every line twice, or in another order (the same for the same page)."""
    lines = answer.body.splitlines(keepends=True)
    if fault.kind == "duplicate":
        lines = [line for line in lines for _ in range(2)]
    else:
        random.Random(len(answer.body)).shuffle(lines)
    return msgspec.structs.replace(answer, body=b"".join(lines))
