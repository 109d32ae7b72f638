"""Lists that queries name, on the wire."""

from __future__ import annotations

from typing import Annotated

from ninja import Schema
from pydantic import Field

from colonnade.api.paging import IdText
from colonnade.api.shapes.cases import PersonName
from colonnade.api.shapes.watches import Query
from colonnade.listening.models import NamedList

Name = Annotated[str, Field(min_length=1, max_length=60)]
Description = Annotated[str, Field(max_length=300)]


class ListOut(Schema):
    """What queries mean by `list:name`."""

    id: IdText
    name: str
    query: str
    description: str
    version: int
    owner: PersonName | None


class ListList(Schema):
    """Lists, the oldest first."""

    lists: list[ListOut]


class ListIn(Schema):
    """A list to be kept. Its name is kept folded, words of it joined by hyphens."""

    name: Name
    query: Query
    description: Description = ""


class ListChange(Schema):
    """What of a list is to be otherwise; what is left out stays."""

    name: Name | None = None
    query: Query | None = None
    description: Description | None = None


def list_out(found: NamedList) -> ListOut:
    """A list on the wire."""
    return ListOut(
        id=str(found.pk),
        name=found.name,
        query=found.query,
        description=found.description,
        version=found.version,
        owner=PersonName(id=str(found.owner.pk), name=found.owner.name) if found.owner else None,
    )
