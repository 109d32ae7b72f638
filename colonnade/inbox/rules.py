"""Who works at the desk, what needs an answer, what may be asked. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from statistics import median

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext

from colonnade.access import rules as access
from colonnade.access.models import Tier
from colonnade.access.types import Terms, Viewer
from colonnade.conversations.types import Said
from colonnade.inbox.types import Unusual
from colonnade.listening.rules import LEAST_UNUSUAL, TIMES_UNUSUAL
from colonnade.networks.base import Capabilities
from colonnade.people.models import STAFF_ROLES, Person
from colonnade.people.rules import is_staff
from colonnade.places.models import Place, PlaceKind
from colonnade.primitives import text as texts

PERMISSION = "cases"
DRILL = "drill"
"""Why there is a case: a rehearsal brought it about. It stands in the inbox like any other, and in no figure."""
DAYS_COMPARED = 14
PATIENCE = timedelta(hours=1)
FEWEST_FOR_USUAL = 5
LONGEST_QUESTION, LONGEST_NAME, LONGEST_TAG, MOST_TAGS = 10_000, 100, 50, 20


class CannotAsk(ValueError):
    """A question cannot be taken like this. `str(error)` is a sentence for whoever asks."""


class TooOften(Exception):
    """Somebody asks faster than people do. `str(error)` is a sentence for them."""


@dataclass(frozen=True, slots=True)
class Carried:
    """Words that an answer would carry out: the post of staff in which they stand, its place by name, the words."""

    post: int
    place: str
    words: str


class CannotAnswer(ValueError):
    """Nothing can be answered there. `str(error)` is a sentence for people of staff."""


class HeldBack(CannotAnswer):
    """An answer was held, because it carries words that only staff read; nothing was sent, `text` is its writer's.

    Sent all the same only by a second act, which says so.
    """

    def __init__(self, sentence: str, *, text: str, carried: Carried) -> None:
        super().__init__(sentence)
        self.text = text
        self.carried = carried


class StaleCase(Exception):
    """Somebody else changed the case in the meantime. `str(error)` is a sentence for people of staff."""


class StaleReply(Exception):
    """An answer was held, because something came that its writer has not seen; nothing was sent, `text` is theirs.

    `newer` are the posts they may see and have not seen; `on_its_way` deliveries that a colleague sent meanwhile.
    """

    def __init__(
        self, sentence: str, *, text: str, newer: tuple[int, ...], on_its_way: tuple[int, ...]
    ) -> None:
        super().__init__(sentence)
        self.text = text
        self.newer = newer
        self.on_its_way = on_its_way


# --- who may ------------------------------------------------------------------------------------------------------


def can_see_cases(viewer: Viewer) -> bool:
    """Cases are staff's; a program needs the permission besides."""
    return viewer.is_staff and (viewer.permissions is None or PERMISSION in viewer.permissions)


def can_work_on_cases(person: Person) -> bool:
    """Whether somebody may take, answer and solve cases."""
    return is_staff(person)


def at_the_desk(viewer: Viewer) -> Viewer:
    """The same viewer at the desk, where blocks and mutes do not bind; unchanged for whoever has no business there."""
    return replace(viewer, desk=True) if can_see_cases(viewer) else viewer


# --- what needs an answer -----------------------------------------------------------------------------------------


def is_other_side(said: Said, our_faces: frozenset[int]) -> bool:
    """Whether a post is the word of somebody who is not us."""
    return said.author not in our_faces and said.role not in STAFF_ROLES


def why_answer(said: Said, our_faces: frozenset[int]) -> str:
    """Why a post at one of our accounts needs an answer, in a word, or "" if it does not."""
    if said.place_kind != PlaceKind.ACCOUNT:
        return ""
    if said.narrower:
        return "direct"
    return "reply" if said.answers in our_faces else ""


def goes_by_letter(can: Capabilities) -> bool:
    """Whether a network reaches single addresses alone, as mail does."""
    return "public" not in can.audiences


