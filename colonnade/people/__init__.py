"""Who: persons, identities, claims, organisations, teams, skills, ties, follows, blocks, sessions.

Owns the difference between a person and the identities they speak through, and the sign-in of those who have one.
Refuses to know where talk happens or what was said.
"""
