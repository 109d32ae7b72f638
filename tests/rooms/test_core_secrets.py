"""Secrets: encrypted with a ring of keys, written anew after a rotation, and hashes that forget."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from colonnade.core import secrets
from colonnade.core.models import HourlyKey
from colonnade.primitives import clock

MORNING = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)


def test_what_is_encrypted_is_read_back() -> None:
    token = secrets.encrypt({"user": "tomasz", "password": "päss"})
    assert b"tomasz" not in token
    assert secrets.decrypt_json(token) == {"user": "tomasz", "password": "päss"}
    assert secrets.decrypt(secrets.encrypt(b"\x00raw")) == b"\x00raw"
    assert secrets.encrypt(b"same") != secrets.encrypt(b"same")


@pytest.mark.parametrize("at", [0, 3, 12, 25, -1])
def test_a_changed_ciphertext_is_not_read(at: int) -> None:
    token = bytearray(secrets.encrypt(b"the harbour's password"))
    token[at] ^= 1
    with pytest.raises(secrets.CannotDecrypt):
        secrets.decrypt(bytes(token))


@pytest.mark.parametrize("text", [b"", b"\x01", b"not a ciphertext of ours at all, but long enough"])
def test_what_is_no_ciphertext_is_refused(text: bytes) -> None:
    with pytest.raises(secrets.CannotDecrypt):
        secrets.decrypt(text)


def test_the_ring_is_for_its_owner_alone(home: Path) -> None:
    secrets.ring()
    assert stat.S_IMODE((home / "keys.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_after_a_rotation_old_ciphertexts_are_still_read_and_new_ones_carry_the_new_key() -> None:
    old = secrets.encrypt(b"old")
    key_id = secrets.rotate()
    assert secrets.key_id(old) != key_id
    assert secrets.key_id(secrets.encrypt(b"new")) == key_id
    assert secrets.decrypt(old) == b"old"


def test_a_rotation_by_another_process_is_seen(home: Path) -> None:
    secrets.encrypt(b"warm")
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import django; django.setup(); from colonnade.core import secrets; print(secrets.rotate())",
        ],
        env={**os.environ, "COLONNADE_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert secrets.key_id(secrets.encrypt(b"new")) == done.stdout.strip()


@pytest.mark.django_db
def test_rows_are_written_anew_after_a_rotation() -> None:
    with clock.stopped_at(MORNING):
        before = secrets.hourly_hash("192.0.2.7")
        assert secrets.outdated() == 0
        key_id = secrets.rotate()
        assert secrets.outdated() == 1
        assert secrets.reencrypt() == 1
        assert secrets.reencrypt() == 0
        assert secrets.outdated() == 0
        assert secrets.key_id(bytes(HourlyKey.objects.get().key)) == key_id
        assert secrets.hourly_hash("192.0.2.7") == before


@pytest.mark.django_db
def test_rotating_by_the_chore_queues_the_walk() -> None:
    from colonnade.core import chores, work

    with clock.stopped_at(MORNING):
        secrets.hourly_hash("192.0.2.7")
        chores.rotate_keys()
        assert secrets.outdated() == 1
        work.run_due(10)
        assert secrets.outdated() == 0


def test_an_encrypted_column_holds_a_dict_and_stores_a_ciphertext() -> None:
    column = secrets.EncryptedJSON()
    stored = column.get_prep_value({"token": "t0p"})
    assert b"t0p" not in stored
    assert column.from_db_value(memoryview(stored), None, None) == {"token": "t0p"}
    assert column.get_prep_value({}) == b""
    assert column.from_db_value(b"", None, None) == {}


def test_a_sealed_number_is_opened_for_its_purpose_alone() -> None:
    sealed = secrets.seal(2**40 + 3, "seq")
    assert secrets.unseal(sealed, "seq") == 2**40 + 3
    assert secrets.unseal(sealed, "page") is None
    assert secrets.unseal(sealed[:-2], "seq") is None
    assert secrets.unseal("", "seq") is None
    assert secrets.unseal("ü!", "seq") is None
    secrets.rotate()
    assert secrets.unseal(sealed, "seq") == 2**40 + 3


@pytest.mark.django_db
def test_an_hourly_hash_is_the_same_within_its_hour_and_known_in_the_next() -> None:
    with clock.stopped_at(MORNING) as move:
        first = secrets.hourly_hash("192.0.2.7")
        assert secrets.hourly_hash("192.0.2.7") == first
        assert secrets.hourly_hash("192.0.2.8") != first
        move(3600)
        now, before = secrets.hourly_hashes("192.0.2.7")
        assert before == first
        assert now != first


@pytest.mark.django_db
def test_keys_of_hours_that_are_over_are_not_kept() -> None:
    with clock.stopped_at(MORNING) as move:
        first = secrets.hourly_hash("192.0.2.7")
        move(2 * 3600)
        assert first not in secrets.hourly_hashes("192.0.2.7")
        assert HourlyKey.objects.count() == 1
        move(5 * 3600)
        assert secrets.forget_hourly_keys() == 1
