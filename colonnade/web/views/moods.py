"""How posts read: who reads which language, what was learned from the desk's own words, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from colonnade.listening import actions
from colonnade.listening import queries as listening
from colonnade.listening.models import MoodModel
from colonnade.web.comparing import language_name, mood_name
from colonnade.web.guards import staff_only
from colonnade.web.looking import looking
from colonnade.web.pages import not_found, page

LEANINGS = ("negative", "neutral", "positive")


@dataclass(frozen=True, slots=True)
class Learned:
    """One version: its figures in hundredths, what the verdict says in words, whether it can read and whether it does."""

    version: int
    model: MoodModel
    before: int
    after: int
    corrections: int
    says: str
    can_read: bool

    @classmethod
    def of(cls, model: MoodModel) -> Learned:
        told = model.verdict
        return cls(
            model.version,
            model,
            round(100 * told.get("before", 0)),
            round(100 * told.get("after", 0)),
            told.get("corrections", 0),
            _in_words(str(told.get("reason", ""))),
            bool(told.get("switched_on")),
        )


@dataclass(frozen=True, slots=True)
class Language:
    """One language: how often staff said which mood, what was learned of it, who reads it now."""

    lang: str
    name: str
    counts: Sequence[tuple[str, int]]
    versions: Sequence[Learned]
    reader: str
    reads: int


def _in_words(reason: str) -> str:
    return {
        "better": gettext("better than before"),
        "as good": gettext("as good as before"),
        "worse": gettext("worse than before, so not switched on"),
        "too few": gettext("too few corrections to tell"),
        "too close to chance": gettext("too close to chance, so not switched on"),
    }.get(reason, reason)


@require_safe
@staff_only
def moods(request: HttpRequest) -> HttpResponse:
    """Each language with its corrections, its versions and their figures."""
    viewer = looking(request).viewer
    said = listening.corrections_by_language(viewer)
    models: dict[str, list[MoodModel]] = {}
    for model in listening.mood_models(viewer):
        models.setdefault(model.lang, []).append(model)
    languages = sorted({"en", *said, *models}, key=lambda one: (one != "en", not one, one))
    context = {"languages": [_language(one, said.get(one, {}), models.get(one, [])) for one in languages]}
    return page(request, "listen/moods.html", context)


def _language(lang: str, said: dict[str, int], models: Sequence[MoodModel]) -> Language:
    versions = [Learned.of(model) for model in models]
    reads = next((one.version for one in versions if one.model.switched_on), 0)
    if reads:
        reader = gettext("What was learned here, version %(n)d, reads it.") % {"n": reads}
    elif lang == "en":
        reader = gettext("A word list (VADER) reads it; where that is not clear the mood is unsure.")
    else:
        reader = gettext("Nobody reads it yet: its mood is unsure until enough was corrected.")
    counts = [(mood_name(mood), said.get(mood, 0)) for mood in LEANINGS]
    return Language(lang, language_name(lang).capitalize(), counts, versions, reader, reads)


@require_POST
@staff_only
def switch(request: HttpRequest) -> HttpResponse:
    """Another version of a language reads from now on; 0 is what was there before."""
    person = looking(request).person
    version = request.POST.get("version", "")
    if person is None or not version.isascii() or not version.isdigit() or len(version) > 6:
        return not_found(request)
    try:
        actions.switch_mood(request.POST.get("lang", "")[:16], int(version), by=person)
    except ValueError:
        return not_found(request)
    return HttpResponseRedirect(reverse("moods"))
