"""Tries every post of a stream against every stored query, many posts at a time.

A query becomes clauses over *terms* (words, phrases, tags, fields), a batch of posts becomes the set of terms that occur
in it. Each query is touched by way of its rarest clause in this very batch; only what is left after all clauses is read
word by word, where the clauses alone do not decide.
"""
