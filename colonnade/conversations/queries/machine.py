"""What the rooms above read for the machine itself, past every viewer. Nothing of it is shown without asking again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Subquery

from colonnade.conversations.models import Attachment, Origin, Post, TitleWord
from colonnade.conversations.types import Said, Told
from colonnade.core.words import bearers
from colonnade.places.models import Scope

_SAID = (
    "pk",
    "place_id",
    "place__kind",
    "conversation_id",
    "scope__audience_id",
    "place__audience_id",
    "author_id",
    "author__person__role",
    "reply_to__author_id",
    "said__title",
    "said__text",
)

_TOLD = (
    "pk",
    "author__address",
    "author__name",
    "author__network",
    "place__name",
    "lang",
    "said__url",
    "said__html",
    "reply_to__author__address",
)


def said_of(posts: Iterable[int]) -> list[Said]:
    """These posts, in the given order, without those that are gone. One statement."""
    wanted = list(posts)
    own = Scope.objects.filter(place=OuterRef("place")).order_by("pk").values("pk")[:1]
    rows = Post.objects.filter(pk__in=wanted, deleted=False).values_list(*_SAID, "scope_id", Subquery(own))
    found = {row[0]: _said(row) for row in rows}
    return [found[pk] for pk in wanted if pk in found]


def stored(*, before: int, down_to: int, limit: int) -> list[int]:
    """Ids of the newest posts below `before` and not below `down_to`, newest first, without those that are gone; for the
    machine itself, whoever may see them. One statement."""
    rows = Post.objects.filter(pk__lt=before, pk__gte=down_to, deleted=False).order_by("-pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def told_of(posts: Iterable[int]) -> dict[int, Told]:
    """What is known of these posts beside their words, without those that are gone. One statement."""
    rows = Post.objects.filter(pk__in=list(posts), deleted=False).values_list(
        *_TOLD,
        Exists(Attachment.objects.filter(post=OuterRef("pk"))),
        Exists(Origin.objects.filter(post=OuterRef("pk"))),
    )
    return {row[0]: _told(row) for row in rows}


def _told(row: tuple[Any, ...]) -> Told:
    pk, address, name, network, place, lang, url, html, to, media, quotes = row
    return Told(pk, address, name, network, place, lang, url, html, to or "", media, quotes)


def titled(asked: str, limit: int) -> list[int]:
    """Conversations of whose title some words begin with these."""
    return bearers(TitleWord, asked, limit)


def opens(said: Said) -> bool:
    """Whether nothing in its conversation was published before this post."""
    return not Post.objects.filter(conversation=said.conversation, pk__lt=said.id).exists()


def _said(row: tuple[Any, ...]) -> Said:
    pk, place, kind, talk, audience, open_to, author, role, answers, title, text, scope, own = row
    return Said(
        id=pk,
        place=place,
        place_kind=kind,
        conversation=talk,
        audience=audience,
        narrower=audience != open_to or scope != own,
        author=author,
        role=role or "",
        answers=answers,
        title=title,
        text=text,
    )


def names_file(digest: str) -> bool:
    """Whether a post has a file with this digest; for the machine itself."""
    return Attachment.objects.filter(digest=digest).exists()
