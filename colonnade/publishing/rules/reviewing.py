"""A second person's look: what an approval is bound to, whether it still holds, and what has changed since."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from typing import Any

import msgspec

from colonnade.publishing.models import Draft, DraftTarget, Review, Verdict
from colonnade.publishing.types import Changed, Content, Run

READS_FOR = timedelta(seconds=10)
RECENT = timedelta(hours=12)
STANDING = ("draft", "waiting", "paused")
MOST_COMPARED = 4000  # words of both texts together; longer ones are told apart as a whole
_PIECES = re.compile(r"\s+|\w+|[^\w\s]+")


# --- what it is bound to ------------------------------------------------------------------------------------------


def content_of(draft: Draft, targets: Iterable[DraftTarget], *, planned: bool = True) -> Content:
    """Everything that would go out; not `planned`: at once, by somebody's finger, whatever its plan is."""
    goes = tuple(sorted((one.place_id, one.text or draft.text) for one in targets))
    if planned and draft.goes_at_local:
        return Content(draft.title, goes, draft.goes_at_local, draft.zone)
    return Content(draft.title, goes)


def fingerprint(content: Content) -> str:
    """A hash of it: SHA-256, in hexadecimal. Any change of what would go out gives another."""
    return hashlib.sha256(msgspec.json.encode(content)).hexdigest()


def words_alone(content: Content) -> Content:
    """The same without its time."""
    return replace(content, local="", zone="")


def stored(content: Content) -> dict[str, Any]:
    """As a review keeps it; the ids as strings, since JSON's numbers are too small for them."""
    goes = [[str(place), text] for place, text in content.goes]
    return {"title": content.title, "goes": goes, "local": content.local, "zone": content.zone}


def read(kept: Mapping[str, Any]) -> Content:
    """The inverse of `stored`."""
    goes = tuple((int(place), text) for place, text in kept["goes"])
    return Content(kept["title"], goes, kept["local"], kept["zone"])


# --- who may, and whether it holds --------------------------------------------------------------------------------


def hands(draft: Draft) -> frozenset[int]:
    """Persons whose words these are, so that somebody else must look: whoever worded it last. Where that is not known
    any more, whoever wrote or changed it."""
    known = {draft.worded_by_id} if draft.worded_by_id else {draft.by_id, draft.changed_by_id}
    return frozenset(one for one in known if one is not None)


def decision(reviews: Sequence[Review]) -> Review | None:
    """The last of its reviews (in order) in which somebody approved it, or asked for changes, and did not take it back."""
    made = (one for one in reversed(reviews) if one.verdict in (Verdict.APPROVED, Verdict.CHANGES))
    return next((one for one in made if one.withdrawn_at is None), None)


def standing(reviews: Sequence[Review], mark: str) -> str:
    """How a draft stands whose present content has this fingerprint: "unasked", "asked", "approved", "fell", "changes"."""
    last = decision(reviews)
    if last is not None and last.verdict == Verdict.APPROVED:
        return "approved" if last.fingerprint == mark else "fell"
    since = last.number if last else 0
    if any(one.verdict == Verdict.ASKED and one.number > since for one in reviews):
        return "asked"
    return "changes" if last else "unasked"


def waits(stands: str, draft: Draft, now: datetime) -> bool:
    """Whether a draft waits for a second person: asked for, or planned; one whose time has passed needs another first."""
    if draft.state not in STANDING or (draft.state == "paused" and not _lies_ahead(draft, now)):
        return False
    return stands in ("asked", "fell", "lost") or (stands == "unasked" and draft.state != "draft")


def _lies_ahead(draft: Draft, now: datetime) -> bool:
    return draft.goes_at is not None and draft.goes_at > now


def reading(reviews: Sequence[Review], by: int, mark: str) -> datetime | None:
    """When somebody who reads their own words once more may approve them; None while they have not begun."""
    begun = [
        one.at
        for one in reviews
        if one.verdict == Verdict.READ and one.by_id == by and one.fingerprint == mark
    ]
    return begun[-1] + READS_FOR if begun else None


# --- what has changed ---------------------------------------------------------------------------------------------


def difference(before: Content, after: Content, names: Mapping[int, str]) -> list[Changed]:
    """What is not as it was, each thing with its words marked; `names` of places by id."""
    found = []
    if before.title != after.title:
        found.append(Changed("title", runs(before.title, after.title)))
    found += _texts(before, after, names)
    there, here = dict(before.goes), dict(after.goes)
    gone, new = [pk for pk in there if pk not in here], [pk for pk in here if pk not in there]
    if gone or new:
        marked = [Run("gone", names.get(pk, "–")) for pk in gone] + [
            Run("new", names.get(pk, "–")) for pk in new
        ]
        found.append(Changed("where", marked))
    if (before.local, before.zone) != (after.local, after.zone):
        found.append(Changed("time", runs(_time(before), _time(after))))
    return found


def _texts(before: Content, after: Content, names: Mapping[int, str]) -> list[Changed]:
    """The texts that changed, once each, with the places where."""
    here = dict(after.goes)
    kept = [(place, text, here[place]) for place, text in before.goes if place in here]
    pairs: dict[tuple[str, str], list[int]] = {}
    for place, text, now in kept:
        if text != now:
            pairs.setdefault((text, now), []).append(place)
    return [
        Changed(
            "text", runs(*pair), "" if len(places) == len(kept) else ", ".join(names[one] for one in places)
        )
        for pair, places in pairs.items()
    ]


def _time(content: Content) -> str:
    return f"{content.local.replace('T', ' ')} {content.zone}".strip()


def how_fell(changed: Sequence[Changed]) -> tuple[str, int]:
    """What made an approval fall: "letter", "words" with how many, "time", "where"; "more" for anything together."""
    if len(changed) != 1:
        return "more", 0
    only = changed[0]
    if only.what in ("time", "where"):
        return only.what, 0
    marked = [one for one in only.runs if one.kind != "same"]
    gone, new = ("".join(one.words for one in marked if one.kind == kind) for kind in ("gone", "new"))
    if len(marked) == 1 + bool(gone and new) and _is_one_letter(gone, new):
        return "letter", 1
    return "words", max(len(re.findall(r"\w+", gone)), len(re.findall(r"\w+", new)), 1)


def _is_one_letter(one: str, other: str) -> bool:
    """Whether a letter more, less or other makes the one from the other."""
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    at = next((at for at, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    return short[at + (len(short) == len(long)) :] == long[at + 1 :]


def runs(before: str, after: str) -> list[Run]:
    """Two texts as one, word by word: what stayed, what went, what came."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    if len(old) + len(new) > MOST_COMPARED:
        return [Run("gone", before), Run("new", after)]
    found = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(Run("same", "".join(old[a:b])))
            continue
        pieces = (("gone", "".join(old[a:b])), ("new", "".join(new[c:d])))
        found += [Run(kind, words) for kind, words in pieces if words]
    return found
