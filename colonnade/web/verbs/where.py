"""Of spaces and accounts, of what goes out and what waits."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy

from colonnade.web.verbs.verb import Verb

WHERE: Mapping[str, Verb] = {
    "space described": Verb(
        gettext_lazy("Space described"), {"": gettext_lazy("%(who)s changed what %(where)s says of itself")}
    ),
    "space archived": Verb(gettext_lazy("Space put away"), {"": gettext_lazy("%(who)s put away %(where)s")}),
    "space opened again": Verb(
        gettext_lazy("Space opened again"), {"": gettext_lazy("%(who)s opened %(where)s again")}
    ),
    "space serves": Verb(
        gettext_lazy("Aim of a space chosen"), {"": gettext_lazy("%(who)s said which aim %(where)s serves")}
    ),
    "audience changed": Verb(
        gettext_lazy("Readers changed"), {"": gettext_lazy("%(who)s changed who reads %(where)s")}
    ),
    "membership changed": Verb(
        gettext_lazy("Membership changed"),
        {
            "member": gettext_lazy("%(who)s made %(whom)s a member of %(where)s"),
            "steward": gettext_lazy("%(who)s made %(whom)s a steward of %(where)s"),
            "invited": gettext_lazy("%(who)s invited %(whom)s to %(where)s"),
            "left": gettext_lazy("%(who)s took %(whom)s out of %(where)s"),
            "": gettext_lazy("%(who)s changed the membership of %(whom)s in %(where)s"),
        },
    ),
    "account added": Verb(
        gettext_lazy("Account connected"), {"": gettext_lazy("%(who)s connected %(where)s")}
    ),
    "account connected again": Verb(
        gettext_lazy("Account connected again"), {"": gettext_lazy("%(who)s connected %(where)s again")}
    ),
    "account resumed": Verb(
        gettext_lazy("Sending resumed"), {"": gettext_lazy("%(who)s let %(where)s send again")}
    ),
    "delivery settled": Verb(
        gettext_lazy("Delivery settled"),
        {
            "confirmed": gettext_lazy("%(who)s said that something of ours arrived"),
            "not_there": gettext_lazy("%(who)s said that something of ours did not arrive"),
            "failed": gettext_lazy("%(who)s gave up a delivery"),
            "": gettext_lazy("%(who)s said what became of a delivery"),
        },
    ),
    "delivery tried again": Verb(
        gettext_lazy("Delivery tried again"), {"": gettext_lazy("%(who)s had a delivery tried again")}
    ),
    "delivery recalled": Verb(
        gettext_lazy("Delivery recalled"), {"": gettext_lazy("%(who)s had something of ours deleted there")}
    ),
    "post deleted": Verb(gettext_lazy("Post deleted"), {"": gettext_lazy("%(who)s deleted a post")}),
    "inbox.solved": Verb(gettext_lazy("Case solved"), {"": gettext_lazy("%(who)s solved a case")}),
    "inbox.sent_although_for_staff": Verb(
        gettext_lazy("Answered although for staff"),
        {"": gettext_lazy("%(who)s sent an answer with words of a note to staff")},
    ),
}
