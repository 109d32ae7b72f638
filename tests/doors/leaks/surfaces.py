"""Every address of the house, and what it shows of what people say.

An address stands here once for each way in which it is asked. Whatever the URL resolver knows and this table doesn't
fails the test: say here what the new address shows, or under `NOTHING_OF_POSTS` why it shows nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from colonnade.core.push import cursors
from tests.doors.leaks.things import (
    ANONYMOUS,
    COLUMN,
    COMMON,
    DELIVERY,
    DRAFT,
    GUEST,
    NOBODY,
    NOTE,
    OWNER,
    PARTNER,
    PLACE,
    POST,
    STAFF,
    VISITOR,
    Thing,
)
from tests.doors.leaks.town import Town

PAGES, API = "pages", "api"
SAID = frozenset({POST, NOTE})
SIGNED_IN_OR_GUEST = STAFF | {GUEST, VISITOR, PARTNER}
ADMINS = frozenset({OWNER})

Url = Callable[[Town, Thing], str]
Mark = Callable[[Thing], str]
Which = Callable[[Thing], bool]


def marker(thing: Thing) -> str:
    return thing.marker


@dataclass(frozen=True)
class Surface:
    """One way to ask one address.

    `url` gives the address for a thing; where it depends on the thing (`each`), hidden is compared with absent. `which`
    says what it shows, `mark` the word by which one knows. `reach` are those whom the door lets in at all (None: all);
    `as_if` puts everybody into one's place. `family` says which thing opens an address together with others.
    """

    name: str
    route: str
    url: Url
    which: Which
    mark: Mark | None = marker
    each: bool = False
    reach: frozenset[str] | None = None
    as_if: str = ""
    door: str = PAGES
    method: str = "GET"
    data: Callable[[Town, Thing], dict[str, Any]] | None = None
    family: Callable[[Thing], int] | None = None
    follow: bool = False
    limited: bool = False


def kinds(*whats: str) -> Which:
    return lambda thing: thing.what in whats


said = kinds(POST, NOTE)


def has(field: str, *whats: str) -> Which:
    return lambda thing: bool(getattr(thing, field)) and (not whats or thing.what in whats)


def opening_of_case(thing: Thing) -> bool:
    return thing.what == POST and bool(thing.case) and thing.mark_of_case


def space_of_ours(thing: Thing) -> bool:
    return thing.what == PLACE and thing.space not in ELSEWHERE and not thing.is_source


def drafts_that_are(how: str) -> Which:
    return lambda thing: thing.what == DRAFT and thing.draft_is == how


def place_with_public_talk(thing: Thing) -> bool:
    return thing.what == PLACE and thing.space not in WITHOUT_PUBLIC_WORDS


ELSEWHERE = ("our account elsewhere", "a source that is read")
WITHOUT_PUBLIC_WORDS = ("a guest's question", "direct")
MEMBERS_ONLY = "members only"


def at(path: str) -> Url:
    """An address with fields of a thing: "/posts/{post}"."""
    known = ("watch", "wall", "alert", "finding")
    return lambda town, thing: path.format(
        **vars(thing), common=COMMON, **{name: getattr(town, name) for name in known}
    )


def since_the_beginning(query: str) -> Url:
    """The catch-up of a column, from before anything was said."""
    return lambda town, thing: at(f"/columns/posts?{query}&after={cursors.seal(0)}")(town, thing)


conversation = lambda thing: thing.conversation  # noqa: E731
author = lambda thing: thing.author  # noqa: E731
case = lambda thing: thing.case  # noqa: E731
place = lambda thing: thing.place  # noqa: E731

Page = partial(Surface)
Each = partial(Surface, each=True)
Desk = partial(Surface, reach=STAFF)
DeskEach = partial(Surface, reach=STAFF, each=True)
Rest = partial(Surface, door=API)
RestEach = partial(Surface, door=API, each=True)


def act(
    route: str, path: str, which: Which, *, family: Any = None, reach: Any = None, **data: str
) -> Surface:
    """A button: it does nothing for whoever may not see the thing, as if it were not there."""
    return Surface(
        f"POST {path}",
        route,
        at(path),
        which,
        None,
        each=True,
        reach=reach,
        method="POST",
        family=family,
        data=lambda town, thing: {name: value.format(**vars(thing)) for name, value in data.items()},
    )


def rest_act(
    route: str,
    path: str,
    which: Which,
    *,
    family: Any = None,
    method: str = "POST",
    reach: Any = None,
    **data: Any,
) -> Surface:
    """The same at the API."""

    def filled(value: Any, thing: Thing) -> Any:
        return value.format(**vars(thing)) if isinstance(value, str) else value

    return Surface(
        f"{method} {path}",
        route,
        at(path),
        which,
        None,
        each=True,
        door=API,
        reach=reach,
        method=method,
        family=family,
        data=lambda town, thing: {name: filled(value, thing) for name, value in data.items()},
    )


WEB: tuple[Surface, ...] = (
    # the public face: always as somebody sees it who is not signed in
    Page("front page", "", at("/"), space_of_ours, as_if=ANONYMOUS, limited=True),
    Page("feed out", "spaces/<slug:slug>/feed.atom", at("/spaces/{slug}/feed.atom"),
         lambda thing: said(thing) and thing.space not in ELSEWHERE, each=True, family=place, as_if=ANONYMOUS),
    Page("ways to follow", "follow", at("/follow"), space_of_ours, as_if=ANONYMOUS),
    Page("feed of everything", "feed.atom", at("/feed.atom"),
         lambda thing: said(thing) and thing.space not in ELSEWHERE, as_if=ANONYMOUS),
    Page("feed of a conversation", "conversations/<id:pk>/feed.atom", at("/conversations/{conversation}/feed.atom"),
         said, each=True, family=conversation, as_if=ANONYMOUS),
    Page("talk in a frame", "embed/<str:key>/<str:token>",
         lambda town, thing: f"/embed/{town.widget.key}/{town.way_back}", lambda thing: thing.asked, as_if=GUEST),
    Page("talk in a frame, part", "embed/<str:key>/<str:token>",
         lambda town, thing: f"/embed/{town.widget.key}/{town.way_back}?part=thread", lambda thing: thing.asked,
         as_if=GUEST),
    Each("talk", "talk/<id:pk>", at("/talk/{conversation}"), said, reach=SIGNED_IN_OR_GUEST, family=conversation),
    Each("talk, part", "talk/<id:pk>", at("/talk/{conversation}?part=thread"), said, reach=SIGNED_IN_OR_GUEST,
         family=conversation),
    act("talk/<id:pk>/mail", "/talk/{conversation}/mail", said, reach=SIGNED_IN_OR_GUEST, family=conversation,
        email="asker@mail.example"),
    act("talk/<id:pk>/say", "/talk/{conversation}/say", said, reach=SIGNED_IN_OR_GUEST, family=conversation, text="More"),
    # what was said, where, by whom
    Each("conversation", "conversations/<id:pk>", at("/conversations/{conversation}"), said, family=conversation),
    Each("conversation, part", "conversations/<id:pk>", at("/conversations/{conversation}?part=thread"), said,
         family=conversation),
    Each("ways to pass a conversation on", "conversations/<id:pk>/share", at("/conversations/{conversation}/share"),
         lambda thing: said(thing) and ANONYMOUS in thing.seen_by, None, family=conversation),
    Each("post", "posts/<id:pk>", at("/posts/{post}"), said),
    Each("identity", "people/identities/<id:pk>", at("/people/identities/{author}"), said),
    DeskEach("person", "people/<id:pk>", at("/people/{person}"), has("person", POST, NOTE)),
    Desk("people", "people", at("/people?q={marker}"), has("person", POST, NOTE), lambda thing: f"/people/{thing.person}"),
    Desk("names that nobody knows", "people", at("/people?show=unknown&q={marker}"),
         lambda thing: said(thing) and not thing.person, lambda thing: f"/people/identities/{thing.author}"),
    *(
        DeskEach(f"person, {part}", "people/<id:pk>", at(f"/people/{{person}}?part={part}"), has("person", POST, NOTE),
                 None)
        for part in ("about", "talks", "notes", "ties")
    ),
    act("people/<id:pk>/note", "/people/{person}/note", has("person", POST, NOTE), reach=STAFF, text="Words"),
    act("people/<id:pk>/ties", "/people/{person}/ties", has("person", POST, NOTE), reach=STAFF, kind="knows", who="Tomasz"),
    DeskEach("same person?", "people/identities/<id:pk>/same", at("/people/identities/{author}/same"), said, None),
    Page("spaces", "spaces", at("/spaces"), space_of_ours),
    Each("space", "spaces/<slug:slug>", at("/spaces/{slug}"),
         lambda thing: thing.what == PLACE and thing.space not in ELSEWHERE and not thing.is_source),
    Each("talk of a space", "spaces/<slug:slug>", at("/spaces/{slug}"),
         lambda thing: said(thing) and thing.space not in ELSEWHERE, None, family=place),
    Each("talk of a space, part", "spaces/<slug:slug>", at("/spaces/{slug}?part=talks"),
         lambda thing: said(thing) and thing.space not in ELSEWHERE, None, family=place),
    # who is in a space is told to staff and to its members: the partner is in the members' space, in no other
    DeskEach("members of a space", "spaces/<slug:slug>/members", at("/spaces/{slug}/members"),
             lambda thing: space_of_ours(thing) and thing.space != MEMBERS_ONLY),
    Each("members of the members' space", "spaces/<slug:slug>/members", at("/spaces/{slug}/members"),
         lambda thing: space_of_ours(thing) and thing.space == MEMBERS_ONLY, reach=STAFF | {PARTNER}),
    DeskEach("settings of a space", "spaces/<slug:slug>/settings", at("/spaces/{slug}/settings"), space_of_ours,
             reach=ADMINS),
    DeskEach("who reads a space", "spaces/<slug:slug>/audience", at("/spaces/{slug}/audience?for=members"),
             space_of_ours, None, reach=ADMINS),
    act("spaces/<slug:slug>/start", "/spaces/{slug}/start", space_of_ours, reach=STAFF | {VISITOR, PARTNER},
        text="Words", read_by="0"),
    act("spaces/<slug:slug>/invite", "/spaces/{slug}/invite", space_of_ours, reach=ADMINS, mail="ana@portalder.example"),
    act("spaces/<slug:slug>/do/<slug:what>", "/spaces/{slug}/do/leave", space_of_ours,
        reach=STAFF | {VISITOR, PARTNER}),
    act("spaces/<slug:slug>/do/<slug:what>", "/spaces/{slug}/do/archive", space_of_ours, reach=ADMINS),
    Desk("places elsewhere", "places", at("/places"), lambda thing: thing.what == PLACE and not space_of_ours(thing)),
    Each("place", "places/<id:pk>", at("/places/{place}"), kinds(PLACE)),
    Each("posts of a place", "places/<id:pk>", at("/places/{place}"), said, family=place),
    Desk("feeds as OPML", "places/opml", at("/places/opml"), lambda thing: thing.is_source),
    Page("search", "search", at("/search?q={common}"), said),
    Page("search, part", "search", at("/search?part=more&q={common}"), said),
    Each("places by name", "search", at("/search?part=named&q={marker}"), kinds(PLACE)),
    Each("palette by name", "palette", at("/palette?q={marker}"), kinds(PLACE), lambda thing: f"/places/{thing.place}"),
    Each("search for one", "search", at("/search?q={marker}"), said, lambda thing: f'data-post="{thing.post}"'),
    Each("file", "attachments/<id:pk>", at("/attachments/{attachment}"), has("attachment"), follow=True),
    # columns and their fragments
    Page("column of all", "columns/posts", at("/columns/posts?all=1"), said),
    Page("news of all", "columns/posts", since_the_beginning("all=1"), said),
    Each("column of a place", "columns/posts", at("/columns/posts?place={place}"), said, family=place),
    Each("news of a place", "columns/posts", since_the_beginning("place={place}"), said, family=place),
    Each("column of an identity", "columns/posts", at("/columns/posts?identity={author}"), said),
    Desk("column of a watch", "columns/posts", at("/columns/posts?watch={watch}"), has("mentioned")),
    Desk("news of a watch", "columns/posts", since_the_beginning("watch={watch}"), has("mentioned")),
    Desk("cases as a column", "columns/list", at("/columns/list?cases=all"), opening_of_case,
         lambda thing: f"tag{thing.marker}"),
    Desk("outgoing as a column", "columns/list", at("/columns/list?outgoing=open"), kinds(DELIVERY)),
    Desk("drafts as a column", "columns/list", at("/columns/list?drafts=plan"), drafts_that_are("planned")),
    Desk("search as a column", "columns/list", at("/columns/list?found=1&q={common}"), said),
    Desk("columns", "columns", at("/columns"), kinds(COLUMN), lambda thing: f"/columns/{thing.column}/"),
    Desk("choosing a column", "columns/choose", at("/columns/choose"), kinds(PLACE)),
    act("columns/add", "/columns/add?x={place}", kinds(PLACE), reach=STAFF, show="place={place}"),
    act("columns/add", "/columns/add?x={author}", said, reach=STAFF, show="identity={author}"),
    act("columns/<id:pk>/<slug:what>", "/columns/{column}/remove", kinds(COLUMN), reach=STAFF),
    # listen
    Desk("watch", "listen/<id:pk>", at("/listen/{watch}"), has("mentioned")),
    Desk("watch, care", "listen/<id:pk>", at("/listen/{watch}?part=care"), lambda thing: False, reach=NOBODY),
    *(Desk(f"watch, {part}", "listen/<id:pk>", at(f"/listen/{{watch}}?part={part}"), lambda thing: False)
      for part in ("split", "stories")),
    DeskEach("watch, one story", "listen/<id:pk>", at("/listen/{watch}?story={post}"), has("mentioned")),
    Desk("compare", "listen/compare", at("/listen/compare?w={watch}"), lambda thing: False),
    # a picture tells how many posts one may see, a finding's the sentence that staff wrote; of posts no word
    *(Desk(f"chart of {what}", f"charts/<slug:what>{part}.<slug:form>", at(f"/charts/{address}"), lambda thing: False)
      for what, part, address in (
          ("a watch", "/<id:pk>", "hours/{watch}.csv"), ("its days", "/<id:pk>", "days/{watch}.svg"),
          ("an alert", "/<id:pk>", "alert/{alert}.csv"), ("a finding", "/<id:pk>", "finding/{finding}.svg"),
          ("watches compared", "", "compare.svg?w={watch}&by=hour"), ("what rises", "", "trends.csv"))),
    Desk("mentions as CSV", "listen/<id:pk>/mentions.csv", at("/listen/{watch}/mentions.csv"), has("mentioned")),
    Desk("alert", "listen/alerts/<id:pk>", at("/listen/alerts/{alert}"), has("mentioned")),
    Desk("finding", "listen/findings/<id:pk>", at("/listen/findings/{finding}"), has("mentioned")),
    # the desk
    Desk("today", "today", at("/today"), opening_of_case, lambda thing: f"/inbox/{thing.case}"),
    Desk("today, needs", "today", at("/today?part=needs"), opening_of_case, lambda thing: f"/inbox/{thing.case}"),
    Desk("today, out", "today", at("/today?part=out"), lambda thing: thing.what == DELIVERY or drafts_that_are("planned")(thing)),
    # nothing in the town is louder than usual or was done today, so nobody is shown any of it
    *(Desk(f"today, {part}", "today", at(f"/today?part={part}"), kinds(POST, DELIVERY), reach=NOBODY)
      for part in ("unusual", "done")),
    # the wall hangs where others walk past: it shows even an owner nothing but what everybody may see
    Desk("wall, talk", "wall", at("/wall?part=talk"), has("mentioned"), as_if=ANONYMOUS),
    *(Desk(f"wall{part}", "wall", at(f"/wall{part}"), lambda thing: False, as_if=ANONYMOUS)
      for part in ("", "?part=desk", "?part=answers", "?part=unusual", "?part=out", "?part=health")),
    *(Desk(f"{route}, {part}", route, at(f"{path}?part={part}"), which, as_if=ANONYMOUS)
      for route, path in (("wall", "/wall"), ("wall/<id:pk>", "/wall/{wall}"))
      for part, which in (("posts", has("mentioned")), ("networks", place_with_public_talk))),
    *(Desk(f"{route}, {part}", route, at(f"{path}?part={part}"), lambda thing: False, as_if=ANONYMOUS)
      for route, path in (("wall", "/wall"), ("wall/<id:pk>", "/wall/{wall}"))
      for part in ("volume", "mood", "share", "clocks", "alerts")),
    act("today/cases/<id:pk>/<slug:what>", "/today/cases/{case}/later", has("case", POST), reach=STAFF, family=case,
        until="1"),
    Desk("inbox", "inbox", at("/inbox"), opening_of_case, lambda thing: f"tag{thing.marker}"),
    Desk("inbox, part", "inbox", at("/inbox?part=list&view=nobody"), opening_of_case, lambda thing: f"tag{thing.marker}"),
    Desk("inbox, solved", "inbox", at("/inbox?view=solved"), lambda thing: False),
    # of whom one may see the cases: names of staff and counts, never words
    Desk("inbox, owners", "inbox", at("/inbox?part=owners"), lambda thing: False),
    DeskEach("inbox after a case", "inbox", at("/inbox?part=list&after={case}"), opening_of_case, None, family=case),
    DeskEach("case", "inbox/<id:pk>", at("/inbox/{case}"), has("case", POST, NOTE), family=case),
    *(
        DeskEach(f"case, {part}", "inbox/<id:pk>", at(f"/inbox/{{case}}?part={part}"), has("case", POST, NOTE),
                 marker if part == "thread" else None, family=case)
        for part in ("thread", "head", "outgoing", "composer", "about", "earlier")
    ),
    *(
        act("inbox/<id:pk>/<slug:what>", f"/inbox/{{case}}/{what}", has("case", POST), reach=STAFF, family=case,
            text="Words")
        for what in ("look", "take", "wait", "solve", "reopen", "note", "reply")
    ),
    DeskEach("more cases after a case", "inbox", at("/inbox?part=rows&after={case}"), opening_of_case, None, family=case),
    *(
        act("inbox/many/<slug:what>", f"/inbox/many/{what}?x={{case}}", has("case", POST), reach=STAFF, family=case,
            case="{case}", to="", tags="ferry")
        for what in ("hand-over", "solve", "tag")
    ),
    act("conversations/<id:pk>/case", "/conversations/{conversation}/case", said, reach=STAFF, family=conversation),
    act("conversations/<id:pk>/say", "/conversations/{conversation}/say", lambda thing: thing.can_be_said_to,
        reach=STAFF | {VISITOR, PARTNER}, family=conversation, text="Words"),
    Desk("deliveries", "deliveries", at("/deliveries"), kinds(DELIVERY)),
    Desk("deliveries, part", "deliveries", at("/deliveries?part=list"), kinds(DELIVERY)),
    DeskEach("delivery", "deliveries/<id:pk>", at("/deliveries/{delivery}"), kinds(DELIVERY)),
    act("deliveries/<id:pk>/<slug:what>", "/deliveries/{delivery}/recall", kinds(DELIVERY), reach=STAFF),
    # publish: drafts that are kept, planned, gone
    Desk("publish, what waits", "publish", at("/publish"), drafts_that_are("planned")),
    Desk("publish, what waits, part", "publish", at("/publish?part=list"), drafts_that_are("planned")),
    Desk("publish, drafts", "publish", at("/publish?view=drafts"),
         lambda thing: drafts_that_are("kept")(thing) or drafts_that_are("asked")(thing)),
    Desk("publish, went out", "publish", at("/publish?view=out"), drafts_that_are("gone")),
    DeskEach("publish, after one", "publish", at("/publish?view=out&before={draft}"), drafts_that_are("gone"), None),
    # what waits for a second person: the account of the town asks for approval, nothing else does
    *(Desk(f"publish, {name}", "publish", at(path), drafts_that_are("asked"))
      for name, path in (("what waits for approval", "/publish?view=approval"),
                         ("what waits for approval, part", "/publish?view=approval&part=list"))),
    Desk("today, approve", "today", at("/today?part=approve"),
         lambda thing: drafts_that_are("asked")(thing) and thing.space in ELSEWHERE),
    Desk("publish, how much waits for approval", "publish", at("/publish?part=waits"), lambda thing: False),
    Desk("writing", "publish/new", at("/publish/new"), space_of_ours),
    DeskEach("draft", "publish/<id:pk>", at("/publish/{draft}"), kinds(DRAFT)),
    DeskEach("draft, part", "publish/<id:pk>", at("/publish/{draft}?part=gone"), kinds(DRAFT)),
    act("publish/<id:pk>", "/publish/{draft}?x=save", kinds(DRAFT), reach=STAFF, text="Words"),
    *(
        act("publish/<id:pk>/<slug:what>", f"/publish/{{draft}}/{what}", kinds(DRAFT), reach=STAFF)
        for what in ("pause", "resume", "now", "withdraw", "take-back", "take-down", "remove", "approve",
                     "take-back-approval", "ask-changes", "read-again")
    ),
    Surface("looking at what one writes", "publish/look", at("/publish/look"),
            lambda thing: thing.what == PLACE and not thing.is_source, reach=STAFF, method="POST",
            data=lambda town, thing: {"text": "Words", "place": str(thing.place)}),
    act("places/<id:pk>/read", "/places/{place}/read", kinds(PLACE), reach=ADMINS),
)  # fmt: skip

REST: tuple[Surface, ...] = (
    Rest("posts", "GET rest/posts", at("/rest/posts?limit=100"), said),
    RestEach("posts of a place", "GET rest/posts", at("/rest/posts?limit=100&place={place}"), said, family=place),
    RestEach("posts of an author", "GET rest/posts", at("/rest/posts?author={author}"), said),
    RestEach("post", "GET rest/posts/{post}", at("/rest/posts/{post}"), said),
    Rest("search", "GET rest/search", at("/rest/search?limit=100&q={common}"), said),
    RestEach("search for one", "GET rest/search", at("/rest/search?q={marker}"), said),
    RestEach("hours of one", "GET rest/search/hours", at("/rest/search/hours?q={marker}"), said, lambda thing: '"posts": 1'),
    RestEach("conversation", "GET rest/conversations/{conversation}", at("/rest/conversations/{conversation}"), said,
             family=conversation),
    Rest("places", "GET rest/places", at("/rest/places?limit=100"), kinds(PLACE)),
    RestEach("place", "GET rest/places/{place}", at("/rest/places/{place}"), kinds(PLACE)),
    Rest("accounts", "GET rest/accounts", at("/rest/accounts"), lambda thing: thing.is_account, reach=STAFF),
    RestEach("account", "GET rest/accounts/{account}", at("/rest/accounts/{place}"), lambda thing: thing.is_account,
             reach=STAFF),
    Rest("feeds", "GET rest/feeds", at("/rest/feeds?limit=100"), lambda thing: thing.is_source, reach=STAFF),
    RestEach("feed", "GET rest/feeds/{feed}", at("/rest/feeds/{place}"), lambda thing: thing.is_source, reach=STAFF),
    Rest("mentions", "GET rest/watches/{watch}/mentions", at("/rest/watches/{watch}/mentions?limit=100"),
         has("mentioned"), reach=STAFF),
    Rest("cases", "GET rest/cases", at("/rest/cases?limit=100"), opening_of_case, lambda thing: f"tag{thing.marker}",
         reach=STAFF),
    RestEach("cases of a place", "GET rest/cases", at("/rest/cases?limit=100&place={place}"), opening_of_case,
             lambda thing: f"tag{thing.marker}", reach=STAFF, family=place),
    RestEach("cases after a case", "GET rest/cases", at("/rest/cases?after={case}"), opening_of_case, None,
             reach=STAFF, family=case),
    RestEach("case", "GET rest/cases/{case}", at("/rest/cases/{case}"), opening_of_case,
             lambda thing: f"tag{thing.marker}", reach=STAFF, family=case),
    Rest("deliveries", "GET rest/deliveries", at("/rest/deliveries"), kinds(DELIVERY), reach=STAFF),
    RestEach("delivery", "GET rest/deliveries/{delivery}", at("/rest/deliveries/{delivery}"), kinds(DELIVERY),
             reach=STAFF),
    rest_act("DELETE rest/posts/{post}", "/rest/posts/{post}", said, method="DELETE"),
    rest_act("POST rest/posts", "/rest/posts?x={conversation}", lambda thing: thing.can_be_said_to,
             family=conversation, conversation="{conversation}", text="Words"),
    rest_act("POST rest/posts", "/rest/posts?x={place}", space_of_ours, place="{place}", text="Words"),
    rest_act("POST rest/cases", "/rest/cases?x={conversation}", opening_of_case, family=conversation,
             conversation="{conversation}"),
    *(
        rest_act(f"{method} rest/cases/{{case}}/{what}", f"/rest/cases/{{case}}/{what}", opening_of_case, method=method,
                 reach=STAFF, family=case, **data)
        for method, what, data in (
            ("POST", "assign", {"to": "me"}), ("POST", "note", {"text": "Words"}), ("POST", "reply", {"text": "Words"}),
            ("POST", "undo", {}), ("POST", "wait", {}), ("POST", "solve", {}), ("POST", "reopen", {}),
            ("PUT", "tags", {"tags": ["one"]}),
        )
    ),
    *(
        rest_act(f"POST rest/deliveries/{{delivery}}/{what}", f"/rest/deliveries/{{delivery}}/{what}", kinds(DELIVERY),
                 reach=STAFF, **data)
        for what, data in (("undo", {}), ("settle", {"said": "confirmed"}), ("retry", {}), ("recall", {}))
    ),
)  # fmt: skip

SURFACES = WEB + REST

NOTHING_OF_POSTS: dict[str, str] = {
    "inbox/colleagues": "the names of those who work here, for them alone; of a hidden case as of none",
    "publish/accounts/<id:pk>/approval": "says whether an account asks for approval: for admins, who are shown all accounts",
    "publish/all/<slug:what>": "pulls the brake or lets it go, and leads to the plan",
    "today/handover": "leaves a note of the staff for the staff",
    "today/watches/<id:pk>": "silences a stored search, which all of staff see whole, for oneself",
    "people/import": "what is in a list that an admin hands in; who is hidden from them looks new",
    "start": "how far the house is set up, for admins: how it is called, Aims, colleagues, places, watches; nothing of posts",
    "start/found": "reads feeds and listens for words, for admins",
    "start/found/<str:word>": "what a worker found behind an address, for whoever asked",
    "start/<slug:what>": "does one of the first steps, for admins",
    "settings/organisation": "the name, logo and colour of the organisation, for admins",
    "logo/<str:version>": "the logo of the organisation, for everybody",
    "manifest.webmanifest": "the name and icons of the house, for home screens",
    "sw.js": "the service worker, the same for everybody",
    "follow/mail": "asks an address; what it answers with are the ways to follow, which have a row of their own",
    "follow/mail/<str:token>": "one follower's own confirmation; of posts it shows nothing",
    "follow/stop/<str:token>": "one follower's own end of letters; of posts it shows nothing",
    "offline": "the page without a network, the same for everybody",
    "ask": "takes a question; what it answers with is the front page, which has a row of its own",
    "back/<str:token>": "only gives the cookie of the one guest whose token it is, and leads to their talk",
    "gallery": "components with invented words, for those who make screens",
    "demo/": "signs in as somebody of the make-believe town: from this machine alone, while it is played",
    "demo/banner": "the clock of that town and tasks to try, in words of ours",
    "demo/turn/<slug:what>": "turns that clock: from this machine alone",
    "demo/be/<slug:who>": "signs in as somebody else of that town: from this machine alone",
    "demo/yours": "a form that empties the make-believe town: from this machine alone",
    "account/": "signing in and out: forms of allauth, which know no post",
    "settings": "name, language, zone of whoever looks",
    "settings/appearance": "how pages look for whoever looks",
    "settings/sign-in": "how whoever looks signs in",
    "settings/sign-in/password": "changes the password of whoever looks",
    "settings/notices": "what whoever looks wants to be told, and the spaces that they are a member of",
    "settings/notices/spaces/<id:pk>": "the same for one space",
    "notices": "who did something where, never the words; about what one may no longer see: nothing (test_web_notices.py)",
    "notices/push/<slug:what>": "lets this browser be pushed to; what is pushed is checked again (test_web_notices.py)",
    "notices/read": "marks notices of whoever looks",
    "notices/<id:pk>": "leads to what a notice is about, if one may see it; other people's are not there",
    "notices/conversations/<id:pk>": "what whoever looks wants to be told of a conversation",
    "settings/aims": "the aims of the organisation, for admins, with the spaces that serve them as far as one sees those",
    "settings/aims/<id:pk>/drop": "takes an aim away: for admins, who know them all",
    "settings/teams": "the teams of the staff, for admins",
    "settings/teams/<id:pk>/<slug:what>": "takes a team away or puts it back: for admins, who know them all",
    "settings/skills": "what somebody says of themselves that they can help with",
    "settings/members": "who has an account: for admins",
    "settings/members/invite": "makes an account: for admins",
    "settings/members/<id:pk>/<slug:what>": "changes a role, suspends: for admins; accounts are known to them all",
    "settings/accounts": "our accounts elsewhere, which are public, and their health: for admins",
    "settings/audit": "who did what to which thing, by number: for admins",
    "settings/sessions": "where whoever looks is signed in",
    "settings/sessions/end": "ends sessions of whoever looks",
    "people/identities/<id:pk>/apart": "takes back whose a name is; the name has rows of its own",
    "spaces/new": "opens a new space",
    "spaces/<slug:slug>/members/<id:pk>/<slug:what>": "what a steward does with a member; its space has rows of its own",
    "places/feeds": "asks a worker to look for feeds",
    "places/feeds/<str:word>": "what was found behind an address outside, for whoever holds the random word",
    "places/add": "adds feeds from a form; answers the same whatever is read already",
    "places/pages": "adds a page to watch from a form; answers the same whatever is watched already",
    "places/letters": "makes an address for newsletters, for admins",
    "places/opml/import": "shows what an uploaded list holds, and which of it is read in places that one may see",
    "briefings": "one's own briefings, which hold numbers and ids, and a form",
    "briefings/<id:pk>": "the same of one of them",
    "briefings/<id:pk>/<id:number>": "one's own edition; each post, case and draft is looked up as one sees it then (test_web_briefings.py)",
    "briefings/<id:pk>/<id:number>.csv": "the numbers of one's own edition",
    "briefings/<id:pk>/<id:number>.pdf": "one's own edition as a document (test_web_documents.py)",
    "briefings/<id:pk>/<slug:what>": "makes, pauses or removes one's own briefing",
    "scenarios": "what staff have written down to be done, for all of staff",
    "scenarios/new": "an empty form, with the drafts that one sees on Publish",
    "scenarios/<id:pk>": "the playbook of one, in words of staff; of a draft its number alone",
    "scenarios/<id:pk>/edit": "the same as a form, with the drafts that one sees on Publish",
    "scenarios/<id:pk>/<slug:what>": "begins or removes one",
    "scenarios/runs/<id:pk>": "who of staff did which step when",
    "scenarios/runs/<id:pk>/<slug:what>": "ticks a step, ends a run",
    "wall/arrange": "which panels and watches hang on which wall: known to all of staff whole",
    "wall/<id:pk>/arrange": "the same of one wall",
    "wall/<id:pk>/take-down": "takes a wall away",
    "listen": "stored searches, which all of staff see whole, with how many visible posts they caught",
    "listen/moods": "how many posts staff corrected in which language, and figures: all of staff see them",
    "listen/moods/switch": "says which version reads a language",
    "listen/keep": "a form to keep a page by hand, for staff; that it was kept already is told of posts that one sees (test_web_keep.py)",
    "listen/keep/add": "keeps a page by hand, and leads to its post",
    "listen/new": "an empty form",
    "listen/add": "adds a stored search",
    "listen/<id:pk>/forecast": "reckoned from how many visible posts a watch caught (test_web_forecasts.py)",
    "inbox/what-if": "reckoned from how many cases were opened that one may see (test_web_forecasts.py)",
    "listen/trends": "counts over what all of staff may see, from five posts on (test_insight_trends.py)",
    "listen/alerts": "alerts, counted over what all of staff may see (test_insight_alerts.py)",
    "listen/alerts/<id:pk>/<slug:what>": "judges an alert; a finding takes only posts that its writer may see (test_web_alerts.py)",
    "listen/findings/<id:pk>.pdf": "the same as a document, made of what the page is made of (test_web_documents.py)",
    "today/handover.pdf": "notes of staff for staff, as a document",
    "listen/findings/<id:pk>/<slug:what>": "a finding in or out of briefings; its posts have rows of their own",
    "settings/notices/alerts": "how whoever looks wants to hear of alerts",
    "listen/lists": "blocks of queries, which all of staff see whole, with the watches that name them",
    "listen/lists/new": "the form of a list, with what it catches as the builder shows it",
    "listen/lists/add": "adds a list",
    "listen/lists/bring": "puts names that were handed in into the form of a list, and shows what that catches",
    "listen/lists/names": "the names of lists, for staff",
    "listen/lists/preview": "the newest six of what column and search show",
    "listen/lists/<id:pk>": "a list, which all of staff see whole",
    "listen/lists/<id:pk>/<slug:what>": "changes a list",
    "listen/aims": "what the organisation is here for, for staff",
    "listen/preview": "the newest three of what column and search show",
    "listen/<id:pk>/edit": "the form of a stored search, which all of staff see whole",
    "listen/<id:pk>/<slug:what>": "changes a stored search",
    "listen/<id:pk>/mentions/<slug:what>": "sorts mentions that one may see; others are left (test_web_mentions.py)",
    "files/<str:token>": "the second step of a row: the signed address that `attachments/<id:pk>` leads to",
    "embed.js": "a script, the same for everybody",
    "embed/<str:key>": "the empty box to ask in",
    "robots.txt": "a list of addresses, the same for everybody",
    "live/token": "gives a channel token; what is sealed in it is compared in the push part",
    "assets/<str:version>/<str:name>": "styles and scripts, the same for everybody",
    "healthz": "says that it is alive",
    "readyz": "health of the machine: no post, place or person",
    "hooks/websub/<str:place>/<str:token>": "takes what a hub pushes, answers nothing of it",
    "hooks/in/<str:place>/<str:token>": "takes what a network pushes, answers nothing of it",
    "^rest/": "whatever else lies under /rest/ is answered as absent",
    "GET rest/me": "the token's own person, permissions and places",
    "GET rest/watches": "stored searches, which all of staff see whole",
    "POST rest/watches": "adds a stored search",
    "GET rest/watches/{watch}": "a stored search, which all of staff see whole",
    "PATCH rest/watches/{watch}": "changes a stored search",
    "DELETE rest/watches/{watch}": "removes a stored search",
    "GET rest/watches/{watch}/hours": "counts, of scopes that one sees (test_insight_rollups.py, test_api_listening.py)",
    "GET rest/alerts": "alerts, counted over what all of staff may see (test_insight_alerts.py)",
    "PATCH rest/alerts/{alert}": "judges an alert",
    "GET rest/watches/{watch}/versions": "the forms of a stored search, which all of staff see whole",
    "PATCH rest/watches/{watch}/mentions/{post}": "sorts a mention that one may see; others are absent (test_api_listening.py)",
    "GET rest/lists": "blocks of queries, which all of staff see whole",
    "POST rest/lists": "adds a list",
    "GET rest/lists/{list_id}": "a list, which all of staff see whole",
    "GET rest/lists/{list_id}/versions": "the forms of a list, which all of staff see whole",
    "PATCH rest/lists/{list_id}": "changes a list",
    "DELETE rest/lists/{list_id}": "removes a list",
    "POST rest/accounts": "connects an account",
    "POST rest/feeds": "adds a feed; answers the same whether it is read already",
    "rest/openapi.json": "the description of the API, the same for everybody",
    "rest/": "the root of the API, which shows nothing",
}

PUSH = {"/live": "streams; see the push part", "/healthz": "says that it is alive"}
