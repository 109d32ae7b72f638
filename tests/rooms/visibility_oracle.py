"""A plain oracle of who may see what: sets and loops over a plan, without a line of the house's own code."""

from __future__ import annotations

from dataclasses import dataclass, field

WEB, NEIGHBOURS, STAFF, MEMBERS = "web", "neighbours", "staff", "members"
ANYBODY, CRAWLER, OPEN_NETWORKS = -1, -2, -3


@dataclass(frozen=True)
class PersonPlan:
    staff: bool
    signs_in: bool
    suspended: bool


@dataclass(frozen=True)
class PlacePlan:
    """`readers` is one of the four words; `members` are persons by number; later it may be `narrowed` to a word."""

    readers: str
    members: frozenset[int]
    narrowed: str | None


@dataclass(frozen=True)
class PostPlan:
    """`note`: among staff of the readers only. `author`: a person by number, or 100 and up: somebody elsewhere."""

    place: int
    author: int
    note: bool
    private_to: frozenset[int] | None
    deleted: bool
    word: str


@dataclass(frozen=True)
class Plan:
    people: tuple[PersonPlan, ...]
    places: tuple[PlacePlan, ...]
    posts: tuple[PostPlan, ...]
    blocks: frozenset[tuple[int, int]] = frozenset()
    mutes: frozenset[tuple[int, int]] = frozenset()
    domain_mutes: frozenset[tuple[int, str]] = frozenset()


@dataclass(frozen=True)
class Looker:
    """Who looks: a person by number or one of the three unknown ones; through an app, only into `ceiling`."""

    who: int
    ceiling: frozenset[int] | None = field(default=None)
    desk: bool = False


def domain_of(author: int) -> str:
    """Those elsewhere live on two servers."""
    return "" if author < 100 else ("even.example" if author % 2 == 0 else "odd.example")


def in_circle(plan: Plan, who: int, circle: str, place: PlacePlan) -> bool:
    if who in (CRAWLER, OPEN_NETWORKS):
        return circle == WEB
    if circle == WEB:
        return True
    if who == ANYBODY:
        return False
    person = plan.people[who]
    if circle == NEIGHBOURS:
        return person.signs_in or person.staff  # staff always sign in
    if circle == STAFF:
        return person.staff
    return who in place.members


def reads(plan: Plan, who: int, post: PostPlan) -> bool:
    place = plan.places[post.place]
    if not in_circle(plan, who, place.readers, place):
        return False
    if place.narrowed is not None and not in_circle(plan, who, place.narrowed, place):
        return False
    is_staff = who >= 0 and plan.people[who].staff
    if post.note and not is_staff:
        return False
    if post.private_to is not None:
        return is_staff or who in post.private_to
    return True


def hides(plan: Plan, who: int, author: int) -> bool:
    if who < 0:
        return False
    if (who, author) in plan.mutes or (who, domain_of(author)) in plan.domain_mutes:
        return True
    return (who, author) in plan.blocks or (author, who) in plan.blocks


def sees(plan: Plan, looker: Looker, post: PostPlan) -> bool:
    """Whether this looker sees this post."""
    if looker.who >= 0 and plan.people[looker.who].suspended:
        return False
    if looker.ceiling is not None and post.place not in looker.ceiling:
        return False
    if post.deleted or not reads(plan, looker.who, post):
        return False
    return looker.desk or not hides(plan, looker.who, post.author)
