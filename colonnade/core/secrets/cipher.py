"""Encryption that names its key, and numbers sealed for the world outside."""

from __future__ import annotations

import base64
import secrets as random
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from colonnade.core.secrets.ring import ID_BYTES, derived, ring

# A ciphertext: this byte, the key's id, 12 bytes of nonce, then AES-256-GCM with its 16 bytes of tag (NIST SP 800-38D).
VERSION = b"\x01"
PREFIX = len(VERSION) + ID_BYTES
_NONCE = 12


class CannotDecrypt(ValueError):
    """A ciphertext that this key ring cannot open: its key is missing, or it has been changed."""


def encrypt(value: bytes | dict[str, Any]) -> bytes:
    """The value encrypted with the ring's current key; a dict is written as JSON."""
    held = ring()
    key = held.key(held.current)
    assert key is not None
    plain = value if isinstance(value, bytes) else msgspec.json.encode(value)
    nonce = random.token_bytes(_NONCE)
    head = VERSION + bytes.fromhex(held.current)
    return head + nonce + AESGCM(key).encrypt(nonce, plain, head)


def decrypt(token: bytes) -> bytes:
    """What `encrypt` was given, as bytes. `CannotDecrypt` when the key is missing or the ciphertext was changed."""
    token = bytes(token)
    key = ring().key(key_id(token))
    if key is None:
        raise CannotDecrypt(
            f"The key ring in the home folder lacks the key {key_id(token)}: restore keys.json."
        )
    nonce, body = token[PREFIX : PREFIX + _NONCE], token[PREFIX + _NONCE :]
    try:
        return AESGCM(key).decrypt(nonce, body, token[:PREFIX])
    except InvalidTag:
        raise CannotDecrypt("A stored secret was changed or cut off, and cannot be read.") from None


def decrypt_json(token: bytes) -> dict[str, Any]:
    """The dict that `encrypt` was given. `CannotDecrypt` as `decrypt`."""
    value: dict[str, Any] = msgspec.json.decode(decrypt(token))
    return value


def key_id(token: bytes) -> str:
    """The id of the key that a ciphertext was made with. `CannotDecrypt` when it is no ciphertext of ours."""
    if len(token) < PREFIX + _NONCE + 16 or token[:1] != VERSION:
        raise CannotDecrypt("This is no ciphertext of this program.")
    return bytes(token[1:PREFIX]).hex()


def seal(number: int, purpose: str) -> str:
    """A number as an opaque text for the world outside, such as a place in the order of events; see `unseal`."""
    held = ring()
    nonce = random.token_bytes(_NONCE)
    body = AESGCM(derived(f"seal:{purpose}")).encrypt(nonce, number.to_bytes(8, "big", signed=True), None)
    return base64.urlsafe_b64encode(bytes.fromhex(held.current) + nonce + body).decode().rstrip("=")


def unseal(text: str, purpose: str) -> int | None:
    """The number that `seal` was given for the same purpose; None for anything else."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        key = derived(f"seal:{purpose}", raw[:ID_BYTES].hex())
        plain = AESGCM(key).decrypt(raw[ID_BYTES : ID_BYTES + _NONCE], raw[ID_BYTES + _NONCE :], None)
    except (ValueError, KeyError, InvalidTag):
        return None
    return int.from_bytes(plain, "big", signed=True)
