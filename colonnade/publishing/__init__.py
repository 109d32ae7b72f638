"""Topic plans, drafts, reviews, calendar.

Owns the way from an idea to an approved text. Refuses to send: that is the room of deliveries.
"""
