"""The conformance cases of twitter-text, measured section by section; each prints its share."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from colonnade.primitives.entities import Dialect, Entity, entities, hashtags, mentions, replied_to, urls
from colonnade.primitives.lengths import TWITTER, Counting, measure
from colonnade.primitives.text import is_blank

CASES = Path(__file__).resolve().parents[2] / "../shared/data/twitter_text"

pytestmark = [
    pytest.mark.corpora,
    pytest.mark.skipif(not CASES.is_dir(), reason="needs ../shared/data/twitter_text beside the checkout"),
]


@cache
def cases(file: str, section: str) -> list[dict[str, Any]]:
    loaded = yaml.safe_load((CASES / file).read_text("utf-8"))["tests"][section]
    assert loaded
    return loaded  # type: ignore[no-any-return]


def found(text: str, kind: str) -> list[Entity]:
    return [entity for entity in entities(text, Dialect.TWITTER) if entity.kind == kind]


def values(kind: str) -> Callable[[str], list[str]]:
    return lambda text: [entity.value for entity in found(text, kind)]


def with_indices(kind: str, name: str, slug: str = "") -> Callable[[str], list[dict[str, Any]]]:
    def extract(text: str) -> list[dict[str, Any]]:
        return [
            {name: one.value, "indices": [one.start, one.end]}
            | ({slug: f"/{one.slug}" if one.slug else ""} if slug else {})
            for one in found(text, kind)
        ]

    return extract


def addresses(text: str) -> list[str]:
    return [text[one.start : one.end] for one in urls(text)]


def addresses_with_indices(text: str) -> list[dict[str, Any]]:
    return [{"url": text[one.start : one.end], "indices": [one.start, one.end]} for one in urls(text)]


def reply(text: str) -> str | None:
    answered = replied_to(text)
    return answered.value if answered else None


EXTRACT: dict[str, tuple[Callable[[str], Any], int]] = {
    "mentions": (values("mention"), 23),
    "mentions_with_indices": (with_indices("mention", "screen_name"), 3),
    "mentions_or_lists_with_indices": (with_indices("mention", "screen_name", "list_slug"), 5),
    "replies": (reply, 13),
    "urls": (addresses, 91),
    "urls_with_indices": (addresses_with_indices, 10),
    "urls_with_directional_markers": (addresses_with_indices, 2),
    "tco_urls_with_params": (addresses, 5),
    "hashtags": (values("hashtag"), 65),
    "hashtags_from_astral": (values("hashtag"), 3),
    "hashtags_with_indices": (with_indices("hashtag", "hashtag"), 8),
    "cashtags": (values("cashtag"), 8),
    "cashtags_with_indices": (with_indices("cashtag", "cashtag"), 2),
}

# What twitter-text would link, read from the pages that it would write.
LINK = re.compile(r"<a [^>]*>(.*?)</a>", re.DOTALL)
PARTS_OF_A_LINK = {
    "usernames": ("mention", 19),
    "lists": ("mention", 12),
    "hashtags": ("hashtag", 70),
    "urls": ("url", 78),
    "cashtags": ("cashtag", 2),
}

TWITTER_BEFORE_WHOLE_EMOJI = replace(TWITTER, whole_emoji=False)
TWITTER_OF_140 = Counting(limit=140, url=23, bare_urls=True, light=((0, 0x10FFFF),))
WEIGHTED = {
    "WeightedTweetsCounterTest": (TWITTER_BEFORE_WHOLE_EMOJI, 20),
    "WeightedTweetsWithDiscountedEmojiCounterTest": (TWITTER, 22),
    "UnicodeDirectionalMarkerCounterTest": (TWITTER, 2),
}


def is_one(kind: str, find: Callable[[str], list[Entity]]) -> Callable[[str], bool]:
    def whole(text: str) -> bool:
        return [(one.start, one.end, bool(one.slug)) for one in find(text)] == [
            (0, len(text), kind == "list")
        ]

    return whole


VALID: dict[str, tuple[Callable[[str], bool], int]] = {
    "usernames": (is_one("user", lambda text: mentions(text, Dialect.TWITTER)), 4),
    "lists": (is_one("list", lambda text: mentions(text, Dialect.TWITTER)), 5),
    "hashtags": (is_one("hashtag", hashtags), 7),
    "urls": (is_one("url", urls), 21),
    "urls_without_protocol": (is_one("url", urls), 5),
}


def report(
    capsys: pytest.CaptureFixture[str], name: str, outcomes: list[tuple[str, Any, Any]], floor: int
) -> None:
    """Print how many outcomes (description, expected, got) agree, and fail below `floor` with those that do not."""
    wrong = [outcome for outcome in outcomes if outcome[1] != outcome[2]]
    right = len(outcomes) - len(wrong)
    with capsys.disabled():
        print(f"\n{name} {right}/{len(outcomes)}", end="")
    assert right >= floor, "\n".join(f"{what}: {want!r}, not {got!r}" for what, want, got in wrong)


@pytest.mark.parametrize("section", EXTRACT)
def test_entities_are_found_where_the_cases_say(section: str, capsys: pytest.CaptureFixture[str]) -> None:
    extract, floor = EXTRACT[section]
    outcomes = [(c["description"], c["expected"], extract(c["text"])) for c in cases("extract.yml", section)]
    report(capsys, f"extract {section}", outcomes, floor)


@pytest.mark.parametrize(("section", "floor"), [("country", 312), ("generic", 1240)])
def test_top_level_domains_are_known(section: str, floor: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Seven names in other scripts have been given back since the cases were written."""
    outcomes = [(c["description"], c["expected"], addresses(c["text"])) for c in cases("tlds.yml", section)]
    report(capsys, f"tlds {section}", outcomes, floor)


