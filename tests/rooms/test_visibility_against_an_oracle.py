"""`visible`, `visible_to`, the columns and the search under it, against a plain oracle on random worlds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from unittest.mock import patch

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from colonnade.access import actions as access_actions
from colonnade.access import queries as access
from colonnade.access import rules as access_rules
from colonnade.access.models import Term
from colonnade.access.types import SIGNED_IN, Viewer
from colonnade.conversations import actions, queries, rules
from colonnade.conversations.queries import lists, visibility
from colonnade.conversations.work import queue_stale_hints
from colonnade.core.db import act
from colonnade.networks import base
from colonnade.people import actions as people
from colonnade.people import queries as people_queries
from colonnade.people.models import Identity, Person, Role
from colonnade.places import actions as places
from colonnade.places.models import Place, Scope
from colonnade.places.rules import ON_THE_WEB, SIGNED_IN_ONLY, STAFF_ONLY
from tests.rooms import visibility_oracle as oracle
from tests.rooms.visibility_oracle import Looker, PersonPlan, PlacePlan, Plan, PostPlan
from tests.searching import search

AUDIENCES = {oracle.WEB: ON_THE_WEB, oracle.NEIGHBOURS: SIGNED_IN_ONLY, oracle.STAFF: STAFF_ONLY}
NARROWER = {
    oracle.WEB: [None, oracle.NEIGHBOURS, oracle.STAFF],
    oracle.NEIGHBOURS: [None, oracle.STAFF],
    oracle.STAFF: [None],
    oracle.MEMBERS: [None, oracle.STAFF],
}

# --- random worlds ------------------------------------------------------------------------------------------------

person_plans = st.builds(
    PersonPlan, staff=st.booleans(), signs_in=st.booleans(), suspended=st.sampled_from([False] * 5 + [True])
)


@st.composite
def place_plans(draw: st.DrawFn, people_count: int) -> PlacePlan:
    readers = draw(st.sampled_from(sorted(NARROWER)))
    members = draw(st.frozensets(st.integers(0, people_count - 1), max_size=3))
    return PlacePlan(readers, members, draw(st.sampled_from(NARROWER[readers])))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    crowd = draw(st.lists(person_plans, min_size=2, max_size=4))
    somebody = st.integers(0, len(crowd) - 1)
    town = draw(st.lists(place_plans(len(crowd)), min_size=1, max_size=3))
    author = st.one_of(somebody, st.integers(100, 103))
    said = st.builds(
        PostPlan,
        place=st.integers(0, len(town) - 1),
        author=author,
        note=st.sampled_from([False, False, True]),
        private_to=st.one_of(st.none(), st.frozensets(somebody, min_size=1, max_size=2)),
        deleted=st.sampled_from([False] * 4 + [True]),
        word=st.sampled_from(["ferry", "bridge"]),
    )
    posts = [_sensible(town, p) for p in draw(st.lists(said, min_size=1, max_size=6))]
    pairs = st.frozensets(st.tuples(somebody, author).filter(lambda pair: pair[0] != pair[1]), max_size=2)
    domains = st.frozensets(st.tuples(somebody, st.sampled_from(["even.example", "odd.example"])), max_size=1)
    return Plan(tuple(crowd), tuple(town), tuple(posts), draw(pairs), draw(pairs), draw(domains))


def _sensible(town: list[PlacePlan], post: PostPlan) -> PostPlan:
    """A term holds two principals, so a note in a members' place has no room for a private circle as well."""
    if post.private_to is not None and (post.note or town[post.place].readers == oracle.MEMBERS):
        return replace(post, private_to=None)
    return post


# --- the same world through the real rooms --------------------------------------------------------------------------


