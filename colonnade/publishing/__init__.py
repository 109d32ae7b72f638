"""Drafts, where each is to go and when, and the brake that holds all of them.

Owns the way from an idea to the moment at which it goes out. Refuses to send: that is the room of deliveries.
"""
