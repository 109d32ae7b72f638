"""Whom the machine tells of something: before anybody sees it, it asks once more whether they may."""

from __future__ import annotations

from collections.abc import Iterator

from colonnade.conversations import queries as conversations
from colonnade.conversations.models import Participant
from colonnade.conversations.types import Said
from colonnade.people.models import HERE, Identity, Person
from colonnade.places.models import Membership
from colonnade.primitives.entities.mentions import mentions
from colonnade.workspace.models import ConversationLevel, NoticeKind, Preference
from colonnade.workspace.rules import is_wanted, level_of


def to_be_told(said: Said) -> Iterator[tuple[Person, NoticeKind]]:
    """Persons with an account who want to hear of this post, each with the nearest reason; never its author."""
    named = _persons_of_names(said.text)
    answered = _person_of(said.answers) if said.answers is not None else None
    opens = conversations.opens(said)
    follows = set() if opens else _followers(said.conversation)
    members = dict(
        Membership.objects.filter(place=said.place, state="member").values_list("person", "notices")
    )
    levels = dict(
        ConversationLevel.objects.filter(conversation=said.conversation).values_list("person", "level")
    )
    follows |= {person for person, level in levels.items() if level == "all"}
    asked = named | follows | ({answered} if answered else set()) | (set(members) if opens else set())
    defaults = dict(Preference.objects.filter(person__in=asked).values_list("person", "level"))
    author = _person_of(said.author)
    for person in Person.objects.filter(pk__in=asked - {author}, sign_in__isnull=False).order_by("pk"):
        meant = person.pk in named or person.pk == answered
        level = level_of(levels.get(person.pk, ""), members.get(person.pk, ""), defaults.get(person.pk, ""))
        if is_wanted(level, meant=meant):
            yield person, _reason(person.pk in named, opens and not meant)


def _reason(named: bool, opens: bool) -> NoticeKind:
    if named:
        return NoticeKind.MENTIONED
    return NoticeKind.NEW_IN_SPACE if opens else NoticeKind.ANSWERED


def _persons_of_names(text: str) -> set[int]:
    names = {one.value for one in mentions(text) if not one.host}
    rows = Identity.objects.filter(network=HERE, address__in=names, person__isnull=False) if names else None
    return set(rows.values_list("person", flat=True)) if rows is not None else set()


def _person_of(identity: int) -> int | None:
    return Identity.objects.filter(pk=identity).values_list("person", flat=True).first()


def _followers(conversation: int) -> set[int]:
    rows = Participant.objects.filter(conversation=conversation, identity__person__isnull=False)
    return set(rows.values_list("identity__person", flat=True))
