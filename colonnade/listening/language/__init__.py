"""The language of stored queries: its grammar, its tree, its mistakes, and what it means for one post.

Plain Python without a database. `parse` reads a query, `evaluate.holds` says whether a post fits it, `showing.outline`
shows its author how it was understood. The matcher and the indexes of either database answer as `evaluate` does.
"""