def answers_in_private(audience: Terms, place: Terms) -> bool:
    """Whether an answer must go to its one reader alone, since fewer may read it than read the place."""
    return access.tier_of(audience) != Tier.EVERYONE and audience != place


# --- what is louder than usual ------------------------------------------------------------------------------------


def loudness(watch: int, name: str, by_hour: Mapping[int, int]) -> Unusual:
    """The last hour of a watch beside the same hour of the days before. `by_hour`: mentions by whole hours before now.

    Days are counted back to its oldest mention, at most 14; a day without a mention at this hour counts as none.
    """
    days = min(DAYS_COMPARED, max(by_hour, default=0) // 24)
    usual = median([by_hour.get(24 * day, 0) for day in range(1, days + 1)]) if days else 0.0
    return Unusual(watch, name, by_hour.get(0, 0), float(usual), days)


def is_unusual(one: Unusual) -> bool:
    """Whether somebody should look: a handful at least, three times the usual at least, and a day to compare with."""
    return one.days > 0 and one.count >= max(LEAST_UNUSUAL, TIMES_UNUSUAL * one.usual)


# --- what may be asked --------------------------------------------------------------------------------------------


def check_question(place: Place, audience: Terms, text: str, email: str) -> None:
    """Raises CannotAsk unless anybody on the web may ask this here."""
    if not takes_questions(place, audience):
        raise CannotAsk(gettext("Questions cannot be asked here."))
    check_words(text)
    check_address(email)


def check_address(email: str) -> None:
    """Raises CannotAsk unless an asker may be written to there; without an address nobody is."""
    if not email:
        return
    try:
        validate_email(email)
    except ValidationError:
        raise CannotAsk(gettext("That does not look like an e-mail address.")) from None


def takes_questions(place: Place, audience: Terms) -> bool:
    """Whether somebody without an account may ask there: a space of ours that everybody may read."""
    open_to_all = access.tier_of(audience) == Tier.EVERYONE
    return place.kind == PlaceKind.SPACE and place.archived_at is None and open_to_all


def check_words(text: str) -> None:
    """Raises CannotAsk for an empty or an endless question."""
    if texts.is_blank(texts.normalise(text[: LONGEST_QUESTION + 1])):
        raise CannotAsk(gettext("Write at least one word."))
    if len(text) > LONGEST_QUESTION:
        raise CannotAsk(gettext("Please keep it under 10,000 characters."))


def name_of_asker(name: str) -> str:
    """The name as it is kept; somebody who gives none is a visitor."""
    return " ".join(texts.normalise(name[: 4 * LONGEST_NAME]).split())[:LONGEST_NAME] or gettext("Visitor")


def tidy_tags(tags: Iterable[str]) -> list[str]:
    """Tags folded, each once, in order."""
    folded = (" ".join(texts.fold(texts.normalise(tag)).split())[:LONGEST_TAG] for tag in tags)
    return sorted({tag for tag in folded if tag})[:MOST_TAGS]


# --- what must not go out -----------------------------------------------------------------------------------------

SAME_WORDS, SAME_DIGITS = 8, 5
_LONG_NUMBER = re.compile(r"\d(?:[ .,/\u00a0\u202f-]?\d){4,}")


def shared(text: str, note: str, *, words_too: bool = True, least: int = SAME_WORDS) -> str:
    """What `text` has from `note`: a number of five digits or more (however it is grouped), or the first run of `least`
    words or more; "" for nothing. Case, marks and spaces do not matter."""
    inside = {_digits(one) for one in _LONG_NUMBER.findall(note)}
    for one in _LONG_NUMBER.findall(text):
        if _digits(one) in inside:
            return str(one)
    return _same_run(texts.words(text), texts.words(note), least) if words_too else ""


def _digits(number: str) -> str:
    return "".join(letter for letter in number if letter.isdigit())


def _same_run(said: list[str], noted: list[str], least: int) -> str:
    runs = {tuple(noted[at : at + least]) for at in range(len(noted) - least + 1)}
    for at in range(len(said) - least + 1):
        if tuple(said[at : at + least]) in runs:
            return " ".join(said[at : at + least])
    return ""
