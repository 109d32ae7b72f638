"""The audit log: written in the action, chained, so that whatever is changed later shows."""

from __future__ import annotations

import pytest

from colonnade.core import audit, db, secrets
from colonnade.core.models import AuditEntry, Head

pytestmark = pytest.mark.django_db


@db.action
def open_account(number: int) -> None:
    audit.record(
        "places.account_opened",
        by=7,
        subject=f"account:{number}",
        details={
            "network": "pretend",
            "access_token": "t0p",
            "login": {"Password": "hunter2", "name": "Tomasz"},
        },
    )


@pytest.fixture
def entries() -> list[AuditEntry]:
    for number in range(5):
        open_account(number)
    assert audit.seal() == 5
    assert audit.verify() is None
    return list(AuditEntry.objects.order_by("seq"))


def change(entry: AuditEntry, **values: object) -> None:
    with db.machinery():
        AuditEntry.objects.filter(id=entry.id).update(**values)


def test_an_entry_outside_an_action_is_refused() -> None:
    with pytest.raises(RuntimeError, match="outside an action"):
        audit.record("places.account_opened", by=None, subject="account:1")


def test_an_entry_of_an_action_that_failed_does_not_stand() -> None:
    @db.action
    def fail() -> None:
        open_account(1)
        raise ValueError

    with pytest.raises(ValueError):
        fail()
    assert audit.seal() == 0
    assert not AuditEntry.objects.exists()


def test_secrets_are_left_out_however_deep_they_lie(entries: list[AuditEntry]) -> None:
    for secret in ("t0p", "hunter2"):
        assert secret not in entries[0].details
    assert '"name":"Tomasz"' in entries[0].details


def test_a_changed_entry_breaks_the_chain_where_it_stands(entries: list[AuditEntry]) -> None:
    change(entries[2], actor=8)
    assert audit.verify() == 3


def test_a_changed_hash_breaks_the_chain(entries: list[AuditEntry]) -> None:
    change(entries[1], hash=entries[0].hash)
    assert audit.verify() == 2


def test_an_entry_taken_out_shows(entries: list[AuditEntry]) -> None:
    with db.machinery():
        AuditEntry.objects.filter(id=entries[3].id).delete()
    assert audit.verify() == 4


def test_the_last_entries_taken_off_show(entries: list[AuditEntry]) -> None:
    with db.machinery():
        AuditEntry.objects.filter(seq__gt=3).delete()
    assert audit.verify() == 4


def test_two_entries_that_changed_places_show(entries: list[AuditEntry]) -> None:
    change(entries[0], seq=100)
    change(entries[1], seq=1)
    change(entries[0], seq=2)
    assert audit.verify() == 1


def test_an_empty_log_holds_and_an_emptied_one_does_not(entries: list[AuditEntry]) -> None:
    with db.machinery():
        AuditEntry.objects.all().delete()
    assert audit.verify() == 1
    with db.machinery():
        Head.objects.update(audit_seq=0, audit_hash=b"")
    assert audit.verify() is None


def test_the_chain_goes_on_after_the_keys_were_rotated(entries: list[AuditEntry]) -> None:
    secrets.rotate()
    open_account(9)
    assert audit.seal() == 1
    assert audit.verify() is None
    assert len(set(AuditEntry.objects.values_list("key", flat=True))) == 2


def test_an_entry_that_is_not_sealed_yet_does_not_break_the_chain(entries: list[AuditEntry]) -> None:
    open_account(9)
    assert audit.verify() is None