class Built:
    """A plan made real by the actions of the rooms."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.people = [self._person(n, p) for n, p in enumerate(plan.people)]
        self.places = [self._place(n, p) for n, p in enumerate(plan.places)]
        self.posts = [self._post(n, p) for n, p in enumerate(plan.posts)]
        self._turn_away()
        for place, drawn in zip(self.places, plan.places, strict=True):
            if drawn.narrowed is not None:
                self._narrow(place, AUDIENCES[drawn.narrowed])
        for person, drawn_person in zip(self.people, plan.people, strict=True):
            if drawn_person.suspended:
                access_actions.suspend(person.principal_id)

    def _person(self, number: int, drawn: PersonPlan) -> Person:
        person = people.meet(f"Person {number}", role=Role.MEMBER if drawn.staff else Role.VISITOR)
        if drawn.signs_in:
            access_actions.hold(person.principal_id, SIGNED_IN)
        return person

    def _place(self, number: int, drawn: PlacePlan) -> Place:
        if drawn.readers == oracle.MEMBERS:
            place = places.open_space(f"Place {number}", members_only=True)
        else:
            place = places.open_space(f"Place {number}", audience=AUDIENCES[drawn.readers])
        for member in drawn.members:
            places.join(place, self.people[member])
        return place

    def _narrow(self, place: Place, audience: access_rules.Terms) -> None:
        place.refresh_from_db()
        held = access_rules.terms_of(place.audience.key)
        places.set_audience(place, access_rules.joined(held, audience))

    def identity(self, author: int) -> Identity:
        if author < 100:
            found = people_queries.identity_here(self.people[author])
            assert found is not None
            return found
        face = base.Author(network="pretend", address=f"a{author}@{oracle.domain_of(author)}")
        return Identity.objects.get(pk=people.meet_identities([face])[(face.network, face.address)])

    def _post(self, number: int, drawn: PostPlan) -> int:
        place, author = self.places[drawn.place], self.identity(drawn.author)
        talk, post = actions.start(
            place, by=author, text=f"opening {number}", private=drawn.private_to is not None
        )
        for person in drawn.private_to or ():
            actions.admit(talk, self.identity(person))
        scope = places.note_scope(place, talk.scope) if drawn.note else talk.scope
        said = actions.say(talk, f"the {drawn.word} number {number}", by=author, scope=scope)
        with act():
            actions.change.bury(post)  # only the second post belongs to the plan
        if drawn.deleted:
            with act():
                actions.change.bury(said)
        return said.pk

    def _turn_away(self) -> None:
        for source, target in self.plan.blocks:
            people.block(self.identity(source), target=self.identity(target))
        for source, target in self.plan.mutes:
            people.mute(self.identity(source), target=self.identity(target))
        for source, domain in self.plan.domain_mutes:
            people.mute(self.identity(source), domain=domain)

    def viewer(self, looker: Looker) -> Viewer:
        ceiling = None if looker.ceiling is None else [self.places[n].pk for n in looker.ceiling]
        unknown = {
            oracle.ANYBODY: access.anonymous,
            oracle.CRAWLER: access.crawler,
            oracle.OPEN_NETWORKS: access.open_networks,
        }
        if looker.who in unknown:
            return replace(unknown[looker.who](), ceiling=None if ceiling is None else frozenset(ceiling))
        found = people_queries.viewer_for(Person.objects.get(pk=self.people[looker.who].pk), ceiling=ceiling)
        return replace(found, desk=looker.desk)

    def thing(self, post: int) -> rules.Thing:
        row = actions.change.Post.objects.select_related("scope__audience", "author").get(pk=post)
        return rules.Thing(
            audience=access_rules.terms_of(row.scope.audience.key),
            place=row.place_id,
            author=row.author_id,
            author_domain=row.author.domain,
            deleted=row.deleted,
        )


def lookers(plan: Plan) -> list[Looker]:
    everybody = [
        Looker(n) for n in (*range(len(plan.people)), oracle.ANYBODY, oracle.CRAWLER, oracle.OPEN_NETWORKS)
    ]
    return [*everybody, Looker(0, ceiling=frozenset({0})), Looker(1, desk=True)]


def disagreements(plan: Plan) -> list[str]:
    """Where the house and the oracle say different things about a plan."""
    with transaction.atomic():
        built = Built(plan)
        found = [said for looker in lookers(plan) for said in _compare(built, looker)]
        transaction.set_rollback(True)
    return found


def _compare(built: Built, looker: Looker) -> list[str]:
    plan, viewer = built.plan, built.viewer(looker)
    numbered = list(zip(built.posts, plan.posts, strict=True))
    want = {pk for pk, post in numbered if oracle.sees(plan, looker, post)}
    ferry = {pk for pk, post in numbered if pk in want and post.word == "ferry"}
    answers: dict[str, tuple[set[int], set[int]]] = {
        "visible": ({pk for pk in built.posts if rules.visible(viewer, built.thing(pk))}, want),
        "visible_to": (set(queries.visible_to(viewer).values_list("pk", flat=True)), want),
        "newest": (set(queries.newest(viewer)), want),
        "search": (set(search(viewer, "ferry")), ferry),
    }
    if len(built.places) > 1:
        with patch.object(
            lists, "READ_FIRST", 1
        ):  # so that there are scopes which are read after the first ones
            merged = queries.newest(viewer, places=[place.pk for place in built.places], limit=2)
        answers["newest two of several places"] = (set(merged), set(sorted(want, reverse=True)[:2]))
    for number, place in enumerate(built.places):
        here = {pk for pk, post in numbered if pk in want and post.place == number}
        answers[f"newest in place {number}"] = (set(queries.newest(viewer, place=place.pk)), here)
    return [
        f"{name} for {looker}: {got} instead of {right}"
        for name, (got, right) in answers.items()
        if got != right
    ]


# --- the tests --------------------------------------------------------------------------------------------------------

quick = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    database=None,
    phases=[Phase.generate, Phase.shrink],
)


@pytest.mark.django_db
def test_every_way_to_select_posts_agrees_with_a_plain_oracle() -> None:
    @quick
    @given(plans())
    def agrees(plan: Plan) -> None:
        assert disagreements(plan) == []

    agrees()


def _no_within(holds: object) -> frozenset[int]:
    held = list(holds)  # type: ignore[call-overload]
    return frozenset(Term.objects.filter(principal_id__in=held).values_list("audience_id", flat=True))


FAULTS: dict[str, tuple[object, str, object]] = {
    "the second half of a term is forgotten": (access, "audiences_admitting", _no_within),
    "tombstones are shown": (visibility, "predicate", None),
    "blocks and mutes are forgotten in SQL": (visibility, "_not_hidden", lambda viewer: []),
    "an OR of terms is taken for an AND": (
        access_rules,
        "admits",
        lambda viewer, audience: all(a in viewer.holds and b in viewer.holds for a, b in audience),
    ),
    "a ceiling is forgotten": (access_rules, "within_ceiling", lambda viewer, place: True),
}


@pytest.mark.django_db
@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_planted_fault_is_found_by_the_oracle(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, name, broken = FAULTS[fault]
    if fault == "tombstones are shown":
        right: Callable[..., visibility.Predicate] = visibility.predicate
        broken = lambda viewer, with_tombstones=False: right(viewer, with_tombstones=True)  # noqa: E731
        name = "predicate"
    monkeypatch.setattr(module, name, broken)
    try:
        find(
            plans(),
            lambda plan: bool(disagreements(plan)),
            settings=settings(quick, max_examples=300, phases=[Phase.generate]),
        )
    except NoSuchExample:
        pytest.fail(f"The oracle did not notice that {fault}.")


@pytest.mark.django_db
def test_a_scope_with_stale_hints_is_searched_without_them() -> None:
    plan = Plan(
        people=(PersonPlan(staff=True, signs_in=True, suspended=False), PersonPlan(False, True, False)),
        places=(PlacePlan(oracle.WEB, frozenset(), oracle.STAFF),),
        posts=(PostPlan(0, 1, False, None, False, "ferry"),),
    )
    built = Built(plan)
    assert Scope.objects.filter(stale_hints=True).exists()
    assert search(built.viewer(Looker(0)), "ferry") == built.posts
    assert search(built.viewer(Looker(1)), "ferry") == []
    for scope in Scope.objects.filter(stale_hints=True):
        actions.renew_hints(scope.pk)
    with act():
        queue_stale_hints(built.places[0].pk)
    assert not Scope.objects.filter(stale_hints=True).exists()
    assert search(built.viewer(Looker(0)), "ferry") == built.posts
