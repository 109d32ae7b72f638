"""What was looked for, marked on the page: `<mark>` round plain words, never found by patterns over HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from html.parser import HTMLParser

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from colonnade.conversations.search.marking import Phrase, Piece, phrases_of, pieces
from colonnade.conversations.types import PostLine
from colonnade.listening.types import MentionLine


@dataclass(frozen=True, slots=True)
class CaughtLine(PostLine):
    """A post that a watch caught: its words are marked, and `why` says which; `mention` says how it stands, where that is
    asked."""

    why: tuple[str, ...] = ()
    mention: MentionLine | None = None


def caught(post: PostLine, why: Iterable[str], mention: MentionLine | None = None) -> CaughtLine:
    """A post as a watch shows it."""
    reasons = tuple(why)
    phrases = phrases_of(reasons)
    told = {field.name: getattr(post, field.name) for field in fields(PostLine)}
    told["title"] = marked(pieces(post.title, phrases))
    told["html"] = marked_html(post.html, phrases)
    return CaughtLine(**told, why=reasons, mention=mention)


def marked(parts: Iterable[Piece]) -> SafeString:
    """Stretches of plain text as HTML."""
    shown = (
        format_html("<mark>{}</mark>", one.text) if one.found else conditional_escape(one.text)
        for one in parts
    )
    return format_html_join("", "{}", ((one,) for one in shown))


def marked_html(html: str, phrases: Sequence[Phrase]) -> SafeString:
    """HTML that came out of the one cleaner, with the phrases marked in its words; tags stay as they are. A phrase that
    runs over a tag is not marked."""
    if not phrases or not html:
        return mark_safe(html)
    reader = _Marking(phrases)
    reader.feed(html)
    reader.close()
    return mark_safe("".join(reader.out))


class _Marking(HTMLParser):
    """Gives out what it reads: tags letter by letter, text escaped anew."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        super().__init__(convert_charrefs=True)
        self.phrases = phrases
        self.out: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.out.append(self.get_starttag_text() or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.out.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.out.append(marked(pieces(data, self.phrases)))
