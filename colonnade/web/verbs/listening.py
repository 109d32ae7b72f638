"""Of watches, lists and playbooks."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy

from colonnade.web.verbs.verb import Verb

LISTENING: Mapping[str, Verb] = {
    "listening.watch_added": Verb(
        gettext_lazy("Watch added"), {"": gettext_lazy("%(who)s added a watch for “%(name)s”")}
    ),
    "listening.watch_changed": Verb(
        gettext_lazy("Watch changed"),
        {"": gettext_lazy("%(who)s changed a watch; it now asks for “%(name)s”")},
    ),
    "listening.watch_paused": Verb(
        gettext_lazy("Watch paused"), {"": gettext_lazy("%(who)s paused the watch for “%(name)s”")}
    ),
    "listening.watch_active": Verb(
        gettext_lazy("Watch resumed"), {"": gettext_lazy("%(who)s resumed the watch for “%(name)s”")}
    ),
    "listening.watch_removed": Verb(
        gettext_lazy("Watch removed"), {"": gettext_lazy("%(who)s removed the watch for “%(name)s”")}
    ),
    "listening.list_added": Verb(
        gettext_lazy("List added"), {"": gettext_lazy("%(who)s added the list “%(name)s”")}
    ),
    "listening.list_changed": Verb(
        gettext_lazy("List changed"), {"": gettext_lazy("%(who)s changed the list “%(name)s”")}
    ),
    "listening.list_removed": Verb(
        gettext_lazy("List removed"), {"": gettext_lazy("%(who)s removed the list “%(name)s”")}
    ),
    "listening.backfill": Verb(
        gettext_lazy("Search of the past begun"),
        {"": gettext_lazy("%(who)s had a watch look back over what is stored, by days: %(days)s")},
    ),
    "listening.kept_by_hand": Verb(
        gettext_lazy("Page kept by hand"), {"": gettext_lazy("%(who)s kept a page by hand")}
    ),
    "listening.mood_switched": Verb(
        gettext_lazy("Reader of moods switched"),
        {"": gettext_lazy("%(who)s chose who reads the moods of a language")},
    ),
    "briefing not sent": Verb(
        gettext_lazy("Briefing not sent"),
        {
            "suspended": gettext_lazy("%(who)s did not send the briefing “%(name)s”: %(whom)s is suspended"),
            "no_sign_in": gettext_lazy(
                "%(who)s did not send the briefing “%(name)s”: %(whom)s has no account"
            ),
            "": gettext_lazy("%(who)s did not send the briefing “%(name)s” to %(whom)s"),
        },
    ),
    "scenario.begun": Verb(
        gettext_lazy("Playbook begun"),
        {
            "true": gettext_lazy("%(who)s began a playbook as a drill"),
            "": gettext_lazy("%(who)s began a playbook"),
        },
    ),
    "scenario.ended": Verb(gettext_lazy("Playbook ended"), {"": gettext_lazy("%(who)s ended a playbook")}),
}
