"""Which blocks each document has: the same that its page shows, as whoever it is for may see it at this moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from colonnade.access.types import Viewer
from colonnade.conversations.types import PostLine
from colonnade.inbox.types import CaseLine
from colonnade.insight import queries
from colonnade.insight.models import Alert, Edition, Finding, Handover
from colonnade.insight.queries.briefings import Told, Volume, Wanting
from colonnade.insight.types import TopPost
from colonnade.publishing.types import DraftLine
from colonnade.web.documents import blocks
from colonnade.web.documents.blocks import Block, said
from colonnade.web.documents.set import colours, document
from colonnade.web.drawing import Chart
from colonnade.web.editions import period_words, volume_chart
from colonnade.web.taking.paint import Paint
from colonnade.web.templatetags.colonnade import called

MOST_WORDS, MOST_WORDS_OF_LINE = 60, 16


def briefing(viewer: Viewer, edition: Edition) -> bytes:
    """An edition for its reader, in the language and zone in force. Raises paper.NotPrinted."""
    told, still = queries.told(viewer, edition), queries.wanting(viewer, edition)
    found = [*_to_know(told), *_wants_an_answer(told, still), *_said(edition, told), *_told_most(told)]
    return document(edition.briefing.name, period_words(edition), gettext("Briefing"), found)


def finding(found: Finding, chart: Chart | None, carried: Sequence[PostLine]) -> bytes:
    """A finding with its picture and its posts. Raises paper.NotPrinted."""
    shown: list[Block] = []
    if chart is not None:
        link = reverse("alert", args=[found.alert_id])
        drawn = blocks.plot(chart, colours(), name=chart.title, link=link, notes=[chart.says], alone=True)
        shown = [blocks.plots([drawn]), blocks.legend(colours(), chart.counts)]
    if carried:
        shown += [
            blocks.heading(gettext("Posts that carry it")),
            blocks.posts([_post(one) for one in carried]),
        ]
    by = f"{found.by}, " if found.by else ""
    return document(
        found.sentence, f"{found.watch.name} · {by}{_dated(found.written_at)}", gettext("Finding"), shown
    )


def handovers(notes: Sequence[Handover]) -> bytes:
    """The notes from shift to shift, the newest first. Raises paper.NotPrinted."""
    shown = [blocks.quote(one.text, f"{one.by or ''} · {_when(one.at)}".strip(" ·")) for one in notes]
    first, last = _dated(notes[-1].at), _dated(notes[0].at)
    words = gettext("%(since)s to %(before)s") % {"since": first, "before": last}
    when = last if first == last else words
    return document(gettext("From shift to shift"), when, gettext("Handover"), shown)


# --- the parts of a briefing ------------------------------------------------------------------------------------------


def _to_know(told: Told) -> list[Block]:
    shown = [blocks.heading(gettext("What you should know"))]
    if told.alerts:
        shown.append(blocks.lines([_alert(one) for one in told.alerts]))
    else:
        shown.append(blocks.remark(gettext("Nothing was unusual."), good=True))
    names = [f"{one.by}, {one.watch.name}" if one.by else one.watch.name for one in told.findings]
    return [*shown, *(blocks.quote(one.sentence, by) for one, by in zip(told.findings, names, strict=True))]


def _alert(one: Alert) -> Block:
    words = gettext("was unusual from %(when)s: %(posts)s where about %(usual)s is usual.") % {
        "when": _when(one.since),
        "posts": one.posts,
        "usual": round(one.expected),
    }
    over = (
        gettext("Over since %(when)s.") % {"when": _when(one.over_at)}
        if one.over_at
        else gettext("It goes on.")
    )
    link = reverse("alert", args=[one.pk])
    return blocks.line(said(words), strong=one.watch.name, link=link, note=over, loud=True)


def _wants_an_answer(told: Told, still: Wanting) -> list[Block]:
    numbers = [
        (gettext("Wait for us"), told.cases["ours"]),
        (gettext("Yours"), told.cases["mine"]),
        (gettext("Oldest"), _when(told.oldest) if told.oldest else "–"),
    ]
    shown = [blocks.heading(gettext("What wants an answer")), blocks.figures(numbers)]
    if still.waiting:
        shown.append(blocks.lines([_case(one) for one in still.waiting]))
    if still.drafts:
        shown += [
            blocks.heading(gettext("Goes out today")),
            blocks.lines([_draft(one) for one in still.drafts]),
        ]
    return shown


def _case(one: CaseLine) -> Block:
    words = one.title or (one.heard.text if one.heard else one.place_name)
    note = " · ".join(filter(None, [_when(one.waiting_since or one.opened_at), one.owner_name]))
    return blocks.line(said(words, most=MOST_WORDS_OF_LINE), link=reverse("case", args=[one.id]), note=note)


def _draft(one: DraftLine) -> Block:
    note = date_format(_here(one.goes_at), "H:i") if one.goes_at else ""
    words = said(one.title or one.text, most=MOST_WORDS_OF_LINE)
    return blocks.line(words, link=reverse("draft", args=[one.id]), note=note)


def _said(edition: Edition, told: Told) -> list[Block]:
    if not told.volumes:
        return []
    paint = colours()
    alone = len(told.volumes) == 1
    drawn = [_volume(edition, one, paint, alone=alone) for one in told.volumes]
    legend = blocks.legend(paint, gettext("Mentions"))
    return [blocks.heading(gettext("How much was said")), blocks.plots(drawn), legend]


def _volume(edition: Edition, one: Volume, paint: Paint, *, alone: bool) -> Block:
    moods = one.moods
    notes = [
        gettext("usual %(usual)s") % {"usual": one.usual} if one.usual is not None else "",
        gettext("%(negative)s negative, %(positive)s positive of %(read)s read")
        % {"negative": moods.negative, "positive": moods.positive, "read": moods.read}
        if moods.read
        else "",
    ]
    chart = volume_chart(edition, one)
    link = reverse("watch", args=[one.watch])
    return blocks.plot(chart, paint, name=one.name, link=link, value=str(one.posts), notes=notes, alone=alone)


def _told_most(told: Told) -> list[Block]:
    if not told.posts:
        return []
    shown = [_post(post, top) for post, top in told.posts]
    return [blocks.heading(gettext("Told most")), blocks.posts(shown)]


def _post(post: PostLine, top: TopPost | None = None) -> Block:
    chips = []
    if top and top.told > 1:
        chips.append(ngettext("told %(n)s time", "told %(n)s times", top.told) % {"n": top.told})
    if top and top.answers:
        chips.append(ngettext("%(n)s answer", "%(n)s answers", top.answers) % {"n": top.answers})
    return {
        "title": said(post.title, lang=post.lang),
        "words": said(post.text, lang=post.lang, most=MOST_WORDS),
        "who": said(called(post.author)),
        "place": said(post.place_name),
        "when": _when(post.published),
        "link": blocks.whole(reverse("post", args=[post.id])),
        "chips": chips,
    }


def _here(moment: datetime) -> datetime:
    return moment.astimezone(timezone.get_current_timezone())


def _dated(moment: datetime) -> str:
    return date_format(_here(moment), "j M Y H:i")


def _when(moment: datetime) -> str:
    return date_format(_here(moment), "D H:i")
