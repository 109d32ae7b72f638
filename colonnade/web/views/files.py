"""Files of posts: who may see the post gets a signed address for a minute; what is sent can do nothing."""

from __future__ import annotations

from django.core import signing
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from colonnade.conversations import queries as conversations
from colonnade.conversations.models import Attachment
from colonnade.core import files
from colonnade.web.looking import looking
from colonnade.web.pages import not_found

SALT = "colonnade.web.file"
SECONDS = 60
SHOWN = {"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "audio/mpeg", "audio/ogg", "video/mp4",
         "video/webm"}  # fmt: skip
POLICY = "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; frame-ancestors 'none'"


@require_safe
def attachment(request: HttpRequest, pk: int) -> HttpResponse:
    """To the signed address of a file, for whoever may see its post."""
    viewer = looking(request).viewer
    seen = conversations.visible_to(viewer).filter(attachments=pk).exists()
    row = Attachment.objects.filter(pk=pk).exclude(digest="").first() if seen else None
    if row is None:
        return not_found(request)
    return HttpResponseRedirect(reverse("file", args=[signing.dumps(str(row.pk), salt=SALT)]))


def _signed(token: str) -> Attachment | None:
    try:
        pk = int(signing.loads(token, salt=SALT, max_age=SECONDS))
    except signing.BadSignature:
        return None
    return Attachment.objects.filter(pk=pk).exclude(digest="").first()


@require_safe
def file(request: HttpRequest, token: str) -> HttpResponseBase:
    """The file behind a signed address.

    The address names the attachment, not the content: the same bytes may hang on a hidden post under another name.
    """
    row = _signed(token)
    if row is None or not files.exists(row.digest):
        return not_found(request)
    shown = row.media_type in SHOWN
    response = FileResponse(
        files.open(row.digest),
        content_type=row.media_type if shown else "application/octet-stream",
        as_attachment=not shown,
        filename=row.name or "file",
    )
    response["Content-Security-Policy"] = POLICY
    response["Cache-Control"] = "private, max-age=60"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
