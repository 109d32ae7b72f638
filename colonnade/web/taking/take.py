"""Where a chart can be taken out: an address for each kind of file."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from colonnade.core import paper

FORMS = ("png", "svg", "pdf", "csv")
PRINTED = ("png", "pdf")


@dataclass(frozen=True, slots=True)
class Way:
    """One way to take a chart out: its name, what it is good for, its address, and the same on dark ground ("" for figures)."""

    name: str
    good_for: str
    url: str
    dark: str


@dataclass(frozen=True, slots=True)
class Take:
    """`what` is a name in `views.charts`, `pk` of which thing, `query` what else its address says."""

    what: str
    pk: int | None = None
    query: str = ""

    def url(self, form: str, **also: str) -> str:
        """The address of one kind of file."""
        name, args = (
            ("chart_file", [self.what]) if self.pk is None else ("chart_file_of", [self.what, self.pk])
        )
        query = "&".join(filter(None, [self.query, *(f"{key}={value}" for key, value in also.items())]))
        return reverse(name, args=[*args, form]) + (f"?{query}" if query else "")

    @property
    def prints(self) -> bool:
        """Whether this server can make PNG and PDF at all."""
        return paper.can_print()

    @property
    def ways(self) -> list[Way]:
        """What is offered here."""
        good_for = {
            "png": gettext("for slides and mail"),
            "svg": gettext("to draw on"),
            "pdf": gettext("for print"),
            "csv": gettext("the figures"),
        }
        return [
            Way(
                form.upper(),
                good_for[form],
                self.url(form),
                "" if form == "csv" else self.url(form, look="dark"),
            )
            for form in FORMS
            if self.prints or form not in PRINTED
        ]
