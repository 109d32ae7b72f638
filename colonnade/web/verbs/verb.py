"""What one verb of the audit log is in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Verb:
    """What one verb is called, and its sentences: one for each word by which it differs, and "" for any other."""

    label: Promise
    sentences: Mapping[str, Promise]
