"""The words on our screens, gathered from the code and kept in each language's catalogue.

`PYTHONPATH=bin .venv/bin/python -m house.messages` brings `colonnade/locale/LANGUAGE/LC_MESSAGES/django.po` up to date
(what is new stands there without a translation, what is gone is dropped) and compiles it to the `.mo` that Django reads.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages import mofile, pofile
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "colonnade"
LANGUAGES = ("de",)

_NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)
_KEYWORDS: dict[str, Any] = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "NoChips": (1,),  # as the next
    "Note": (2,),
    "QueryError": (1,),  # its sentence is put into the reader's language where it is shown
}


def words() -> Catalog:
    """Every message of the package, with the files in which it stands."""
    found = Catalog(fuzzy=False)
    for path, source in _sources():
        for _, message, _, context in extract("python", io.BytesIO(source.encode()), _KEYWORDS):
            found.add(message, locations=[(path, 1)], context=context)
    return found


def _sources() -> Iterator[tuple[str, str]]:
    """Python files, and templates as Django turns them into calls."""
    for path in sorted(PACKAGE.rglob("*")):
        name = path.relative_to(ROOT).as_posix()
        if path.suffix == ".py" and "migrations" not in path.parts:
            yield name, path.read_text("utf-8")
        elif path.suffix in (".html", ".txt"):
            called = templatize(path.read_text("utf-8"), origin=name)
            yield (
                name,
                "\n".join(line.strip() for line in called.splitlines()),
            )  # what reads it minds indentation


def catalogue_of(language: str) -> Path:
    """Where a language's words are kept."""
    return PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    """A language's catalogue as it is kept; an empty one where there is none yet."""
    path = catalogue_of(language)
    if not path.exists():
        return Catalog(locale=language, project="Colonnade", fuzzy=False)
    with path.open("rb") as file:
        return pofile.read_po(file, locale=language)


def brought_up_to_date(language: str) -> Catalog:
    """The catalogue with exactly the messages of the code; what was translated stays so."""
    kept = read(language)
    kept.update(words(), no_fuzzy_matching=True)
    kept.obsolete.clear()
    return kept


def compiled(catalogue: Catalog) -> bytes:
    """What Django reads. The same words give the same bytes, whenever they are compiled."""
    catalogue.creation_date = catalogue.revision_date = _NO_DATE
    file = io.BytesIO()
    mofile.write_mo(file, catalogue)
    return file.getvalue()


def written(catalogue: Catalog) -> bytes:
    """What people read: sorted by message, with files but no line numbers, so that little changes at a time."""
    file = io.BytesIO()
    pofile.write_po(file, catalogue, width=110, sort_output=True, include_lineno=False, omit_header=True)
    head = b'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
    return head + file.getvalue()


def main() -> int:
    """Bring every language up to date; 1 if words are left without a translation."""
    missing = 0
    for language in LANGUAGES:
        catalogue = brought_up_to_date(language)
        path = catalogue_of(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written(catalogue))
        path.with_suffix(".mo").write_bytes(compiled(catalogue))
        left = [message for message in catalogue if message.id and not _is_translated(message.string)]
        missing += len(left)
        sys.stdout.write(f"{language}: {len(catalogue)} messages, {len(left)} without a translation\n")
    return 1 if missing else 0


def _is_translated(string: object) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


if __name__ == "__main__":
    sys.exit(main())
