"""What the matrix looks for: things that some may see and others may not, each with words of its own.

Who may see a thing is written down here by hand, from what the thing is; nothing of it is asked of the house.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field

OWNER, MEMBER, OTHER_TEAM = "owner", "member", "member of another team"
GUEST, VISITOR, PARTNER = "guest of one conversation", "signed-in visitor", "partner in a members' space"
ANONYMOUS, CRAWLER = "anonymous", "crawler"
APP, SUSPENDED = "app with a ceiling", "suspended"
EVERYBODY = (OWNER, MEMBER, OTHER_TEAM, GUEST, VISITOR, PARTNER, ANONYMOUS, CRAWLER, APP, SUSPENDED)

STAFF = frozenset({OWNER, MEMBER, OTHER_TEAM})
SIGNED_IN = STAFF | {VISITOR, PARTNER}
NOBODY: frozenset[str] = frozenset()
WEB = frozenset(EVERYBODY)

POST, NOTE, PLACE, DELIVERY, COLUMN, DRAFT = "post", "note", "place", "delivery", "column", "draft"

MARKER = re.compile(r"mk[a-z]{10}")
COMMON = "harbourlight"
"""A word that stands in every post, whoever may see it."""

_letters = random.Random(7)


def new_marker() -> str:
    """A word that stands nowhere else."""
    return "mk" + "".join(_letters.choices("abcdefghijklmnopqrstuvwxyz", k=10))


@dataclass
class Thing:
    """One thing in one kind of space. Ids are those of its rows, 0 where there is none.

    `marker` stands in its words; `names` are further words that only those may read who may see it (author, title,
    file, tag). `case` is that of its conversation.
    """

    space: str
    what: str
    seen_by: frozenset[str]
    marker: str = field(default_factory=new_marker)
    place: int = 0
    slug: str = ""
    conversation: int = 0
    post: int = 0
    author: int = 0
    person: int = 0
    attachment: int = 0
    case: int = 0
    delivery: int = 0
    column: int = 0
    draft: int = 0
    draft_is: str = ""  # "kept", "planned", "gone" or "asked": waits for a second person
    uri: str = ""
    asked: bool = False  # stands in the talk of the guest who looks
    mark_of_case: bool = False  # its marker is a tag of the case
    mentioned: bool = False  # the watch has caught it
    is_source: bool = False
    is_account: bool = False
    can_be_said_to: bool = False  # a talk in a space of ours, open to all who may see it

    @property
    def ids(self) -> set[str]:
        """The ids by which it could be recognised."""
        return {
            str(id_) for id_ in (self.post, self.delivery, self.attachment, self.column, self.draft) if id_
        }
