"""The door for people: server-rendered screens, one URL per thing.

Owns HTML and nothing else. Refuses to decide: it asks `queries` what to show and calls `actions` to change.
"""
