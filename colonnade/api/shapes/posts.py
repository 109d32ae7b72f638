"""Posts, conversations and places on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, cast

from ninja import Schema
from pydantic import Field

from colonnade.access.models import Tier
from colonnade.api.paging import IdText
from colonnade.conversations.models import Conversation
from colonnade.conversations.types import PostLine
from colonnade.places.models import Place

Words = Annotated[str, Field(min_length=1, max_length=100_000)]
_AUDIENCES: dict[str, Literal["everyone", "signed_in", "staff", "restricted"]] = {
    Tier.EVERYONE: "everyone",
    Tier.SIGNED_IN: "signed_in",
    Tier.STAFF: "staff",
    Tier.RESTRICTED: "restricted",
}


class PlaceOut(Schema):
    """Where talk happens: a space of ours, an account of ours elsewhere, or a source that is only read."""

    id: IdText
    kind: Literal["space", "account", "source"]
    name: str
    slug: str


class PlaceList(Schema):
    """Places, oldest first."""

    places: list[PlaceOut]


class AuthorOut(Schema):
    """Who said it, under the name they have on their network."""

    id: IdText
    name: str
    address: str
    network: str
    url: str
    avatar_url: str


class FileOut(Schema):
    """A file of a post."""

    id: IdText
    name: str
    media_type: str
    size: int
    url: str


class PlaceName(Schema):
    """A place, by id and name."""

    id: IdText
    name: str


class PostOut(Schema):
    """Something said. `html` is safe; of a deleted post only its place in the talk is left."""

    id: IdText
    conversation: IdText
    place: PlaceName
    author: AuthorOut
    published: datetime
    edited: datetime | None
    deleted: bool
    reply_to: IdText | None
    title: str
    text: str
    html: str
    lang: str
    url: str
    uri: str
    audience: Literal["everyone", "signed_in", "staff", "restricted"]
    files: list[FileOut]


class PostList(Schema):
    """Posts in order; where more follow, the header Link says where."""

    posts: list[PostOut]


class HourOut(Schema):
    """An hour of the clock (UTC), by its beginning, and how many posts were published in it."""

    at: datetime
    posts: int


class HourList(Schema):
    """The hours in which there was anything, oldest first."""

    hours: list[HourOut]


class PostIn(Schema):
    """Something to say: in a conversation, or as the beginning of one in a place."""

    text: Words
    title: Annotated[str, Field(max_length=300)] = ""
    place: IdText | None = None
    conversation: IdText | None = None
    reply_to: IdText | None = None
    private: bool = False


class ConversationOut(Schema):
    """Posts that belong together, oldest first; where more follow, the header Link says where."""

    id: IdText
    kind: str
    title: str
    state: str
    place: PlaceName
    posts: list[PostOut]


def place_out(place: Place) -> PlaceOut:
    """A place on the wire."""
    return PlaceOut(id=str(place.pk), kind=cast("Any", place.kind), name=place.name, slug=place.slug)


def post_out(line: PostLine) -> PostOut:
    """A post on the wire."""
    author = line.author
    return PostOut(
        id=str(line.id),
        conversation=str(line.conversation),
        place=PlaceName(id=str(line.place), name=line.place_name),
        author=AuthorOut(
            id=str(author.id),
            name=author.name,
            address=author.address,
            network=author.network,
            url=author.url,
            avatar_url=author.avatar_url,
        ),
        published=line.published,
        edited=line.edited,
        deleted=line.deleted,
        reply_to=str(line.reply_to) if line.reply_to else None,
        title=line.title,
        text=line.text,
        html=line.html,
        lang=line.lang,
        url=line.url,
        uri=line.uri,
        audience=_AUDIENCES[line.tier],
        files=[
            FileOut(id=str(f.id), name=f.name, media_type=f.media_type, size=f.size, url=f.url)
            for f in line.attachments
        ],
    )


def conversation_out(talk: Conversation, lines: list[PostLine]) -> ConversationOut:
    """A conversation on the wire."""
    return ConversationOut(
        id=str(talk.pk),
        kind=talk.kind,
        title=talk.title,
        state=talk.state,
        place=PlaceName(id=str(talk.place_id), name=talk.place.name),
        posts=[post_out(line) for line in lines],
    )
