"""Where talk happens: spaces (ours), accounts (ours elsewhere), sources (only read).

Owns scopes (an audience inside a place), memberships, aims and the site widget. Refuses to know posts: who sees a
place is changed in scope rows, never in posts.
"""
