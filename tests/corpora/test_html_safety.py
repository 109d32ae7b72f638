"""The one cleaner before everything hostile that is at hand, judged by two parsers that are not its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

import lxml.html
import pytest

from colonnade.primitives.html import clean, from_text, to_text
from tests.corpora.html_cases import ROOT, Case, all_cases

pytestmark = [
    pytest.mark.corpora,
    pytest.mark.skipif(not ROOT.is_dir(), reason="needs ../shared/data/html_safety beside the checkout"),
]

# Written out a second time on purpose: a slip in the cleaner's own list must not pass here.
ELEMENTS = {
    "p",
    "br",
    "a",
    "em",
    "strong",
    "b",
    "i",
    "u",
    "s",
    "del",
    "ins",
    "code",
    "pre",
    "blockquote",
    "ul",
    "ol",
} | {
    *("li", "h3", "h4", "h5", "h6", "span"),
}
ATTRIBUTES = {"a": {"href", "class", "rel"}, "span": {"class"}}
CLASSES = {"mention", "hashtag", "ellipsis", "invisible"}
GOOD_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\x00-\x20]+", re.IGNORECASE)

Found = tuple[str, dict[str, str]]


class Standard(HTMLParser):
    """What Python's own tokeniser sees."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Found] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def handle_comment(self, data: str) -> None:
        self.found.append(("!--", {}))

    def handle_decl(self, decl: str) -> None:
        self.found.append(("!", {}))

    def handle_pi(self, data: str) -> None:
        self.found.append(("?", {}))


def seen_by_python(html: str) -> Iterable[Found]:
    parser = Standard()
    try:
        parser.feed(html)
        parser.close()
    except AssertionError:  # its way of refusing a declaration
        parser.handle_decl(html)
    return parser.found


def seen_by_libxml(html: str) -> Iterator[Found]:
    for element in lxml.html.document_fromstring(f"<body>{html}</body>").body.iterdescendants():
        yield (
            (element.tag, dict(element.attrib)) if isinstance(element.tag, str) else (str(element.tag), {})
        )


def faults(found: Iterable[Found]) -> list[str]:
    wrong = []
    for tag, attributes in found:
        if tag not in ELEMENTS:
            wrong.append(f"<{tag}>")
        wrong += [f"<{tag} {name}>" for name in attributes if name not in ATTRIBUTES.get(tag, set())]
        if "href" in attributes and not GOOD_ADDRESS.fullmatch(attributes["href"]):
            wrong.append(f"href={attributes['href']!r}")
        if tag == "a" and attributes.get("rel") != "nofollow noopener noreferrer ugc":
            wrong.append("a link without its rel")
        if not set(attributes.get("class", "").split()) <= CLASSES:
            wrong.append(f"class={attributes['class']!r}")
    return wrong


def judged(html: str) -> list[str]:
    return [*faults(seen_by_python(html)), *faults(seen_by_libxml(html))]


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    assert len(all_cases()) > 8_000
    return all_cases()


def told(capsys: pytest.CaptureFixture[str], what: str, cases: tuple[Case, ...]) -> None:
    with capsys.disabled():
        counts = ", ".join(
            f"{source} {number}" for source, number in Counter(c.source for c in cases).items()
        )
        print(f"\n{what}: {len(cases)} cases, 0 faults ({counts})", end="")


def test_nothing_outside_the_allowed_list_comes_through(
    cases: tuple[Case, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = {case: found for case in cases if (found := judged(clean(case.html)))}
    assert wrong == {}
    told(capsys, "cleaned HTML", cases)


def test_nothing_comes_through_inside_an_attribute_or_another_element(
    cases: tuple[Case, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = []
    for case in cases:
        for frame in (
            '<a href="{}">x</a>',
            "<table><td>{}",
            "<p title='{}",
            "<svg><desc>{}",
            "<select><option>{}",
        ):
            html = clean(frame.format(case.html))
            if judged(html):
                wrong.append((frame, case))
    assert wrong == []
    told(capsys, "cleaned inside five frames", cases)


def test_cleaning_what_was_cleaned_changes_nothing(cases: tuple[Case, ...]) -> None:
    changed = [case for case in cases if clean(once := clean(case.html)) != once]
    assert changed == []


def test_text_made_into_html_is_as_clean_and_says_the_same(
    cases: tuple[Case, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = []
    for case in cases:
        html = from_text(case.html)
        if judged(html) or clean(html) != html:
            wrong.append(case)
    assert wrong == []
    told(capsys, "plain text made into HTML", cases)


def test_html_read_as_text_can_be_shown_as_text(cases: tuple[Case, ...]) -> None:
    """What `to_text` gives may hold what looks like tags, and made into HTML again it is still only words."""
    wrong = [case for case in cases if judged(from_text(to_text(case.html)))]
    assert wrong == []


def test_the_judges_see_what_they_are_there_to_see(cases: tuple[Case, ...]) -> None:
    """Left uncleaned, most of the cases that were written as attacks are found guilty."""
    uncleaned = [case for case in cases if case.source == "payloadbox"]
    guilty = [case for case in uncleaned if faults(seen_by_python(case.html))]
    assert len(guilty) > len(uncleaned) * 0.8
    for html in (
        '<p onclick="x">',
        '<a href="javascript:x">',
        "<!-- x -->",
        "<img>",
        '<p class="admin">x</p>',
    ):
        assert faults(seen_by_python(html))
        assert faults(seen_by_libxml(html))
