"""Following, blocking, muting: from an identity toward an identity or a domain."""

from __future__ import annotations

from colonnade.core.db import action
from colonnade.people.models import (
    Block,
    Follow,
    Identity,
    Mute,
    Toward,
)
from colonnade.primitives import clock


@action
def block(source: Identity, *, target: Identity | None = None, domain: str = "") -> None:
    """Hide `source` and the target (an identity, or all of a domain) from one another."""
    _turn_toward(Block, source, target, domain)


@action
def unblock(source: Identity, *, target: Identity | None = None, domain: str = "") -> None:
    """Take a block back."""
    _turn_away(Block, source, target, domain)


@action
def mute(source: Identity, *, target: Identity | None = None, domain: str = "") -> None:
    """Hide the target's posts from `source`."""
    _turn_toward(Mute, source, target, domain)


@action
def unmute(source: Identity, *, target: Identity | None = None, domain: str = "") -> None:
    """Take a mute back."""
    _turn_away(Mute, source, target, domain)


@action
def follow(source: Identity, *, target: Identity | None = None, domain: str = "") -> None:
    """`source` follows the target from now on."""
    _turn_toward(Follow, source, target, domain)


@action
def unfollow(source: Identity, *, target: Identity | None = None, domain: str = "") -> None:
    """`source` no longer follows the target."""
    _turn_away(Follow, source, target, domain)


def _turn_toward(model: type[Toward], source: Identity, target: Identity | None, domain: str) -> None:
    model._default_manager.get_or_create(
        source=source, target=target, domain="" if target else domain.lower(), defaults={"since": clock.now()}
    )


def _turn_away(model: type[Toward], source: Identity, target: Identity | None, domain: str) -> None:
    model._default_manager.filter(
        source=source, target=target, domain="" if target else domain.lower()
    ).delete()
