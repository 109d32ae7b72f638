"""The reader's side of WebSub (W3C Recommendation, 2018): asking a hub to push a feed, and trusting what it pushes.

Pure functions but for `subscribe`; who keeps the subscription (topic, secret, lease) is up to the caller.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import urlencode

import msgspec

from colonnade.networks.base import Refused, TryLater
from colonnade.networks.http import Client

_METHODS = {
    "sha1": hashlib.sha1,
    "sha256": hashlib.sha256,
    "sha384": hashlib.sha384,
    "sha512": hashlib.sha512,
}
_LONGEST_SECRET = 200
_LONGEST_CHALLENGE = 4096
LONGEST_LEASE_S = 30 * 86_400


def subscribe(http: Client, hub: str, topic: str, callback: str, secret: str, lease_s: int) -> None:
    """Ask `hub` to push `topic` to `callback` for `lease_s` seconds, signed with `secret` (5.1).

    The hub answers later, at the callback, where `confirmed` judges it. Raises NetworkError; Refused if the hub says no.
    """
    _ask(http, hub, "subscribe", topic, callback, {"hub.secret": secret, "hub.lease_seconds": str(lease_s)})


def unsubscribe(http: Client, hub: str, topic: str, callback: str) -> None:
    """Ask `hub` to stop; it asks back at the callback. Raises NetworkError."""
    _ask(http, hub, "unsubscribe", topic, callback, {})


def _ask(http: Client, hub: str, mode: str, topic: str, callback: str, more: Mapping[str, str]) -> None:
    if len(more.get("hub.secret", "").encode()) >= _LONGEST_SECRET:
        raise Refused(f"A WebSub secret has fewer than {_LONGEST_SECRET} bytes.")
    form = urlencode({"hub.mode": mode, "hub.topic": topic, "hub.callback": callback, **more})
    headers = {"content-type": "application/x-www-form-urlencoded"}
    response = http.post(hub, body=form.encode(), headers=headers, max_bytes=64 * 1024)
    if response.status >= 500:
        raise TryLater(f"The hub is in trouble ({response.status}).")
    if not 200 <= response.status < 300:
        raise Refused(f"The hub refuses to {mode} ({response.status}).")


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """What a hub asks at the callback. `accepted`: answer 200 with `challenge` as the body; otherwise 404.

    `denied`: the hub tells that it won't push (answer 200); `reason` is its word or ours. `lease_s`: seconds granted.
    """

    accepted: bool
    mode: str = ""
    challenge: str = ""
    lease_s: int = 0
    denied: bool = False
    reason: str = ""


def intent(query: Mapping[str, str], *, topic: str, wanted: bool) -> Intent:
    """Judge a hub's GET at our callback (5.3): `topic` is what we asked for, `wanted` whether we (still) want it.

    A subscription that we don't want is not confirmed, and neither is the end of one that we do: anybody can knock.
    """
    mode = query.get("hub.mode", "")
    if query.get("hub.topic", "") != topic:
        return Intent(accepted=False, mode=mode, reason="That is not the topic we asked for.")
    if mode == "denied":
        return Intent(accepted=False, mode=mode, denied=True, reason=query.get("hub.reason", "")[:500])
    challenge = query.get("hub.challenge", "")
    if not 0 < len(challenge) <= _LONGEST_CHALLENGE:
        return Intent(accepted=False, mode=mode, reason="The hub's challenge is missing or too long.")
    if (mode == "subscribe") != wanted or mode not in ("subscribe", "unsubscribe"):
        return Intent(accepted=False, mode=mode, reason="That is not what we asked for.")
    return Intent(accepted=True, mode=mode, challenge=challenge, lease_s=_lease_s(query))


def _lease_s(query: Mapping[str, str]) -> int:
    written = query.get("hub.lease_seconds", "")
    granted = int(written) if written.isascii() and written.isdigit() and len(written) < 12 else 0
    return min(granted, LONGEST_LEASE_S)


def verify_signature(body: bytes, header: str, secret: str) -> bool:
    """Whether X-Hub-Signature (`method=hex`) is the HMAC of `body` under `secret` (7.1), compared in constant time.

    A push with a wrong or missing signature is acknowledged and thrown away, so that nobody learns from the answer.
    """
    method, _, signature = header.strip().partition("=")
    if method.lower() not in _METHODS or not secret:
        return False
    expected = hmac.new(secret.encode(), body, _METHODS[method.lower()]).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.strip().lower().encode("utf-8", "replace"))
