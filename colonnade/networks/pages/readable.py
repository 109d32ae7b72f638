"""What a reader would read on a page, line by line: headings, paragraphs, items of lists, rows of tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from lxml import etree
from lxml import html as lxml_html

from colonnade.networks.feeds.plain import DEEPEST, depth
from colonnade.networks.http import Response
from colonnade.networks.pages.difference import CELL_BREAK
from colonnade.primitives.text import bounded, fold, normalise

LARGEST = 4 * 1024 * 1024
MOST_LINES = 2000
MOST_LETTERS = 60_000
LONGEST_LINE = 2000
_FEWEST_LETTERS = 20
_SHARE_OF_MAIN = 0.2

# fmt: off
_SILENT = frozenset((
    "script", "style", "template", "noscript", "iframe", "object", "embed", "svg", "math", "canvas", "video", "audio",
    "nav", "form", "button", "select", "input", "textarea", "dialog", "menu", "head",
))
_AROUND = frozenset(("header", "footer", "aside"))
_SILENT_ROLES = frozenset((
    "navigation", "banner", "contentinfo", "search", "complementary", "dialog", "alertdialog", "menu", "menubar",
    "toolbar",
))
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend", "li",
    "main", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul",
))
# fmt: on
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_CELLS = ("td", "th")
_ASIDE = re.compile(
    r"ads?|advert\w*|ads?[-_].*|.*[-_]ads?|adsbygoogle|sponsored([-_].*)?|cookies?([-_].*)?|(.*[-_])?consent([-_].*)?"
    r"|gdpr.*|share|sharing|share[-_].*|social[-_](links|share|sharing|media|icons|buttons)|breadcrumbs?([-_].*)?"
    r"|skip[-_]?link|related[-_](posts|articles|links)|newsletter[-_]sign-?up",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"display\s{0,5}:\s{0,5}none|visibility\s{0,5}:\s{0,5}hidden", re.IGNORECASE)
_CHARSET = re.compile(rb"<meta[^<>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([\w-]{1,40})", re.IGNORECASE)
_HEADER_CHARSET = re.compile(r"charset=\"?([\w-]{1,40})", re.IGNORECASE)
_LANG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}")
_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "")


class Page(msgspec.Struct, frozen=True):
    """What can be read on a page. `lines` is empty where nothing can; then `why` is a sentence that says so."""

    title: str
    lang: str
    lines: tuple[str, ...]
    why: str = ""


def readable(response: Response, part: str = "") -> Page:
    """The readable lines of what was fetched; with `part` only what stands under that heading, or in the element with
    that id. What is longer than 2,000 lines or 60,000 letters ends there."""
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in _TYPES:
        return Page("", "", (), f"There is no page but a file of the kind {bounded(media_type, 60)[0]}.")
    text = _decoded(response)
    if media_type == "text/plain":
        return _told(Page("", "", tuple(_bounded(text.splitlines()))), scripted=False)
    tree = _tree(text)
    if tree is None:
        return Page("", "", (), "Nothing readable is there.")
    scripted = next(tree.iter("script"), None) is not None
    title, lang = _title(tree), _lang(tree)
    _drop_silent(tree)
    if part:
        lines = list(_part(tree, part))
        if not lines:
            return Page(title, lang, (), f"Nothing on the page is headed “{bounded(part, 200)[0]}”.")
        return Page(title, lang, tuple(_bounded(lines)))
    return _told(Page(title, lang, tuple(_bounded(_main_lines(tree)))), scripted=scripted)


def _told(page: Page, *, scripted: bool) -> Page:
    if sum(map(_letters, page.lines)) >= _FEWEST_LETTERS:
        return page
    by_script = "Nothing readable is there: the page is made by a script, which runs in browsers alone."
    why = by_script if scripted else "Nothing readable is there."
    return msgspec.structs.replace(page, lines=(), why=why)


def _decoded(response: Response) -> str:
    """By the header, else by what the page says of itself, else as UTF-8, else as old pages were written."""
    body = response.body[:LARGEST]
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace")
    header = _HEADER_CHARSET.search(response.headers.get("content-type", ""))
    own = _CHARSET.search(body[:4096])
    for name in (header[1] if header else "", own[1].decode("ascii") if own else "", "utf-8"):
        try:
            return (
                body.decode(name, "strict" if name == "utf-8" else "replace")
                if name
                else body.decode("utf-8")
            )
        except (LookupError, UnicodeDecodeError):
            continue
    return body.decode("windows-1252", "replace")


def _tree(text: str) -> Any:
    """The page's tree, or None: bounded in depth, nothing fetched, nothing run."""
    if depth(text) > 8 * DEEPEST:
        text = text[: 64 * 1024]
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        return lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def _title(tree: Any) -> str:
    """What the page calls itself: its title, else its first heading."""
    for tag in ("title", "h1"):
        first = next(tree.iter(tag), None)
        told = " ".join(normalise("".join(first.itertext())).split()) if first is not None else ""
        if told:
            return bounded(told, 200)[0]
    return ""


def _lang(tree: Any) -> str:
    written = str(tree.get("lang") or "")
    return written if _LANG.fullmatch(written) else ""


# --- what is left out -------------------------------------------------------------------------------------------------


