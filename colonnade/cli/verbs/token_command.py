"""`colonnade token`: make an API token for somebody and print it, once."""

from __future__ import annotations

import argparse

from colonnade.cli import Trouble, ground

HELP = "make an API token and print it (it is stored hashed and never shown again)"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Whose, what it may do, and in which places alone."""
    parser.add_argument("--email", required=True, help="whose token it is")
    parser.add_argument(
        "--permission", required=True, action="append", help="what it may do; may be repeated"
    )
    parser.add_argument(
        "--place", action="append", default=[], help="limit it to this place (id); may be repeated"
    )
    parser.add_argument("--name", default="", help="what it is for")


def run(options: argparse.Namespace) -> int:
    """Make the token and print it alone, so that a script can take it."""
    ground.set_up()
    from django.core.exceptions import PermissionDenied

    from colonnade.extensions import actions as extensions
    from colonnade.people import queries as people
    from colonnade.places.models import Place
    from colonnade.places.queries import place_by_id
    from colonnade.primitives import ids

    person = people.person_by_email(options.email)
    if person is None:
        raise Trouble(
            f"Nobody signs in with {options.email}: make them first, for example with `colonnade owner`."
        )
    try:
        places = [place_by_id(ids.parse(place) or 0) for place in options.place]
        print(extensions.grant(person, options.permission, places=places, name=options.name))
    except Place.DoesNotExist as refused:
        raise Trouble("There is no place with that id.") from refused
    except (ValueError, PermissionDenied) as refused:
        raise Trouble(str(refused)) from refused
    return 0
