"""What one does with mentions, one or many: say whether they are right, sort them, hand them over, tag them; and undo it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from colonnade.listening import actions
from colonnade.listening import queries as listening
from colonnade.listening.models import Watch
from colonnade.listening.mood import LEANINGS
from colonnade.listening.types import Handled, Was
from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.primitives import ids
from colonnade.web.guards import staff_only
from colonnade.web.looking import looking
from colonnade.web.pages import not_found, page

SALT = "colonnade.web.many-mentions"
UNDO_HOLDS_S = 120
RELEVANT = {"yes": True, "no": False, "none": None}
DOES = ("label", "mood", "state", "give", "tag", "untag", "undo")


@require_POST
@staff_only
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Do one thing to the mentions of a watch (`post`, many times), or undo what was done (`before`, sealed)."""
    found, person = listening.watch_for(looking(request).viewer, pk), looking(request).person
    if found is None or person is None or what not in DOES:
        return not_found(request)
    if what in SAYS:
        return SAYS[what](request, found, person)
    try:
        if what == "undo":
            return _undo(request, found, person)
        done = _do(request, found, person, what)
    except (ValueError, PermissionDenied, signing.BadSignature) as error:
        return _told(request, found, [], str(error) or gettext("That cannot be undone any more."), status=422)
    if "post" in request.GET:
        return _one(request, found)
    return _many(request, found, person, what, done)


def _do(request: HttpRequest, watch: Watch, person: Person, what: str) -> Handled:
    posts = _chosen(request)
    if not posts:
        raise ValueError(gettext("Choose at least one mention."))
    if what == "state":
        return actions.turn_mentions(watch, posts, request.POST.get("state", ""), by=person)
    if what == "give":
        return actions.give_mentions(watch, posts, to=_colleague(request), by=person)
    tags = request.POST.get("tags", "").split(",")
    return actions.tag_mentions(watch, posts, tags, by=person, away=what == "untag")


def _chosen(request: HttpRequest) -> list[int]:
    named = [*request.GET.getlist("post"), *request.POST.getlist("post")]
    return [pk for text in named if (pk := ids.parse(text)) is not None]


def _colleague(request: HttpRequest) -> Person | None:
    """To whom mentions are to go; None where the form says nobody. Raises ValueError where there is no such colleague."""
    to = request.POST.get("to", "")
    if to == "":
        return None
    number = ids.parse(to)
    found = people.staff().filter(pk=number).first() if number is not None else None
    if found is None:
        raise ValueError(gettext("There is no such colleague."))
    return found


def _label(request: HttpRequest, watch: Watch, person: Person) -> HttpResponse:
    posts, said = _chosen(request), request.POST.get("relevant", "")
    if (
        said not in RELEVANT
        or not posts
        or not actions.label_post(watch, posts[0], RELEVANT[said], by=person)
    ):
        return not_found(request)
    return _one(request, watch)


def _mood(request: HttpRequest, watch: Watch, person: Person) -> HttpResponse:
    posts, said = _chosen(request), request.POST.get("mood", "")
    if said not in LEANINGS or not posts or not actions.correct_mood(posts[0], said, by=person):
        return not_found(request)
    return _one(request, watch)


SAYS = {"label": _label, "mood": _mood}


def _one(request: HttpRequest, watch: Watch) -> HttpResponse:
    """How one mention stands now; whoever has no JavaScript is led back to it."""
    post = _chosen(request)[0]
    if "HX-Request" not in request.headers:
        return HttpResponseRedirect(f"{reverse('watch', args=[watch.pk])}#mention-{post}")
    viewer = looking(request).viewer
    seen = listening.mentions_for(viewer, watch, before=post + 1, since=post, limit=1)
    stands = listening.standing_of(viewer, watch, seen)
    if post not in stands:
        return not_found(request)
    return page(request, "listen/mention.html", {"mention": stands[post]})


def _many(request: HttpRequest, watch: Watch, person: Person, what: str, done: Handled) -> HttpResponse:
    undo = {}
    if done.done:
        told = {"person": str(person.pk), "before": [asdict(one) for one in done.done]}
        undo = {"before": signing.dumps(told, salt=SALT, compress=True)}
    return _told(request, watch, [one.post for one in done.done], _said(what, done), undo=undo)


def _said(what: str, done: Handled) -> str:
    count = len(done.done)
    said = {
        "state": ngettext("%(n)d mention sorted.", "%(n)d mentions sorted.", count),
        "give": ngettext("%(n)d mention handed over.", "%(n)d mentions handed over.", count),
        "tag": ngettext("%(n)d mention tagged.", "%(n)d mentions tagged.", count),
        "untag": ngettext("Tag taken off %(n)d mention.", "Tag taken off %(n)d mentions.", count),
    }[what] % {"n": count}
    if not done.left:
        return said
    left = ngettext("%(n)d was left as it is.", "%(n)d were left as they are.", done.left) % {"n": done.left}
    return gettext("%(done)s %(left)s") % {"done": said, "left": left}


def _undo(request: HttpRequest, watch: Watch, person: Person) -> HttpResponse:
    told = signing.loads(request.POST.get("before", ""), salt=SALT, max_age=UNDO_HOLDS_S)
    if told["person"] != str(person.pk):
        raise signing.BadSignature
    befores = [_was(one) for one in told["before"]]
    count = actions.put_back_mentions(watch, befores, by=person)
    said = ngettext("%(n)d mention is as it was.", "%(n)d mentions are as they were.", count) % {"n": count}
    return _told(request, watch, [one.post for one in befores], said)


def _was(told: dict[str, Any]) -> Was:
    state, owner, tags = told["became"]
    return Was(told["post"], told["state"], told["owner"], tuple(told["tags"]), (state, owner, tuple(tags)))


def _told(
    request: HttpRequest, watch: Watch, posts: list[int], say: str, *, status: int = 200, **more: Any
) -> HttpResponse:
    """The toast with its way back, and each mention as it stands now."""
    if not getattr(request, "htmx", False):
        return HttpResponseRedirect(reverse("watch", args=[watch.pk]))
    viewer = looking(request).viewer
    stands = listening.standing_of(viewer, watch, posts) if posts else {}
    action = reverse("mentions_act", args=[watch.pk, "undo"])
    context = {"say": say, "mentions": stands.values(), "action": action, **more}
    return page(request, "listen/handled.html", context, status=status)
