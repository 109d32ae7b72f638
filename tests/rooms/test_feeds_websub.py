"""Asking a hub to push, judging what it asks back, and trusting only what it signed."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import parse_qs

import pytest

from colonnade.networks.base import Refused, TryLater
from colonnade.networks.feeds.websub import LONGEST_LEASE_S, intent, subscribe, unsubscribe, verify_signature
from colonnade.networks.http import Client
from tests.rooms.loopback import pages, serving

pytestmark = pytest.mark.corpora  # no database: once is enough

TOPIC = "https://port-alder.example/mayor.atom"
CALLBACK = "https://colonnade.example/websub/7?x=1&y=2"


def test_a_subscription_asks_for_topic_callback_secret_and_lease() -> None:
    with serving(pages({"/hub": (202, {}, b"")})) as server:
        http = Client(allowed_private_hosts=["localhost"])
        subscribe(http, server.url("/hub"), TOPIC, CALLBACK, "s3cret", 86_400)
        unsubscribe(http, server.url("/hub"), TOPIC, CALLBACK)
        first, second = (parse_qs(each.body.decode()) for each in server.requests)
        assert first == {
            "hub.mode": ["subscribe"],
            "hub.topic": [TOPIC],
            "hub.callback": [CALLBACK],
            "hub.secret": ["s3cret"],
            "hub.lease_seconds": ["86400"],
        }
        assert second["hub.mode"] == ["unsubscribe"]
        assert server.requests[0].headers["content-type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("status", "error"), [(400, Refused), (404, Refused), (302, Refused), (500, TryLater), (503, TryLater)]
)
def test_a_hub_that_says_no_is_told_from_one_in_trouble(status: int, error: type[Exception]) -> None:
    with serving(pages({"/hub": (status, {}, b"")})) as server, pytest.raises(error):
        subscribe(Client(allowed_private_hosts=["localhost"]), server.url("/hub"), TOPIC, CALLBACK, "s", 60)


def test_a_secret_that_the_standard_forbids_is_not_sent() -> None:
    with pytest.raises(Refused):
        subscribe(Client(), "https://hub.example/", TOPIC, CALLBACK, "s" * 200, 60)


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512", "SHA256"])
def test_every_method_of_the_standard_is_verified(method: str) -> None:
    body, secret = b"<feed/>", "s3cret"
    signature = hmac.new(secret.encode(), body, getattr(hashlib, method.lower())).hexdigest()
    assert verify_signature(body, f"{method}={signature}", secret)
    assert verify_signature(body, f" {method}={signature.upper()} ", secret)
    assert not verify_signature(body + b" ", f"{method}={signature}", secret)
    assert not verify_signature(body, f"{method}={signature}", "other")
    assert not verify_signature(body, f"{method}={signature[:-1]}", secret)


@pytest.mark.parametrize(
    "header", ["", "=", "sha256=", "sha256", "md5=5", "none=", "sha256=é", "sha1=" + "0" * 100_000]
)
def test_a_signature_that_is_none_verifies_nothing(header: str) -> None:
    assert not verify_signature(b"x", header, "secret")


def test_without_a_secret_nothing_verifies() -> None:
    assert not verify_signature(b"x", "sha1=" + hmac.new(b"", b"x", hashlib.sha1).hexdigest(), "")


def query(**change: str) -> dict[str, str]:
    asked = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "abc", "hub.lease_seconds": "3600"}
    return asked | {f"hub.{name}": value for name, value in change.items()}


def test_what_we_want_is_confirmed_with_the_challenge_and_the_lease() -> None:
    judged = intent(query(), topic=TOPIC, wanted=True)
    assert (judged.accepted, judged.challenge, judged.lease_s) == (True, "abc", 3600)
    assert intent(query(mode="unsubscribe"), topic=TOPIC, wanted=False).accepted


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({}, False),
        ({"mode": "unsubscribe"}, True),
        ({"topic": "https://elsewhere.example/"}, True),
        ({"topic": ""}, True),
        ({"challenge": ""}, True),
        ({"challenge": "x" * 5000}, True),
        ({"mode": ""}, True),
        ({"mode": "publish"}, False),
    ],
)
def test_what_we_do_not_want_is_not_confirmed(change: dict[str, str], wanted: bool) -> None:
    judged = intent(query(**change), topic=TOPIC, wanted=wanted)
    assert not judged.accepted
    assert not judged.denied
    assert judged.challenge == ""
    assert judged.reason


def test_a_denial_is_told_with_its_reason() -> None:
    judged = intent(query(mode="denied", reason="Members only"), topic=TOPIC, wanted=True)
    assert (judged.denied, judged.accepted, judged.reason) == (True, False, "Members only")
    assert not intent(query(mode="denied", topic="https://x.example/"), topic=TOPIC, wanted=True).denied


@pytest.mark.parametrize(
    ("written", "lease"), [("", 0), ("-5", 0), ("x", 0), ("9" * 11, LONGEST_LEASE_S), ("9" * 99, 0)]
)
def test_odd_leases_do_no_harm(written: str, lease: int) -> None:
    assert intent(query(lease_seconds=written), topic=TOPIC, wanted=True).lease_s == lease
