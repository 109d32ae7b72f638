"""Every verb of the audit log in plain words: what the list to choose from calls it, and a sentence that says who did what.

A sentence may name %(who)s, %(whom)s (a person), %(where)s (a place) and any detail of its entry. Where one verb says several
things, each has a sentence of its own under the word by which they differ (`recounting.py`).
"""

from __future__ import annotations

from collections.abc import Mapping

from colonnade.web.verbs.listening import LISTENING
from colonnade.web.verbs.publishing import PUBLISHING
from colonnade.web.verbs.verb import Verb
from colonnade.web.verbs.where import WHERE
from colonnade.web.verbs.who import WHO

VERBS: Mapping[str, Verb] = {**WHO, **WHERE, **PUBLISHING, **LISTENING}
