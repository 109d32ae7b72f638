"""What is different now: words, tags, authors, sites, networks and languages of some posts, against those before them.

Plain functions without Django or a database. The measure is the log-odds ratio with an informative Dirichlet prior (Monroe,
Colaresi and Quinn 2008, "Fightin' Words"): what is rare in both needs more to stand out than what is common, and a
handful of posts is not taken for more than it is.
"""

from colonnade.insight.differing.compared import KINDS, Different, Said, compare, features, stands_out

__all__ = ["KINDS", "Different", "Said", "compare", "features", "stands_out"]
