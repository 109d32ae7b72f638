"""How the organisation calls itself and looks, on every page: its name, its logo, the style sheet of its colour.

What every page shows and hardly ever changes is remembered for a few seconds: no page pays a statement for it. Whoever
changes it here says `forget`; other processes hear of it when their memory ends.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from colonnade.people import queries as people
from colonnade.people.models import Organisation
from colonnade.primitives import clock
from colonnade.web import accent
from colonnade.web.assets import accent_sheet

REMEMBERED_S = 5.0
SMALLEST_ICON = 180
_VERSION = 16


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture that everybody may see: where it is, what it is, and its sides in pixels."""

    url: str
    media_type: str
    width: int
    height: int

    @property
    def is_icon(self) -> bool:
        """Whether it can stand on a home screen: a square that is large enough."""
        return self.width == self.height >= SMALLEST_ICON


@dataclass(frozen=True, slots=True)
class House:
    """`name` is "" where nobody has said; `sheet` the address of the style sheet of its colour `accent`, or ""."""

    name: str
    sheet: str = ""
    accent: str = ""
    logo: Logo | None = None


@dataclass(slots=True)
class _Memory:
    row: Organisation | None = None
    until: float = float("-inf")


_memory = _Memory()


def house() -> House:
    """Whose house it is, a few seconds old at most."""
    if clock.monotonic_s() >= _memory.until:
        _memory.row, _memory.until = people.our_row(), clock.monotonic_s() + REMEMBERED_S
    return house_of(_memory.row or people.not_said_yet())


def forget() -> None:
    """Somebody says something else from now on."""
    _memory.until = float("-inf")


def house_of(ours: Organisation) -> House:
    """The same of a row."""
    return House(
        name=ours.name,
        sheet=accent_sheet(accent.name_of(ours.accent)).url if ours.accent else "",
        accent=ours.accent,
        logo=logo_of(ours),
    )


def logo_of(ours: Organisation) -> Logo | None:
    """Its logo, or None."""
    if not ours.logo:
        return None
    address = reverse("logo", args=[version_of(ours)])
    return Logo(address, ours.logo_type, ours.logo_width, ours.logo_height)


def version_of(ours: Organisation) -> str:
    """What the address of the logo holds of its content."""
    return ours.logo[:_VERSION]


def without_asking() -> House:
    """Whose house it is as far as the operator set it: for pages that ask the database nothing."""
    return house_of(people.not_said_yet())
