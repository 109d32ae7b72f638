"""feedparser's own 1,510 test feeds, read by us and by feedparser, judged by one evaluator in one run."""

from __future__ import annotations

import io
import warnings
from collections import Counter
from pathlib import Path

import feedparser
import pytest

from colonnade.networks.feeds.connector import FeedConnector, as_told
from colonnade.networks.feeds.parse import feed_headers, parse, parse_plain
from colonnade.networks.feeds.parsed import Feed, NotAFeed
from colonnade.networks.feeds.posts import posts_of
from tests.corpora.feed_expectations import Case, fields_of, holds, load, names_of

ROOT = Path(__file__).resolve().parents[2] / "../shared/data/feeds/train"
pytestmark = [
    pytest.mark.corpora,
    pytest.mark.skipif(not ROOT.is_dir(), reason="../shared/data/feeds/train is not here"),
]


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return [load(path, ROOT) for path in sorted(ROOT.rglob("*")) if path.is_file()]


def test_every_case_of_the_corpus_is_there(cases: list[Case]) -> None:
    assert len(cases) == 1510


def test_no_case_makes_the_connector_raise_or_lets_text_through_that_cannot_be_stored(
    cases: list[Case],
) -> None:
    for case in cases:
        connector = FeedConnector(case.url, {}, None)  # type: ignore[arg-type]  # reading needs no network
        for thing in connector.read(case.body):
            repr(thing).encode()


def test_we_keep_every_field_at_least_as_well_as_feedparser(
    cases: list[Case], capsys: pytest.CaptureFixture[str]
) -> None:
    asked: Counter[str] = Counter()
    ours: Counter[str] = Counter()
    theirs: Counter[str] = Counter()
    lost: list[str] = []
    of_others = 0
    for case in cases:
        fields = fields_of(case.expect) if case.expect else set()
        if not fields or "-" in fields:
            of_others += 1
            continue
        mine = holds(case.expect, names_of(_ours(case)))
        peer = holds(case.expect, _theirs(case))
        for field in fields:
            asked[field] += 1
            ours[field] += mine
            theirs[field] += peer
        if peer and not mine:
            lost.append(f"{case.name}: {case.expect}")
    with capsys.disabled():
        print("\nfield              cases   ours  feedparser")
        for field, count in sorted(asked.items()):
            print(f"{field:<18} {count:>5}  {ours[field]:>5}  {theirs[field]:>10}")
        print(f"{'all kept fields':<18} {asked.total():>5}  {ours.total():>5}  {theirs.total():>10}")
        print(f"{of_others} of {len(cases)} cases ask for what we do not keep, or for nothing but no crash")
    assert asked.total() > 1000
    assert {field: (ours[field], theirs[field]) for field in asked if ours[field] < theirs[field]} == {}, lost


def test_the_fast_parser_is_wrong_on_enough_feeds_to_be_watched(
    cases: list[Case], capsys: pytest.CaptureFixture[str]
) -> None:
    """Why `connector.py` compares samples before it trusts the fast parser with a feed."""
    outcomes: Counter[str] = Counter()
    for case in cases:
        fast = parse_plain(case.body, case.url)
        if fast is None:
            outcomes["refused by the cheap check"] += 1
            continue
        slow, quick = (as_told(list(posts_of(feed, case.url))) for feed in (_ours(case), fast))
        if slow or quick:
            outcomes["agrees" if slow == quick else "differs"] += 1
        else:
            outcomes["no posts"] += 1
    with capsys.disabled():
        print(f"\nfast parser: {dict(outcomes)}")
    assert outcomes["agrees"] > outcomes["differs"] > 0


def _ours(case: Case) -> Feed:
    try:
        return parse(case.body, case.url, case.headers)
    except NotAFeed:
        return Feed(parser="none", sound=False)


def _theirs(case: Case) -> dict[str, object]:
    headers = feed_headers(case.url, case.headers)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        found = feedparser.parse(io.BytesIO(case.body), response_headers=headers)
    return dict(found)
