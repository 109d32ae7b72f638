"""Keeping secrets: a key ring in the home folder, encryption that names its key, hashes that forget.

The ring (`HOME/keys.json`, for its owner alone) is apart from `SECRET_KEY` and from the database: a copy of the
database alone opens nothing. Every ciphertext carries the id of its key, so that `rotate()` may add a key at any time and
the old ciphertexts are written anew in the background. Several machines share one ring by sharing the file.
"""

from colonnade.core.secrets.cipher import CannotDecrypt, decrypt, decrypt_json, encrypt, key_id, seal, unseal
from colonnade.core.secrets.columns import EncryptedJSON, outdated, reencrypt, register
from colonnade.core.secrets.hourly import forget_hourly_keys, hourly_hash, hourly_hashes
from colonnade.core.secrets.ring import Ring, derived, ring, rotate

__all__ = [
    "CannotDecrypt",
    "EncryptedJSON",
    "Ring",
    "decrypt",
    "decrypt_json",
    "derived",
    "encrypt",
    "forget_hourly_keys",
    "hourly_hash",
    "hourly_hashes",
    "key_id",
    "outdated",
    "reencrypt",
    "register",
    "ring",
    "rotate",
    "seal",
    "unseal",
]
