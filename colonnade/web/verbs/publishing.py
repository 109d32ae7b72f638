"""Of drafts."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy

from colonnade.web.verbs.verb import Verb

PUBLISHING: Mapping[str, Verb] = {
    "publishing.written": Verb(gettext_lazy("Draft written"), {"": gettext_lazy("%(who)s wrote a draft")}),
    "publishing.changed": Verb(gettext_lazy("Draft changed"), {"": gettext_lazy("%(who)s changed a draft")}),
    "publishing.aimed": Verb(
        gettext_lazy("Place of a draft chosen"), {"": gettext_lazy("%(who)s chose %(where)s for a draft")}
    ),
    "publishing.removed": Verb(gettext_lazy("Draft removed"), {"": gettext_lazy("%(who)s removed a draft")}),
    "publishing.planned": Verb(
        gettext_lazy("Draft planned"), {"": gettext_lazy("%(who)s planned a draft for %(local)s (%(zone)s)")}
    ),
    "publishing.unplanned": Verb(
        gettext_lazy("Plan of a draft taken back"), {"": gettext_lazy("%(who)s took a draft out of the plan")}
    ),
    "publishing.moved": Verb(
        gettext_lazy("Moment of a draft worked out anew"),
        {"": gettext_lazy("%(who)s worked out anew when a draft goes out")},
    ),
    "publishing.paused": Verb(gettext_lazy("Draft paused"), {"": gettext_lazy("%(who)s paused a draft")}),
    "publishing.held": Verb(
        gettext_lazy("Draft held back"),
        {
            "late": gettext_lazy("%(who)s held back a draft: it was too late for it"),
            "held": gettext_lazy("%(who)s held back a draft: everything was paused at its time"),
            "unfit": gettext_lazy("%(who)s held back a draft: a place cannot take it"),
            "wider": gettext_lazy(
                "%(who)s held back a draft: more people would read it than when it was planned"
            ),
            "nobody": gettext_lazy("%(who)s held back a draft: who planned it may no longer publish there"),
            "review": gettext_lazy("%(who)s held back a draft: nobody had approved it"),
            "": gettext_lazy("%(who)s held back a draft"),
        },
    ),
    "publishing.withdrawn": Verb(
        gettext_lazy("Draft withdrawn"), {"": gettext_lazy("%(who)s withdrew a draft")}
    ),
    "publishing.published": Verb(gettext_lazy("Published"), {"": gettext_lazy("%(who)s published a draft")}),
    "publishing.taken_back": Verb(
        gettext_lazy("Publishing taken back"),
        {"": gettext_lazy("%(who)s took back a draft before it went out")},
    ),
    "publishing.taken_down": Verb(
        gettext_lazy("Deleted there"),
        {"": gettext_lazy("%(who)s had what was published deleted in %(where)s")},
    ),
    "publishing.settled": Verb(
        gettext_lazy("All of a draft went out"),
        {"": gettext_lazy("%(who)s saw that all of a draft went out")},
    ),
    "publishing.moving": Verb(
        gettext_lazy("Draft going out again"),
        {"": gettext_lazy("%(who)s saw that a draft is going out again")},
    ),
    "publishing.all_paused": Verb(
        gettext_lazy("Everything planned paused"),
        {"": gettext_lazy("%(who)s paused everything that is planned")},
    ),
    "publishing.all_resumed": Verb(
        gettext_lazy("Everything planned goes on"), {"": gettext_lazy("%(who)s let go on what is planned")}
    ),
    "publishing.four_eyes": Verb(
        gettext_lazy("Approval asked of an account"),
        {
            "true": gettext_lazy("%(who)s said that %(where)s asks for approval"),
            "false": gettext_lazy("%(who)s said that %(where)s asks for approval no more"),
            "": gettext_lazy("%(who)s changed whether %(where)s asks for approval"),
        },
    ),
    "publishing.approval_asked": Verb(
        gettext_lazy("Approval asked for"), {"": gettext_lazy("%(who)s asked for approval of a draft")}
    ),
    "publishing.approved": Verb(gettext_lazy("Approved"), {"": gettext_lazy("%(who)s approved a draft")}),
    "publishing.approval_taken_back": Verb(
        gettext_lazy("Approval taken back"), {"": gettext_lazy("%(who)s took back the approval of a draft")}
    ),
    "publishing.changes_asked": Verb(
        gettext_lazy("Changes asked for"), {"": gettext_lazy("%(who)s asked for changes to a draft")}
    ),
    "publishing.approval_fell": Verb(
        gettext_lazy("Approval fell"),
        {
            "lost": gettext_lazy("%(who)s saw that who approved a draft may no longer: the approval fell"),
            "": gettext_lazy("%(who)s changed what was approved: the approval fell"),
        },
    ),
    "publishing.said_although_for_staff": Verb(
        gettext_lazy("Sent although for staff"),
        {"": gettext_lazy("%(who)s let go out what stands in a note to staff")},
    ),
}
