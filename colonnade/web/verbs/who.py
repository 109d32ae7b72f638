"""Of people, of how they sign in, and of the organisation."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy

from colonnade.web.verbs.verb import Verb

WHO: Mapping[str, Verb] = {
    "role set": Verb(
        gettext_lazy("Role changed"),
        {
            "owner": gettext_lazy("%(who)s made %(whom)s an owner"),
            "admin": gettext_lazy("%(who)s made %(whom)s an administrator"),
            "member": gettext_lazy("%(who)s made %(whom)s one of the staff"),
            "guest": gettext_lazy("%(who)s made %(whom)s a guest"),
            "visitor": gettext_lazy("%(who)s made %(whom)s a visitor"),
            "": gettext_lazy("%(who)s changed the role of %(whom)s"),
        },
    ),
    "member invited": Verb(gettext_lazy("Colleague invited"), {"": gettext_lazy("%(who)s invited %(whom)s")}),
    "person suspended": Verb(
        gettext_lazy("Person suspended"), {"": gettext_lazy("%(who)s suspended %(whom)s")}
    ),
    "person restored": Verb(
        gettext_lazy("Person let in again"), {"": gettext_lazy("%(who)s let %(whom)s in again")}
    ),
    "people brought in": Verb(
        gettext_lazy("List of people brought in"),
        {"": gettext_lazy("%(who)s brought in a list of people: %(new)s new, %(known)s known before")},
    ),
    "identity claimed": Verb(
        gettext_lazy("Same person: said"),
        {"": gettext_lazy("%(who)s said that a name on a network belongs to %(whom)s")},
    ),
    "claim reversed": Verb(
        gettext_lazy("Same person: taken back"),
        {"": gettext_lazy("%(who)s took back that a name on a network belongs to a person")},
    ),
    "note about a person kept": Verb(
        gettext_lazy("Note about a person written"), {"": gettext_lazy("%(who)s wrote a note about %(whom)s")}
    ),
    "note about a person dropped": Verb(
        gettext_lazy("Note about a person removed"),
        {"": gettext_lazy("%(who)s removed a note about %(whom)s")},
    ),
    "connection added": Verb(
        gettext_lazy("Connection added"),
        {"": gettext_lazy("%(who)s wrote down how %(whom)s is connected: %(kind)s")},
    ),
    "connection changed": Verb(
        gettext_lazy("Connection changed"),
        {"": gettext_lazy("%(who)s changed how %(whom)s is connected: %(kind)s")},
    ),
    "connection removed": Verb(
        gettext_lazy("Connection removed"),
        {"": gettext_lazy("%(who)s took away how %(whom)s is connected: %(kind)s")},
    ),
    "team set": Verb(gettext_lazy("Team set up"), {"": gettext_lazy("%(who)s set up the team “%(name)s”")}),
    "team removed": Verb(
        gettext_lazy("Team taken away"), {"": gettext_lazy("%(who)s took away the team “%(name)s”")}
    ),
    "team put back": Verb(
        gettext_lazy("Team put back"), {"": gettext_lazy("%(who)s put back the team “%(name)s”")}
    ),
    "sign-in: word changed": Verb(
        gettext_lazy("Password changed"), {"": gettext_lazy("%(who)s changed their password")}
    ),
    "second factor added": Verb(
        gettext_lazy("Second step of signing in added"),
        {"": gettext_lazy("%(who)s added a second step of signing in")},
    ),
    "second factor removed": Verb(
        gettext_lazy("Second step of signing in removed"),
        {"": gettext_lazy("%(who)s removed a second step of signing in")},
    ),
    "second factor reset": Verb(
        gettext_lazy("Recovery codes renewed"), {"": gettext_lazy("%(who)s made new recovery codes")}
    ),
    "sessions ended": Verb(
        gettext_lazy("Signed out elsewhere"),
        {"": gettext_lazy("%(who)s signed out other devices: %(count)s")},
    ),
    "extensions.granted": Verb(
        gettext_lazy("Key for a program given"),
        {"": gettext_lazy("%(who)s gave a program a key in the name of %(whom)s")},
    ),
    "extensions.revoked": Verb(
        gettext_lazy("Key of a program revoked"), {"": gettext_lazy("%(who)s revoked the key of a program")}
    ),
    "organisation described": Verb(
        gettext_lazy("Name or colour of the house changed"),
        {"": gettext_lazy("%(who)s said how the organisation is called and looks: “%(name)s”")},
    ),
    "logo set": Verb(gettext_lazy("Logo set"), {"": gettext_lazy("%(who)s set the logo")}),
    "logo removed": Verb(gettext_lazy("Logo removed"), {"": gettext_lazy("%(who)s removed the logo")}),
    "aim set": Verb(gettext_lazy("Aim written"), {"": gettext_lazy("%(who)s wrote down the aim “%(name)s”")}),
    "aim changed": Verb(
        gettext_lazy("Aim changed"), {"": gettext_lazy("%(who)s changed the aim “%(name)s”")}
    ),
    "aim dropped": Verb(
        gettext_lazy("Aim removed"), {"": gettext_lazy("%(who)s removed the aim “%(name)s”")}
    ),
}
