"""`colonnade owner`: make somebody the owner of this server, or give the owner a new password."""

from __future__ import annotations

import argparse
import sys

from colonnade.cli import Trouble, ground

HELP = "make somebody the owner, or give them a new password"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The address, a name, and that the password comes on standard input (never as an argument: others could read it)."""
    parser.add_argument("--email", required=True)
    parser.add_argument("--name", default="", help="how they are called (default: from the address)")
    parser.add_argument(
        "--password-stdin", action="store_true", required=True, help="read the password from stdin"
    )


def run(options: argparse.Namespace) -> int:
    """Make the owner."""
    ground.set_up()
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from colonnade.people import actions as people

    password = sys.stdin.readline().rstrip("\n")
    try:
        validate_password(password)
        person = people.make_owner(options.email, password, name=options.name)
        opened = _open_questions()
    except ValidationError as refused:
        raise Trouble(" ".join(refused.messages)) from refused
    except ValueError as refused:
        raise Trouble(str(refused)) from refused
    print(f"{person} ({options.email}) owns this server.")
    if opened:
        print("The space Questions is open: visitors may ask on the front page.")
    return 0


def _open_questions() -> bool:
    """A server without any space gets the one in which visitors' questions land, so that its front page is of use."""
    from colonnade.places import actions as places
    from colonnade.places import queries

    if queries.has_spaces():
        return False
    places.open_space(
        "Questions", kind="help", purpose="Ask us. A person answers.", expected_result="Your answer"
    )
    return True
