"""What a test or a demo may do to the network beside its API: programme faults, move the story, look into the ledger.

PUT  /faults   {"faults": [...], "seed": 0}     GET /faults    what is left and what was met
PUT  /story    {"speed": 10, "position": 180}   GET /story     where it stands
POST /steps    {"by": "...", "text": "..."}     let somebody do something right now
POST /raw      any bytes                        one line of the timeline that may be anything
GET  /ledger   ?since=                          what came over the API, one JSON object a line
POST /tokens   {"bearer": "account:token"}      sign in again
POST /anew                                      begin the world again
"""

from __future__ import annotations

import msgspec

from colonnade.networks.pretend.answers import Answer, Question
from colonnade.networks.pretend.desk import Desk
from colonnade.networks.pretend.faults import Fault, Programme
from colonnade.networks.pretend.lines import encode
from colonnade.networks.pretend.script import Step

_PATHS = ("/faults", "/story", "/steps", "/raw", "/ledger", "/tokens", "/anew")


class _Faults(msgspec.Struct, forbid_unknown_fields=True):
    faults: list[Fault]
    seed: int = 0


class _Turn(msgspec.Struct, forbid_unknown_fields=True):
    speed: float | None = None
    position: float | None = None


class _Token(msgspec.Struct, forbid_unknown_fields=True):
    bearer: str


def is_control(question: Question) -> bool:
    """Whether this is for the hand behind the world and not for its front desk."""
    return question.path in _PATHS


def control(desk: Desk, question: Question) -> Answer:
    """Do it; faults of the programme do not touch these calls."""
    try:
        return _do(desk, question)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        return _told(400, {"error": "not_understood", "reason": str(error)})


def _do(desk: Desk, question: Question) -> Answer:
    body, world = question.body, desk.world
    match question.method, question.path:
        case "PUT", "/faults":
            wanted = msgspec.json.decode(body, type=_Faults)
            desk.programme = Programme(wanted.faults, wanted.seed)
        case "GET", "/faults":
            return _told(200, {"left": desk.programme.left(), "met": desk.programme.met})
        case "PUT", "/story":
            turn = msgspec.json.decode(body, type=_Turn)
            world.turn(speed=turn.speed, position=turn.position)
        case "GET", "/story":
            story, position, played = world.story()
            return _told(200, {"speed": story.speed, "position": position, "played": played})
        case "POST", "/steps":
            line = world.act(msgspec.json.decode(body, type=Step))
            return _told(201, {"n": line.n, "id": line.id})
        case "POST", "/raw":
            return _told(201, {"n": world.act(Step(do="raw", raw=body)).n})
        case "GET", "/ledger":
            lines = world.lines(int(question.query.get("since", "0")))
            return Answer(status=200, body=b"".join(encode(line) for line in lines))
        case "POST", "/tokens":
            desk.sign_in(msgspec.json.decode(body, type=_Token).bearer)
        case "POST", "/anew":
            world.begin_anew()
        case _:
            return _told(405, {"error": "not_so", "reason": "That cannot be done here."})
    return Answer(status=204)


def _told(status: int, value: object) -> Answer:
    headers = {"content-type": "application/json"}
    return Answer(status=status, headers=headers, body=msgspec.json.encode(value))
