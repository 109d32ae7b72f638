"""What somebody on this network is called: their DID looked up where it is written down (W3C DID 1.0, AT Protocol handles).

A DID document says what its holder wants to be called, and anybody may say anything. So the name is asked too: it is confirmed
where it names the same DID (`/.well-known/atproto-did`). A name that is confirmed by DNS alone stays unconfirmed here.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

import msgspec

from colonnade.networks.base import NetworkError
from colonnade.networks.http import Client

DIRECTORY = "https://plc.directory"
PROOF = "https://{handle}/.well-known/atproto-did"
_PLC = re.compile(r"did:plc:[a-z2-7]{24}")
_WEB = re.compile(r"did:web:([A-Za-z0-9.-]{1,253}(?:%3A\d{1,5})?)")
_HANDLE = re.compile(r"at://((?=.{1,253}\Z)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")
_MOST_BYTES, _LONGEST_S = 64 * 1024, 5.0


class Called(msgspec.Struct, frozen=True):
    """What somebody calls themselves, "" for nothing that is known; and whether that name says the same of them."""

    handle: str = ""
    confirmed: bool = False


class _Document(msgspec.Struct):
    id: str = ""
    names: list[str] = msgspec.field(name="alsoKnownAs", default_factory=list)


def can_be_asked(did: str) -> bool:
    """Whether it is known where this DID is written down."""
    return bool(_PLC.fullmatch(did) or _WEB.fullmatch(did))


def called(did: str, http: Client, *, directory: str = DIRECTORY, proof: str = PROOF) -> Called:
    """Look up what `did` is called: one question to `directory` (`did:plc`) or to its own site (`did:web`), one to the name.
    `proof` is where a name answers for itself. Raises NetworkError where the first cannot be asked."""
    web = _WEB.fullmatch(did)
    if not (web or _PLC.fullmatch(did)):
        return Called()
    where = f"https://{unquote(web[1])}/.well-known/did.json" if web else f"{directory.rstrip('/')}/{did}"
    answer = http.get(where, max_bytes=_MOST_BYTES, timeout_s=_LONGEST_S)
    handle = _handle_in(answer.body, did) if answer.status == 200 else ""
    return Called(handle=handle, confirmed=bool(handle) and _confirms(handle, did, http, proof))


def _handle_in(body: bytes, did: str) -> str:
    try:
        document = msgspec.json.decode(body, type=_Document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    found = next((match for name in document.names if (match := _HANDLE.fullmatch(name))), None)
    return found[1].lower() if found and document.id == did else ""


def _confirms(handle: str, did: str, http: Client, proof: str) -> bool:
    try:
        answer = http.get(proof.format(handle=handle), max_bytes=_MOST_BYTES, timeout_s=_LONGEST_S)
    except NetworkError:
        return False
    return answer.status == 200 and answer.body.strip() == did.encode()
