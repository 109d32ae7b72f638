"""What is valid of following by mail, and what its letters say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext, ngettext

CONFIRM_S = 3 * 86_400
DIGEST_HOUR = 7
MOST_POSTS = 30
_SALT = "colonnade.follow"


class CannotFollow(ValueError):
    """Why an address cannot be taken, with a sentence for whoever gave it."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What is written to somebody who follows."""

    subject: str
    body: str


def address_of(written: str) -> str:
    """An address as it is kept. Raises CannotFollow."""
    address = written.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise CannotFollow(gettext("That is no e-mail address.")) from None
    return address


def token(follow: int, purpose: str) -> str:
    """What a link carries: for this follower and this purpose alone ("confirm", "stop")."""
    return signing.dumps(str(follow), salt=f"{_SALT}.{purpose}")


def opened(value: str, purpose: str) -> int | None:
    """The follower that a link stands for; None where it is not ours, or is for confirming and older than three days."""
    try:
        lasts = CONFIRM_S if purpose == "confirm" else None
        return int(signing.loads(value, salt=f"{_SALT}.{purpose}", max_age=lasts))
    except (signing.BadSignature, ValueError, TypeError):
        return None


def question(whose: str, what: str, link: str) -> Letter:
    """The letter that asks whether it was they who asked."""
    body = gettext(
        "Somebody, we hope you, asked us to write to this address when there is something new: %(what)s.\n\n"
        "If it was you, open this link and press the button:\n%(link)s\n\n"
        "If it was not, do nothing: we will not write again, and forget the address in three days."
    )
    return Letter(
        gettext("%(whose)s: do you want to hear what is new?") % {"whose": whose},
        body % {"what": what, "link": link},
    )


def digest(whose: str, what: str, told: Sequence[tuple[str, str]], stop: str) -> Letter:
    """The letter of a day. `told`: (how a post begins, its address), the newest first."""
    heading = ngettext("%(whose)s: %(n)d new post", "%(whose)s: %(n)d new posts", len(told))
    lines = "\n\n".join(f"{words}\n{address}" for words, address in told)
    foot = gettext("You follow: %(what)s. To stop: %(stop)s") % {"what": what, "stop": stop}
    return Letter(heading % {"whose": whose, "n": len(told)}, f"{lines}\n\n-- \n{foot}\n")