@pytest.mark.parametrize("section", WEIGHTED)
def test_weighted_lengths_are_those_of_the_cases(section: str, capsys: pytest.CaptureFixture[str]) -> None:
    how, floor = WEIGHTED[section]
    outcomes = []
    for case in cases("validate.yml", section):
        text, measured = case["text"], measure(case["text"], how)
        got = {
            "weightedLength": measured.length,
            "valid": measured.fits and not is_blank(text),
            "permillage": measured.length * 1000 // how.limit,
            "displayRangeStart": 0,
            "displayRangeEnd": utf16_length(text) - 1,
            "validRangeStart": 0,
            "validRangeEnd": utf16_length(text[: measured.cut]) - 1,
        }
        outcomes.append((case["description"], case["expected"], got))
    report(capsys, f"validate {section}", outcomes, floor)


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def test_texts_of_the_old_limit_fit_as_the_cases_say(capsys: pytest.CaptureFixture[str]) -> None:
    outcomes = [
        (
            c["description"],
            c["expected"],
            measure(c["text"], TWITTER_OF_140).fits and not is_blank(c["text"]),
        )
        for c in cases("validate.yml", "tweets")
    ]
    report(capsys, "validate tweets", outcomes, 8)


@pytest.mark.parametrize("section", VALID)
def test_a_text_that_is_one_entity_is_told_from_others(
    section: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Addresses with numbers for a host, or with a name and password in them, are not made into links on purpose."""
    is_valid, floor = VALID[section]
    outcomes = [
        (c["description"], c["expected"], is_valid(c["text"])) for c in cases("validate.yml", section)
    ]
    report(capsys, f"validate {section}", outcomes, floor)


@pytest.mark.parametrize("section", PARTS_OF_A_LINK)
def test_links_are_made_of_the_same_parts(section: str, capsys: pytest.CaptureFixture[str]) -> None:
    kind, floor = PARTS_OF_A_LINK[section]
    outcomes = []
    for case in cases("autolink.yml", section):
        want = [html.unescape(part).lstrip("@＠") for part in LINK.findall(case["expected"])]
        got = [
            case["text"][one.start : one.end].lstrip("@＠")
            for one in found(case["text"], kind)
            if not one.bare
        ]
        outcomes.append((case["description"], want, got))
    report(capsys, f"autolink {section}", outcomes, floor)
