"""Learning a reader from a desk's own corrections, and the verdict on it. Background work: seconds for thousands of texts.

Multinomial logistic regression (scikit-learn), each label weighing the same, held back the more the fewer corrections there
are. A fifth is held back and never learned from; on it the new reader has to stand up to the one that it would replace.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from colonnade.listening.mood.grams import BUCKETS, FINDINGS, findings
from colonnade.listening.mood.judging import Correction, Verdict, digest, hold_back, judge, settled
from colonnade.listening.mood.learned import FINDINGS_SCALE, Learned, weighed
from colonnade.listening.mood.moods import LEANINGS, Reader

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FEWEST_TO_LEARN = 5
"""Corrections of each label to learn from, below which nothing is learned."""

SAYS = 0.8
"""The share of texts of which a learned reader says a mood; of the fifth that it is least sure of it says unsure."""

_FOLDS = 3
_MANY = 3000  # of so many, one fold is enough to say how sure is sure


@dataclass(frozen=True, slots=True)
class Lesson:
    """What came of learning: the model, None where there was too little to learn from, and the verdict on it."""

    model: Learned | None
    verdict: Verdict


def learn(corrections: Iterable[Correction], *, language: str, version: int, replaces: Reader) -> Lesson:
    """A reader of one language from all corrections in it, the verdict beside it.

    Switch it on only where `verdict.switched_on`. The same corrections give the same model, in whatever order.
    """
    all_of_them = sorted(settled(corrections), key=lambda one: digest(one.text))
    to_learn, held_back = hold_back(all_of_them)
    if min(Counter(one.label for one in to_learn).get(label, 0) for label in LEANINGS) < FEWEST_TO_LEARN:
        return Lesson(None, Verdict(False, "too few", 0.0, 0.0, (0.0, 0.0, 0.0), len(held_back)))
    model = fitted(to_learn, language=language, version=version)
    if isinstance(replaces, Learned):
        held_back = [one for one in held_back if digest(one.text) not in replaces.learned_from]
    return Lesson(model, judge(replaces, model, held_back))


def fitted(corrections: Sequence[Correction], *, language: str, version: int) -> Learned:
    """A model that has learned from all of these. Each label must be among them."""
    import numpy as np

    samples = _samples([one.text for one in corrections], english=language == "en")
    labels = np.array([LEANINGS.index(one.label) for one in corrections])
    active = _heard_twice(samples)
    samples = samples[:, active]
    learner = _fit(samples, labels)
    weights = np.zeros((BUCKETS + FINDINGS, len(LEANINGS)), dtype=np.float32)
    weights[active] = learner.coef_.T
    return Learned(
        language=language,
        version=version,
        sure=_least_sure(samples, labels),
        of_grams=weights[:BUCKETS],
        of_findings=weights[BUCKETS:],
        at_rest=learner.intercept_.astype(np.float32),
        learned_from=frozenset(digest(one.text) for one in corrections),
    )


def _fit(samples: Any, labels: NDArray[np.intp]) -> Any:
    """Held back strongly for a few hundred corrections and hardly for tens of thousands.

    A hundred rounds are enough; whether the last digits have settled does not matter to what is judged afterwards.
    """
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    freedom = min(3.0, max(0.15, 0.3 * (len(labels) / 2000) ** 0.7))
    learner = LogisticRegression(C=freedom, class_weight="balanced", max_iter=100, tol=1e-3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return learner.fit(samples, labels)


def _samples(texts: Sequence[str], *, english: bool) -> Any:
    """A sparse matrix, a row a text: BUCKETS columns of grams, then FINDINGS."""
    import numpy as np
    from scipy.sparse import csr_matrix

    columns, numbers, ends = [], [], [0]
    own = np.arange(BUCKETS, BUCKETS + FINDINGS, dtype=np.uint32)
    for text in texts:
        kinds = weighed(text)
        columns += [*(buckets for buckets, _ in kinds), own]
        numbers += [np.full(len(buckets), weight) for buckets, weight in kinds]
        numbers.append(np.array(findings(text, english=english)) * FINDINGS_SCALE)
        ends.append(ends[-1] + sum(len(buckets) for buckets, _ in kinds) + FINDINGS)
    matrix = csr_matrix(
        (np.concatenate(numbers), np.concatenate(columns).astype(np.int32), np.array(ends)),
        shape=(len(texts), BUCKETS + FINDINGS),
    )
    matrix.sum_duplicates()
    return matrix


def _heard_twice(samples: Any) -> NDArray[np.intp]:
    """The columns in which two texts at least have something: what stands in one alone teaches nothing about others."""
    import numpy as np

    return np.flatnonzero(np.bincount(samples.indices, minlength=samples.shape[1]) >= 2)


def _least_sure(samples: Any, labels: NDArray[np.intp]) -> float:
    """The probability that one text in five stays below, read by models that have not seen it."""
    import numpy as np
    from sklearn.model_selection import StratifiedKFold

    sure = []
    parts = list(StratifiedKFold(_FOLDS).split(samples, labels))
    for seen, unseen in parts[: 1 if len(labels) > _MANY else _FOLDS]:
        learner = _fit(samples[seen], labels[seen])
        sure.append(learner.predict_proba(samples[unseen]).max(axis=1))
    return float(np.quantile(np.concatenate(sure), 1 - SAYS))
