"""HTML mail: what it says as plain text, and what of it is new."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree, html

_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tr",
        "ul",
    ]
)
_UNSEEN = frozenset(("script", "style", "head", "title", "template", "noscript", "object", "svg", "math"))
_BLANK = " \t\r\n\f\u00a0\u200b"
_MOST_QUOTES = 50
_QUOTES = (
    "//div[contains(concat(' ', @class, ' '), ' gmail_quote ')]"
    "|//div[contains(concat(' ', @class, ' '), ' yahoo_quoted ')]"
    "|//div[contains(concat(' ', @class, ' '), ' moz-cite-prefix ')]"
    "|//blockquote[@type='cite']"
)
_QUOTE_FOLLOWS = "//div[@id='divRplyFwdMsg' or @id='appendonsend']"


def text_of_html(markup: str) -> str:
    """What a reader would see of some HTML, as plain text."""
    root = _tree(markup)
    return "" if root is None else _text(root)


def html_without_quote(markup: str) -> str:
    """The HTML without the message it answers, where a mail program has marked that and nothing is said after it.

    As it was, if there is no such mark or nothing would be left.
    """
    root = _tree(markup)
    if root is None or not (_cut_what_follows(root) + _cut_last_quotes(root)) or not _text(root):
        return markup
    body = root.find("body")
    return str(html.tostring(root if body is None else body, encoding="unicode"))


def _cut_last_quotes(root: html.HtmlElement) -> int:
    """Take away the quotes at the end, from the last one up; how many."""
    quotes = root.xpath(_QUOTES)[:_MOST_QUOTES]
    marked, cut = set(quotes), 0
    for quote in reversed([each for each in quotes if marked.isdisjoint(each.iterancestors())]):
        if any(text.strip(_BLANK) for text in quote.xpath("following::text()")):
            break
        _remove(quote)
        cut += 1
    return cut


def _cut_what_follows(root: html.HtmlElement) -> int:
    """Outlook puts a mark before the quote and no element round it: the mark goes, and its later siblings with it."""
    marks = root.xpath(_QUOTE_FOLLOWS)
    if not marks:
        return 0
    for later in list(marks[0].itersiblings()):
        _remove(later)
    _remove(marks[0])
    return 1


def _remove(element: html.HtmlElement) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _tree(markup: str) -> html.HtmlElement | None:
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        return html.document_fromstring(markup.replace("\0", "").encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def _text(root: html.HtmlElement) -> str:
    told = "".join(_told(root))
    told = re.sub(r"[ \t\u00a0]*\n[ \t\u00a0]*", "\n", told)
    return re.sub(r"\n{3,}", "\n\n", told).strip()


def _told(root: html.HtmlElement) -> Iterator[str]:
    """The texts in order, with line breaks where blocks begin and end."""
    unseen = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            unseen += tag in _UNSEEN
            if not unseen:
                yield "\n" if tag in _BLOCKS or tag == "br" else ""
                yield _flat(element.text, tag)
        else:
            unseen -= tag in _UNSEEN
            if not unseen:
                yield "\n" if tag in _BLOCKS else " " if tag in ("td", "th") else ""
                yield _flat(element.tail, "")


def _flat(text: str | None, tag: str) -> str:
    if not text:
        return ""
    return text if tag in ("pre", "textarea") else re.sub(r"[ \t\r\n\f]+", " ", text)
