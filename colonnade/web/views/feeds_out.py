"""What is said to everyone, in a space, in a conversation or everywhere of ours, as an Atom feed (RFC 4287)."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from xml.etree import ElementTree

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.urls import reverse
from django.views.decorators.http import require_safe

from colonnade.access import queries as access
from colonnade.conversations import queries as conversations
from colonnade.conversations.types import PostLine
from colonnade.people import queries as people
from colonnade.places import queries as places
from colonnade.places.models import PlaceKind
from colonnade.primitives import ids
from colonnade.web.origin import public_url
from colonnade.web.pages import not_found

ATOM = "http://www.w3.org/2005/Atom"
ENTRIES = 30
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@require_safe
def atom(request: HttpRequest, slug: str) -> HttpResponse:
    """The newest posts of a space that everybody may read; always as somebody sees it who is not signed in."""
    anybody = access.anonymous()
    space = places.places_for(anybody).filter(slug=slug, kind=PlaceKind.SPACE).first()
    if space is None:
        return not_found(request)
    lines = conversations.lines(anybody, conversations.newest(anybody, place=space.pk, limit=ENTRIES))
    return _sent(request, space.name, reverse("place", args=[space.pk]), lines, ids.moment_of(space.pk))


@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """The newest posts of all spaces that everybody may read."""
    anybody = access.anonymous()
    spaces = list(places.places_for(anybody).filter(kind=PlaceKind.SPACE).values_list("pk", flat=True))
    lines = conversations.lines(anybody, conversations.newest(anybody, places=spaces, limit=ENTRIES))
    return _sent(request, people.our_name(), reverse("home"), lines, BEGINNING)


@require_safe
def of_conversation(request: HttpRequest, pk: int) -> HttpResponse:
    """What is said in a conversation that everybody may read, the newest first."""
    anybody = access.anonymous()
    talk = conversations.conversation_for(anybody, pk)
    if talk is None:
        return not_found(request)
    newest = conversations.visible_to(anybody).filter(conversation=talk).order_by("-pk")
    lines = conversations.lines(anybody, newest.values_list("pk", flat=True)[:ENTRIES])
    title = talk.title or talk.place.name
    return _sent(request, title, reverse("conversation", args=[pk]), lines, ids.moment_of(talk.pk))


def _sent(
    request: HttpRequest, title: str, address: str, lines: list[PostLine], since: datetime
) -> HttpResponse:
    body = _feed(title, public_url(address), public_url(request.path), lines, since)
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified()
    response = HttpResponse(body, content_type="application/atom+xml; charset=utf-8")
    response["ETag"] = tag
    response["Cache-Control"] = "public, max-age=60"
    return response


def _feed(title: str, address: str, itself: str, lines: list[PostLine], since: datetime) -> bytes:
    """`since` is when it was last changed, as long as nothing was said."""
    ElementTree.register_namespace("", ATOM)
    root = ElementTree.Element(f"{{{ATOM}}}feed")
    _add(root, "id", address)
    _add(root, "title", title)
    _add(root, "updated", _moment(max((_changed(one) for one in lines), default=since)))
    ElementTree.SubElement(root, f"{{{ATOM}}}link", rel="self", href=itself)
    ElementTree.SubElement(root, f"{{{ATOM}}}link", rel="alternate", type="text/html", href=address)
    for line in lines:
        _entry(root, line)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _entry(root: ElementTree.Element, line: PostLine) -> None:
    entry = ElementTree.SubElement(root, f"{{{ATOM}}}entry")
    address = public_url(reverse("post", args=[line.id]))
    _add(entry, "id", address)
    _add(entry, "title", line.title or " ".join(line.text.split())[:80] or line.place_name)
    _add(entry, "published", _moment(line.published))
    _add(entry, "updated", _moment(_changed(line)))
    _add(ElementTree.SubElement(entry, f"{{{ATOM}}}author"), "name", line.author.name or line.author.address)
    ElementTree.SubElement(entry, f"{{{ATOM}}}link", rel="alternate", type="text/html", href=address)
    _add(entry, "content", line.html).set("type", "html")


def _changed(line: PostLine) -> datetime:
    return line.edited or line.published


def _add(parent: ElementTree.Element, name: str, text: str) -> ElementTree.Element:
    made = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}")
    made.text = "".join(letter for letter in text if _is_xml(letter))
    return made


def _is_xml(letter: str) -> bool:
    """Whether XML 1.0 can hold a letter (its production Char)."""
    code = ord(letter)
    return code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
