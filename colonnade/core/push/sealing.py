"""Sealing what a browser carries for us: nobody else can read it, change it, or make one.

AES-256-GCM under keys derived from Django's SECRET_KEY by HKDF-SHA256, one key for each purpose, so that a sealed
cursor never passes for a sealed token. Keys named in SECRET_KEY_FALLBACKS still open what they once sealed.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_NONCE = 12


@lru_cache(maxsize=32)
def _box(secret: str, purpose: str) -> AESGCM:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"colonnade live {purpose}".encode())
    return AESGCM(derived.derive(secret.encode()))


def seal(purpose: str, plain: bytes) -> str:
    """`plain`, encrypted and signed, in letters that a URL and a cookie may carry. Never the same twice."""
    nonce = secrets.token_bytes(_NONCE)
    sealed = nonce + _box(settings.SECRET_KEY, purpose).encrypt(nonce, plain, None)
    return urlsafe_b64encode(sealed).rstrip(b"=").decode()


def unseal(purpose: str, sealed: str) -> bytes | None:
    """What was sealed for this purpose, or None if it was not sealed by us."""
    try:
        raw = urlsafe_b64decode(sealed.encode("ascii") + b"=" * (-len(sealed) % 4))
    except ValueError:
        return None
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return _box(secret, purpose).decrypt(raw[:_NONCE], raw[_NONCE:], None)
        except (InvalidTag, ValueError):
            continue
    return None
