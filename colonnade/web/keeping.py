"""Posts that somebody kept by hand, with who did: and the bookmark that hands a page to us."""

from __future__ import annotations

from dataclasses import dataclass, fields

from django.urls import reverse

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.conversations.types import PostLine
from colonnade.listening import queries as listening
from colonnade.listening.models import Kept
from colonnade.listening.queries.kept import NAMES
from colonnade.web.marking import CaughtLine
from colonnade.web.origin import public_url

_BOOKMARK = (
    "javascript:(()=>{{let s=String(getSelection()).trim().slice(0,2000);"
    "while(encodeURIComponent(s).length>3000)s=s.slice(0,-50);"
    'const k=new URL("{there}");k.searchParams.set("u",location.href);'
    'k.searchParams.set("t",document.title.slice(0,300));k.searchParams.set("s",s);'
    'open(k,"_blank","width=640,height=780")||(location.href=k)}})()'
)


@dataclass(frozen=True, slots=True)
class KeptLine(CaughtLine):
    """A post that somebody kept by hand."""

    kept: Kept | None = None


def with_keepers(viewer: Viewer, lines: list[PostLine]) -> list[PostLine]:
    """The same posts, those that were kept by hand with who kept them. One statement where there are any, else none."""
    kept = listening.kept_of(viewer, [line.id for line in lines if line.uri.startswith(NAMES)])
    return (
        [_with_keeper(line, kept[line.id]) if line.id in kept else line for line in lines] if kept else lines
    )


def kept_lines(viewer: Viewer, *, limit: int) -> list[PostLine]:
    """The newest posts that were kept by hand."""
    return with_keepers(viewer, conversations.lines(viewer, listening.kept_posts(viewer, limit=limit)))


def _with_keeper(line: PostLine, kept: Kept) -> KeptLine:
    return KeptLine(**{field.name: getattr(line, field.name) for field in fields(line)}, kept=kept)


def bookmark() -> str:
    """The address of a bookmark that opens our form with the page on which it is pressed: its address, its title, the words
    chosen on it. It sends nothing by itself."""
    return _BOOKMARK.format(there=public_url(reverse("keep")))
