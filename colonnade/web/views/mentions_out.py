"""The mentions of a watch, taken out as a table for other programs."""

from __future__ import annotations

import csv

from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from colonnade.conversations import queries as conversations
from colonnade.listening import queries as listening
from colonnade.primitives import ids
from colonnade.web.guards import staff_only
from colonnade.web.looking import looking
from colonnade.web.pages import not_found
from colonnade.web.taking.files import cell

MOST_IN_A_FILE = 5000


@require_safe
@staff_only
def mentions_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """The newest mentions of a watch that the viewer may see, as a table for other programs."""
    viewer = looking(request).viewer
    found = listening.watch_for(viewer, pk)
    if found is None:
        return not_found(request)
    told = listening.mentions_for(viewer, found, limit=MOST_IN_A_FILE)
    why = listening.why(found, told)
    name = slugify(found.name) or "watch"
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
    response.write("\ufeff")  # without it spreadsheets take UTF-8 for something else
    rows = csv.writer(response)
    rows.writerow(
        [
            gettext("Said at"),
            gettext("Who"),
            gettext("Address"),
            gettext("Where"),
            gettext("Matched"),
            gettext("Words"),
            gettext("Link"),
        ]
    )
    for post in conversations.lines(viewer, told):
        rows.writerow(
            [
                ids.moment_of(post.id).isoformat(timespec="seconds"),
                *(
                    cell(value)
                    for value in (
                        post.author.name,
                        post.author.address,
                        post.place_name,
                        ", ".join(why.get(post.id, [])),
                        f"{post.title}\n{post.text}".strip(),
                        post.url,
                    )
                ),
            ]
        )
    return response