def _drop_silent(tree: Any) -> None:
    """Take away what is not the page's own words: navigation, forms, advertisements, what is hidden."""
    for element in list(tree.iter()):
        if element is tree or element.tag == "body":
            continue
        if not isinstance(element.tag, str) or _is_silent(element):
            _drop(element)


def _is_silent(element: Any) -> bool:
    if element.tag in _SILENT or element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    if (element.get("role") or "").strip().lower() in _SILENT_ROLES:
        return True
    if _HIDDEN.search((element.get("style") or "")[:500]):
        return True
    if element.tag in ("main", "article", *_HEADINGS):
        return False
    names = f"{element.get('class') or ''} {element.get('id') or ''}"[:1000].split()
    return any(_ASIDE.fullmatch(name) for name in names)


def _drop(element: Any) -> None:
    """Without the element, but with the words that come after it."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)


# --- which part -------------------------------------------------------------------------------------------------------


def _main_lines(tree: Any) -> list[str]:
    """The lines of the main part, where the page has one that holds a fair share of its words; else of all of it."""
    mains = [*tree.iter("main"), *(one for one in tree.iter("div", "section") if one.get("role") == "main")]
    articles = list(tree.iter("article"))
    chosen = mains[:1] or (articles if len(articles) == 1 else [])
    body = next(tree.iter("body"), tree)
    for element in [one for one in body.iter(*_AROUND) if not _inside_content(one)]:
        _drop(element)
    everything = list(_lines(body))
    if not chosen:
        return everything
    main = list(_lines(chosen[0]))
    enough = max(_FEWEST_LETTERS, _SHARE_OF_MAIN * sum(map(_letters, everything)))
    return main if sum(map(_letters, main)) >= enough else everything


def _inside_content(element: Any) -> bool:
    return any(above.tag in ("main", "article") for above in element.iterancestors())


def _part(tree: Any, part: str) -> Iterator[str]:
    """What stands in the element with this id, or under the heading with these words up to the next one of its rank."""
    found = next((one for one in tree.iter() if part in (one.get("id"), one.get("name"))), None)
    if found is None:
        asked = _spoken(part)
        headings = (one for one in tree.iter(*_HEADINGS) if _spoken("".join(one.itertext())) == asked)
        found = next(headings, None)
    if found is None:
        return
    heading = found if found.tag in _HEADINGS else None
    yield from _lines(found) if heading is None else _under(heading)


def _under(heading: Any) -> Iterator[str]:
    """The lines after a heading, in the order of the page, up to the next heading of the same rank or a higher one."""
    yield from _lines(heading)
    for after in heading.itersiblings():
        if _ends(after, heading.tag):
            return
        yield from _lines(after)
    # A heading in a wrapper of its own: what it heads stands after the wrapper.
    parent = heading.getparent()
    if parent is not None and heading.getnext() is None and parent.tag in ("div", "header", "hgroup"):
        for after in parent.itersiblings():
            if _ends(after, heading.tag):
                return
            yield from _lines(after)


def _ends(element: Any, rank: str) -> bool:
    return any(one.tag <= rank for one in element.iter(*_HEADINGS))


def _spoken(words: str) -> str:
    """A heading as one compares it: `Opening-hours` in an address is "Opening hours" on the page."""
    return " ".join(fold(re.sub(r"[-_+]", " ", words)).split())


# --- lines ------------------------------------------------------------------------------------------------------------


def _lines(root: Any) -> Iterator[str]:
    """The words below an element, a block on each line; the cells of a row on one."""
    pieces: list[str] = []
    rows: list[bool] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if event == "start":
            if _breaks(tag, rows):
                yield from _flush(pieces)
            elif tag in _BLOCKS:
                pieces.append(" ")
            if tag == "tr":
                rows.append(_is_plain_row(element))
            if tag in _CELLS and "".join(pieces).strip():
                pieces.append(CELL_BREAK)
            pieces.append(element.text or "")
            continue
        if tag == "tr" and rows:
            rows.pop()
        if _breaks(tag, rows):
            yield from _flush(pieces)
        if element is not root:
            pieces.append(element.tail or "")
    yield from _flush(pieces)


def _breaks(tag: str, rows: list[bool]) -> bool:
    """Whether a new line begins there: within a row of data none does."""
    if rows and rows[-1]:
        return False
    return tag in _BLOCKS or tag in _CELLS


def _is_plain_row(row: Any) -> bool:
    """Whether a row holds data, and not the layout of a page of long ago."""
    return next(row.iter("table", "ul", "ol", "section", "article", *_HEADINGS), None) is None


def _flush(pieces: list[str]) -> Iterator[str]:
    line = " ".join(normalise("".join(pieces)).split())
    pieces.clear()
    if line.strip(" |"):
        yield line


def _bounded(lines: list[str]) -> Iterator[str]:
    letters = 0
    for line in lines[: 2 * MOST_LINES]:
        told = bounded(" ".join(normalise(line[: 2 * LONGEST_LINE]).split()), LONGEST_LINE)[0]
        letters += len(told)
        if letters > MOST_LETTERS:
            return
        if told:
            yield told


def _letters(line: str) -> int:
    return sum(map(str.isalpha, line))
