"""Watches, mentions, alerts.

Owns stored queries and what they match, with the reason why. Refuses to decide what is done about a mention.
"""
