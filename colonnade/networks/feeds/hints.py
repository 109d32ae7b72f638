"""What the head of a feed says besides its entries: who pushes it, how often to ask, when not to ask.

Read from the bytes before the first entry, so that it is the same whichever parser reads the rest.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from colonnade.networks.feeds.by_json import is_json
from colonnade.networks.feeds.sniff import as_ascii_like
from colonnade.primitives.json import BadJson, loads

_HEAD = 128 * 1024
_FIRST_ENTRY = re.compile(rb"<(?:\w{1,20}:)?(?:item|entry)[\s>]", re.IGNORECASE)
_LINK = re.compile(r"<(?:\w{1,20}:)?link\b([^<>]{0,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([\w:-]{1,40})\s{0,20}=\s{0,20}(?:"([^"]*)"|'([^']*)')""")
_HEADER_LINK = re.compile(r"<([^<>]{1,4000})>([^<>]{0,1000})")
_REL = re.compile(r"""\brel\s{0,20}=\s{0,20}(?:"([^"]*)"|([^\s;,"]+))""", re.IGNORECASE)
_NUMBER = {
    name: re.compile(rf"<(?:\w{{1,20}}:)?{name}\s{{0,20}}>\s{{0,200}}(\d{{1,6}})\s{{0,200}}<", re.IGNORECASE)
    for name in ("ttl", "hour", "updateFrequency")
}
_PERIOD = re.compile(r"<(?:\w{1,20}:)?updatePeriod\s{0,20}>\s{0,200}(\w{1,20})\s{0,200}<", re.IGNORECASE)
_DAY = re.compile(r"<(?:\w{1,20}:)?day\s{0,20}>\s{0,200}(\w{1,20})\s{0,200}<", re.IGNORECASE)
_SKIP_HOURS = re.compile(r"<skipHours[^<>]{0,100}>(.{0,4000}?)</skipHours", re.IGNORECASE | re.DOTALL)
_SKIP_DAYS = re.compile(r"<skipDays[^<>]{0,100}>(.{0,4000}?)</skipDays", re.IGNORECASE | re.DOTALL)
_PERIODS_S = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Hints(msgspec.Struct, frozen=True, kw_only=True):
    """`at_least_s`: seconds that should lie between two visits (0 unsaid). Hours and days (0 is Monday) are UTC."""

    hub: str = ""
    topic: str = ""
    at_least_s: float = 0.0
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()


def hints(body: bytes, headers: Mapping[str, str]) -> Hints:
    """The hints of a feed document and the HTTP headers (lower-case names) that it came with."""
    links = _links_in_header(headers.get("link", ""))
    if is_json(body):
        return _of_json(body, links)
    body = as_ascii_like(body[:_HEAD])
    first = _FIRST_ENTRY.search(body)
    head = body[: first.start() if first else None].decode("utf-8", "replace")
    for tag in _LINK.finditer(head):
        attributes = {
            name.lower(): html.unescape(one or two) for name, one, two in _ATTRIBUTE.findall(tag[1])
        }
        for rel in attributes.get("rel", "").lower().split():
            links.setdefault(rel, attributes.get("href", "").strip())
    return Hints(
        hub=links.get("hub", ""),
        topic=links.get("self", ""),
        at_least_s=max(_ttl_s(head), _period_s(head)),
        skip_hours=frozenset(_hours(head)),
        skip_days=frozenset(_days(head)),
    )


def _of_json(body: bytes, links: dict[str, str]) -> Hints:
    try:
        document = loads(body)
    except BadJson:
        return Hints()
    document = document if isinstance(document, dict) else {}
    hubs: Any = document.get("hubs")
    for hub in hubs if isinstance(hubs, list) else []:
        if isinstance(hub, dict) and hub.get("type") == "WebSub" and isinstance(hub.get("url"), str):
            links.setdefault("hub", hub["url"])
    if isinstance(document.get("feed_url"), str):
        links.setdefault("self", document["feed_url"])
    return Hints(hub=links.get("hub", ""), topic=links.get("self", ""))


def _links_in_header(header: str) -> dict[str, str]:
    """rel -> target of a Link header (RFC 8288); the first of each rel counts."""
    found: dict[str, str] = {}
    for target, parameters in _HEADER_LINK.findall(header[:16_384]):
        if rel := _REL.search(parameters):
            for name in (rel[1] or rel[2] or "").lower().split():
                found.setdefault(name, target.strip())
    return found


def _ttl_s(head: str) -> float:
    """RSS 2.0's ttl, in minutes. Some write seconds; a day is the most that is believed."""
    found = _NUMBER["ttl"].search(head)
    return min(int(found[1]) * 60.0, 86_400.0) if found else 0.0


def _period_s(head: str) -> float:
    """RSS 1.0's syndication module: so many updates a period."""
    period = _PERIODS_S.get(found[1].lower(), 0) if (found := _PERIOD.search(head)) else 0
    often = _NUMBER["updateFrequency"].search(head)
    return min(period / max(1, int(often[1]) if often else 1), 86_400.0)


def _hours(head: str) -> list[int]:
    found = _SKIP_HOURS.search(head)
    return [int(hour) % 24 for hour in _NUMBER["hour"].findall(found[1])] if found else []


def _days(head: str) -> list[int]:
    found = _SKIP_DAYS.search(head)
    names = [name.lower() for name in _DAY.findall(found[1])] if found else []
    return [_DAYS.index(name) for name in names if name in _DAYS]
