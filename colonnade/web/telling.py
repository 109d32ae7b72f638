"""A public conversation as programs read it: for previews of links, and for search engines (schema.org)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from colonnade.conversations.models import Conversation
from colonnade.conversations.types import PostLine
from colonnade.web.origin import public_url
from colonnade.web.talks import beginning

DESCRIPTION_LETTERS = 200
MOST_ANSWERS = 20
_AS_JSON = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def title_of(talk: Conversation, posts: Sequence[PostLine]) -> str:
    """What the conversation is called, or how it begins."""
    first = _first(posts)
    return (
        talk.title or (first and (first.title or beginning(" ".join(first.text.split())))) or talk.place.name
    )


def description_of(posts: Sequence[PostLine]) -> str:
    """How it begins, in one line."""
    first = _first(posts)
    words = " ".join(first.text.split()) if first else ""
    return (
        words if len(words) <= DESCRIPTION_LETTERS else words[:DESCRIPTION_LETTERS].rpartition(" ")[0] + "…"
    )


def structured(talk: Conversation, posts: Sequence[PostLine]) -> SafeString:
    """The conversation as JSON-LD: a QAPage where an answer was accepted, else a DiscussionForumPosting. Whatever could
    end the element that it stands in is escaped."""
    said = [post for post in posts if not post.deleted]
    if not said:
        return SafeString("")
    address, title = public_url(reverse("conversation", args=[talk.pk])), title_of(talk, posts)
    first, answers = said[0], said[1:]
    accepted = next((post for post in answers if post.id == talk.accepted_post_id), None)
    if accepted is not None:
        question = {
            "@type": "Question",
            "name": title,
            **_words(first, address),
            "answerCount": len(answers),
            "acceptedAnswer": {"@type": "Answer", **_words(accepted, address)},
            "suggestedAnswer": [
                {"@type": "Answer", **_words(post, address)}
                for post in answers[:MOST_ANSWERS]
                if post.id != accepted.id
            ],
        }
        told: dict[str, Any] = {"@type": "QAPage", "url": address, "mainEntity": question}
    else:
        told = {
            "@type": "DiscussionForumPosting",
            "headline": title,
            **_words(first, address),
            "url": address,
            "comment": [{"@type": "Comment", **_words(post, address)} for post in answers[:MOST_ANSWERS]],
        }
    text = json.dumps({"@context": "https://schema.org", **told}, ensure_ascii=False)
    return mark_safe(text.translate(_AS_JSON))


def _first(posts: Sequence[PostLine]) -> PostLine | None:
    return next((post for post in posts if not post.deleted), None)


def _words(post: PostLine, address: str) -> dict[str, Any]:
    return {
        "text": post.text,
        "datePublished": post.published.isoformat(),
        "author": {
            "@type": "Person",
            "name": post.author.name or post.author.address,
            "url": public_url(reverse("identity", args=[post.author.id])),
        },
        "url": f"{address}#p{post.id}",
    }
